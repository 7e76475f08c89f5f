//! What the networks reused: similarities, movement and functional checks of every setting, as
//! pictures and as numbers.

mod block_table;
mod cell;
mod change;
mod chart;
mod heat_map;
mod inits;
mod likeness;
mod measure_title;
mod persistence;

pub use cell::{Cell, Notes};
pub use inits::Inits;

use super::number;
use super::palette::Palette;
use change::ByBlock;
use figures::Figure;
use heat_map::HeatMap;
use likeness::Likeness;
use persistence::Persistence;
use record::results::{Agreement, Reading};
use record::results::{Analysis, Setting};
use similarity::Measure;
use study::AnalysisImages;

/// Datapoints for each dimension below which a block gets a warning: with fewer, canonical
/// correlations of unrelated data are far from 0.
const DATAPOINTS_PER_DIMENSION: u64 = 10;

/// The section of the page.
pub struct ReuseSection {
    /// How far the analysis is.
    pub progress: String,
    /// Which pictures were shown, and how many.
    pub pictures: String,
    /// Most datapoints of a block.
    pub datapoints: String,
    /// Permutations behind a null distribution.
    pub permutations: usize,
    /// Groups of pictures behind an interval over pictures.
    pub groups: usize,
    /// Neighbours of the k-NN.
    pub neighbours: usize,
    /// The measures and what each is.
    pub measures: Vec<(String, &'static str)>,
    /// One per model, regime and training size.
    pub settings: Vec<SettingView>,
    /// Layer × layer maps.
    pub maps: Vec<HeatMap>,
}

/// One model, regime and training size.
pub struct SettingView {
    /// Its name.
    pub title: String,
    /// What makes its numbers doubtful.
    pub warnings: Vec<String>,
    /// What figures 2 to 4 say.
    pub readings: Vec<ReadingView>,
    /// Figure 2.
    pub likeness: Option<Likeness>,
    /// Figure 3.
    pub change: ByBlock,
    /// Figure 4.
    pub persistence: Option<Persistence>,
    /// How far weights moved.
    pub movement: Option<ByBlock>,
    /// AUC lost by setting blocks back.
    pub reset: Option<ByBlock>,
    /// AUC of neighbours.
    pub neighbours: Option<ByBlock>,
}

/// The sentence under a figure.
pub struct ReadingView {
    /// Number of the figure.
    pub figure: u8,
    /// What it shows.
    pub sentence: String,
    /// Class of the outcome in the style sheet.
    pub class: &'static str,
    /// `agrees`, `disagrees` or `cannot tell`.
    pub outcome: String,
    /// What the paper found, and whether this agrees.
    pub clause: String,
}

impl ReadingView {
    /// The sentence of one reading.
    pub fn new(reading: &Reading) -> Self {
        Self {
            figure: reading.figure,
            sentence: reading.sentence.clone(),
            class: match reading.agrees {
                Agreement::Agrees => "agrees",
                Agreement::Disagrees => "disagrees",
                Agreement::CannotTell => "undecided",
            },
            outcome: reading.agrees.to_string(),
            clause: reading.clause(),
        }
    }
}

impl SettingView {
    fn new(setting: &Setting, analysis: &Analysis, palette: &Palette, id: &str) -> Self {
        let inits = Inits::new(palette, setting);
        let measures = &analysis.how.measures;
        let title = setting.title();
        let readings = analysis.readings.iter();
        Self {
            warnings: warnings(setting),
            readings: readings
                .filter(|reading| reading.setting == title)
                .map(ReadingView::new)
                .collect(),
            likeness: Likeness::new(setting, measures, &inits),
            change: change::before_after(setting, measures, &inits, id),
            persistence: Persistence::new(setting, &inits, id),
            movement: change::movement(setting, &inits, id),
            reset: change::reset(setting, &inits, id),
            neighbours: change::neighbours(setting, &inits, id),
            title,
        }
    }

