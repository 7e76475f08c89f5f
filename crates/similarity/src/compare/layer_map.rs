//! Every layer of one network against every layer of another.

use kernels::Panels;

use super::evidence::measured;
use super::pairwise::Kept;
use super::setting::Asked;
use super::{CompareError, Evidence, Found, Setting, compare, pairwise, streamed};
use crate::datapoints::{Datapoints, Reader};
use crate::{Activations, CrossMoments, Measured, Moments, Options, View};

/// Bytes that the matrices of pairs measured together may take.
const MOST_BYTES: usize = 1 << 30;

/// Bytes of a block of images of all views, counted as `f64`.
const BLOCK_BYTES: usize = 128 << 20;

/// Compares every layer of `a` with every layer of `b`: `[layer of a][layer of b][measure]`.
///
/// All layers must be recorded on the same images in the same order. Without permutations and
/// groups, every layer is read and packed once for all its partners of one size, as long as the
/// matrices of all pairs fit 1 GiB; beyond, the pairs are done in parts. With them, every pair is a
/// [`compare`] of its own.
pub fn layer_map(
    a: &[&dyn Activations],
    b: &[&dyn Activations],
    options: &Options,
) -> Result<Vec<Vec<Vec<Measured>>>, CompareError> {
    if options.permutations + options.groups > 0 {
        let row = |&a: &&dyn Activations| {
            b.iter()
                .map(|&b| Ok(compare(a, b, options)?.measured))
                .collect()
        };
        return a.iter().map(row).collect();
    }
    let mut pairs = Vec::with_capacity(a.len() * b.len());
    for (i, &a) in a.iter().enumerate() {
        for (j, &b) in b.iter().enumerate() {
            pairs.push(Task::new([i, j], Setting::new(a, b, options)?));
        }
    }
    let mut kept = Kept::new(MOST_BYTES);
    for (place, task) in pairs.iter_mut().enumerate() {
        let found = pairwise::evidence(&task.setting, &task.by_pairs, task.layers, &mut kept)?;
        task.evidence = found.evidence;
        if (place + 1) % b.len() == 0 {
            kept.forget('a', task.layers[0]);
        }
    }
    stream(&mut pairs)?;
    let mut pairs = pairs.into_iter();
    Ok(a.iter()
        .map(|_| {
            let row = pairs.by_ref().take(b.len());
            row.map(|task| measured(options, task.evidence)).collect()
        })
        .collect())
}

/// One pair of layers.
struct Task<'a> {
    layers: [usize; 2],
    setting: Setting<'a>,
    by_moments: Vec<Asked>,
    by_pairs: Vec<Asked>,
    evidence: Vec<(usize, Evidence)>,
}

impl<'a> Task<'a> {
    fn new(layers: [usize; 2], setting: Setting<'a>) -> Self {
        let (by_moments, by_pairs) = setting.routes();
        Self {
            layers,
            setting,
            by_moments,
            by_pairs,
            evidence: Vec::new(),
        }
    }
}

/// Which datapoints: side, layer, and the grid they are on.
type Key = (usize, usize, (usize, usize));

impl Task<'_> {
    fn keys(&self) -> [Key; 2] {
        [0, 1].map(|side| (side, self.layers[side], self.setting.grid))
    }
}

/// Measures of second moments of all tasks, as many at a time as memory allows.
fn stream(tasks: &mut [Task]) -> Result<(), CompareError> {
    let mut waiting: Vec<&mut Task> = Vec::new();
    for task in tasks {
        if task.by_moments.is_empty() {
            continue;
        }
        let [p, q] = task.setting.dimensions();
        match streamed::not_too_wide(p.max(q)) {
            Ok(()) => waiting.push(task),
            Err(reason) => {
                let found = Found::without_values(&task.by_moments, &reason);
                task.evidence.extend(found.evidence);
            }
        }
    }
    // Pairs on one grid share their views.
    waiting.sort_by_key(|task| task.setting.grid);
    while !waiting.is_empty() {
        let mut part = Part::default();
        let mut bytes = 0;
        let mut count = 0;
        for task in &waiting {
            let more = part.bytes_of(task);
            if count > 0 && bytes + more > MOST_BYTES {
                break;
            }
            part.take(task);
            bytes += more;
            count += 1;
        }
        let (now, _) = waiting.split_at_mut(count);
        part.pass(now)?;
        waiting.drain(..count);
    }
    Ok(())
}

/// The views and pairs of one pass.
#[derive(Default)]
struct Part<'a> {
    keys: Vec<Key>,
    views: Vec<Datapoints<'a>>,
    moments: Vec<Moments>,
    /// Places of the views of each pair.
    pairs: Vec<[usize; 2]>,
    cross: Vec<CrossMoments>,
}

impl<'a> Part<'a> {
    /// What `task` would add.
    fn bytes_of(&self, task: &Task) -> usize {
        let [p, q] = task.setting.dimensions();
        let [a, b] = task.keys();
        // A view is decomposed beside its moments.
        let view = |key, channels: usize| match self.keys.contains(&key) {
            true => 0,
            false => 2 * channels * channels,
        };
        8 * (p * q + view(a, p) + view(b, q))
    }

    fn take(&mut self, task: &Task<'a>) {
        let mut places = [0; 2];
        for (side, key) in task.keys().into_iter().enumerate() {
            let view = &task.setting.views[side];
            let known = self.keys.iter().position(|known| *known == key);
            places[side] = known.unwrap_or_else(|| {
                self.keys.push(key);
                self.views.push(view.clone());
                self.moments.push(Moments::new(view.channels()));
                self.keys.len() - 1
            });
        }
        let [a, b] = places;
        let channels = |place: usize| self.views[place].channels();
        self.cross.push(CrossMoments::new(channels(a), channels(b)));
        self.pairs.push(places);
    }

    /// Reads all views once, side by side, and measures the pairs.
    fn pass(mut self, tasks: &mut [&mut Task]) -> Result<(), CompareError> {
        let values: usize = self.views.iter().map(Datapoints::values_of_image).sum();
        let least = self.views.iter().map(Datapoints::block).min().unwrap_or(1);
        let block = (BLOCK_BYTES / 8 / values.max(1)).clamp(1, least);
        let images: Vec<usize> = (0..self.views[0].shape().images).collect();
        let mut reader = Reader::default();
        let mut panels = vec![Panels::new(); self.views.len()];
        for images in images.chunks(block) {
            for (place, view) in self.views.iter().enumerate() {
                let side = if self.keys[place].0 == 0 { 'a' } else { 'b' };
                let values = view
                    .read(images, &mut reader)
                    .map_err(CompareError::on(side))?;
                self.moments[place].pack(values, &mut panels[place])?;
                self.moments[place].add(&panels[place])?;
            }
            for (cross, [a, b]) in self.cross.iter_mut().zip(&self.pairs) {
                cross.add(&panels[*a], &panels[*b])?;
            }
        }
        drop(panels);
        let measures: Vec<_> = tasks
            .first()
            .map(|task| {
                task.by_moments
                    .iter()
                    .map(|(_, measure)| *measure)
                    .collect()
            })
            .unwrap_or_default();
        let views: Vec<View> = self
            .moments
            .into_iter()
            .map(|moments| View::consume(moments, &measures))
            .collect();
        for ((task, cross), [a, b]) in tasks.iter_mut().zip(&self.cross).zip(&self.pairs) {
            let values = streamed::values(&task.by_moments, &views[*a], &views[*b], cross);
            task.evidence.extend(values);
        }
        Ok(())
    }
}
