//! One side of a comparison: its layers, opened and understood.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use images::nearest_name;
use serde::Serialize;
use similarity::Activations as _;
use similarity::files::{
    Array as _, ArraySet, Axes, Entry, FileError, Layer, Reading, Seen, Shapes,
};

/// The layers of one side.
pub struct Side {
    pub path: PathBuf,
    pub layers: Vec<NamedLayer>,
}

/// A layer with its name and what its axes are taken for.
pub struct NamedLayer {
    pub name: String,
    pub activations: Layer,
    pub reading: Reading,
}

/// The arrays of one side that are compared.
pub struct Chosen {
    path: PathBuf,
    entries: Vec<Entry>,
}

/// What is told of a layer in JSON.
#[derive(Serialize)]
pub struct Told<'a> {
    pub file: String,
    pub layer: &'a str,
    element: String,
    shape: &'a [usize],
    axes: &'static str,
    /// Why the axes are taken for that.
    why: &'a str,
    images: usize,
    height: usize,
    width: usize,
    channels: usize,
}

/// The arrays of a file or folder: the one of that name, or all that have axes enough to be
/// activations.
pub fn chosen(side: &str, path: &Path, layer: Option<&str>) -> anyhow::Result<Chosen> {
    let set = ArraySet::open(path)?;
    for unread in set.unread() {
        warn!("warning: {side}: left out {unread}: its elements are not numbers that are read");
    }
    let entries = match layer {
        Some(name) => vec![named(&set, name)?.clone()],
        None if set.entries().len() == 1 => set.entries().to_vec(),
        None => {
            let (kept, left): (Vec<&Entry>, Vec<&Entry>) = set
                .entries()
                .iter()
                .partition(|entry| entry.shape.len() >= 2);
            for entry in left {
                warn!(
                    "warning: {side}: left out {}: the shape {:?} has no images × channels",
                    entry.name, entry.shape
                );
            }
            kept.into_iter().cloned().collect()
        }
    };
    if entries.is_empty() {
        anyhow::bail!(
            "{} holds no array of two axes or more; activations have images and channels",
            path.display()
        );
    }
    Ok(Chosen {
        path: path.into(),
        entries,
    })
}

fn named<'a>(set: &'a ArraySet, name: &str) -> anyhow::Result<&'a Entry> {
    set.entry(name).map_err(|error| {
        let nearest = match &error {
            FileError::UnknownArray { names, .. } => {
                nearest_name(name, names.iter().map(String::as_str)).map(String::from)
            }
            _ => None,
        };
        match nearest {
            Some(nearest) => anyhow::anyhow!("{error}; did you mean `{nearest}`?"),
            None => error.into(),
        }
    })
}

/// The shapes of the arrays, with the axes that the user named.
pub fn shapes(chosen: &Chosen, named: Vec<Axes>) -> Shapes {
    let arrays = chosen.entries.iter();
    Shapes {
        arrays: arrays.map(|e| (e.place(), e.shape.clone())).collect(),
        named,
    }
}

impl Side {
    /// Opens the arrays, compressed ones by decompressing them.
    pub fn open(chosen: Chosen, readings: Vec<Reading>) -> anyhow::Result<Self> {
        let layers = chosen.entries.into_iter().zip(readings);
        let layers = layers.map(|(entry, reading)| {
            let activations = Layer::new(entry.open()?, reading.axes)?;
            anyhow::Ok(NamedLayer {
                name: entry.name,
                activations,
                reading,
            })
        });
        Ok(Self {
            layers: layers
                .collect::<anyhow::Result<_>>()
                .with_context(|| format!("cannot open {}", chosen.path.display()))?,
            path: chosen.path,
        })
    }

    /// What the choice of datapoints looks at.
    pub fn seen(&self) -> Vec<Seen> {
        let layers = self.layers.iter();
        layers
            .map(|layer| Seen {
                shape: layer.activations.shape(),
                axes: layer.reading.axes,
            })
            .collect()
    }
}

impl NamedLayer {
    /// File and name.
    pub fn place(&self) -> &str {
        self.activations.array().place()
    }

    /// In one line: file, name, element type, and what the axes are taken for.
    pub fn line(&self) -> String {
        let element = self.activations.array().element();
        format!("{}: {element}, {}", self.place(), self.reading.why)
    }

    /// For JSON.
    pub fn told(&self) -> Told<'_> {
        let shape = self.activations.shape();
        Told {
            file: self.place().to_owned(),
            layer: &self.name,
            element: self.activations.array().element().to_string(),
            shape: self.activations.array().shape(),
            axes: self.reading.axes.name(),
            why: &self.reading.why,
            images: shape.images,
            height: shape.height,
            width: shape.width,
            channels: shape.channels,
        }
    }
}
