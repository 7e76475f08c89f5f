//! Files that are no pictures we read: counted by ending and class, an error where classes lose
//! different shares.

use std::collections::BTreeMap;

use super::layout::Layout;
use crate::ending;
use crate::policy::OtherFiles;
use crate::refusal::Refusal;

/// Files beside the pictures.
#[derive(Debug, Default)]
pub struct PassedOver {
    /// Ending ─▶ files that may be pictures of a kind that is not read.
    unread: BTreeMap<String, Vec<String>>,
    /// Ending ─▶ files that are no pictures, such as tables and notes.
    papers: BTreeMap<String, usize>,
}

/// Difference between the shares that classes lose from which on it is an error.
const TOLERATED: f64 = 0.01;

impl PassedOver {
    /// Counts a file.
    pub fn add(&mut self, file: &str) {
        let ending = ending::of(file).unwrap_or("").to_lowercase();
        match ending::is_paper(&ending) {
            true => *self.papers.entry(ending).or_insert(0) += 1,
            false => self.unread.entry(ending).or_default().push(file.to_owned()),
        }
    }

    /// ` among …`, for a message, or nothing.
    pub fn among(&self) -> String {
        let parts = self.parts();
        match parts.is_empty() {
            true => String::new(),
            false => format!(" among {}", parts.join(", ")),
        }
    }

    fn parts(&self) -> Vec<String> {
        let name = |ending: &str| match ending {
            "" => "without an ending".to_owned(),
            ending => format!("of .{ending}"),
        };
        let unread = self
            .unread
            .iter()
            .map(|(ending, files)| (files.len(), name(ending)));
        let papers = self
            .papers
            .iter()
            .map(|(ending, count)| (*count, name(ending)));
        unread
            .chain(papers)
            .map(|(count, name)| format!("{count} files {name}"))
            .collect()
    }

    /// One sentence, where there are any.
    pub fn notes(&self) -> Option<String> {
        let parts = self.parts();
        (!parts.is_empty()).then(|| format!("passed over: {}", parts.join(", ")))
    }

    /// Refuses files that may be pictures where classes lose different shares of them.
    pub fn check(
        &self,
        place: &str,
        layout: &Layout,
        pictures: &[&str],
        policy: OtherFiles,
    ) -> Result<(), Refusal> {
        if policy == OtherFiles::Skip || self.unread.is_empty() {
            return Ok(());
        }
        // Class ─▶ pictures read, files passed over.
        let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for path in pictures {
            if let Some(class) = layout.read(path).and_then(|said| said.class) {
                counts.entry(class).or_default().0 += 1;
            }
        }
        for file in self.unread.values().flatten() {
            if let Some(class) = layout.read(file).and_then(|said| said.class) {
                counts.entry(class).or_default().1 += 1;
            }
        }
        let shares = counts
            .values()
            .map(|(read, lost)| *lost as f64 / (read + lost) as f64);
        let most = shares.clone().fold(0.0, f64::max);
        let least = shares.fold(1.0, f64::min);
        if most - least <= TOLERATED {
            return Ok(());
        }
        let lost: Vec<String> = counts
            .iter()
            .filter(|(_, (_, lost))| *lost > 0)
            .map(|(class, (read, lost))| format!("{lost} of {} in {class}", read + lost))
            .collect();
        let endings: Vec<&str> = self
            .unread
            .keys()
            .map(|e| if e.is_empty() { "no ending" } else { e })
            .collect();
        Err(Refusal::at(
            place,
            "the same share of readable pictures in every class",
            format!(
                "files that are not read ({}): {}",
                endings.join(", "),
                lost.join(", ")
            ),
            "convert them to PNG, or write other_files = \"skip\" if they are no pictures",
        ))
    }
}
