//! A penalty on the distance of weights from where they started.

use rayon::prelude::*;

use crate::error::{ShapeError, check_len};

/// Values of one parallel part.
const PART: usize = 1 << 15;

/// `gradient += strength · (w − start)`, the gradient of `strength/2 ‖w − start‖²` (L2-SP, Li,
/// Grandvalet & Davoine 2018); without a start the distance is to 0. All of one length.
pub fn pull(
    strength: f32,
    w: &[f32],
    start: Option<&[f32]>,
    gradient: &mut [f32],
) -> Result<(), ShapeError> {
    check_len("gradient", gradient, w.len())?;
    match start {
        Some(start) => {
            check_len("start", start, w.len())?;
            gradient
                .par_chunks_mut(PART)
                .zip(w.par_chunks(PART).zip(start.par_chunks(PART)))
                .for_each(|(gradient, (w, start))| {
                    for (gradient, (w, start)) in gradient.iter_mut().zip(w.iter().zip(start)) {
                        *gradient += (w - start) * strength;
                    }
                });
        }
        None => gradient
            .par_chunks_mut(PART)
            .zip(w.par_chunks(PART))
            .for_each(|(gradient, w)| {
                for (gradient, w) in gradient.iter_mut().zip(w) {
                    *gradient += w * strength;
                }
            }),
    }
    Ok(())
}
