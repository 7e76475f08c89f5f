//! The user's data, and the natural images that it is set against.

use super::illustrations::Illustrations;
use super::number;
use super::picture;
use images::aspects::FAR;
use images::{Aspects, Fit, Range, Size};
use record::results::Results;
use study::{DataResult, FoldsResult, SourceResult};

/// Unreadable pictures shown at most; the rest is counted.
const UNREADABLE_SHOWN: usize = 100;

/// Counts of the data.
pub struct DataTables {
    /// Name and note (patients) per partition.
    pub partitions: Vec<PartitionColumn>,
    /// One per class.
    pub classes: Vec<ClassCounts>,
    /// What networks see of a picture, in words.
    pub shown: String,
    /// How the folds of cross-validation are filled, in words.
    pub folds: Option<String>,
    /// Stored sizes: smallest, median and largest.
    pub stored: Vec<[String; 3]>,
    /// Shapes of the stored pictures in words, where they are not all that of the frame.
    pub shapes: Option<String>,
    /// The first unreadable pictures: id and reason.
    pub unreadable: Vec<(String, String)>,
    /// Unreadable pictures that are not shown.
    pub unreadable_more: usize,
    /// Example pictures: class and URI.
    pub examples: Vec<(String, String)>,
}

/// One partition.
pub struct PartitionColumn {
    /// `training`, `validation` or `test`.
    pub name: String,
    /// Pictures.
    pub images: String,
    /// Patients, where they are known.
    pub patients: Option<String>,
}

/// Pictures of one class.
pub struct ClassCounts {
    /// Class, grade or finding.
    pub name: String,
    /// Count and share, by partition.
    pub counts: Vec<(String, Option<String>)>,
}

impl DataTables {
    /// The tables of the results.
    pub fn new(results: &Results, illustrations: &Illustrations) -> Self {
        let data = &results.data;
        let partitions = data.partitions.iter().map(|partition| PartitionColumn {
            name: partition.name.clone(),
            images: number::count(partition.images as u64),
            patients: partition
                .patients
                .map(|patients| number::count(patients as u64)),
        });
        let classes = data
            .classes
            .iter()
            .enumerate()
            .map(|(place, name)| ClassCounts {
                name: name.clone(),
                counts: data
                    .partitions
                    .iter()
                    .map(|partition| match partition.per_class.get(place) {
                        Some(&count) => (
                            number::count(count as u64),
                            number::percent(count, partition.images),
                        ),
                        None => (number::UNKNOWN.to_owned(), None),
                    })
                    .collect(),
            });
        let listed = data.unreadable.len().min(UNREADABLE_SHOWN);
        let (widths, heights) = (data.stored_width, data.stored_height);
        Self {
            partitions: partitions.collect(),
            classes: classes.collect(),
            stored: ["smallest", "median", "largest"]
                .into_iter()
                .zip(widths.into_iter().zip(heights))
                .map(|(name, (width, height))| {
                    let [width, height] = [width, height].map(|edge| number::count(edge as u64));
                    [name.to_owned(), width, height]
                })
                .collect(),
            shown: shown_as(data),
            folds: data.folds.as_ref().map(folds),
            shapes: data.aspects.as_ref().map(shapes),
            unreadable: data.unreadable[..listed].to_vec(),
            unreadable_more: data.unreadable.len() - listed,
            examples: illustrations
                .examples
                .iter()
                .map(|sheet| (sheet.class.clone(), picture::data_uri(&sheet.png)))
                .collect(),
        }
    }

    /// Whether any partition knows its patients.
    pub fn has_patients(&self) -> bool {
        self.partitions
            .iter()
            .any(|partition| partition.patients.is_some())
    }
}

/// How the folds are filled.
fn folds(folds: &FoldsResult) -> String {
    let range = |[low, _, high]: [usize; 3]| match low == high {
        true => number::count(low as u64),
        false => format!(
            "{} to {}",
            number::count(low as u64),
            number::count(high as u64)
        ),
    };
    let tested = number::count(folds.tested.images as u64);
    let patients = match folds.tested.patients {
        Some(patients) => format!(" of {} patients", number::count(patients as u64)),
        None => String::new(),
    };
    format!(
        "The table shows the first fold of {}. {tested} pictures{patients} are tested once a repeat; a fold trains on {}, chooses on {} and tests {} pictures.",
        folds.describe(),
        range(folds.training),
        range(folds.validation),
        range(folds.test)
    )
}

/// One data set in the opening table.
pub struct TaskRow {
    /// Name of the data set.
    pub name: String,
    /// Whether it is the user's.
    pub is_study: bool,
    /// Number of classes.
    pub classes: String,
    /// Edge of the pictures, in pixels.
    pub size: String,
    /// Training images.
    pub images: String,
    /// What distinguishes the classes.
    pub property: Option<String>,
    /// Models pretrained on it, with accuracy there.
    pub models: Vec<(String, String)>,
}

