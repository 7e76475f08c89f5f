//! `weights inspect`: what a file of weights holds, and which network it fits.

use std::path::{Path, PathBuf};

use clap::Args;
use networks::{HostTensor, Pretrained};
use serde::Serialize;
use transfusion::weights::{OpenedWeights, open_part};

use crate::cli::exit::Exit;
use crate::cli::output::print_json;
use crate::cli::table::{table, thousands};

/// Networks named at most.
const CANDIDATES: usize = 3;
/// Tensors listed of what is missing, unexpected or of another shape.
const LISTED: usize = 5;

/// Print the tensors of a file of weights, their shapes and statistics, and which network they fit
#[derive(Debug, Args)]
pub struct Inspect {
    /// File or folder of weights, name of known weights, or builtin:<name>
    weights: PathBuf,
    /// Which of several networks in the file, such as teacher
    #[arg(long)]
    part: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Inspected {
    path: String,
    format: String,
    sha256: String,
    /// Name in the table of known weights.
    known: Option<&'static str>,
    /// Numbers in all tensors.
    values: usize,
    tensors: Vec<Row>,
    /// What was passed over, a phrase each.
    skipped: Vec<String>,
    /// That the network which fits best is there more than once.
    #[serde(skip_serializing_if = "Option::is_none")]
    again: Option<String>,
    fits: Vec<Fit>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    shape: Vec<usize>,
    mean: f64,
    /// Population standard deviation.
    std: f64,
    min: f32,
    max: f32,
    /// Numbers that are infinite or none.
    not_finite: usize,
}

#[derive(Serialize)]
struct Fit {
    network: String,
    /// Whose names.
    dialect: &'static str,
    /// What stands before them.
    prefix: String,
    /// Whether the network's children have numbers for names.
    numbered: bool,
    /// Tensors that do not begin so.
    beside: usize,
    classes: usize,
    channels: usize,
    matched: usize,
    missing: Vec<String>,
    unexpected: Vec<String>,
    mismatched: Vec<String>,
}

impl Inspect {
    pub fn run(self) -> anyhow::Result<Exit> {
        let OpenedWeights {
            path, file, known, ..
        } = open_part(&self.weights, Path::new("."), self.part.as_deref())?;
        let tensors = file.weights.tensors.iter();
        let within = self.part.as_deref().filter(|_| !file.is_part);
        let candidates = Pretrained::candidates_in(&file.weights, within);
        // The best one may be there more than once.
        let choice = candidates.first().map(|best| &best.choice);
        let again = choice.and_then(|choice| {
            let found = Pretrained::of_part(&file.weights, choice, within);
            found.err().map(|error| error.to_string())
        });
        let inspected = Inspected {
            path: path.display().to_string(),
            format: format!("{:?}", file.format),
            sha256: file.sha256.clone(),
            known: known.map(|known| known.name),
            values: tensors.clone().map(|(_, t)| t.values.len()).sum(),
            tensors: tensors
                .map(|(name, tensor)| Row::new(name, tensor))
                .collect(),
            skipped: file.skipped.clone(),
            again,
            fits: candidates
                .into_iter()
                .take(CANDIDATES)
                .map(Fit::from)
                .collect(),
        };
        match self.json {
            true => print_json(&inspected)?,
            false => inspected.print()?,
        }
        Ok(Exit::Done)
    }
}

impl Inspected {
    fn print(&self) -> anyhow::Result<()> {
        let header = ["tensor", "shape", "mean", "std", "min", "max"];
        let rows = self.tensors.iter().map(|t| {
            vec![
                t.name.clone(),
                format!("{:?}", t.shape),
                format!("{:.3e}", t.mean),
                format!("{:.3e}", t.std),
                format!("{:.3e}", t.min),
                format!("{:.3e}", t.max),
            ]
        });
        output!("{}", table(&header, 2, rows));
        let known = self
            .known
            .map_or(String::new(), |name| format!(", known as `{name}`"));
        output!(
            "{}: {}, {} tensors, {} numbers{known}",
            self.path,
            self.format,
            self.tensors.len(),
            thousands(self.values as u64)
        );
        output!("SHA-256 {}", self.sha256);
        let broken: usize = self.tensors.iter().map(|t| t.not_finite).sum();
        if broken > 0 {
            output!("{broken} numbers are infinite or not numbers");
        }
        for skipped in &self.skipped {
            output!("passed over: {skipped}");
        }
        if self.fits.is_empty() {
            output!("no tensor belongs to a network of the zoo");
        }
        if let Some(again) = &self.again {
            output!("{again}");
        }
        for fit in &self.fits {
            let is_whole =
                fit.missing.is_empty() && fit.unexpected.is_empty() && fit.mismatched.is_empty();
            output!(
                "{} {} ({} names{}, {} classes, {} channels): {} tensors match",
                if is_whole { "fits" } else { "partly" },
                fit.network,
                fit.dialect,
                fit.place(),
                fit.classes,
                fit.channels,
                fit.matched
            );
            for (what, names) in [
                ("missing", &fit.missing),
                ("unexpected", &fit.unexpected),
                ("of another shape", &fit.mismatched),
            ] {
                if !names.is_empty() {
                    let first = names
                        .iter()
                        .take(LISTED)
                        .cloned()
                        .collect::<Vec<_>>()
                        .join(", ");
                    let more = if names.len() > LISTED { ", …" } else { "" };
                    output!("  {} {what}: {first}{more}", names.len());
                }
            }
        }
        Ok(())
    }
}

impl Row {
    fn new(name: &str, tensor: &HostTensor) -> Self {
        let finite = || tensor.values.iter().copied().filter(|v| v.is_finite());
        let count = finite().count();
        let n = count.max(1) as f64;
        let mean = finite().map(f64::from).sum::<f64>() / n;
        let variance = finite().map(|v| (f64::from(v) - mean).powi(2)).sum::<f64>() / n;
        Self {
            name: name.into(),
            shape: tensor.shape.clone(),
            mean,
            std: variance.sqrt(),
            min: finite().reduce(f32::min).unwrap_or(0.0),
            max: finite().reduce(f32::max).unwrap_or(0.0),
            not_finite: tensor.values.len() - count,
        }
    }
}

impl Fit {
    /// Where in the file the network is, in words; empty where it is all of it.
    fn place(&self) -> String {
        let mut place = String::new();
        if self.numbered {
            place.push_str(", children by number");
        }
        if !self.prefix.is_empty() {
            place.push_str(&format!(" under `{}`", self.prefix));
        }
        if self.beside > 0 {
            place.push_str(&format!(", {} tensors beside it", self.beside));
        }
        place
    }
}

impl From<Pretrained> for Fit {
    fn from(found: Pretrained) -> Self {
        let mismatched = found.mismatched.iter();
        Self {
            network: found.choice.label(),
            matched: found.matched(),
            dialect: found.dialect.name(),
            numbered: found.is_numbered,
            beside: found.beside.len(),
            prefix: found.prefix,
            classes: found.network.classes,
            channels: found.network.input.channels,
            mismatched: mismatched
                .map(|m| format!("{} {:?} instead of {:?}", m.path, m.found, m.expected))
                .collect(),
            missing: found.missing,
            unexpected: found.unexpected,
        }
    }
}
