//! Weights of Keras: HDF5 files of every generation, and the `.keras` archive around one.
//!
//! Tensors are called `<layer>/<variable>`, as in TensorFlow.js: `conv1_conv/kernel`. They keep Keras'
//! layout.

mod collected;
mod config;
mod legacy;
mod names;
mod newer;
mod variable;

use hdf5_file::{File, Hdf5Error};

use self::collected::Collected;
use self::config::Layers;
use super::archive::Archive;
use super::content::Content;
use super::error::Flaw;
use super::limit::FILE_LIMIT;

/// The weights in a `.keras` archive.
const WEIGHTS: &str = "model.weights.h5";
/// Largest description of a model in an archive, in bytes.
const CONFIG_LIMIT: u64 = 64 << 20;

/// Reads an HDF5 file: what `save_weights` or `save` wrote, else all arrays by their paths.
pub(super) fn read_h5(bytes: &[u8]) -> Result<Content, Flaw> {
    read(bytes, &Layers::default())
}

/// Reads a `.keras` archive.
pub(super) fn read_archive(bytes: &[u8]) -> Result<Content, Flaw> {
    let mut archive = Archive::open(bytes)?;
    let layers = match archive.member("config.json", CONFIG_LIMIT)? {
        Some(config) => Layers::read(&config)?,
        None => Layers::default(),
    };
    match archive.member(WEIGHTS, FILE_LIMIT)? {
        Some(weights) => read(&weights, &layers),
        None => Err(Flaw::Damaged(format!("no member `{WEIGHTS}`"))),
    }
}

fn read(bytes: &[u8], layers: &Layers) -> Result<Content, Flaw> {
    let file = File::open(bytes)?;
    let root = file.root()?;
    let whole = root.find("model_weights")?;
    let legacy = whole.as_ref().unwrap_or(&root);
    let mut collected = Collected::default();
    if root.find("optimizer_weights")?.is_some() || root.find("optimizer")?.is_some() {
        collected.skipped.push("the state of the optimiser".into());
    }
    match legacy::layers(legacy)? {
        Some(names) => legacy::read(legacy, &names, &mut collected)?,
        None => newer::read(&root, layers, &mut collected)?,
    }
    collected.content()
}

impl From<Hdf5Error> for Flaw {
    fn from(error: Hdf5Error) -> Self {
        match error {
            Hdf5Error::Unsupported(_) => Self::Unsupported(error.to_string()),
            other => Self::damaged(other),
        }
    }
}
