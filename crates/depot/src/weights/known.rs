//! Pretrained weights that are known by name: what they are, where they come from, how they are
//! checked.

use durable::Checksum;
use networks::zoo::{Choice, Variant};
use networks::{Card, Normalisation};

use super::shards;

/// Where a file comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A file that can be downloaded.
    Hub {
        /// Its address, which ends in the file's name.
        url: &'static str,
    },
    /// A file of a package, which the package's own client gets.
    Package {
        /// What to type, in order.
        commands: &'static [&'static str],
        /// The file, relative to the folder where that was typed. If it is named `model.json`, the
        /// files that its `weightsManifest` names belong to it.
        file: &'static str,
    },
}

/// How pictures become square.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Squashed to the size.
    Squashed,
    /// The central square, resized to so many pixels, of which the centre is cut out.
    Cut(usize),
}

/// Pretrained weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Known {
    /// Name in commands: the network's and what tells its files apart.
    pub name: &'static str,
    /// The network's name in the zoo.
    pub network: &'static str,
    /// Whether it is the network's variant of Keras.
    pub is_keras: bool,
    /// Which of the network's published files this is, in words.
    pub variant: &'static str,
    /// What it was trained for.
    pub source_task: &'static str,
    /// Training images of the source task.
    pub images: usize,
    /// Outputs of its head.
    pub classes: usize,
    /// Edge of the square pictures that its accuracy was measured at, in pixels.
    pub size: usize,
    /// How pictures were brought to that size.
    pub shape: Shape,
    /// Published top-1 accuracy on the source task's validation pictures, in [0, 1].
    pub top1: f64,
    /// Published top-5 accuracy, in [0, 1], where there is one.
    pub top5: Option<f64>,
    /// Licence of the file.
    pub licence: &'static str,
    /// What is subtracted from red, green and blue in [0, 1].
    pub mean: [f32; 3],
    /// What the difference is then divided by.
    pub std: [f32; 3],
    /// Where it comes from.
    pub origin: Origin,
    /// SHA-256 in 64 hexadecimal digits, or its first 8 where only those are known. The publishers
    /// of the files on hubs state the first 8, in the file's name; 8 digits tell an accident, not
    /// an attack. Of a model in several files: of `model.json` followed by the others in the order
    /// of its manifest.
    pub sha256: &'static str,
    /// About how many bytes it has.
    pub bytes: u64,
}

impl Known {
    /// The scaling of pixels that they were trained with.
    pub fn normalisation(&self) -> Normalisation {
        Normalisation {
            mean: self.mean.to_vec(),
            std: self.std.to_vec(),
        }
    }

    /// The network in the zoo.
    pub fn choice(&self) -> Choice {
        Choice {
            variant: self.is_keras.then_some(Variant::Keras),
            ..Choice::named(self.network)
        }
    }

    /// What its file says of itself once it is converted.
    pub fn card(&self) -> Card {
        Card {
            network: self.choice(),
            channels_in: self.mean.len(),
            classes: self.classes,
            source: self.source_task.into(),
            source_images: Some(self.images),
            size: self.size,
            top1: Some(self.top1),
            top5: self.top5,
            without_labels: None,
            normalisation: self.normalisation(),
            recipe: format!("{} ({})", self.name, self.variant),
            property: Some("one object of everyday life, mostly in the middle".into()),
            data_sha256: "not known".into(),
            version: "published weights".into(),
        }
    }

    /// What its bytes must have.
    pub fn checksum(&self) -> Checksum {
        Checksum::Sha256(self.sha256)
    }

    /// Name of its file as published.
    pub fn file_name(&self) -> &'static str {
        let (Origin::Hub { url: path } | Origin::Package { file: path, .. }) = self.origin;
        path.rsplit('/').next().unwrap_or(path)
    }

    /// Whether it is a `model.json` with the files that this names, rather than one file.
    pub fn is_sharded(&self) -> bool {
        self.file_name() == shards::MODEL
    }
}
