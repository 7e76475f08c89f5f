//! How a call is timed.

use std::time::Instant;

use kernels::ShapeError;

/// Milliseconds that this thread has worked (Linux): other programs hardly disturb them.
fn cpu_ms() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = stat.split(' ').next().and_then(|n| n.parse::<f64>().ok());
    nanoseconds.map_or(f64::NAN, |nanoseconds| nanoseconds * 1e-6)
}

/// Median milliseconds of up to 15 calls within about 0.5 s, or mean CPU time over 0.15 s.
pub fn milliseconds(
    cpu: bool,
    mut work: impl FnMut() -> Result<(), ShapeError>,
) -> Result<f64, ShapeError> {
    work()?;
    let (start, began) = (Instant::now(), cpu_ms());
    let mut times = Vec::new();
    if cpu {
        let mut calls = 0.0;
        while calls < 2.0 || cpu_ms() - began < 150.0 {
            work()?;
            calls += 1.0;
        }
        return Ok((cpu_ms() - began) / calls);
    }
    while times.len() < 3 || (times.len() < 15 && start.elapsed().as_secs_f64() < 0.5) {
        let call = Instant::now();
        work()?;
        times.push(call.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}

/// Numbers between -1 and 1.
pub fn noise(len: usize) -> Vec<f32> {
    let mut state = 12345_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..len).map(|_| next()).collect()
}
