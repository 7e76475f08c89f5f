//! `[reporting]`: what only the team knows and a paper has to say, in its own words.

use serde::{Deserialize, Serialize};

use super::bound::Bound;
use super::bounds;
use super::error::StudyError;

/// One optional text a row: its key, and what to write there.
macro_rules! reporting {
    ($($key:ident: $ask:literal;)*) => {
        /// `[reporting]`: texts of the team for the methods and the checklists of the page. No run
        /// depends on any of them.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Reporting {
            $(
                #[doc = $ask]
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $key: Option<String>,
            )*
        }

        impl Reporting {
            /// Every key with what to write there, in the order of the documentation.
            pub const KEYS: &[(&str, &str)] = &[$((stringify!($key), $ask)),*];

            /// The text of a key, where it was given.
            pub fn text(&self, key: &str) -> Option<&str> {
                match key {
                    $(stringify!($key) => self.$key.as_deref(),)*
                    _ => None,
                }
            }

            /// The texts without spaces around them, each of a length that a page can take.
            pub(crate) fn checked(&self) -> Result<Self, StudyError> {
                Ok(Self {
                    $($key: checked(concat!("reporting.", stringify!($key)), self.$key.as_deref())?,)*
                })
            }
        }
    };
}

reporting! {
    authors: "Who did the study: names with `;` between them, for the citation.";
    year: "Year of the citation.";
    doi: "Identifier of the study or its paper.";
    background: "What is known, and why the study was made.";
    intended_use: "What such a network is for, and where in the care of patients.";
    users: "Who would use it, and what they have to know.";
    inequalities: "Known inequalities of health between groups of people.";
    design: "Whether the data were collected for this study (prospective) or before it (retrospective).";
    data_source: "Where the pictures come from: a cohort, routine care, a public archive.";
    data_dates: "From when to when they were taken.";
    sites: "Hospitals or practices: how many, where, of what kind.";
    eligibility: "Which patients and pictures were taken, and which were not.";
    sampling: "How patients were found: consecutive, random or by convenience.";
    representativeness: "Whether they are like those on whom it would be used.";
    treatments: "Treatments before or between, where they matter.";
    acquisition: "Devices and protocol of the pictures.";
    ethics: "Committee and number of the approval, consent or its waiver, or why none is needed.";
    deidentification: "How the data were de-identified.";
    reference_standard: "How the labels came about.";
    reference_rationale: "Why this reference standard.";
    annotators: "Who labelled, with what training and which tools, and what they saw.";
    annotator_agreement: "How far annotators agree.";
    test_annotation: "How test pictures were labelled, where that differs.";
    blinding: "Whether those who labelled knew other results.";
    interval: "Time and treatment between picture and reference standard.";
    alternative_diagnoses: "What patients without the condition have instead.";
    sample_size: "How the number of patients was arrived at.";
    missing_data: "What was missing, and why.";
    external_data: "How further test sets differ from the training pictures.";
    fairness: "What was done about differences between groups of people.";
    robustness: "What was tried beyond this page to see how stable results are.";
    interpretation: "What the results mean beside other studies.";
    limitations: "What limits the conclusions.";
    implications: "What follows for practice.";
    ethical_considerations: "Ethical questions of using such a network.";
    input_quality: "What becomes of poor or missing pictures in use.";
    next_steps: "What should be studied next.";
    involvement: "Part that patients and the public had, or that they had none.";
    adverse_events: "Harm from taking the pictures or from the reference standard.";
    protocol: "Where the protocol is, or that there is none.";
    registration: "Registry and number, or that the study is not registered.";
    data_availability: "Whether and how others get the data.";
    code_availability: "Where the code and the configuration are.";
    model_availability: "Whether and how others get the trained networks.";
    funding: "Who paid, and what part they had.";
    conflicts: "Interests of the authors.";
    contact: "Whom to ask.";
}

fn checked(key: &'static str, text: Option<&str>) -> Result<Option<String>, StudyError> {
    let Some(text) = text.map(str::trim) else {
        return Ok(None);
    };
    let bound = Bound {
        key,
        ..bounds::REPORTING
    };
    bound.text(text)?;
    Ok(Some(text.to_owned()))
}
