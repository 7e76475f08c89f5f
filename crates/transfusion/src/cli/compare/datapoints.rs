//! What a datapoint is in a comparison, and why.

use similarity::files::Axes;
use similarity::{Activations as _, Convention, MapShape};

use super::side::{NamedLayer, Side};

/// The convention of a comparison.
pub struct Datapoints {
    pub convention: Convention,
    /// In words, with the reason.
    pub words: String,
}

impl Datapoints {
    /// What was `asked`, or what fits the layers of both sides.
    pub fn choose(a: &Side, b: &Side, asked: Option<Convention>) -> Self {
        let layers: Vec<&NamedLayer> = a.layers.iter().chain(&b.layers).collect();
        let is_pair = a.layers.len() == 1 && b.layers.len() == 1;
        let shapes: Vec<MapShape> = layers.iter().map(|l| l.activations.shape()).collect();
        let all = |like: &dyn Fn(&MapShape) -> bool| shapes.iter().all(like);
        let is_vector = |shape: &MapShape| shape.positions() == 1;
        let is_tokens = |layer: &&NamedLayer| layer.reading.axes == Axes::Ntc;
        let size = |shape: &MapShape| (shape.height, shape.width);
        let (convention, why) = if let Some(convention) = asked {
            (convention, "as asked")
        } else if all(&is_vector) {
            (Convention::Spatial, "all activations are vectors")
        } else if all(&|shape| size(shape) == size(&shapes[0]))
            && layers.iter().all(is_tokens) == layers.iter().any(is_tokens)
        {
            (Convention::Spatial, "all maps have one size")
        } else if shapes.iter().any(is_vector) {
            (
                Convention::Pooled,
                "some activations are vectors and some are maps",
            )
        } else if layers.iter().any(is_tokens) {
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
