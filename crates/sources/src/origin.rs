//! Where a patient or an attribute of a picture is written.

use crate::pattern::Pattern;

/// Where something about a picture is found.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// A column of the table.
    Column(String),
    /// A column of the table; a picture whose cell is blank stands for itself.
    ColumnOrOwn(String),
    /// A part of the picture's path below the root.
    Path(Pattern),
    /// A part of a cell.
    Cell(String, Pattern),
    /// A DICOM attribute of the picture itself, by its keyword.
    Tag(String),
}
