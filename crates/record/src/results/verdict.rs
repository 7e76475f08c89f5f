//! What a reader acts on.

use serde::{Deserialize, Serialize};

use super::comparison::SpeedUpResult;
use super::estimate::Estimate;
use super::outcome::Outcome;

/// What a reader acts on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// One sentence: what to use, or that nothing is recommended, and how sure that is; empty in
    /// results of earlier versions.
    #[serde(default)]
    pub lead: String,
    /// What else matters, a line each, the most important first.
    #[serde(default)]
    pub points: Vec<Point>,
    /// One paragraph: the texts of the clauses.
    pub paragraph: String,
    /// Its parts, each with the numbers behind it.
    #[serde(default)]
    pub clauses: Vec<Clause>,
    /// What to use; none where no arm is shown to beat the reference.
    #[serde(default)]
    pub advice: Option<Advice>,
    /// Label of the arm to use; none where no arm is shown to beat the reference.
    pub recommended: Option<String>,
    /// Labels of the arms that cannot be told from the best of the study, in the order of the arms.
    #[serde(default)]
    pub possible: Vec<String>,
    /// What the study cannot tell yet.
    pub open: Vec<String>,
}

/// One line beside the lead of the verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// The rule that made it, as docs/verdict.md names them.
    pub rule: String,
    /// What it is about, in a word or two.
    pub about: String,
    /// What it comes to, where it concludes anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub badge: Option<Badge>,
    /// A sentence without full stop.
    pub text: String,
    /// JSON pointers into `results.json`: the numbers behind it.
    pub numbers: Vec<String>,
    /// The section of the report that shows them.
    pub section: String,
}

/// An outcome as it is shown: the word of its kind, in the colours of a difference's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Badge {
    /// `better`, `sooner`, `fewer`, `cheaper` …
    pub word: String,
    /// The outcome of a difference that it is like.
    pub like: Outcome,
}

impl Badge {
    /// The badge of a word.
    pub fn new(word: &str, like: Outcome) -> Self {
        Self {
            word: word.into(),
            like,
        }
    }
}

/// A part of the verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clause {
    /// The rule that made it, as docs/verdict.md names them.
    pub rule: String,
    /// One or more sentences.
    pub text: String,
    /// JSON pointers into `results.json`: the numbers behind it.
    pub numbers: Vec<String>,
    /// The section of the report that shows them.
    pub section: String,
}

/// The advice in numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Advice {
    /// Label of the arm.
    pub arm: String,
    /// Label of the network.
    pub model: String,
    /// Name of the initialisation.
    pub init: String,
    /// The highest block that pretrained weights are loaded into; none where none are.
    pub up_to_block: Option<String>,
    /// Test AUC with its interval, which allows for the arm having been chosen.
    pub auc: Option<Estimate>,
    /// Gain over the baseline initialisation; none where it is the baseline itself.
    pub gain: Option<Estimate>,
    /// Outcome of that comparison after correction.
    pub outcome: Option<Outcome>,
    /// The arm with the highest mean, where another was preferred as cheaper and worse by less than
    /// the margin.
    pub cheaper_than: Option<String>,
    /// The arms that it was chosen from.
    #[serde(default)]
    pub candidates: usize,
    /// How much sooner it reaches the highest threshold that tells.
    pub speed_up: Option<SpeedUpResult>,
    /// Its AUC with so many pictures equals the baseline's with `factor` times as many.
    pub labels: Option<LabelSaving>,
}

/// How many labels an arm saves.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelSaving {
    /// Training pictures of the arm.
    pub train_size: usize,
    /// Times as many that the baseline needs for the same AUC.
    pub factor: f64,
    /// Lower end of the 95% interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}
