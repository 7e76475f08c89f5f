//! From the bytes of a picture file to its samples, bounded and by content.
//!
//! Nothing here knows of labels, patients or networks. Every byte comes from outside: sizes are
//! checked before memory is taken, and damage ends in an [`ImageError`].
//!
//! ```
//! // A signature that no decoder knows.
//! let error = formats::decode(b"neither picture").unwrap_err();
//! assert!(error.to_string().starts_with("expected a picture (PNG, JPEG, TIFF,"));
//! ```

pub mod decode;
pub mod decoded;
pub mod decoders;
pub mod dicom;
pub mod endings;
pub mod error;
pub mod facts;
pub mod image;
pub mod reading;
pub mod signature;

mod bmp;
mod bounds;
mod frame_number;
mod gif;
mod guard;
mod jpeg;
mod jpeg2000;
mod orientation;
mod png;
mod raster;
mod tiff;
mod webp;

pub use decode::{decode, decode_with};
pub use decoded::Decoded;
pub use decoders::DECODER;
pub use endings::{EXTENSIONS, is_picture_ending};
pub use error::ImageError;
pub use facts::{Colour, DicomFacts, Facts, Format, Frames};
pub use image::{Image, Samples};
pub use reading::{FrameChoice, Reading, Window};
pub use signature::{Kind, kind_by_signature};
