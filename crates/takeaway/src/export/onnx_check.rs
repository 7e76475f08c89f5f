//! ONNX files in a runtime that shares no code with ours.

use std::fmt::Display;

use networks::onnx::{INPUT, LOGITS, PROBABILITIES};
use rten::{Model, Value, ValueView};
use thiserror::Error;

/// Difference between the logits of an image alone and among others that is rounding, as a part of
/// the largest logit.
const ROUNDING: f64 = 1e-4;

/// Why an ONNX file does not do what it should.
#[derive(Debug, Error)]
pub enum CheckError {
    /// The numbers given are no image.
    #[error("{values} pixel values were given for images of shape {shape:?}")]
    Image {
        /// How many numbers.
        values: usize,
        /// `[batch, channels, height, width]`.
        shape: [usize; 4],
    },
    /// The runtime cannot read the file.
    #[error("the runtime `rten` cannot read the ONNX file: {reason}")]
    Load {
        /// What it says.
        reason: String,
    },
    /// The runtime cannot compute the file's outputs.
    #[error("the runtime `rten` cannot run the ONNX file on images of shape {shape:?}: {reason}")]
    Run {
        /// `[batch, channels, height, width]`.
        shape: [usize; 4],
        /// What it says.
        reason: String,
    },
    /// An output of another shape.
    #[error("output `{output}` of the ONNX file has shape {found:?}; expected [{batch}, classes]")]
    Output {
        /// Its name.
        output: &'static str,
        /// Its shape.
        found: [usize; 2],
        /// Images that went in.
        batch: usize,
    },
    /// What the file says of an image depends on the others.
    #[error(
        "the ONNX file gives the first image of a batch other logits than the same image alone: they differ by {difference}"
    )]
    Batch {
        /// The largest difference of a logit.
        difference: f64,
    },
}

/// What the ONNX file of a network computes for normalised images `[batch, channels, height,
/// width]` in an independent runtime: logits and probabilities, `[batch, classes]` each. The first
/// image also goes in alone, and must get the same logits.
pub fn agreement(
    onnx: &[u8],
    (pixels, shape): (&[f32], [usize; 4]),
) -> Result<(Vec<f32>, Vec<f32>), CheckError> {
    let model = Model::load(onnx.to_vec()).map_err(|error| CheckError::Load {
        reason: error.to_string(),
    })?;
    let [logits, probabilities] = run(&model, pixels, shape)?;
    let [batch, channels, height, width] = shape;
    if batch > 1 {
        let first = &pixels[..channels * height * width];
        let [alone, _] = run(&model, first, [1, channels, height, width])?;
        let among = &logits[..logits.len() / batch];
        let largest = among.iter().fold(0.0, |most: f32, z| most.max(z.abs()));
        let difference = largest_difference(&alone, among);
        if difference > ROUNDING * f64::from(largest) {
            return Err(CheckError::Batch { difference });
        }
    }
    Ok((logits, probabilities))
}

/// `maxᵢ |foundᵢ − expectedᵢ|`: absolute, not relative. Infinite where the lengths differ, or where
/// a number on either side is not finite.
pub fn largest_difference(found: &[f32], expected: &[f32]) -> f64 {
    if found.len() != expected.len() {
        return f64::INFINITY;
    }
    let pairs = found.iter().zip(expected);
    pairs.fold(0.0, |largest, (a, b)| {
        let difference = (f64::from(*a) - f64::from(*b)).abs();
        match difference.is_finite() {
            true => difference.max(largest),
            false => f64::INFINITY,
        }
    })
}

/// Logits and probabilities, `[batch, classes]` each.
fn run(model: &Model, pixels: &[f32], shape: [usize; 4]) -> Result<[Vec<f32>; 2], CheckError> {
    let image = ValueView::from_shape(shape, pixels).map_err(|_| CheckError::Image {
        values: pixels.len(),
        shape,
    })?;
    let failed = |reason: &dyn Display| CheckError::Run {
        shape,
        reason: reason.to_string(),
    };
    let node = |name| model.node_id(name).map_err(|error| failed(&error));
    let outputs = [node(LOGITS)?, node(PROBABILITIES)?];
    let [logits, probabilities] = model
        .run_n(vec![(node(INPUT)?, image.into())], outputs, None)
        .map_err(|error| failed(&error))?;
    let values = |output, value: Value| match value.into_shape_vec::<f32, 2>() {
        Ok(([batch, _], values)) if batch == shape[0] => Ok(values),
        Ok((found, _)) => Err(CheckError::Output {
            output,
            found,
            batch: shape[0],
        }),
        Err(error) => Err(failed(&format_args!("output `{output}`: {error}"))),
    };
    Ok([
        values(LOGITS, logits)?,
        values(PROBABILITIES, probabilities)?,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_compared_differs_infinitely() {
        assert_eq!(largest_difference(&[1.0, 2.0], &[1.5, 2.0]), 0.5);
        assert_eq!(largest_difference(&[1.0], &[1.0, 2.0]), f64::INFINITY);
        assert_eq!(
            largest_difference(&[f32::NAN, 0.0], &[0.0, 0.0]),
            f64::INFINITY
        );
    }

    #[test]
    fn bytes_that_are_no_file_and_images_that_are_none_are_refused() {
        let pixels = ([0.0; 12], [1, 3, 2, 2]);
        let error = agreement(b"not an ONNX file", (&pixels.0, pixels.1)).unwrap_err();
        assert!(matches!(error, CheckError::Load { .. }), "{error}");
    }
}
