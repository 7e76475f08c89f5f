//! Measures that need Gram matrices.

use std::sync::Arc;

use streams::stream;

use crate::compare::setting::Asked;
use crate::compare::{CompareError, Evidence, Found, Setting};
use crate::datapoints::{Datapoints, Positions, Units, choose};
use crate::gram::{Gram, MOST_DATAPOINTS, Prepared};
use crate::{Activations, Convention, ReadError, Reason, Side};

/// Most values of the datapoints of one side, 1 GiB in `f64`.
const MOST_VALUES: usize = 128 << 20;

/// The datapoints of the Gram matrices: `each` of every image chosen.
struct Layout {
    /// Ascending.
    images: Vec<usize>,
    each: usize,
    /// Which of them, counted in `images`, may change places.
    units: Units,
}

/// Gram matrices kept for further pairs of the same layers, while memory lasts.
pub(crate) struct Kept {
    /// Bytes that may be taken.
    most_bytes: usize,
    grams: Vec<(Key, Arc<Gram>)>,
}

/// Which matrix: side, layer, images chosen, datapoints of each, and the grid they are taken from.
type Key = (char, usize, usize, usize, (usize, usize));

impl Kept {
    /// No matrices yet, and this many bytes for them.
    pub fn new(most_bytes: usize) -> Self {
        Self {
            most_bytes,
            grams: Vec::new(),
        }
    }

    /// Forgets the matrices of one layer.
    pub fn forget(&mut self, side: char, layer: usize) {
        self.grams
            .retain(|(key, _)| (key.0, key.1) != (side, layer));
    }

    fn get(
        &mut self,
        key: Key,
        make: impl FnOnce() -> Result<Gram, ReadError>,
    ) -> Result<Arc<Gram>, CompareError> {
        if let Some((_, gram)) = self.grams.iter().find(|(known, _)| *known == key) {
            return Ok(gram.clone());
        }
        let gram = Arc::new(make().map_err(CompareError::on(key.0))?);
        let bytes = |gram: &Gram| 8 * gram.datapoints() * gram.datapoints();
        let taken: usize = self.grams.iter().map(|(_, gram)| bytes(gram)).sum();
        if taken + bytes(&gram) <= self.most_bytes {
            self.grams.push((key, gram.clone()));
        }
        Ok(gram)
    }
}

/// Values of the `asked` measures between two `layers`, with what they give of shuffled images and
/// without groups of images.
pub(crate) fn evidence(
    setting: &Setting,
    asked: &[Asked],
    layers: [usize; 2],
    kept: &mut Kept,
) -> Result<Found, CompareError> {
    if asked.is_empty() {
        return Ok(Found::default());
    }
    if setting.flattened && setting.images() > MOST_DATAPOINTS {
        let reason = Reason::ManyDatapoints {
            most: MOST_DATAPOINTS as u64,
            found: setting.images() as u64,
        };
        return Ok(Found::without_values(asked, &reason));
    }
    let layout = Layout::of(setting);
    let positions = layout.positions(setting);
    let mut gram = |side, layer, source| {
        let key = (side, layer, layout.images.len(), layout.each, setting.grid);
        kept.get(key, || layout.gram(setting, source, positions.clone()))
    };
    let a = gram('a', layers[0], setting.sources[0])?;
    let b = gram('b', layers[1], setting.sources[1])?;
    let side = |gram: &Gram| Side {
        dimensions: gram.features(),
        constant: gram.constant(),
        dependent: 0,
    };
    Ok(Found {
        sides: Some([side(&a), side(&b)]),
        evidence: layout.evidence(setting, asked, &a, &b),
        warning: layout.warning(setting, asked),
    })
}

impl Layout {
    fn of(setting: &Setting) -> Self {
        let images = setting.images();
        if setting.flattened {
            return Self {
                images: (0..images).collect(),
                each: 1,
                units: Units::new(images, false),
            };
        }
        let [p, q] = setting.dimensions();
        let most = setting.options.pairwise_datapoints.min(MOST_DATAPOINTS);
        let most = most.min(MOST_VALUES / p.max(q)).max(1);
        let available = setting.views[0].each();
        let each = (most / images).clamp(1, available);
        let chosen = images.min(most / each);
        let mut draw = stream(setting.options.seed, "images of Gram matrices", 0);
        let chosen = choose(&mut draw, images, chosen);
        let drawn = setting.options.convention == Convention::Spatial
            && each < setting.grid.0 * setting.grid.1;
        Self {
            units: Units::new(chosen.len(), drawn),
            images: chosen,
            each,
        }
    }

