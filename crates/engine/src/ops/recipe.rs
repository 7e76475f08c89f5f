//! Maps that are computed again for the backward pass instead of being kept.

use std::fmt::Debug;
use std::sync::{Arc, OnceLock};

use burn::backend::TensorMetadata;
use burn::backend::flex::FlexTensor;

/// How to compute a map again from what the backward pass of its operation keeps anyway. Empty
/// where the map has to be kept.
#[derive(Clone, Debug, Default)]
pub struct Recipe(Arc<OnceLock<Arc<dyn Remake>>>);

impl Recipe {
    /// Every recipe belongs to one call of an operation, which fills it at most once.
    pub(super) fn fill(&self, source: Arc<dyn Remake>) {
        let _ = self.0.set(source);
    }
}

/// An operation whose output can be computed again.
pub(super) trait Remake: Debug + Send + Sync {
    /// Extents of the output, `[batch, channels, height, width]`.
    fn shape(&self) -> [usize; 4];

    /// The output, bit for bit as the forward pass gave it.
    fn again(&self) -> FlexTensor;
}

/// An operand that a backward pass will need.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    Kept(FlexTensor),
    Again(Arc<dyn Remake>),
}

impl Operand {
    /// Keeps `map` unless its recipe is filled.
    pub(super) fn new(map: FlexTensor, recipe: Option<&Recipe>) -> Self {
        match recipe.and_then(|recipe| recipe.0.get()) {
            Some(source) => Self::Again(source.clone()),
            None => Self::Kept(map),
        }
    }

    /// Extents, `[batch, channels, height, width]`.
    pub(super) fn shape(&self) -> [usize; 4] {
        match self {
            Self::Kept(map) => map.shape().dims(),
            Self::Again(source) => source.shape(),
        }
    }

    /// The map itself.
    pub(super) fn map(&self) -> FlexTensor {
        match self {
            Self::Kept(map) => map.clone(),
            Self::Again(source) => source.again(),
        }
    }
}
