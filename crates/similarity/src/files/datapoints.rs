//! What a datapoint is in a comparison, and why.

use super::axes::Axes;
use crate::{Convention, MapShape};

/// A layer, as far as the choice of datapoints looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its extents.
    pub shape: MapShape,
    /// What its axes are.
    pub axes: Axes,
}

/// The convention of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Datapoints {
    /// What a datapoint is.
    pub convention: Convention,
    /// In words, with the reason.
    pub words: String,
}

impl Datapoints {
    /// What was `asked`, or what fits the layers of both sides; one layer at least.
    pub fn choose(a: &[Seen], b: &[Seen], asked: Option<Convention>) -> Self {
        let layers: Vec<&Seen> = a.iter().chain(b).collect();
        let is_pair = a.len() == 1 && b.len() == 1;
        let all = |like: &dyn Fn(&Seen) -> bool| layers.iter().all(|layer| like(layer));
        let is_vector = |layer: &Seen| layer.shape.positions() == 1;
        let is_tokens = |layer: &Seen| layer.axes == Axes::Ntc;
        let size = |layer: &Seen| (layer.shape.height, layer.shape.width);
        let first = layers.first().map(|first| size(first));
        let (convention, why) = if let Some(convention) = asked {
            (convention, "as asked")
        } else if all(&is_vector) {
            (Convention::Spatial, "all activations are vectors")
        } else if all(&|layer| Some(size(layer)) == first)
            && layers.iter().all(|layer| is_tokens(layer))
                == layers.iter().any(|layer| is_tokens(layer))
        {
            (Convention::Spatial, "all maps have one size")
        } else if layers.iter().any(|layer| is_vector(layer)) {
            (
                Convention::Pooled,
                "some activations are vectors and some are maps",
            )
        } else if layers.iter().any(|layer| is_tokens(layer)) {
            (
                Convention::Pooled,
                "tokens do not lie where other positions lie",
            )
        } else if is_pair {
            (
                Convention::Spatial,
                "maps of different sizes, the smaller enlarged bilinearly",
            )
        } else {
            (Convention::Pooled, "the maps have different sizes")
        };
        let what = match convention {
            _ if all(&is_vector) => "vectors, each image a datapoint".to_owned(),
            Convention::Spatial => "spatial, each position of each image a datapoint".to_owned(),
            Convention::Flattened => "flattened, each image a datapoint with all its values".into(),
            Convention::Pooled => "pooled, each image a datapoint, means over positions".into(),
        };
        Self {
            convention,
            words: format!("{what} ({why})"),
        }
    }
}
