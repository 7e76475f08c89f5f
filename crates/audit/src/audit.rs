//! All that was found.

use serde::{Deserialize, Serialize};

use crate::copies::{self, Standard};
use crate::finding::{Finding, Severity};
use crate::subject::{Subject, SubjectError};
use crate::{composition, patients, shortcuts};

/// What is wrong with a set of pictures, worst first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Audit {
    /// Pictures that were audited.
    pub pictures: usize,
    /// Those of them that could be looked at.
    pub decoded: usize,
    /// Names of the parts, with their pictures.
    pub parts: Vec<(String, usize)>,
    /// How alike two pictures had to be; none where fewer than two could be compared.
    pub standard: Option<Standard>,
    /// By severity; within one, in a fixed order of kinds.
    pub findings: Vec<Finding>,
}

impl Audit {
    /// Audits `subject`. Memory and time are linear in its pictures, but for a sort.
    pub fn of(subject: &Subject) -> Result<Self, SubjectError> {
        subject.check()?;
        let (mut findings, standard) = copies::findings(subject);
        findings.extend(patients::findings(subject));
        findings.extend(shortcuts::findings(subject));
        findings.extend(composition::findings(subject));
        findings.sort_by_key(|finding| finding.severity);
        let mut parts: Vec<_> = subject.parts.iter().map(|name| (name.clone(), 0)).collect();
        for picture in &subject.pictures {
            parts[picture.part].1 += 1;
        }
        Ok(Self {
            pictures: subject.pictures.len(),
            decoded: subject
                .pictures
                .iter()
                .filter(|p| p.traits.is_some())
                .count(),
            parts,
            standard,
            findings,
        })
    }

    /// Findings that cross parts; a study with any stops unless it allows them.
    pub fn leaks(&self) -> impl Iterator<Item = &Finding> {
        let leak = |finding: &&Finding| finding.severity == Severity::Leak;
        self.findings.iter().filter(leak)
    }
}
