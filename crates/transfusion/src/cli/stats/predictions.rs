//! `stats predictions`: anyone's predictions on the same cases, compared.

use std::path::PathBuf;

use clap::Args;
use predictions::{
    ArmFound, Columns, Compared, Concerned, Conclusions, File, Number, Only, Question, Tested,
    conclude,
};
use report::{UNKNOWN, fixed};

use super::cells::{probability, signed};
use crate::cli::exit::Exit;
use crate::cli::output::print_json;
use crate::cli::proper::proper;
use crate::cli::table::table;

/// Compare anyone's predictions on the same cases
///
/// A table has a row a case with the columns id, label (0 or 1) and score, and where there are such
/// patient, arm and seed; any usual delimiter and encoding. Without a column of arms every file is
/// one, by its name. With several seeds of an arm ways of training are compared, from three on; with
/// one of each, these models.
#[derive(Debug, Args)]
pub struct Predictions {
    /// Tables of predictions
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Arm that the others are compared with [default: the first]
    #[arg(long, value_name = "ARM")]
    baseline: Option<String>,
    /// The difference of AUCs that would not matter
    #[arg(long, default_value_t = 0.01, value_parser = proper)]
    margin: f64,
    /// The AUC that the best must be shown to exceed; 0.5 is chance
    #[arg(long, default_value_t = 0.5, value_parser = proper)]
    reference: f64,
    /// Column that names the case
    #[arg(long, value_name = "COLUMN", default_value = "id")]
    id: String,
    /// Column that is 1 for positive cases and 0 for the others
    #[arg(long, value_name = "COLUMN", default_value = "label")]
    label: String,
    /// Column that is the higher, the more likely positive a case is
    #[arg(long, value_name = "COLUMN", default_value = "score")]
    score: String,
    /// Column that names the patient [default: patient, where there is one]
    #[arg(long, value_name = "COLUMN")]
    patient: Option<String>,
    /// Column that names the arm [default: arm, where there is one]
    #[arg(long, value_name = "COLUMN")]
    arm: Option<String>,
    /// Column that names the seed [default: seed, where there is one]
    #[arg(long, value_name = "COLUMN")]
    seed: Option<String>,
    /// Column that names the fold [default: fold, where there is one]
    #[arg(long, value_name = "COLUMN")]
    fold: Option<String>,
    /// Keep the rows with this value in this column, such as partition=test; may be repeated
    #[arg(long, value_name = "COLUMN=VALUE", value_parser = only)]
    only: Vec<Only>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn only(text: &str) -> Result<Only, String> {
    let (column, value) = text
        .split_once('=')
        .ok_or("expected a column and a value, such as partition=test")?;
    Ok((column.into(), value.into()))
}

impl Predictions {
    pub fn run(self) -> anyhow::Result<Exit> {
        let columns = Columns {
            id: self.id,
            label: self.label,
            score: self.score,
            patient: self.patient,
            arm: self.arm,
            seed: self.seed,
            fold: self.fold,
        };
        let files = self
            .files
            .iter()
            .map(|path| File::read(path, &columns, &self.only))
            .collect::<Result<Vec<_>, _>>()?;
        let question = Question {
            baseline: self.baseline,
            margin: self.margin,
            reference: self.reference,
        };
        let found = conclude(&Tested::join(&files)?, &question)?;
        match self.json {
            true => print_json(&found)?,
            false => print(&found)?,
        }
        Ok(Exit::Done)
    }
}

fn print(found: &Conclusions) -> anyhow::Result<()> {
    let patients = match found.patients {
        Some(patients) => format!(" of {patients} patients"),
        None => String::new(),
    };
    output!(
        "{} cases{patients}, {} positive; baseline {}; margin ± {}\n",
        found.cases,
        found.positives,
        found.baseline,
        found.margin
    );
    let header = [
        "arm",
        "seeds",
        "AUC",
        "95% interval",
        "seed SD",
        "sampling SE",
    ];
    output!("{}", table(&header, 1, found.arms.iter().map(arm)));
    if !found.comparisons.is_empty() {
        let of_models = found.concerns == Concerned::TheseModels;
        let mut header = vec![
            "less baseline",
            "difference",
            "95% interval",
            "p",
            "p equivalent",
            "P(≤ 0)",
            "P(within)",
            "outcome",
        ];
        if of_models {
            header.insert(4, "DeLong p");
        }
        let rows = found.comparisons.iter();
        output!(
            "\n{}",
            table(&header, 1, rows.map(|c| compared(c, of_models)))
        );
        output!("p values are corrected for all comparisons; P is what is believed after the data");
    }
    output!("");
    for sentence in &found.sentences {
        output!("{sentence}");
    }
    for note in &found.notes {
        output!("Note: {note}");
    }
    Ok(())
}

fn arm(arm: &ArmFound) -> Vec<String> {
    let auc = &arm.auc;
    vec![
        arm.arm.clone(),
        arm.seeds.len().to_string(),
        fixed(auc.value, 3),
        interval(auc, |end| fixed(end, 3)),
        auc.seed_sd.map_or(UNKNOWN.into(), |sd| fixed(sd, 4)),
        fixed(auc.sampling_se, 4),
    ]
}

fn compared(compared: &Compared, of_models: bool) -> Vec<String> {
    let (difference, p) = (&compared.difference, &compared.p);
    let posterior = |of: fn(&predictions::PosteriorFound) -> f64| {
        let posterior = compared.posterior.as_ref();
        posterior.map_or(UNKNOWN.into(), |posterior| share(of(posterior)))
    };
    let mut cells = vec![
        compared.arm.clone(),
        signed(difference.value, 3),
        interval(difference, |end| signed(end, 3)),
        probability(p.difference_corrected),
        probability(p.equivalence_corrected),
        posterior(|p| p.none_or_worse),
        posterior(|p| p.equivalent),
        compared.outcome.to_string(),
    ];
    if of_models {
        cells.insert(4, probability(p.delong));
    }
    cells
}

fn interval(number: &Number, text: impl Fn(f64) -> String) -> String {
    match number.low.zip(number.high) {
        Some((low, high)) => format!("{} to {}", text(low), text(high)),
        None => UNKNOWN.into(),
    }
}

/// Never 0 or 1: nothing is that sure.
fn share(p: f64) -> String {
    match p {
        p if p < 0.001 => "<0.001".into(),
        p if p > 0.999 => ">0.999".into(),
        p => fixed(p, 3),
    }
}
