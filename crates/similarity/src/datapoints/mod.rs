//! Activations as datapoints.

mod choice;
mod positions;
mod real;
mod resampling;
mod units;

use std::ops::Range;
use std::sync::Arc;

use crate::{Activations, MapShape, ReadError, Values};

pub(crate) use choice::choose;
pub(crate) use positions::Positions;
pub(crate) use real::{Real, count};
use resampling::Resampling;
pub(crate) use units::Units;

/// Bytes of a block of images, counted as `f64`.
const BLOCK_BYTES: usize = 32 << 20;

/// Values of the datapoints of a block of more than one image: sums of products are fastest here.
const BLOCK_VALUES: usize = 1 << 20;

/// Datapoints of such a block: whole slabs of [`kernels::Panels`].
const BLOCK_DATAPOINTS: std::ops::RangeInclusive<usize> = 512..=2_048;

/// What becomes of the map of an image.
#[derive(Clone, Debug)]
enum Form {
    /// All of its positions as they are.
    Plain,
    /// Its mean over positions.
    Pooled,
    /// Some of its positions.
    Drawn(Arc<Positions>),
    /// Positions of a larger grid, all or some.
    Resampled(Resampling, Option<Arc<Positions>>),
}

/// A layer read as datapoints `[images, each, channels]`.
#[derive(Clone)]
pub(crate) struct Datapoints<'a> {
    source: &'a dyn Activations,
    form: Form,
    /// Datapoints of an image.
    each: usize,
    /// All datapoints, where they are kept in memory.
    held: Option<Values>,
}

impl<'a> Datapoints<'a> {
    /// Every image is one datapoint, the mean over its positions.
    pub fn pooled(source: &'a dyn Activations) -> Self {
        let form = match source.shape().positions() {
            1 => Form::Plain,
            _ => Form::Pooled,
        };
        Self {
            source,
            form,
            each: 1,
            held: None,
        }
    }

    /// Positions of the maps on `grid` (height, width), which is at least as large as they are;
    /// `positions` are of that grid.
    pub fn spatial(
        source: &'a dyn Activations,
        grid: (usize, usize),
        positions: Option<Arc<Positions>>,
    ) -> Self {
        let own = (source.shape().height, source.shape().width);
        let each = match &positions {
            Some(positions) => positions.count(),
            None => grid.0 * grid.1,
        };
        let form = match positions {
            positions if own != grid => Form::Resampled(Resampling::new(own, grid), positions),
            Some(positions) => Form::Drawn(positions),
            None => Form::Plain,
        };
        Self {
            source,
            form,
            each,
            held: None,
        }
    }

    /// Extents of the layer.
    pub fn shape(&self) -> MapShape {
        self.source.shape()
    }

    /// Dimensions of a datapoint.
    pub fn channels(&self) -> usize {
        self.source.shape().channels
    }

    /// Datapoints of an image.
    pub fn each(&self) -> usize {
        self.each
    }

    /// Images whose activations and datapoints fit a block, at least one.
    pub fn block(&self) -> usize {
        let by_bytes = BLOCK_BYTES / 8 / self.values_of_image().max(1);
        let (least, most) = BLOCK_DATAPOINTS.into_inner();
        let datapoints = (BLOCK_VALUES / self.channels().max(1)).clamp(least, most);
        let whole = datapoints / least * least;
        by_bytes.min(whole / self.each.max(1)).max(1)
    }

    /// Values of an image, as activations or as datapoints, whichever are more.
    pub fn values_of_image(&self) -> usize {
        self.shape().features().max(self.each * self.channels())
    }

    /// Keeps all datapoints in memory if they take no more than `most_bytes`; for views that are
    /// read many times.
    pub fn hold(&mut self, most_bytes: usize) -> Result<(), ReadError> {
        let images = self.shape().images;
        let bytes = [self.each, self.channels(), 8]
            .into_iter()
            .try_fold(images, usize::checked_mul);
        if bytes.is_none_or(|bytes| bytes > most_bytes) {
            return Ok(());
        }
        let all: Vec<usize> = (0..images).collect();
        self.held = Some(self.gather(&all)?);
        Ok(())
    }

