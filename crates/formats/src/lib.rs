//! From the bytes of a picture file to its samples, bounded and by content.
//!
//! Nothing here knows of labels, patients or networks. Every byte comes from outside: sizes are
//! checked before memory is taken, and damage ends in an [`ImageError`].
//!
//! ```
//! // A signature that no decoder knows.
//! let error = formats::decode(b"neither picture").unwrap_err();
//! assert!(error.to_string().starts_with("expected a PNG or JPEG"));
//! ```

pub mod decode;
pub mod endings;
pub mod error;
pub mod image;
pub mod signature;

pub use decode::decode;
pub use endings::is_picture_ending;
pub use error::ImageError;
pub use image::{Image, Samples};
pub use signature::kind_by_signature;
