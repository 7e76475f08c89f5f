//! The data, the tasks that weights come from, and the networks.

use audit::Audit;
use images::{Aspects, Dataset, Depth, Fit, Partition, Range, Resampling, Size, SplitSummary};
use networks::Input;
use networks::zoo::Choice;
use serde::{Deserialize, Serialize};

use crate::characteristics::Characteristics;
use crate::flow::Flow;
use crate::fold::Folds;
use crate::run_spec::is_default;
use crate::split::Split;

/// The data under study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataResult {
    /// Name of the data set.
    pub name: String,
    /// `multiclass`, `multilabel` or `ordinal`.
    pub task: String,
    /// Classes, grades or findings, by index.
    pub classes: Vec<String>,
    /// What distinguishes the classes, in the user's words.
    pub property: Option<String>,
    /// Rows and columns of what the networks see.
    pub size: Size,
    /// Channels that the networks see.
    pub channels: usize,
    /// What happens to pictures of another shape.
    #[serde(default, skip_serializing_if = "is_default")]
    pub fit: Fit,
    /// How samples between pixels are made up; none where every picture has this size already and
    /// nothing else was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resize: Option<Resampling>,
    /// Which samples are black and white.
    #[serde(default, skip_serializing_if = "is_default")]
    pub range: Range,
    /// What the samples of `range` are; none where it is full.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depth: Option<Depth>,
    /// Shapes of the stored pictures; none where all have that of `size`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aspects: Option<Aspects>,
    /// Smallest, median and largest stored width, in pixels.
    pub stored_width: [usize; 3],
    /// Smallest, median and largest stored height, in pixels.
    pub stored_height: [usize; 3],
    /// How the partitions came about, e.g. `official` or `by patient, seed 0`.
    pub split: String,
    /// Training, validation, test, then the named test sets.
    pub partitions: Vec<PartitionResult>,
    /// Pictures left out because they could not be read: id and reason.
    pub unreadable: Vec<(String, String)>,
    /// What was believed, converted, merged or left out while reading; sentences without full stop.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Why leaks across parts are accepted, where the study says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_leaks: Option<String>,
    /// What is wrong with the data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit: Option<Audit>,
    /// The folds of cross-validation; `partitions` are then those of the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folds: Option<FoldsResult>,
    /// From what was found to what is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow: Option<Flow>,
    /// Who the patients are, where the data say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub characteristics: Option<Characteristics>,
    /// SHA-256 over ids, labels and pixels.
    pub sha256: String,
}

impl DataResult {
    /// What counts as independent in errors of test scores: patients where the test partition
    /// knows them, else pictures.
    pub fn unit_of_sampling(&self) -> &'static str {
        match self.knows_patients() {
            true => "patients",
            false => "pictures (their patients are unknown)",
        }
    }

    /// Whether the patients of the test partition are known.
    pub fn knows_patients(&self) -> bool {
        let test = self.partitions.iter().find(|part| part.name == "test");
        test.is_some_and(|part| part.patients.is_some())
    }

    /// What networks read.
    pub fn input(&self) -> Input {
        Input {
            channels: self.channels,
            height: self.size.height,
            width: self.size.width,
        }
    }
}

/// The folds of cross-validation, in numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FoldsResult {
    /// Folds of a repeat.
    pub count: usize,
    /// Repeats.
    pub repeats: usize,
    /// All pictures that are tested, once a repeat.
    pub tested: PartitionResult,
    /// Smallest, median and largest number of training pictures of a fold.
    pub training: [usize; 3],
    /// The same of pictures to choose on.
    pub validation: [usize; 3],
    /// The same of test pictures.
    pub test: [usize; 3],
}

impl FoldsResult {
    /// In words, such as `5-fold cross-validation, repeated 2 times`.
    pub fn describe(&self) -> String {
        match self.repeats {
            1 => format!("{}-fold cross-validation", self.count),
            repeats => format!(
                "{}-fold cross-validation, repeated {repeats} times",
                self.count
            ),
        }
    }

    pub(crate) fn new(dataset: &Dataset, folds: &Folds) -> Self {
        let sizes = |of: fn(&Split) -> usize| {
            let mut sizes: Vec<usize> = folds.planned.iter().map(|p| of(&p.split)).collect();
            sizes.sort_unstable();
            let at = |place: usize| sizes.get(place).copied().unwrap_or(0);
            [0, sizes.len() / 2, sizes.len().saturating_sub(1)].map(at)
        };
        let tested = SplitSummary::of(dataset, Partition::Test, &folds.cases());
        Self {
            count: folds.count,
            repeats: folds.repeats,
            tested: PartitionResult {
                name: "tested".into(),
                images: tested.images,
                patients: tested.patients,
                per_class: tested.present,
            },
            training: sizes(|split| split.train.len()),
            validation: sizes(|split| split.validation.len()),
            test: sizes(|split| split.test.len()),
        }
    }
}

/// One partition of the data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartitionResult {
    /// `training`, `validation`, `test`, or the name of a test set.
    pub name: String,
    /// Pictures.
    pub images: usize,
    /// Patients, where they are known.
    pub patients: Option<usize>,
    /// Pictures per class (or per present finding), in the order of the classes.
    pub per_class: Vec<usize>,
}

/// A task that weights were pretrained on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceResult {
    /// Label of the model that starts from it.
    pub model: String,
    /// Name of the source task.
    pub name: String,
    /// Classes of the source task; this and the following are none where the weights carry no card.
    pub classes: Option<usize>,
    /// Training images.
    pub images: Option<usize>,
    /// Edge of the training images, in pixels.
    pub size: Option<usize>,
    /// What distinguishes its classes.
    pub property: Option<String>,
    /// Top-1 accuracy on the source test images, in [0, 1].
    pub top1: Option<f64>,
    /// Top-5 accuracy on the source test images, in [0, 1].
    pub top5: Option<f64>,
    /// SHA-256 of the weights file.
    pub sha256: String,
    /// Which of several networks in the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
}

/// A network of the study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelResult {
    /// Label in tables.
    pub label: String,
    /// The choice from the zoo.
    pub choice: Choice,
    /// Trained numbers.
    pub parameters: usize,
    /// Multiply-adds of one image's forward pass at the study's size.
    pub macs: u64,
    /// Names of the blocks, from the input to the head.
    pub blocks: Vec<String>,
}
