//! What the claims come to: the schema of `claims.json`.

use durable::SealedFile;
use serde::{Deserialize, Serialize};

use crate::claim::Claim;
use crate::finished_study::FinishedStudy;
use crate::part::Part;
use crate::rule::Outcome;

/// `claims.json`: every number, written last.
pub const CLAIMS: SealedFile<Judgement> = SealedFile::new("claims.json");

/// The version of the schema.
pub const FORMAT: u32 = 1;

/// All that is judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// [`FORMAT`].
    pub format: u32,
    /// Whose claims.
    pub paper: String,
    /// Version of the program that judged.
    pub version: String,
    /// Level of every interval; one less it is the error of each claim.
    pub level: f64,
    /// Whether the studies are the short rehearsal, which decides nothing.
    pub is_reduced: bool,
    /// One a claim that was asked for, in their order.
    pub findings: Vec<Finding>,
    /// Every study that was read, in the order of the claims.
    pub studies: Vec<StudyRead>,
}

/// One claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Which.
    pub claim: Claim,
    /// What the paper says.
    pub says: String,
    /// What is estimated, with its unit.
    pub asks: String,
    /// What it comes to.
    pub outcome: Outcome,
    /// Its parts, corrected as one family.
    pub parts: Vec<Part>,
    /// Names of the studies that it is read from.
    pub studies: Vec<String>,
}

/// A study that claims are read from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StudyRead {
    /// Its name.
    pub name: String,
    /// Its question.
    pub title: String,
    /// Name of the data.
    pub data: String,
    /// Training, validation and test pictures.
    pub pictures: [usize; 3],
    /// Patients of the same, where they are known.
    pub patients: [Option<usize>; 3],
    /// Rows and columns that the networks see.
    pub pixels: [usize; 2],
    /// Labels of the networks.
    pub networks: Vec<String>,
    /// Different seeds that are planned.
    pub seeds: usize,
    /// Training steps of a run, at most.
    pub steps: u64,
    /// What the headline AUC tells apart.
    pub headline: String,
    /// The margin that was declared, in test AUC.
    pub margin: f64,
    /// Runs that are planned and finished.
    pub runs: [usize; 2],
    /// Hours of training and evaluation, over all runs, as if one after another.
    pub hours: f64,
    /// What trained them.
    pub machines: Vec<String>,
    /// The command that goes on with it, or shows that all is done.
    pub command: String,
}

impl StudyRead {
    /// What is told of a study.
    pub fn of(study: &FinishedStudy) -> Self {
        let (plan, data) = (&study.plan, &study.plan.data);
        let described = &data.described;
        let parts = [&data.split.train, &data.split.validation, &data.split.test];
        let patients = |place: usize| described.partitions.get(place)?.patients;
        let mut seeds: Vec<u64> = plan.runs.iter().map(|run| run.seed).collect();
        seeds.sort_unstable();
        seeds.dedup();
        Self {
            name: study.name.clone(),
            title: plan.title.clone(),
            data: described.name.clone(),
            pictures: parts.map(Vec::len),
            patients: [0, 1, 2].map(patients),
            pixels: [described.size.height, described.size.width],
            networks: plan
                .models
                .iter()
                .map(|model| model.described.label.clone())
                .collect(),
            seeds: seeds.len(),
            steps: plan.train.max_steps,
            headline: data.headline.describe(&described.classes),
            margin: plan.compare.margin,
            runs: study.progress(),
            hours: study.seconds / 3600.0,
            machines: study.machines.clone(),
            command: format!("transfusion run {}", study.place),
        }
    }
}