    /// What a figure says; none where it has no numbers.
    pub fn reading(&self, figure: u8) -> Option<&ReadingView> {
        self.readings
            .iter()
            .find(|reading| reading.figure == figure)
    }
}

impl ReuseSection {
    /// The section.
    pub fn new(analysis: &Analysis, palette: &Palette) -> Self {
        let progress = analysis.progress;
        let mut text = format!(
            "{} of {} parts of the analysis done",
            progress.done, progress.planned
        );
        if progress.failed > 0 {
            text.push_str(&format!(", {} failed", progress.failed));
        }
        let how = &analysis.how;
        let of = match how.images {
            AnalysisImages::Test => "test pictures",
            AnalysisImages::Validation => "validation pictures",
            AnalysisImages::Train => "training pictures",
            AnalysisImages::All => "pictures of all partitions",
        };
        let settings = analysis.settings.iter().enumerate();
        Self {
            progress: text,
            pictures: format!("{} {of}", number::count(analysis.images as u64)),
            datapoints: number::count(how.datapoints as u64),
            permutations: how.permutations,
            groups: how.groups,
            neighbours: how.neighbours,
            measures: how
                .measures
                .iter()
                .map(|m| (m.to_string(), about(*m)))
                .collect(),
            settings: settings
                .map(|(number, setting)| {
                    let id = format!("reuse-{}", number + 1);
                    SettingView::new(setting, analysis, palette, &id)
                })
                .collect(),
            maps: analysis.maps.iter().map(HeatMap::new).collect(),
        }
    }

    /// All its charts, from top to bottom.
    pub fn figures(&self) -> impl Iterator<Item = &Figure> {
        self.settings.iter().flat_map(|setting| {
            let after = [&setting.movement, &setting.reset, &setting.neighbours];
            let after = after.into_iter().flatten();
            let channels = setting.persistence.iter().flat_map(|found| &found.charts);
            let change = setting.change.charts.iter();
            change
                .chain(channels)
                .chain(after.flat_map(|group| &group.charts))
        })
    }
}

/// What a measure is, and what it is not.
fn about(measure: Measure) -> &'static str {
    match measure {
        Measure::MeanCca => {
            "mean canonical correlation, in 0 to 1, which the paper plots; it ignores any invertible linear map and is high by chance where dimensions are many for the datapoints"
        }
        Measure::DebiasedCka => {
            "linear CKA from unbiased estimates: 1 is alike, about 0 unrelated, and below 0 possible; few strong directions decide it"
        }
        Measure::AngularProcrustes => {
            "the angle left after the best rotation, in 0 to π/2: a distance, so smaller is more alike"
        }
        Measure::MutualNeighbours(_) => {
            "share of nearest neighbours that both networks agree on, in 0 to 1; local, and blind to scale"
        }
        Measure::Cka => "linear CKA, in 0 to 1, high by chance where datapoints are few",
        Measure::Procrustes => "1 is alike up to a rotation, 0 unrelated",
        Measure::SquaredCca => "mean squared canonical correlation, in 0 to 1",
        Measure::Svcca(_) => "mean canonical correlation of the leading directions, in 0 to 1",
        Measure::PwccaA | Measure::PwccaB => {
            "canonical correlations weighted by the activations they account for, in 0 to 1"
        }
        Measure::RegressionAFromB | Measure::RegressionBFromA => {
            "share of variance that a linear map explains; not symmetric"
        }
        Measure::MinibatchCka(_) | Measure::CkaPrime => "a form of linear CKA",
        Measure::RbfCka(_) | Measure::DebiasedRbfCka(_) => "CKA with Gaussian kernels",
    }
}

/// Blocks with few datapoints for their dimensions, each once.
fn warnings(setting: &Setting) -> Vec<String> {
    let mut warnings = Vec::new();
    for block in setting.arms.iter().flat_map(|arm| &arm.blocks) {
        if block.datapoints >= DATAPOINTS_PER_DIMENSION.saturating_mul(block.channels as u64) {
            continue;
        }
        let warning = format!(
            "{}: {} datapoints for {} dimensions, fewer than {DATAPOINTS_PER_DIMENSION} for each, so that unrelated networks look alike there: read its numbers against floor and null, and show more pictures",
            block.block,
            number::count(block.datapoints),
            number::count(block.channels as u64)
        );
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }
    warnings
}
