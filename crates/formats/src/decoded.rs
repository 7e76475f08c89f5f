//! What decoding returns.

use crate::facts::Facts;
use crate::image::Image;

/// A picture and what its file tells besides.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// The samples.
    pub image: Image,
    /// The facts.
    pub facts: Facts,
}
