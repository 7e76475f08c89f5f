//! Pictures as they are stored, for devices that make batches of them by themselves.

use std::fmt;
use std::mem::discriminant;
use std::sync::Arc;

use formats::image::{Image, Samples};

use crate::cache::Cache;
use crate::frame::Frame;

/// All pictures of a cache as it keeps them: in memory, as large as its frame, and all of 8 or all
/// of 16 bits a sample. What is unreadable has its number, but no samples.
#[derive(Clone)]
pub struct Album {
    cache: Arc<Cache>,
    units: Arc<[f32]>,
}

impl Album {
    /// That of `cache`; none where some of its pictures lie elsewhere, are padded, of
    /// floating-point samples or of another depth than the rest.
    pub fn of(cache: &Arc<Cache>) -> Option<Self> {
        let first = (0..cache.len()).find_map(|index| cache.held(index))?;
        let frame = cache.frame();
        let is_like = |image: &Image| {
            let own = [image.height, image.width, image.channels];
            own == [frame.size.height, frame.size.width, frame.channels]
                && discriminant(&image.samples) == discriminant(&first.samples)
        };
        let mut readable = (0..cache.len()).filter(|index| cache.stored(*index).is_some());
        let is_whole = readable.all(|index| cache.held(index).is_some_and(is_like));
        let units = is_whole.then(|| units(cache, &first.samples)).flatten()?;
        Some(Self {
            units: units.into(),
            cache: cache.clone(),
        })
    }

    /// Size and channels of every picture.
    pub fn frame(&self) -> Frame {
        self.cache.frame()
    }

    /// Number of pictures, unreadable ones included.
    pub fn len(&self) -> usize {
        self.cache.len()
    }

    /// Whether there are no pictures.
    pub fn is_empty(&self) -> bool {
        self.cache.is_empty()
    }

    /// Samples of a picture, `[height, width, channels]`; none where it is unreadable.
    pub fn samples(&self, index: usize) -> Option<&Samples> {
        self.cache.held(index).map(|image| &image.samples)
    }

    /// What each stored sample means, between 0 and 1: 256 numbers, or 65,536.
    pub fn units(&self) -> &[f32] {
        &self.units
    }

    /// The same for all albums of one cache, and for no other album as long as one of them is held.
    pub fn identity(&self) -> usize {
        Arc::as_ptr(&self.cache).addr()
    }
}

impl fmt::Debug for Album {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mut album = f.debug_struct("Album");
        album.field("len", &self.len()).finish_non_exhaustive()
    }
}

/// What every sample of the kind of `samples` becomes, by the same way as those of pictures; none
/// where there is no end of them.
fn units(cache: &Cache, samples: &Samples) -> Option<Vec<f32>> {
    let samples = match samples {
        Samples::U8(_) => Samples::U8((0..=u8::MAX).collect()),
        Samples::U16(_) => Samples::U16((0..=u16::MAX).collect()),
        Samples::F32(_) => return None,
    };
    let mut units = vec![0.0; samples.len()];
    let ramp = Image {
        width: samples.len(),
        height: 1,
        channels: 1,
        samples,
    };
    cache.range().write_unit(&ramp, &mut units);
    Some(units)
}
