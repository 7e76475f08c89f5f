//! Pictures on devices that make batches of them by themselves.

use std::sync::Arc;

use engine::{Gallery, Maps, Model, Pictures, Placed, Samples, Scale};
use images::{Album, Feed, Label, Loader, PlacedBatch, UnreadableImage};
use networks::Input;

/// An album, as a device is shown it.
#[derive(Debug)]
struct Shown(Album);

impl Gallery for Shown {
    fn extents(&self) -> [usize; 4] {
        let frame = self.0.frame();
        [
            self.0.len(),
            frame.size.height,
            frame.size.width,
            frame.channels,
        ]
    }

    fn units(&self) -> &[f32] {
        self.0.units()
    }

    fn samples(&self, picture: usize) -> Option<Samples<'_>> {
        match self.0.samples(picture)? {
            images::Samples::U8(samples) => Some(Samples::Bytes(samples)),
            images::Samples::U16(samples) => Some(Samples::Words(samples)),
            // No album has such.
            images::Samples::F32(_) => None,
        }
    }

    fn identity(&self) -> usize {
        self.0.identity()
    }
}

/// Brings the pictures of `feed` onto the device of `model`; whether it makes batches of them from
/// now on.
pub fn hold(model: &Model, feed: &Feed) -> bool {
    let Some(album) = feed.album() else {
        return false;
    };
    let normalisation = feed.normalisation();
    let scale = Scale {
        mean: normalisation.mean.clone(),
        std: normalisation.std.clone(),
    };
    let gallery: Arc<dyn Gallery> = Arc::new(Shown(album));
    model.hold(&gallery, &scale)
}

/// The pictures of one training step.
pub enum StepPictures {
    /// As the network reads them.
    Pixels(Maps),
    /// As a device places those that it holds.
    Placed(Vec<Placed>),
}

impl StepPictures {
    /// As a trainer takes them.
    pub fn as_pictures(&self) -> Pictures<'_> {
        match self {
            Self::Pixels(pixels) => Pictures::Pixels(pixels),
            Self::Placed(placed) => Pictures::Placed(placed),
        }
    }
}

/// Training steps in order, with the labels of their pictures.
pub type Steps = Box<dyn Iterator<Item = Result<(StepPictures, Vec<Label>), UnreadableImage>>>;

/// Those of pictures that a device holds.
pub fn placed(loader: Loader<PlacedBatch>) -> Steps {
    Box::new(loader.map(|batch| {
        let batch = batch?;
        let placements = batch.placements.iter();
        let placed = batch.indices.iter().zip(placements);
        let placed = placed.map(|(picture, placement)| Placed {
            picture: *picture,
            mirrors: [placement.mirror_x, placement.mirror_y],
            turn: placement.turn,
            shift: [placement.shift_x, placement.shift_y],
        });
        Ok((StepPictures::Placed(placed.collect()), batch.labels))
    }))
}

/// Those of pictures that the processor makes, for a network that reads `input`.
pub fn pixels(loader: Loader, input: Input) -> Steps {
    Box::new(loader.map(move |batch| {
        let batch = batch?;
        let pixels = Maps::new(input.batch(batch.labels.len()), batch.pixels);
        Ok((StepPictures::Pixels(pixels), batch.labels))
    }))
}
