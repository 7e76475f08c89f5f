//! HDF5 files of named arrays, as h5py and Keras write them: read within bounds, without C.
//!
//! | part of the format | read |
//! |---|---|
//! | superblock | versions 0 to 3 |
//! | headers of objects | versions 1 and 2, continued |
//! | groups | by symbol tables; by messages |
//! | arrays | whole, compact, in chunks (by trees of version 1, alone, in a row, by a fixed table); shuffled, deflated, with checksums |
//! | elements | float16, bfloat16, float32, float64 in either order of bytes |
//! | attributes | text, of fixed length or in a heap |
//!
//! Files are hostile. Every length is held against what is there before memory is taken; what is
//! followed and what is unpacked is bounded by the size of the file; nothing recurses.
//! What a name means is not known here.

mod attribute;
mod bytes;
mod chunks;
mod dataset;
mod dataspace;
mod datatype;
mod error;
mod file;
mod filters;
mod header;
mod links;
mod object;
mod store;
mod tree;

pub use dataset::Dataset;
pub use error::Hdf5Error;
pub use file::{File, SIGNATURE};
pub use links::Child;
pub use object::Object;
