//! Pictures on a device, and batches that are made of them there.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use engine::{Gallery, Placed, Samples, Scale};

use super::staging::View;
use crate::driver::{Context, DeviceMemory, Event, HostMemory, Module, Stream};
use crate::error::CudaError;
use crate::schedule::THREADS;

/// The part of a device's memory that pictures leave free: for programs that are entered later, and
/// for whoever else is on the device.
const LEFT_FREE: usize = 10;
/// Bytes that are copied to a device at once.
const PORTION: usize = 1 << 24;
/// Floats that tell of one picture of a batch: as the kernel has it.
const PLACED: usize = 6;
const MIRRORS: [u32; 2] = [1, 2];
const TURN: u32 = 4;
/// The most rows of a grid.
const MOST_ROWS: usize = 65_535;

/// All pictures that some executor of this process holds, once on every device.
static HELD: Mutex<Vec<Weak<Held>>> = Mutex::new(Vec::new());

/// The pictures of a gallery on a device. They go with the last executor that holds them.
#[derive(Debug)]
struct Held {
    gallery: Arc<dyn Gallery>,
    /// Of the device.
    index: usize,
    /// None once programs needed the room.
    memory: Mutex<Option<Memory>>,
}

#[derive(Debug)]
struct Memory {
    /// `[picture][row][column][channel]`.
    samples: DeviceMemory,
    units: DeviceMemory,
}

/// Frees the pictures on a device, whoever holds them: their batches are made on the processor from
/// then on. Returns whether there were any.
pub(super) fn make_room(context: &Context) -> bool {
    let all = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    let here = all.iter().filter_map(Weak::upgrade);
    let here = here.filter(|held| held.index == context.index);
    let freed: Vec<bool> = here.map(|held| held.memory().take().is_some()).collect();
    freed.contains(&true)
}

impl Held {
    /// Those of `gallery`, brought onto the device if they are not there yet; none where they do
    /// not fit.
    fn of(
        context: &Arc<Context>,
        gallery: &Arc<dyn Gallery>,
    ) -> Result<Option<Arc<Self>>, CudaError> {
        // Whoever wants the same pictures waits until they are there.
        let mut all = HELD.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|held| held.strong_count() > 0);
        let is_it = |held: &Arc<Self>| {
            held.index == context.index && held.gallery.identity() == gallery.identity()
        };
        if let Some(known) = all.iter().filter_map(Weak::upgrade).find(is_it) {
            let is_there = known.memory().is_some();
            return Ok(is_there.then_some(known));
        }
        let memory = match Memory::bring(context, &**gallery) {
            Err(CudaError::OutOfMemory { .. }) => None,
            memory => memory?,
        };
        let held = memory.map(|memory| {
            Arc::new(Self {
                gallery: gallery.clone(),
                index: context.index,
                memory: Mutex::new(Some(memory)),
            })
        });
        all.extend(held.iter().map(Arc::downgrade));
        Ok(held)
    }

    fn memory(&self) -> MutexGuard<'_, Option<Memory>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    fn bring(context: &Arc<Context>, gallery: &dyn Gallery) -> Result<Option<Self>, CudaError> {
        let units = gallery.units();
        let samples = gallery.extents().iter().product::<usize>() * bytes_of_sample(gallery);
        let [free, total] = context.memory()?;
        if free.saturating_sub(total / LEFT_FREE) < samples + size_of_val(units) {
            return Ok(None);
        }
        let memory = Self {
            samples: DeviceMemory::new(context, samples)?,
            units: DeviceMemory::new(context, size_of_val(units))?,
        };
        memory.units.write(0, units)?;
        memory.fill(gallery)?;
        Ok(Some(memory))
    }

    /// Copies many pictures at once: they may be small.
    fn fill(&self, gallery: &dyn Gallery) -> Result<(), CudaError> {
        let [pictures, rest @ ..] = gallery.extents();
        let each = rest.iter().product::<usize>() * bytes_of_sample(gallery);
        let mut portion = Vec::new();
        let mut written = 0;
        for picture in 0..pictures {
            let end = portion.len() + each;
            match gallery.samples(picture) {
                Some(Samples::Bytes(samples)) => portion.extend_from_slice(samples),
                Some(Samples::Words(samples)) => {
                    portion.extend(samples.iter().flat_map(|sample| sample.to_ne_bytes()));
                }
                None => portion.resize(end, 0),
            }
            assert_eq!(portion.len(), end, "samples of picture {picture}");
            if portion.len() >= PORTION || picture + 1 == pictures {
                self.samples.write(written, &portion)?;
                written += portion.len();
                portion.clear();
            }
        }
        Ok(())
    }
}

fn bytes_of_sample(gallery: &dyn Gallery) -> usize {
    match gallery.units().len() {
        0..=256 => size_of::<u8>(),
        _ => size_of::<u16>(),
    }
}

