//! How networks see pictures: checks and warnings.

use images::aspects::FAR;
use images::{Dataset, Fit, Frame};

use super::data_spec::DataSpec;
use super::error::StudyError;
use crate::described::DataResult;

/// Median stretch beyond which users are told.
const STRONG: f64 = 1.25;
/// Share of far stretched pictures beyond which users are told.
const STRONGLY_STRETCHED: f64 = 0.05;
/// What networks see, with channels as written, as their weights want, or as stored.
pub(crate) fn frame(
    spec: &DataSpec,
    wanted: Option<usize>,
    stored: usize,
) -> Result<Frame, StudyError> {
    let channels = spec.channels.or(wanted).unwrap_or(stored);
    let frame = Frame {
        size: spec.size,
        channels,
        fit: spec.fit,
        resampling: spec.resize,
    };
    if frame.check().is_ok() && frame.takes(stored) {
        return Ok(frame);
    }
    let weights = match spec.channels {
        None => ", with adapt = \"sum\" or \"repeat\" for the pretrained weights",
        Some(_) => "",
    };
    Err(StudyError::Value {
        field: "data.channels",
        expected: match stored {
            1 => "1 (grey) to 64 (grey, so many times)".into(),
            3 => "3 (RGB) or 1 (grey)".into(),
            _ => format!("{stored}, as the pictures have{weights}"),
        },
        found: channels.to_string(),
    })
}

/// Refuses to see packed pictures in another frame than they were packed in.
pub(crate) fn check_packed(dataset: &Dataset, frame: &Frame) -> Result<(), StudyError> {
    let describe = |frame: &Frame| {
        format!(
            "size {}, channels {}, fit \"{}\", resize \"{}\"",
            frame.size,
            frame.channels,
            frame.fit.word(),
            format!("{:?}", frame.resampling).to_lowercase()
        )
    };
    match dataset.pictures.other_frame(frame) {
        None => Ok(()),
        Some(packed) => Err(StudyError::Value {
            field: "data.size",
            expected: format!(
                "what the pictures were packed in, {}; or a pack made with --as-they-are",
                describe(&packed)
            ),
            found: describe(frame),
        }),
    }
}

/// What is said where stretching changes the shapes of pictures much.
pub(crate) fn stretch(described: &DataResult) -> Option<String> {
    let aspects = described.aspects?;
    let is_strong = aspects.median_stretch > STRONG || aspects.far_stretched > STRONGLY_STRETCHED;
    (described.fit == Fit::Stretch && is_strong).then(|| {
        format!(
            "pictures are stretched to {} × {} pixels: columns by rows from {:.2} to {:.2} become {:.2}, half of the pictures change by {:.2} times or more, and {:.0} % by more than {FAR} times; fit = \"pad\" or \"crop\", or another size, under [data] keeps their shapes",
            described.size.height,
            described.size.width,
            aspects.smallest,
            aspects.largest,
            described.size.aspect(),
            aspects.median_stretch,
            100.0 * aspects.far_stretched,
        )
    })
}
