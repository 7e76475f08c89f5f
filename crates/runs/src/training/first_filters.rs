//! The first convolution as it was before training: what a run keeps of it.

use initialisation::MatchReport;
use networks::{Network, Weights};

use durable::{FileError, write};
use images::FilterGrid;
use record::JobDirectory;
use record::names::{GABOR, GABOR_PICTURE};

/// Pixels along a tap in the picture of a Gabor bank.
const GABOR_ZOOM: usize = 8;

/// The weight of the first convolution alone.
pub(crate) fn first_filters(network: &Network, initial: &Weights) -> Weights {
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
pub(crate) fn write_gabor(
    directory: &JobDirectory,
    matches: &MatchReport,
    initial: &Weights,
) -> Result<(), FileError> {
    let Some(path) = matches.gabor() else {
        return Ok(());
    };
    let bank = only(initial, path);
    write(&directory.file(GABOR), &bank.to_bytes(None))?;
    for tensor in bank.tensors.values() {
        let Ok(shape) = <[usize; 4]>::try_from(&tensor.shape[..]) else {
            continue;
        };
        let file = directory.file(GABOR_PICTURE);
        let png = FilterGrid::new(shape).png(&tensor.values, GABOR_ZOOM);
        let png = png.map_err(|e| FileError::Io {
            action: "draw",
            path: file.clone(),
            source: std::io::Error::other(e),
        })?;
        write(&file, &png)?;
    }
    Ok(())
}