/// The pictures that an executor makes batches of.
#[derive(Debug)]
pub(super) struct Pictures {
    held: Arc<Held>,
    scale: Scale,
    /// Means, then standard deviations, on the device.
    numbers: DeviceMemory,
    host: HostMemory,
    placed: DeviceMemory,
    /// Behind the last copy from the host.
    copied: Event,
}

impl Pictures {
    /// Those of `gallery`, to be normalised by `scale`; none where they do not fit.
    ///
    /// # Panics
    /// Panics where the scale is of another number of channels.
    pub fn hold(
        context: &Arc<Context>,
        gallery: &Arc<dyn Gallery>,
        scale: &Scale,
    ) -> Result<Option<Self>, CudaError> {
        let [.., channels] = gallery.extents();
        let numbers = [&*scale.mean, &*scale.std].concat();
        assert!(
            scale.mean.len() == channels && numbers.len() == 2 * channels,
            "one a channel"
        );
        let Some(held) = Held::of(context, gallery)? else {
            return Ok(None);
        };
        let memory = DeviceMemory::new(context, size_of_val(&*numbers))?;
        memory.write(0, &numbers)?;
        Ok(Some(Self {
            held,
            scale: scale.clone(),
            numbers: memory,
            host: HostMemory::new(context, PLACED)?,
            placed: DeviceMemory::new(context, PLACED * size_of::<f32>())?,
            copied: Event::new(context)?,
        }))
    }

    /// Whether it is these.
    pub fn are_of(&self, gallery: &dyn Gallery) -> bool {
        self.held.gallery.identity() == gallery.identity()
    }

    /// Whether it is these, normalised like this.
    pub fn are(&self, gallery: &dyn Gallery, scale: &Scale) -> bool {
        self.are_of(gallery) && self.scale == *scale
    }

    /// Writes pictures into a buffer of as many numbers as they have, when it is their turn; returns
    /// false, and does nothing, where they are no longer on the device.
    ///
    /// # Panics
    /// Panics where the buffer has another number, or there is no such picture.
    pub fn place(
        &mut self,
        context: &Arc<Context>,
        stream: &Stream,
        module: &Module,
        view: &View,
        placed: &[Placed],
    ) -> Result<bool, CudaError> {
        // Held until the work is queued, which the driver waits for before it frees.
        let memory = self.held.memory();
        let Some(Memory { samples, units }) = &*memory else {
            return Ok(false);
        };
        let [pictures, height, width, channels] = self.held.gallery.extents();
        let expected = [placed.len(), channels, height * width];
        assert_eq!(
            view.extents, expected,
            "images, channels and pixels of the buffer"
        );
        let words: Vec<f32> = placed.iter().flat_map(words).collect();
        assert!(
            placed.iter().all(|placed| placed.picture < pictures),
            "a picture of the gallery"
        );
        if self.host.values().len() < words.len() {
            stream.wait()?;
            self.host = HostMemory::new(context, words.len())?;
            self.placed = DeviceMemory::new(context, size_of_val(&*words))?;
        }
        self.copied.wait()?;
        self.host.values_mut()[..words.len()].copy_from_slice(&words);
        stream.upload(&self.host, &self.placed, words.len())?;
        stream.mark(&self.copied)?;
        let kernel = match bytes_of_sample(&*self.held.gallery) {
            1 => "place_bytes",
            _ => "place_words",
        };
        let addresses = [samples, units, &self.numbers, &self.placed];
        let numbers = [placed.len(), height, width, channels].map(|number| number as u64);
        let mut arguments: Vec<u64> = addresses.map(DeviceMemory::address).to_vec();
        arguments.push(view.address);
        arguments.extend(numbers);
        let blocks = (height * width).div_ceil(THREADS) as u32;
        let grid = [blocks, placed.len().min(MOST_ROWS) as u32];
        stream.launch(module.function(kernel)?, grid, &mut arguments)?;
        Ok(true)
    }

    /// The same pictures as the host would upload them, made on the processor.
    pub fn pixels(&self, placed: &[Placed]) -> Vec<f32> {
        let gallery = &*self.held.gallery;
        let pixels = placed
            .iter()
            .flat_map(|placed| placed.pixels(gallery, &self.scale));
        pixels.collect()
    }
}

/// What a kernel is told of a picture.
fn words(placed: &Placed) -> [f32; PLACED] {
    let mirrors = placed.mirrors.iter().zip(MIRRORS);
    let mut does: u32 = mirrors
        .filter_map(|(mirrors, bit)| mirrors.then_some(bit))
        .sum();
    if placed.turn.is_some() {
        does += TURN;
    }
    let [sin, cos] = placed.turn.unwrap_or_default();
    let [right, down] = placed.shift.map(|pixels| pixels as f32);
    let number = u32::try_from(placed.picture).unwrap_or(u32::MAX);
    [
        f32::from_bits(number),
        f32::from_bits(does),
        sin,
        cos,
        right,
        down,
    ]
}