    /// The datapoints of `images` at once, read in blocks, `[images, each, channels]`.
    pub fn gather(&self, images: &[usize]) -> Result<Values, ReadError> {
        let mut reader = Reader::default();
        let mut gathered = Values::Single(Vec::new());
        for block in images.chunks(self.block()) {
            real::append(self.read(block, &mut reader)?, &mut gathered);
        }
        Ok(gathered)
    }

    /// The datapoints of `images`, in that order, `[images, each, channels]`.
    pub fn read<'r>(
        &self,
        images: &[usize],
        reader: &'r mut Reader,
    ) -> Result<&'r Values, ReadError> {
        let Reader { raw, datapoints } = reader;
        let stride = self.each * self.channels();
        if let Some(held) = &self.held {
            real::copy_rows(held, stride, images, datapoints);
            return Ok(datapoints);
        }
        real::clear(datapoints);
        for run in runs(images) {
            if matches!(self.form, Form::Plain) && run.len() == images.len() {
                self.read_run(run, datapoints)?;
                break;
            }
            self.read_run(run.clone(), raw)?;
            match raw {
                Values::Single(raw) => self.append(raw, run, datapoints),
                Values::Double(raw) => self.append(raw, run, datapoints),
            }
        }
        // A source that changes its precision between reads would lose datapoints above.
        expect_count(datapoints, images.len() * stride, || "datapoints".into())?;
        Ok(datapoints)
    }

    fn read_run(&self, run: Range<usize>, into: &mut Values) -> Result<(), ReadError> {
        let expected = run.len() * self.shape().features();
        self.source.read(run.clone(), into)?;
        expect_count(into, expected, || {
            format!("images {} to {}", run.start, run.end)
        })
    }

    fn append<T: Real>(&self, raw: &[T], run: Range<usize>, into: &mut Values) {
        let shape = self.shape();
        let channels = shape.channels;
        let maps = run.zip(raw.chunks_exact(shape.features()));
        match &self.form {
            Form::Plain => T::vector(into).extend_from_slice(raw),
            Form::Pooled => {
                let to = f64::vector(into);
                maps.for_each(|(_, map)| append_mean(map, channels, to));
            }
            Form::Drawn(positions) => {
                let to = T::vector(into);
                for (image, map) in maps {
                    for &at in positions.of(image) {
                        to.extend_from_slice(&map[at * channels..][..channels]);
                    }
                }
            }
            Form::Resampled(resampling, positions) => {
                let to = f64::vector(into);
                for (image, map) in maps {
                    let mut put = |at| resampling.append(map, channels, at, to);
                    match positions {
                        Some(positions) => positions.of(image).iter().copied().for_each(&mut put),
                        None => (0..self.each).for_each(&mut put),
                    }
                }
            }
        }
    }
}

/// An error if `values` are not as many as expected.
pub(crate) fn expect_count(
    values: &Values,
    expected: usize,
    place: impl FnOnce() -> String,
) -> Result<(), ReadError> {
    let found = count(values);
    if found == expected {
        return Ok(());
    }
    Err(ReadError {
        place: place(),
        reason: format!("expected {expected} values, found {found}"),
    })
}

/// What reading needs between calls.
#[derive(Debug)]
pub(crate) struct Reader {
    raw: Values,
    datapoints: Values,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            raw: Values::Single(Vec::new()),
            datapoints: Values::Single(Vec::new()),
        }
    }
}

/// Consecutive images of a list.
fn runs(images: &[usize]) -> impl Iterator<Item = Range<usize>> {
    images
        .chunk_by(|before, after| before + 1 == *after)
        .map(|run| run[0]..run[0] + run.len())
}

/// Adds the mean over positions of one map `[positions, channels]` to `into`.
fn append_mean<T: Real>(map: &[T], channels: usize, into: &mut Vec<f64>) {
    let start = into.len();
    into.resize(start + channels, 0.0);
    let sums = &mut into[start..];
    let mut positions = 0;
    for position in map.chunks_exact(channels) {
        positions += 1;
        for (sum, &value) in sums.iter_mut().zip(position) {
            *sum += value.into();
        }
    }
    for sum in sums {
        *sum /= f64::from(positions);
    }
}