/// Natural images against the user's medical images; sources that several models share appear
/// once.
pub fn tasks(results: &Results) -> Vec<TaskRow> {
    let mut groups: Vec<(&SourceResult, TaskRow)> = Vec::new();
    for source in &results.sources {
        let model = (
            source.model.clone(),
            match (source.top1, source.top5) {
                (Some(top1), Some(top5)) => {
                    format!(
                        "top-1 {}, top-5 {}",
                        number::fixed(top1, 3),
                        number::fixed(top5, 3)
                    )
                }
                _ => "accuracy not stated".into(),
            },
        );
        let same = groups.iter_mut().find(|(other, _)| {
            (
                &other.name,
                other.classes,
                other.images,
                other.size,
                &other.property,
            ) == (
                &source.name,
                source.classes,
                source.images,
                source.size,
                &source.property,
            )
        });
        match same {
            Some((_, row)) => row.models.push(model),
            None => groups.push((
                source,
                TaskRow {
                    name: source.name.clone(),
                    is_study: false,
                    classes: stated(source.classes.map(|n| number::count(n as u64))),
                    size: stated(source.size.map(|edge| pixels(edge.into()))),
                    images: stated(source.images.map(|n| number::count(n as u64))),
                    property: source.property.clone(),
                    models: vec![model],
                },
            )),
        }
    }
    let data = &results.data;
    let training = data
        .partitions
        .iter()
        .find(|partition| partition.name == "training");
    let mut rows: Vec<TaskRow> = groups.into_iter().map(|(_, row)| row).collect();
    rows.push(TaskRow {
        name: data.name.clone(),
        is_study: true,
        classes: number::count(data.classes.len() as u64),
        size: pixels(data.size),
        images: training.map_or_else(
            || number::UNKNOWN.to_owned(),
            |found| number::count(found.images as u64),
        ),
        property: data.property.clone(),
        models: Vec::new(),
    });
    rows
}

/// Size, channels, shape and range of what networks see.
fn shown_as(data: &DataResult) -> String {
    let channels = match data.channels {
        1 => "grey".to_owned(),
        channels => format!("{channels} channels"),
    };
    let mut words = vec![format!("{} pixels, {channels}", pixels(data.size))];
    match (data.fit, data.aspects) {
        (Fit::Stretch, None) => {}
        (Fit::Stretch, Some(_)) => words.push("stretched to that shape".into()),
        (Fit::Pad, _) => words.push("with black at the sides".into()),
        (Fit::Crop, _) => words.push("the middle cut out".into()),
    }
    words.extend(
        data.resize
            .map(|filter| format!("resized ({})", filter.word())),
    );
    if let Range::Between([low, high]) = data.range {
        words.push(format!("samples {low} black and {high} white"));
    }
    words.join(", ")
}

fn shapes(aspects: &Aspects) -> String {
    let Aspects {
        smallest,
        median,
        largest,
        oblong,
        median_stretch,
        far_stretched,
    } = *aspects;
    format!(
        "Columns by rows: {smallest:.2} to {largest:.2}, median {median:.2}; {:.0} % are longer than {FAR} : 1. \
         Stretched to the shape that networks see, half of them change by {median_stretch:.2} times or \
         more, and {:.0} % by more than {FAR} times.",
        100.0 * oblong,
        100.0 * far_stretched
    )
}

/// Rows by columns.
fn pixels(size: Size) -> String {
    let [rows, columns] = [size.height, size.width].map(|side| number::count(side as u64));
    format!("{rows} × {columns}")
}

/// What networks see, how long they train and where pretrained weights come from, in a line.
pub fn setting(results: &Results) -> String {
    let data = &results.data;
    let training = data.partitions.iter().find(|part| part.name == "training");
    let mut words = vec![match training {
        Some(part) => format!(
            "Trained on {} pictures of {} pixels",
            number::count(part.images as u64),
            pixels(data.size)
        ),
        None => format!("Pictures of {} pixels", pixels(data.size)),
    }];
    if let Some(protocol) = &results.protocol
        && protocol.seeds > 0
    {
        let steps = number::count(protocol.train.max_steps);
        words.push(format!(", at most {steps} steps"));
    }
    let mut names: Vec<String> = Vec::new();
    for source in &results.sources {
        let images = source.images.map(|n| number::count(n as u64));
        let name = match images {
            Some(images) => format!("{} ({images} pictures)", source.name),
            None => source.name.clone(),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if !names.is_empty() {
        words.push(format!(
            "; pretrained weights learnt from {}",
            names.join(", ")
        ));
    }
    words.push(".".into());
    words.concat()
}

fn stated(text: Option<String>) -> String {
    text.unwrap_or_else(|| number::UNKNOWN.to_owned())
}
