//! The first convolution as it was before training: what a run keeps of it.

use networks::initialisation::MatchReport;
use networks::{Network, Weights};

use crate::filter_grid::FilterGrid;
use crate::record::{RunDirectory, write};
use crate::study::StudyError;

/// Pixels along a tap in the picture of a Gabor bank.
const GABOR_ZOOM: usize = 8;

/// The weight of the first convolution alone.
pub(super) fn first_filters(network: &Network, initial: &Weights) -> Weights {
    let path = network.first_conv();
    path.map_or(Weights::default(), |path| only(initial, &path))
}

/// The tensor at `path` alone, if it is there.
fn only(weights: &Weights, path: &str) -> Weights {
    let tensor = weights.tensors.get_key_value(path).into_iter();
    Weights {
        tensors: tensor.map(|(k, v)| (k.clone(), v.clone())).collect(),
    }
}

/// Keeps the bank of Gabor filters that the run starts with, if it does, as numbers and as a
/// picture.
pub(super) fn write_gabor(
    directory: &RunDirectory,
    matches: &MatchReport,
    initial: &Weights,
) -> Result<(), StudyError> {
    let Some(path) = matches.gabor() else {
        return Ok(());
    };
    let bank = only(initial, path);
    write(&directory.file("gabor.safetensors"), &bank.to_bytes(None))?;
    for tensor in bank.tensors.values() {
        let Ok(shape) = <[usize; 4]>::try_from(&tensor.shape[..]) else {
            continue;
        };
        let file = directory.file("gabor.png");
        let png = FilterGrid::new(shape).png(&tensor.values, GABOR_ZOOM);
        let png = png.map_err(|e| StudyError::Io {
            action: "draw",
            path: file.clone(),
            source: std::io::Error::other(e),
        })?;
        write(&file, &png)?;
    }
    Ok(())
}
