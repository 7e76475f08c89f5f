//! Where a patient or an attribute of a picture is written.

use crate::pattern::Pattern;

/// Where something about a picture is found.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// A column of the table.
    Column(String),
    /// Another origin; a picture of which it says nothing stands for itself.
    OrOwn(Box<Origin>),
    /// A part of the picture's path below the root.
    Path(Pattern),
    /// A part of a cell.
    Cell(String, Pattern),
    /// A DICOM attribute of the picture itself, by its keyword.
    Tag(String),
}