    /// The positions drawn, where not all are taken.
    fn positions(&self, setting: &Setting) -> Option<Arc<Positions>> {
        let all = setting.grid.0 * setting.grid.1;
        let wanted = setting.options.convention == Convention::Spatial && self.each < all;
        wanted.then(|| {
            let (seed, purpose) = (setting.options.seed, "positions of Gram matrices");
            Arc::new(Positions::draw(
                self.units,
                &self.images,
                all,
                self.each,
                seed,
                purpose,
            ))
        })
    }

    fn gram(
        &self,
        setting: &Setting,
        source: &dyn Activations,
        positions: Option<Arc<Positions>>,
    ) -> Result<Gram, ReadError> {
        if setting.flattened {
            return Gram::flattened(source);
        }
        let view = match setting.options.convention {
            Convention::Spatial => Datapoints::spatial(source, setting.grid, positions),
            Convention::Pooled | Convention::Flattened => Datapoints::pooled(source),
        };
        let values = view.gather(&self.images)?;
        Ok(Gram::of(&values, source.shape().channels))
    }

    fn evidence(
        &self,
        setting: &Setting,
        asked: &[Asked],
        a: &Gram,
        b: &Gram,
    ) -> Vec<(usize, Evidence)> {
        let options = setting.options;
        let same: Vec<usize> = (0..self.images.len() * self.each).collect();
        let shuffles: Vec<Vec<usize>> = (0..options.permutations)
            .map(|permutation| self.rows(&self.units.shuffled(options.seed, permutation)))
            .collect();
        // One measure after the other: each needs matrices of its own.
        let mut evidence: Vec<(usize, Evidence)> = asked
            .iter()
            .map(|&(place, measure)| {
                let prepared = match Prepared::new(measure, a, b) {
                    Ok(prepared) => prepared,
                    Err(reason) => return (place, Evidence::new(Err(reason), None)),
                };
                let mut evidence = Evidence::new(prepared.value(&same), prepared.floor());
                if evidence.value.is_ok() {
                    let values = shuffles.iter().map(|pairing| prepared.value(pairing));
                    evidence.shuffled = values.collect();
                }
                (place, evidence)
            })
            .collect();
        if evidence.iter().all(|(_, evidence)| evidence.value.is_err()) {
            return evidence;
        }
        for group in setting.groups() {
            let kept: Vec<usize> = (0..self.images.len())
                .filter(|&place| group.binary_search(&self.images[place]).is_err())
                .collect();
            let rows = self.rows(&kept);
            let same: Vec<usize> = (0..rows.len()).collect();
            let (a, b) = (a.only(&rows), b.only(&rows));
            for ((_, evidence), &(_, measure)) in evidence.iter_mut().zip(asked) {
                if evidence.value.is_ok() {
                    let prepared = Prepared::new(measure, &a, &b);
                    evidence
                        .left_out
                        .push(prepared.and_then(|prepared| prepared.value(&same)));
                }
            }
        }
        evidence
    }

    /// That only some of the datapoints were used, if so.
    fn warning(&self, setting: &Setting, asked: &[Asked]) -> Option<String> {
        let rows = self.images.len() * self.each;
        let names: Vec<String> = asked
            .iter()
            .map(|(_, measure)| measure.to_string())
            .collect();
        let all = setting.datapoints();
        (!setting.flattened && (rows as u64) < all).then(|| {
            format!(
                "{} from {rows} of {all} datapoints, drawn from the seed: {} of each of {} images",
                names.join(", "),
                self.each,
                self.images.len(),
            )
        })
    }

    /// Rows of the Gram matrices of images, counted in [`images`](Self::images).
    fn rows(&self, images: &[usize]) -> Vec<usize> {
        let rows = |&image: &usize| image * self.each..(image + 1) * self.each;
        images.iter().flat_map(rows).collect()
    }
}
