//! `data audit`: what is wrong with the data of a study.

use std::path::PathBuf;

use anyhow::Context as _;
use audit::{Audit as Findings, Severity, sheet};
use clap::Args;
use images::{Dataset, Image};

use super::look::Look;
use crate::cli::exit::Exit;
use crate::cli::output::print_json;

/// Pixels of a picture on a sheet.
const TILE: usize = 160;

#[derive(Debug, Args)]
pub struct Audit {
    #[command(flatten)]
    look: Look,
    /// Also draw the pictures that are alike, a row for each group, into this PNG file
    #[arg(long, value_name = "FILE")]
    sheet: Option<PathBuf>,
}

impl Audit {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let opened = self.look.open()?;
        let findings = opened
            .described
            .audit
            .context("the data were not audited")?;
        if let Some(path) = &self.sheet {
            match sheet(&groups(&findings, &opened.dataset), TILE) {
                Some(png) => {
                    durable::write(path, &png)?;
                    say!("pictures that are alike: {}", path.display());
                }
                None => say!("no two pictures are alike; nothing was drawn"),
            }
        }
        if self.look.json {
            print_json(&findings)?;
        } else {
            for note in &opened.described.notes {
                output!("{note}");
            }
            output!("split: {}\n", opened.described.split);
            output!("{}", findings.text());
        }
        let is_clean = findings
            .findings
            .iter()
            .all(|finding| finding.severity == Severity::Note);
        Ok(if is_clean { Exit::Done } else { Exit::Findings })
    }
}

/// The pictures of every group that is alike, worst finding first.
fn groups(findings: &Findings, dataset: &Dataset) -> Vec<Vec<Image>> {
    let alike = findings
        .findings
        .iter()
        .filter(|finding| matches!(finding.kind, audit::Kind::Copies { .. }));
    let picture = |id: &str| {
        let index = dataset
            .examples
            .iter()
            .position(|example| example.id == id)?;
        dataset.image(index).ok()
    };
    alike
        .flat_map(|finding| &finding.examples)
        .map(|example| {
            example
                .members
                .iter()
                .filter_map(|member| picture(&member.id))
                .collect()
        })
        .collect()
}
