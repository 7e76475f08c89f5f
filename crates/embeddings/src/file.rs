//! A file of features: names of pictures, and layers with a row for each.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::EmbeddingsError;
use crate::layer::{Asked, Layer, Mismatch};
use crate::{npz, table};

/// Largest file that is read: 8 GiB.
const FILE_LIMIT: u64 = 8 << 30;

/// Features of pictures, by layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Embeddings {
    /// The file.
    pub path: PathBuf,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
    /// A name a row, each once.
    pub ids: Vec<String>,
    /// At least one, with a row a name.
    pub layers: Vec<Layer>,
}

/// Reads a `.npz` (arrays of names and of features) or a table with a header line; which of the two is
/// told by content. Nothing in it is executed: arrays of objects are refused.
pub fn read(path: &Path, asked: &Asked) -> Result<Embeddings, EmbeddingsError> {
    let bytes = outside::read(path, FILE_LIMIT).map_err(|error| match error {
        outside::ReadError::TooLarge { found, limit } => EmbeddingsError::Content {
            path: path.into(),
            expected: format!("a file of at most {limit} bytes"),
            found: format!("{found} bytes"),
        },
        outside::ReadError::Io(source) => EmbeddingsError::Unreadable {
            path: path.into(),
            source,
        },
    })?;
    parse(path, &bytes, asked)
}

/// Reads the bytes of a file; `path` names it.
pub fn parse(path: &Path, bytes: &[u8], asked: &Asked) -> Result<Embeddings, EmbeddingsError> {
    let content = |(expected, found)| EmbeddingsError::Content {
        path: path.into(),
        expected,
        found,
    };
    let (ids, layers) = match bytes.starts_with(b"PK") {
        true => npz::parse(Cursor::new(bytes), asked),
        false => table::parse(bytes, asked),
    }
    .map_err(content)?;
    check(&ids, &layers).map_err(content)?;
    let digest = Sha256::digest(bytes);
    Ok(Embeddings {
        path: path.into(),
        sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
        ids,
        layers,
    })
}

fn check(ids: &[String], layers: &[Layer]) -> Result<(), Mismatch> {
    if ids.is_empty() || layers.is_empty() {
        let found = format!("{} names, {} layers", ids.len(), layers.len());
        return Err(("names and at least one layer of features".into(), found));
    }
    let mut sorted: Vec<&String> = ids.iter().collect();
    sorted.sort();
    if let Some(twice) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(("every picture once".into(), format!("{:?} twice", twice[0])));
    }
    for Layer {
        name,
        channels,
        values,
    } in layers
    {
        let wanted = ids.len().checked_mul(*channels);
        if *channels == 0 || wanted != Some(values.len()) {
            return Err((
                format!("a row of `{name}` for each of {} names", ids.len()),
                format!("{} numbers in rows of {channels}", values.len()),
            ));
        }
        if let Some(place) = values.iter().position(|value| !value.is_finite()) {
            return Err((
                format!("finite numbers in `{name}`"),
                format!("{} for {:?}", values[place], ids[place / channels]),
            ));
        }
    }
    Ok(())
}
