//! Channel by channel: are those that are alike before training alike after it?

use images::stream;
use rand::RngExt as _;
use similarity::{CrossMoments, Memory, Moments, Pair, Panels, Values};

use record::PairChannels;

/// Pairs of channels that a figure shows at most.
const POINTS: usize = 1_000;
/// Datapoints that are packed at once.
const BLOCK: usize = 4_096;

/// |corr| of every channel of one network with every channel of the other, before (`initial`)
/// against after training; none where either does not vary, or a channel is no number.
pub fn persistence(
    initial: [&Memory; 2],
    trained: [&Memory; 2],
    seed: u64,
) -> Option<PairChannels> {
    let (before, after) = (correlations(initial)?, correlations(trained)?);
    let both: Vec<(f64, f64)> = before
        .iter()
        .zip(&after)
        .filter_map(|(before, after)| Some((f64::abs((*before)?), f64::abs((*after)?))))
        .collect();
    let count = both.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| both.iter().map(of).sum::<f64>() / count;
    let (centre_x, centre_y) = (mean(|p| p.0), mean(|p| p.1));
    let sum = |of: &dyn Fn(f64, f64) -> f64| -> f64 {
        both.iter()
            .map(|p| of(p.0 - centre_x, p.1 - centre_y))
            .sum()
    };
    let (xx, yy, xy) = (sum(&|x, _| x * x), sum(&|_, y| y * y), sum(&|x, y| x * y));
    let (r, slope) = (xy / (xx * yy).sqrt(), xy / xx);
    (r.is_finite() && slope.is_finite()).then(|| PairChannels {
        r: r.clamp(-1.0, 1.0),
        slope,
        count: both.len(),
        points: points(&both, seed),
    })
}

/// Correlation of every channel of the one with every channel of the other, `[p, q]`; none for
/// channels that never vary. None where a value is infinite or no number.
fn correlations([a, b]: [&Memory; 2]) -> Option<Vec<Option<f64>>> {
    use similarity::Activations as _;
    let (p, q) = (a.shape().channels, b.shape().channels);
    let (mut of_a, mut of_b, mut cross) =
        (Moments::new(p), Moments::new(q), CrossMoments::new(p, q));
    let (mut panels_a, mut panels_b) = (Panels::new(), Panels::new());
    if a.values().len() / p != b.values().len() / q {
        return None;
    }
    let blocks = a
        .values()
        .chunks(BLOCK * p)
        .zip(b.values().chunks(BLOCK * q));
    for (rows_a, rows_b) in blocks {
        of_a.pack(&Values::Single(rows_a.to_vec()), &mut panels_a)
            .ok()?;
        of_b.pack(&Values::Single(rows_b.to_vec()), &mut panels_b)
            .ok()?;
        of_a.add(&panels_a).ok()?;
        of_b.add(&panels_b).ok()?;
        cross.add(&panels_a, &panels_b).ok()?;
    }
    let pair = Pair {
        a: &of_a,
        b: &of_b,
        cross: &cross,
    };
    pair.correlations().ok()
}

/// Some of the points, drawn evenly.
fn points(both: &[(f64, f64)], seed: u64) -> Vec<[f32; 2]> {
    let shown = |(x, y): &(f64, f64)| [*x as f32, *y as f32];
    if both.len() <= POINTS {
        return both.iter().map(shown).collect();
    }
    let mut draw = stream(seed, "analysis/points", 0);
    let place = |_| &both[draw.random_range(0..both.len())];
    (0..POINTS).map(place).map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use similarity::MapShape;

    fn memory(channels: usize, values: Vec<f32>) -> Memory {
        let shape = MapShape {
            images: values.len() / channels,
            height: 1,
            width: 1,
            channels,
        };
        Memory::new(shape, values).unwrap()
    }

    /// `np.corrcoef` of the columns gives |corr| of 0.9899494936611665, 0.1414213562373095,
    /// 0.9805806756909202, 0.0 before; the same after, so that r and slope are 1.
    #[test]
    fn what_does_not_change_persists() {
        let a = memory(2, vec![1.0, 5.0, 2.0, 3.0, 3.0, 4.0, 4.0, 1.0]);
        let b = memory(2, vec![1.0, 0.0, 2.0, 1.0, 3.0, 1.0, 5.0, 0.0]);
        let same = persistence([&a, &b], [&a, &b], 0).unwrap();
        assert!((same.r - 1.0).abs() < 1e-12 && (same.slope - 1.0).abs() < 1e-12);
        assert_eq!((same.count, same.points.len()), (4, 4));
        let constant = memory(2, vec![1.0; 8]);
        assert_eq!(persistence([&constant, &b], [&a, &b], 0), None);
    }
}
