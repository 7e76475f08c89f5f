//! Features of pictures that another program made, so that a network that is not run here (a
//! foundation model, a closed service) can be weighed beside those that are.
//!
//! ```
//! use std::path::Path;
//!
//! let table = "id,f0,f1\nb.png,0.5,1\na.png,-2,3\n";
//! let file = embeddings::parse(Path::new("them.csv"), table.as_bytes(), &embeddings::Asked::default())?;
//! let rows = file.rows(&["scans/a.png", "scans/b.png"])?;
//! assert_eq!(file.layers[0].of(&rows), [-2.0, 3.0, 0.5, 1.0]);
//! # Ok::<(), embeddings::EmbeddingsError>(())
//! ```

mod error;
mod file;
mod join;
mod layer;
mod npz;
mod table;

pub use error::EmbeddingsError;
pub use file::{Embeddings, parse, read};
pub use layer::{Asked, Layer};
