//! All methods of a study, paragraph by paragraph.

use record::Declaration;
use record::results::{Protocol, Results, Timing};

use crate::reference::Reference;
use crate::sentence::{Paragraph, Sentence};
use crate::{computing, data, networks, own, pictures, statistics, training};

/// The methods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Methods {
    /// In the order of a paper.
    pub paragraphs: Vec<Paragraph>,
    /// What they cite, in the order of first mention.
    pub references: Vec<Reference>,
}

impl Methods {
    /// The methods of a study; none of a record that does not say what its runs were asked to do.
    pub fn new(results: &Results, timing: &[Timing], declarations: &[Declaration]) -> Option<Self> {
        let protocol = results.protocol.as_ref()?;
        let reporting = &results.reporting;
        let trained =
            |sentences: fn(&Results, &Protocol) -> Vec<Sentence>| match results.trains_nothing() {
                true => Vec::new(),
                false => sentences(results, protocol),
            };
        let mut tests = trained(statistics::tests);
        tests.extend(late(declarations));
        let paragraphs = [
            ("Patients and setting", own::data(reporting)),
            ("Data", data::pictures(results, protocol)),
            ("Reference standard", own::labels(reporting)),
            ("Division of the data", data::split(results)),
            ("Preprocessing", pictures::preprocessing(results, protocol)),
            ("Networks", networks::networks(results)),
            (
                "Initialisation",
                networks::initialisations(results, protocol),
            ),
            ("What is trained", trained(networks::regimes)),
            ("Training", trained(training::training)),
            ("Choice of hyperparameters", training::tuning(results)),
            ("Uncertainty", trained(statistics::intervals)),
            ("Comparisons", tests),
            ("Further measures", trained(statistics::measures)),
            (
                "Software and machines",
                computing::computing(results, timing),
            ),
        ];
        let paragraphs: Vec<Paragraph> = paragraphs
            .into_iter()
            .filter(|(_, sentences)| !sentences.is_empty())
            .map(|(title, sentences)| Paragraph { title, sentences })
            .collect();
        let mut references: Vec<Reference> = Vec::new();
        let sentences = paragraphs.iter().flat_map(|paragraph| &paragraph.sentences);
        for work in sentences.flat_map(|sentence| &sentence.cites) {
            if !references.contains(work) {
                references.push(*work);
            }
        }
        Some(Self {
            paragraphs,
            references,
        })
    }

    /// The numbers of the works that a sentence cites, from 1.
    pub fn numbers(&self, sentence: &Sentence) -> Vec<usize> {
        let place = |work: &Reference| self.references.iter().position(|known| known == work);
        let places = sentence.cites.iter().filter_map(place);
        places.map(|place| place + 1).collect()
    }
}

/// The anchor of the paragraph with this heading.
pub fn slug(title: &str) -> String {
    format!("methods-{}", title.to_lowercase().replace(' ', "-"))
}

/// What of the comparison was changed after results were there.
fn late(declarations: &[Declaration]) -> Option<Sentence> {
    let changes = Declaration::changes(declarations);
    (!changes.is_empty()).then(|| {
        Sentence::new(
            "declarations.json",
            format!("Not as declared before the results: {}", changes.join("; ")),
        )
    })
}
