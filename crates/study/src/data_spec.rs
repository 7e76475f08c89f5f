//! `[data]` as written: the source, and what all sources share.

use std::collections::BTreeMap;

use images::{Augmentation, Fit, Resampling, Size, Task};
use serde::Deserialize;

use super::normalise::Normalise;
use super::recipe::RecipeError;
use super::source_keys::{SourceKeys, with_source_keys};
use super::source_text::SourceText;
use super::written_fractions::WrittenFractions;
use super::written_origin::WrittenSplit;
use super::written_range::WrittenRange;
use super::written_source::WrittenSource;

/// `[data]`. In the file it is one flat table; keys that not every source reads are kept with the
/// source, which accepts or refuses them when it is opened.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "FlatData")]
pub struct DataSpec {
    /// Where the pictures are, with the keys that only some sources read.
    pub source: WrittenSource,
    /// Further test sets by name: reported on apart, never chosen on.
    pub tests: Vec<(String, WrittenSource)>,
    /// Name in the report; by default the file's.
    pub name: Option<String>,
    /// `multiclass` (default), `multilabel` or `ordinal`.
    pub task: Task,
    /// What the headline AUC calls positive: `">=2"` (ordinal), a class or a finding by name.
    pub positive: Option<String>,
    /// Rows and columns of what networks see: one number for a square, or both.
    pub size: Size,
    /// What happens to pictures of another shape: `stretch` (default), `pad` or `crop`.
    pub fit: Fit,
    /// How samples between pixels are made up: `bilinear` (default) or `bicubic`.
    pub resize: Resampling,
    /// Which samples are black and white: `full`, `used` or both.
    pub range: Option<WrittenRange>,
    /// 1 (grey), 3 (RGB) or as many as the pictures have; by default as stored, and 3 where weights
    /// expect 3.
    pub channels: Option<usize>,
    /// What becomes of weights that expect other channels: `replicate` (the picture instead),
    /// `sum` or `repeat`.
    pub adapt: Option<Adapt>,
    /// What distinguishes the classes, for the report's comparison with natural images.
    pub property: Option<String>,
    /// Shares of the partitions where the data bring no split.
    pub fractions: WrittenFractions,
    /// Parts of cross-validation; by default one split instead.
    pub folds: Option<usize>,
    /// How often cross-validation divides the data anew; by default once.
    pub repeats: Option<usize>,
    /// Whether cross-validation leaves the split that the data bring aside: `split = false`.
    pub leaves_split: bool,
    /// Seed of the split.
    pub split_seed: u64,
    /// What happens to pictures that cannot be read: `stop` or `skip`.
    pub unreadable: Unreadable,
    /// Pictures that are left out, by id.
    pub exclude: Vec<String>,
    /// Why pictures or patients in two parts are accepted; the verdict says so.
    pub allow_leaks: Option<String>,
    /// Random changes to training pictures.
    pub augment: Augmentation,
    /// Scaling of pixel values: `weights` (default), `data` or `none`.
    pub normalise: Normalise,
    /// Memory for decoded pictures, in MiB; what does not fit is decoded again when needed.
    pub cache_mib: usize,
}

with_source_keys! {
    /// Every key of `[data]`, read strictly.
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct FlatData {
        source: SourceText,
        recipe: Option<String>,
        name: Option<String>,
        task: Option<Task>,
        positive: Option<String>,
        size: Size,
        #[serde(default)]
        fit: Fit,
        #[serde(default)]
        resize: Resampling,
        range: Option<WrittenRange>,
        channels: Option<usize>,
        adapt: Option<Adapt>,
        property: Option<String>,
        #[serde(default)]
        fractions: WrittenFractions,
        folds: Option<usize>,
        repeats: Option<usize>,
        #[serde(default)]
        split_seed: u64,
        #[serde(default)]
        unreadable: Unreadable,
        #[serde(default)]
        exclude: Vec<String>,
        allow_leaks: Option<String>,
        #[serde(default)]
        test: BTreeMap<String, FlatTest>,
        #[serde(default)]
        augment: Augmentation,
        #[serde(default)]
        normalise: Normalise,
        #[serde(default = "cache_mib")]
        cache_mib: usize,
    }
}

with_source_keys! {
    /// `[data.test.<name>]`, read strictly.
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct FlatTest {
        source: String,
        recipe: Option<String>,
    }
}

fn cache_mib() -> usize {
    2048
}

impl TryFrom<FlatData> for DataSpec {
    type Error = RecipeError;

    fn try_from(mut flat: FlatData) -> Result<Self, RecipeError> {
        let keys = flat.source_keys();
        let (mut source, recipe) = WrittenSource::new(flat.source, keys, flat.recipe.as_deref())?;
        // With folds every source may be told so, also one that has no key for its split.
        let split = &mut source.keys.split;
        let is_left = |split: &mut WrittenSplit| matches!(split, WrittenSplit::Made(false));
        let leaves_split = flat.folds.is_some() && split.take_if(is_left).is_some();
        let tests = flat.test.into_iter().map(|(name, mut test)| {
            let mut keys = test.source_keys();
            keys.classes = keys.classes.or(source.keys.classes.clone());
            let text = SourceText::One(test.source);
            let (source, _) = WrittenSource::new(text, keys, test.recipe.as_deref())?;
            Ok((name, source))
        });
        Ok(Self {
            tests: tests.collect::<Result<_, RecipeError>>()?,
            source,
            name: flat.name,
            task: flat.task.or(recipe.task).unwrap_or(Task::Multiclass),
            positive: flat.positive.or(recipe.positive),
            size: flat.size,
            fit: flat.fit,
            resize: flat.resize,
            range: flat.range,
            channels: flat.channels,
            adapt: flat.adapt,
            property: flat.property,
            fractions: flat.fractions,
            folds: flat.folds,
            repeats: flat.repeats,
            leaves_split,
            split_seed: flat.split_seed,
            unreadable: flat.unreadable,
            exclude: flat.exclude,
            allow_leaks: flat.allow_leaks,
            augment: flat.augment,
            normalise: flat.normalise,
            cache_mib: flat.cache_mib,
        })
    }
}

/// What happens to pictures that cannot be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unreadable {
    /// The study does not start.
    #[default]
    Stop,
    /// They are left out and listed in the report.
    Skip,
}

/// How pictures and weights of different channels come together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Adapt {
    /// Grey pictures become three equal channels; weights stay as they are.
    Replicate,
    /// The first convolution is summed over its input channels.
    Sum,
    /// The first convolution's input channels are repeated and scaled.
    Repeat,
}
