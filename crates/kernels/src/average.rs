//! The average of weights over steps.

use rayon::prelude::*;

use crate::error::{ShapeError, check_len};

/// Values of one parallel part.
const PART: usize = 1 << 15;

/// `average += share · (values − average)`, with a share in (0, 1]; with 1 the average becomes the
/// values to the bit. Both of one length.
pub fn average(share: f32, values: &[f32], average: &mut [f32]) -> Result<(), ShapeError> {
    check_len("average", average, values.len())?;
    if share >= 1.0 {
        average.copy_from_slice(values);
        return Ok(());
    }
    let parts = average.par_chunks_mut(PART).zip(values.par_chunks(PART));
    parts.for_each(|(average, values)| {
        for (average, value) in average.iter_mut().zip(values) {
            *average += share * (value - *average);
        }
    });
    Ok(())
}
