//! One thing that is wrong, or worth knowing.

use serde::{Deserialize, Serialize};

use crate::subject::Subject;

/// Most examples of a finding.
pub const EXAMPLES: usize = 20;
/// Most pictures of one example.
pub const MEMBERS: usize = 6;
/// Most ids that a finding proposes to exclude.
pub const EXCLUSIONS: usize = 1000;

/// How bad it is, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Something is in two parts: results on the one are not about new patients. Stops a study
    /// unless it says why it may go on.
    Leak,
    /// Labels contradict each other.
    Conflict,
    /// Likely to change what a result means.
    Warning,
    /// Worth a sentence in a paper.
    Note,
}

impl std::fmt::Display for Severity {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(match self {
            Self::Leak => "leak",
            Self::Conflict => "conflict",
            Self::Warning => "attention",
            Self::Note => "note",
        })
    }
}

/// How two pictures are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Likeness {
    /// The same bytes.
    Bytes,
    /// The same pixels in other bytes.
    Pixels,
    /// The same picture, written, sized or lit anew; certain.
    Near,
    /// Perhaps the same picture, or two of one patient.
    Perhaps,
    /// The same picture, left for right.
    Mirrored,
}

/// What two pictures that are alike do not share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// They lie in two parts.
    AcrossParts,
    /// They have different labels.
    LabelsDiffer,
    /// They lie in one part and have the same label.
    WithinPart,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Pictures that are alike.
    Copies {
        /// How.
        likeness: Likeness,
        /// What they do not share.
        relation: Relation,
    },
    /// A patient is written in more than one way.
    PatientSpellings,
    /// A patient has pictures in two parts.
    PatientInParts,
    /// A study has pictures in two parts.
    StudyInParts,
    /// File names tell patients that the data do not.
    PatientsInNames,
    /// A patient has pictures with different labels. No error.
    PatientLabelsDiffer,
    /// The label can be told without looking at what the picture shows.
    LabelReadable {
        /// From what.
        from: String,
    },
    /// The part can be told without looking at what the picture shows.
    PartReadable {
        /// From what.
        from: String,
    },
    /// There is too little to tell whether labels can be read from something else.
    TooFewToTell,
    /// A class has hardly any picture, or patient, in a part.
    FewInPart,
    /// A class has no picture in a part.
    AbsentFromPart,
    /// The positive class sounds like the absence of disease.
    PositiveClass,
    /// Some class is much rarer than another.
    Imbalance,
    /// Pictures of one shade.
    Blank,
    /// Files that are of another kind than their ending says.
    WrongEnding,
    /// Pictures that could not be looked at.
    NotDecoded,
}

/// A picture that a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Index into the pictures of the subject.
    pub picture: usize,
    /// Its id.
    pub id: String,
    /// Name of its part.
    pub part: String,
}

impl Member {
    /// Picture number `picture` of `subject`.
    pub(crate) fn of(subject: &Subject, picture: usize) -> Self {
        let entry = &subject.pictures[picture];
        Self {
            picture,
            id: entry.id.clone(),
            part: subject.parts[entry.part].clone(),
        }
    }
}

/// Something that the finding is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// What its pictures share: a patient, a class in a part; empty for copies.
    pub name: String,
    /// At most [`MEMBERS`] of its pictures, the telling ones first; may be empty.
    pub members: Vec<Member>,
    /// How many pictures it has.
    pub pictures: usize,
}

impl Example {
    /// With the first [`MEMBERS`] of `pictures`.
    pub(crate) fn of(subject: &Subject, name: impl Into<String>, pictures: &[u32]) -> Self {
        let shown = pictures.iter().take(MEMBERS);
        Self {
            name: name.into(),
            members: shown
                .map(|&picture| Member::of(subject, picture as usize))
                .collect(),
            pictures: pictures.len(),
        }
    }
}

/// One thing that is wrong, or worth knowing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// How bad it is.
    pub severity: Severity,
    /// Pictures concerned, counted to the last.
    pub pictures: usize,
    /// Groups, patients or classes concerned, counted to the last; 0 where there are none.
    pub groups: usize,
    /// What was found, with its numbers; a sentence.
    pub found: String,
    /// What it does to the result; a sentence.
    pub effect: String,
    /// What to write in the study, or to do.
    pub remedy: String,
    /// At most [`EXAMPLES`] of the groups.
    pub examples: Vec<Example>,
    /// Ids that `exclude` would name, at most [`EXCLUSIONS`].
    pub exclude: Vec<String>,
}

impl Finding {
    /// A finding without examples.
    pub(crate) fn new(kind: Kind, severity: Severity, pictures: usize) -> Self {
        Self {
            kind,
            severity,
            pictures,
            groups: 0,
            found: String::new(),
            effect: String::new(),
            remedy: String::new(),
            examples: Vec::new(),
            exclude: Vec::new(),
        }
    }

    /// With the three sentences: what was found, what it does, what to write.
    pub(crate) fn says(
        mut self,
        found: impl Into<String>,
        effect: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        self.found = found.into();
        self.effect = effect.into();
        self.remedy = remedy.into();
        self
    }

    /// About `groups` things, with the first [`EXAMPLES`] of `examples`.
    pub(crate) fn shows(
        mut self,
        groups: usize,
        examples: impl IntoIterator<Item = Example>,
    ) -> Self {
        self.groups = groups;
        self.examples = examples.into_iter().take(EXAMPLES).collect();
        self
    }
}
