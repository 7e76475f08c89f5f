//! DICOM files: the arithmetic from stored values to grey levels and RGB.
//!
//! Grey: stored values go through the modality LUT or rescale, then through a VOI LUT or window,
//! and become levels of 0 to 65,535 (16 bits): the exact level times 65,535, rounded to nearest.
//! MONOCHROME1 is inverted after the window. Without a window, the possible range of the bits in
//! use becomes 0 to 65,535. Padding pixels are black. Colour becomes RGB of 8 bits.

mod cells;
mod codec;
mod colour;
mod data_set;
mod element;
mod file;
mod fragments;
mod frame;
mod grey;
mod groups;
mod identity;
mod layout;
mod lut;
mod modality;
mod native;
mod padding;
mod picture;
mod rle;
mod segments;
mod steps;
mod tag;
pub mod transfer_syntax;
mod voi;

pub(crate) use picture::decode;

pub use file::looks_like;
pub use picture::{about, tags};
pub use steps::{Steps, steps};
pub use transfer_syntax::TransferSyntax;
