//! Every picture decoded and framed once, and kept where memory allows.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::dataset::{Dataset, Pictures};
use crate::error::UnreadableImage;
use crate::frame::Frame;
use formats::ImageError;
use formats::image::Image;

/// Framed pictures of a dataset. Those beyond the memory limit are read again from their source
/// each time; the samples are the same either way.
pub struct Cache {
    frame: Frame,
    entries: Vec<Entry>,
    pictures: Arc<dyn Pictures>,
    ids: Vec<String>,
}

struct Entry {
    picture: Kept,
    stored: Option<StoredSize>,
    sums: Sums,
}

enum Kept {
    InMemory(Image),
    AtSource,
    Unreadable(ImageError),
}

/// Extent of a picture as stored, before framing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct StoredSize {
    /// Columns, in pixels.
    pub width: usize,
    /// Rows, in pixels.
    pub height: usize,
    /// 1 (grey) or 3 (RGB).
    pub channels: usize,
}

/// Sums over the pixels of one framed picture, samples between 0 and 1.
#[derive(Clone, Copy, Default)]
struct Sums {
    plain: [f64; 3],
    squared: [f64; 3],
}

/// Mean and standard deviation by which samples are normalised: `(sample − mean) / std`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Normalisation {
    /// One a channel, between 0 and 1.
    pub mean: Vec<f32>,
    /// One a channel, above 0.
    pub std: Vec<f32>,
}

impl Normalisation {
    /// The published statistics of ImageNet, for networks pretrained on it (RGB).
    pub fn imagenet() -> Self {
        Self {
            mean: vec![0.485, 0.456, 0.406],
            std: vec![0.229, 0.224, 0.225],
        }
    }

    /// Leaves samples as they are.
    pub fn identity(channels: usize) -> Self {
        Self {
            mean: vec![0.0; channels],
            std: vec![1.0; channels],
        }
    }

    /// Normalises one picture of shape `[channels, height, width]` in place.
    pub fn apply(&self, pixels: &mut [f32]) {
        let plane = pixels.len() / self.mean.len().max(1);
        let planes = pixels.chunks_exact_mut(plane.max(1));
        for (plane, (mean, std)) in planes.zip(self.mean.iter().zip(&self.std)) {
            plane.iter_mut().for_each(|p| *p = (*p - mean) / std);
        }
    }
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
        let taken = AtomicUsize::new(0);
        let entry = |index| match dataset.pictures.read(index) {
            Err(reason) => Entry {
                picture: Kept::Unreadable(reason),
                stored: None,
                sums: Sums::default(),
            },
            Ok(image) => {
                let stored = StoredSize {
                    width: image.width,
                    height: image.height,
                    channels: image.channels,
                };
                let framed = frame.apply(&image);
                let sums = Sums::of(&framed);
                let bytes = framed.bytes();
                let fits = taken.fetch_add(bytes, Ordering::Relaxed) + bytes <= memory_limit_bytes;
                let picture = if fits {
                    Kept::InMemory(framed)
                } else {
                    Kept::AtSource
                };
                Entry {
                    picture,
                    stored: Some(stored),
                    sums,
                }
            }
        };
        let all = || (0..dataset.len()).into_par_iter().map(entry).collect();
        // Without a pool of its own, the build runs on the shared one: slower or faster, not other.
        let entries: Vec<Entry> = match rayon::ThreadPoolBuilder::new().num_threads(threads).build()
        {
            Ok(pool) => pool.install(all),
            Err(_) => all(),
        };
        let ids = dataset
            .examples
            .iter()
            .map(|example| example.id.clone())
            .collect();
        let cache = Cache {
            frame,
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

    /// Extent of picture `index` as stored; `None` if it is unreadable.
    pub fn stored(&self, index: usize) -> Option<StoredSize> {
        self.entries[index].stored
    }

    /// Picture `index`, framed.
    pub fn image(&self, index: usize) -> Result<Image, UnreadableImage> {
        match &self.entries[index].picture {
            Kept::InMemory(image) => Ok(image.clone()),
            Kept::AtSource => self.read_again(index),
            Kept::Unreadable(reason) => Err(self.unreadable(index, reason.clone())),
        }
    }

    /// Writes picture `index` as `[channels, size, size]`, samples between 0 and 1, to `out` of
    /// `frame().samples()` elements.
    pub fn load(&self, index: usize, out: &mut [f32]) -> Result<(), UnreadableImage> {
        match &self.entries[index].picture {
            Kept::InMemory(image) => image.write_unit(out),
            Kept::AtSource => self.read_again(index)?.write_unit(out),
            Kept::Unreadable(reason) => return Err(self.unreadable(index, reason.clone())),
        }
        Ok(())
    }

    /// Mean and standard deviation of each channel over all pixels of the framed pictures
    /// `indices`, between 0 and 1. A constant channel gets standard deviation 1.
    pub fn normalisation(&self, indices: &[usize]) -> Normalisation {
        let pixels = (self.frame.size * self.frame.size) as f64;
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
            let mean = usable.clone().map(|e| e.sums.plain[channel]).sum::<f64>() / count;
            let square = usable.clone().map(|e| e.sums.squared[channel]).sum::<f64>() / count;
            let std = (square - mean * mean).max(0.0).sqrt();
            normalisation.mean.push(mean as f32);
            normalisation
                .std
                .push(if std > 1e-6 { std as f32 } else { 1.0 });
        }
        normalisation
    }

    fn read_again(&self, index: usize) -> Result<Image, UnreadableImage> {
        match self.pictures.read(index) {
            Ok(image) => Ok(self.frame.apply(&image)),
            Err(reason) => Err(self.unreadable(index, reason)),
        }
    }

    fn failure(&self, index: usize) -> Option<UnreadableImage> {
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

impl Sums {
    fn of(image: &Image) -> Self {
        let plane = image.width * image.height;
        let mut pixels = vec![0.0; plane * image.channels];
        image.write_unit(&mut pixels);
        let mut sums = Sums::default();
        for (channel, plane) in pixels.chunks_exact(plane).enumerate() {
            sums.plain[channel] = plane.iter().map(|&p| f64::from(p)).sum();
            sums.squared[channel] = plane.iter().map(|&p| f64::from(p).powi(2)).sum();
        }
        sums
    }
}
