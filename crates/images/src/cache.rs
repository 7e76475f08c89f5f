//! Every picture decoded and framed once, and kept where memory allows.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::dataset::Dataset;
use crate::error::UnreadableImage;
use crate::frame::{Frame, Range};
use crate::normalisation::Normalisation;
use crate::pictures::{Held, Pictures};
use crate::stored::{Depth, Stored};
use crate::sums::Sums;
use formats::ImageError;
use formats::image::{Image, Samples};
use sha2::{Digest as _, Sha256};

/// Bytes that are hashed at once.
const BLOCK: usize = 1 << 16;

/// Framed pictures of a dataset. Those beyond the memory limit are read again from their source
/// each time, and refused if their samples are others than at first.
pub struct Cache {
    frame: Frame,
    range: Range,
    entries: Vec<Entry>,
    pictures: Arc<dyn Pictures>,
    ids: Vec<String>,
}

struct Entry {
    picture: Kept,
    stored: Option<Stored>,
    sums: Sums,
    /// Of the decoded samples, where the picture is read again.
    digest: Option<Digest>,
}

/// What is seen of a picture while it is framed.
#[derive(Clone, Copy, Debug)]
pub enum Seen<'a> {
    /// It was decoded just now.
    Decoded(&'a Image),
    /// It was framed before, and this was noted of it then.
    Noted(&'a [u8]),
}

/// The SHA-256 of a decoded picture.
type Digest = [u8; 32];

enum Kept {
    InMemory(Image),
    AtSource,
    Unreadable(ImageError),
}

impl Cache {
    /// Decodes and frames every picture on `threads` threads (0 = one a core) and keeps as many
    /// as `memory_limit_bytes` hold. Returns all pictures that cannot be used, by index.
    pub fn build(
        dataset: &Dataset,
        frame: Frame,
        memory_limit_bytes: usize,
        threads: usize,
    ) -> (Cache, Vec<UnreadableImage>) {
        Self::build_watched(dataset, frame, memory_limit_bytes, threads, |_, _| {})
    }

    /// The same, with every picture shown to `watch` on the way, by index and on any thread.
    pub fn build_watched(
        dataset: &Dataset,
        frame: Frame,
        memory_limit_bytes: usize,
        threads: usize,
        watch: impl Fn(usize, Seen) + Sync,
    ) -> (Cache, Vec<UnreadableImage>) {
        let taken = AtomicUsize::new(0);
        let keep = |framed: Image, stored: Stored, digest: &dyn Fn() -> Option<Digest>| {
            let sums = Sums::of(&frame, &framed, Range::Full);
            let bytes = framed.bytes();
            let fits = taken.fetch_add(bytes, Ordering::Relaxed) + bytes <= memory_limit_bytes;
            let picture = match fits {
                true => Kept::InMemory(framed),
                false => Kept::AtSource,
            };
            Entry {
                picture,
                stored: Some(stored),
                sums,
                digest: (!fits).then(digest).flatten(),
            }
        };
        let entry = |index| match read(&dataset.pictures, &frame, index) {
            Err(reason) => Entry {
                picture: Kept::Unreadable(reason),
                stored: None,
                sums: Sums::default(),
                digest: None,
            },
            Ok(Read::Held(held)) => {
                watch(index, Seen::Noted(&held.note));
                // Whoever holds it vouches for its samples.
                keep(held.image, held.stored, &|| None)
            }
            Ok(Read::Decoded(image)) => {
                watch(index, Seen::Decoded(&image));
                let stored = Stored::of(&image);
                keep(frame.apply(&image), stored, &|| Some(digest(&image)))
            }
        };
        let all = || (0..dataset.len()).into_par_iter().map(entry).collect();
        let entries: Vec<Entry> = on_threads(threads, all);
        let ids = dataset
            .examples
            .iter()
            .map(|example| example.id.clone())
            .collect();
        let cache = Cache {
            frame,
            range: Range::Full,
            entries,
            pictures: Arc::clone(&dataset.pictures),
            ids,
        };
        let unreadable = (0..cache.len())
            .filter_map(|index| cache.failure(index))
            .collect();
        (cache, unreadable)
    }

    /// Size and channels of every picture.
    pub fn frame(&self) -> Frame {
        self.frame
    }

    /// Which samples are black and white.
    pub fn range(&self) -> Range {
        self.range
    }

    /// Sets which samples are black and white; until then it is what the depth holds. `threads`
    /// work on it (0 = one a core). Fails where a picture can no longer be read, or is another.
    pub fn set_range(&mut self, range: Range, threads: usize) -> Result<(), UnreadableImage> {
        if range == self.range {
            return Ok(());
        }
        let sums = |index: usize| match self.entries[index].stored {
            Some(_) => Ok(Sums::of(&self.frame, &self.image(index)?, range)),
            None => Ok(Sums::default()),
        };
        let all = || (0..self.len()).into_par_iter().map(sums).collect();
        let sums: Result<Vec<Sums>, UnreadableImage> = on_threads(threads, all);
        for (entry, sums) in self.entries.iter_mut().zip(sums?) {
            entry.sums = sums;
        }
        self.range = range;
        Ok(())
    }

    /// What samples are, over all readable pictures.
    pub fn depths(&self) -> BTreeSet<Depth> {
        let stored = (0..self.len()).filter_map(|index| self.stored(index));
        stored.map(|stored| stored.depth).collect()
    }

    /// Smallest and largest stored sample of the pictures `indices`; none if none is readable.
    pub fn extremes(&self, indices: &[usize]) -> Option<[f32; 2]> {
        let stored = indices.iter().filter_map(|index| self.stored(*index));
        stored
            .map(|stored| stored.extremes)
            .reduce(|a, b| [a[0].min(b[0]), a[1].max(b[1])])
    }

    /// Number of pictures, unusable ones included.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no pictures.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Pictures held in memory.
    pub fn in_memory(&self) -> usize {
        self.entries
            .iter()
            .filter(|entry| matches!(entry.picture, Kept::InMemory(_)))
            .count()
    }

    /// Bytes of the pictures held in memory.
    pub fn bytes(&self) -> usize {
        let kept = self.entries.iter().map(|entry| match &entry.picture {
            Kept::InMemory(image) => image.bytes(),
            Kept::AtSource | Kept::Unreadable(_) => 0,
        });
        kept.sum()
    }

    /// Picture `index` as stored; `None` if it is unreadable.
    pub fn stored(&self, index: usize) -> Option<Stored> {
        self.entries[index].stored
    }

    /// Picture `index`, framed, where it is held in memory.
    pub(crate) fn held(&self, index: usize) -> Option<&Image> {
        match &self.entries[index].picture {
            Kept::InMemory(image) => Some(image),
            Kept::AtSource | Kept::Unreadable(_) => None,
        }
    }

    /// Picture `index`, framed as [`Frame::apply`] does.
    pub fn image(&self, index: usize) -> Result<Image, UnreadableImage> {
        match &self.entries[index].picture {
            Kept::InMemory(image) => Ok(image.clone()),
            Kept::AtSource => self.read_again(index),
            Kept::Unreadable(reason) => Err(self.unreadable(index, reason.clone())),
        }
    }

    /// Writes picture `index` as `[channels, height, width]`, samples between 0 and 1, to `out` of
    /// `frame().samples()` elements.
    pub fn load(&self, index: usize, out: &mut [f32]) -> Result<(), UnreadableImage> {
        match &self.entries[index].picture {
            Kept::InMemory(image) => self.frame.write_unit(image, self.range, out),
            Kept::AtSource => {
                let image = self.read_again(index)?;
                self.frame.write_unit(&image, self.range, out);
            }
            Kept::Unreadable(reason) => return Err(self.unreadable(index, reason.clone())),
        }
        Ok(())
    }

    /// Mean and standard deviation of each channel over all pixels of the framed pictures
    /// `indices`, between 0 and 1. A constant channel gets standard deviation 1.
    pub fn normalisation(&self, indices: &[usize]) -> Normalisation {
        let pixels = self.frame.size.pixels() as f64;
        let usable = indices
            .iter()
            .map(|&i| &self.entries[i])
            .filter(|e| e.stored.is_some());
        let count = usable.clone().count().max(1) as f64 * pixels;
        let mut normalisation = Normalisation {
            mean: Vec::new(),
            std: Vec::new(),
        };
        for channel in 0..self.frame.channels {
            let mean = usable
                .clone()
                .map(|e| e.sums.of_channel(channel)[0])
                .sum::<f64>()
                / count;
            let square = usable
                .clone()
                .map(|e| e.sums.of_channel(channel)[1])
                .sum::<f64>()
                / count;
            let std = (square - mean * mean).max(0.0).sqrt();
            normalisation.mean.push(mean as f32);
            normalisation
                .std
                .push(if std > 1e-6 { std as f32 } else { 1.0 });
        }
        normalisation
    }

    fn read_again(&self, index: usize) -> Result<Image, UnreadableImage> {
        let reason = match read(&self.pictures, &self.frame, index) {
            Ok(Read::Held(held)) if self.entries[index].digest.is_none() => {
                return Ok(held.image);
            }
            Ok(Read::Decoded(image)) if self.entries[index].digest == Some(digest(&image)) => {
                return Ok(self.frame.apply(&image));
            }
            Ok(_) => ImageError::Changed,
            Err(reason) => reason,
        };
        Err(self.unreadable(index, reason))
    }

    /// Why picture `index` is unreadable, if it is.
    pub(crate) fn failure(&self, index: usize) -> Option<UnreadableImage> {
        match &self.entries[index].picture {
            Kept::Unreadable(reason) => Some(self.unreadable(index, reason.clone())),
            _ => None,
        }
    }

    fn unreadable(&self, index: usize, reason: ImageError) -> UnreadableImage {
        UnreadableImage {
            index,
            path: self.ids[index].clone(),
            reason,
        }
    }
}

/// Of size, channels, depth and every sample.
fn digest(image: &Image) -> Digest {
    let mut hash = Sha256::new();
    for number in [image.height, image.width, image.channels] {
        hash.update((number as u64).to_le_bytes());
    }
    let mut block = Vec::with_capacity(BLOCK);
    let mut take = |sample: &[u8]| {
        block.extend_from_slice(sample);
        if block.len() >= BLOCK {
            hash.update(&block);
            block.clear();
        }
    };
    match &image.samples {
        Samples::U8(samples) => take(samples),
        Samples::U16(samples) => samples.iter().for_each(|s| take(&s.to_le_bytes())),
        Samples::F32(samples) => samples.iter().for_each(|s| take(&s.to_le_bytes())),
    }
    hash.update(&block);
    hash.update([match &image.samples {
        Samples::U8(_) => 1,
        Samples::U16(_) => 2,
        Samples::F32(_) => 4,
    }]);
    hash.finalize().into()
}

/// A picture as its source gives it.
enum Read {
    /// Framed before.
    Held(Held),
    /// At its stored size.
    Decoded(Image),
}

/// Picture `index`, if `frame` takes its channels, or is the one that it is held in.
fn read(pictures: &Arc<dyn Pictures>, frame: &Frame, index: usize) -> Result<Read, ImageError> {
    if let Some(held) = pictures.held(index) {
        return match pictures.other_frame(frame) {
            None => held.map(Read::Held),
            Some(other) => Err(ImageError::Unlike {
                expected: format!("{} pixels", frame.size),
                found: other.size.to_string(),
            }),
        };
    }
    let image = pictures.read(index)?;
    frame.check_channels(image.channels)?;
    Ok(Read::Decoded(image))
}

/// Runs on so many threads (0 = one a core). Without a pool of its own, the work runs on the
/// shared one: slower or faster, not other.
fn on_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}
