//! Grad-CAM: which places of the last maps speak for an answer.

use engine::{Maps, Model};
use networks::{Layer, Network};

use super::evidence_map::EvidenceMap;
use super::log_odds::LogOdds;

/// Places along each edge of a map that is fine enough.
const FINE: usize = 4;

/// Maps of a batch, with the block that they come from.
pub struct GradCam {
    /// Name of the block.
    pub block: String,
    /// One a picture.
    pub maps: Vec<EvidenceMap>,
}

/// L = Σₖ αₖ Aₖ for each picture of `pixels` `[pictures, channels, height, width]`, where Aₖ are the
/// maps of the last block with 4 × 4 places or more (without one, of the last with more than one
/// place) and αₖ the mean over places of the gradient of the picture's `odds` by Aₖ (Selvaraju et al. 2017, equations 1 and 2, before the ReLU: what is
/// below 0 speaks against). None for networks without such maps: in a transformer the head reads one
/// token, and no gradient reaches the others in the last block.
///
/// It says where the features lie that the head adds up, as coarsely as their map is; not which
/// pixels they were made from.
pub fn grad_cam(model: &Model, pixels: &Maps, odds: &[LogOdds]) -> Option<GradCam> {
    let network = model.network();
    if reads_tokens(network) {
        return None;
    }
    let (place, maps) = last_maps(model, pixels)?;
    let gradient = model.sensitivity(place + 1, &maps, |logits| {
        let rows = logits.values().chunks_exact(logits.shape().channels);
        rows.zip(odds)
            .flat_map(|(row, odds)| odds.gradient(row))
            .collect()
    });
    let shape = maps.shape();
    let picture = shape.channels * shape.plane();
    let both = maps.values().chunks_exact(picture);
    let both = both.zip(gradient.values().chunks_exact(picture));
    Some(GradCam {
        block: network.blocks[place].name.clone(),
        maps: both
            .map(|(maps, gradient)| EvidenceMap {
                grid: [shape.height, shape.width],
                values: weighed(maps, gradient, shape.plane()),
            })
            .collect(),
    })
}

/// The place of the block whose maps are looked at, and these.
fn last_maps(model: &Model, pixels: &Maps) -> Option<(usize, Maps)> {
    let is_fine = |maps: &Maps| maps.shape().height.min(maps.shape().width) >= FINE;
    let mut place = 0;
    let mut last: Option<(usize, Maps)> = None;
    model.each_block(pixels, |maps| {
        let has_fine = last.as_ref().is_some_and(|(_, last)| is_fine(last));
        if is_fine(&maps) || (!has_fine && maps.shape().plane() > 1) {
            last = Some((place, maps));
        }
        place += 1;
    });
    last
}

/// Σₖ αₖ Aₖ of one picture's `[channels, plane]`.
fn weighed(maps: &[f32], gradient: &[f32], plane: usize) -> Vec<f64> {
    let mut sum = vec![0.0; plane];
    for (map, gradient) in maps.chunks_exact(plane).zip(gradient.chunks_exact(plane)) {
        let alpha = gradient.iter().map(|g| f64::from(*g)).sum::<f64>() / plane as f64;
        for (sum, a) in sum.iter_mut().zip(map) {
            *sum += alpha * f64::from(*a);
        }
    }
    sum
}

/// Whether pictures are cut into tokens.
fn reads_tokens(network: &Network) -> bool {
    let layers = network.blocks.iter().flat_map(|block| &block.layers);
    layers
        .into_iter()
        .any(|layer| matches!(layer, Layer::Embed(_)))
}
