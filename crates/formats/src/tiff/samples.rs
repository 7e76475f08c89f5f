//! From what the decoder returns to interleaved samples of the colour channels.

use tiff::decoder::DecodingResult;

use crate::error::ImageError;
use crate::image::Samples;
use crate::tiff::layout::{Layout, unsupported};

/// Samples in pixel order. Depths below 8 bits keep their values; integers of more than 16 bits,
/// and signed ones, become floating point with the values as stored (rounded beyond 24 bits).
pub(crate) fn of(result: DecodingResult, layout: &Layout) -> Result<Samples, ImageError> {
    let samples = match result {
        DecodingResult::U8(samples) if layout.bits < 8 => Samples::U8(unpack(&samples, layout)?),
        DecodingResult::U8(samples) => Samples::U8(samples),
        DecodingResult::U16(samples) if layout.bits == 16 => Samples::U16(samples),
        DecodingResult::U16(_) => {
            return Err(unsupported(format!("samples of {} bits", layout.bits)));
        }
        DecodingResult::U32(s) => Samples::F32(s.into_iter().map(|v| v as f32).collect()),
        DecodingResult::F16(s) => Samples::F32(s.into_iter().map(f32::from).collect()),
        DecodingResult::F32(samples) => Samples::F32(samples),
        DecodingResult::F64(s) => Samples::F32(s.into_iter().map(|v| v as f32).collect()),
        DecodingResult::I8(s) => Samples::F32(s.into_iter().map(f32::from).collect()),
        DecodingResult::I16(s) => Samples::F32(s.into_iter().map(f32::from).collect()),
        DecodingResult::I32(s) => Samples::F32(s.into_iter().map(|v| v as f32).collect()),
        DecodingResult::U64(_) | DecodingResult::I64(_) => {
            return Err(unsupported("integers of 64 bits".into()));
        }
    };
    Ok(if layout.planar {
        interleaved(samples, layout.stored)
    } else {
        samples
    })
}

fn interleaved(samples: Samples, planes: usize) -> Samples {
    fn weave<S: Copy>(samples: &[S], planes: usize) -> Vec<S> {
        let length = samples.len() / planes;
        (0..length)
            .flat_map(|at| (0..planes).map(move |plane| samples[plane * length + at]))
            .collect()
    }
    match samples {
        Samples::U8(s) => Samples::U8(weave(&s, planes)),
        Samples::U16(s) => Samples::U16(weave(&s, planes)),
        Samples::F32(s) => Samples::F32(weave(&s, planes)),
    }
}

/// Samples of 1, 2 or 4 bits out of bytes, the highest bits first; a row begins with a byte.
fn unpack(bytes: &[u8], layout: &Layout) -> Result<Vec<u8>, ImageError> {
    let bits = layout.bits as usize;
    if !matches!(bits, 1 | 2 | 4) || layout.planar {
        return Err(unsupported(format!("samples of {bits} bits")));
    }
    let row = layout.width * layout.stored;
    let mask = (1u8 << bits) - 1;
    let sample = |row: &[u8], at: usize| {
        let bit = at * bits;
        row[bit / 8] >> (8 - bits - bit % 8) & mask
    };
    Ok(bytes
        .chunks_exact((row * bits).div_ceil(8))
        .flat_map(|bytes| (0..row).map(move |at| sample(bytes, at)))
        .collect())
}
