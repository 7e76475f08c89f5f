//! Patients that file names tell and the data do not.

use std::collections::BTreeMap;

use regex::Regex;

use super::straddling::in_two_parts;
use crate::finding::{Example, Finding, Kind, Severity};
use crate::subject::Subject;

/// Patterns whose words say that a number is a patient's; the first group is the patient.
const NAMED: [&str; 9] = [
    r"person(\d+)",
    r"(?i)person[_-](\d+)",
    r"(?i)patient[_-]?(\d+)",
    r"(?i)subject[_-]?(\d+)",
    r"(?i)case[_-]?(\d+)",
    r"(?:^|/)(?i)(?:pat|pt)[_-]?(\d+)",
    r"(?:^|/)(sub-[0-9A-Za-z]+)",
    r"(TCGA-\w\w-\w{4})",
    r"(?i)(?:^|/)(\d+)_(?:left|right)",
];

/// Patterns that may well be something else: a number of five digits or more before another, a
/// name before its last number, folders.
const PLAIN: [&str; 6] = [
    r"(?:^|/)(\d{5,})_\d+",
    r"(?:^|/)([^/]*\d[^/]*)[_-]\d+\.\w+$",
    r"^([^/]+)/",
    r"^[^/]+/([^/]+)/",
    r"^(?:[^/]+/){2}([^/]+)/",
    r"^(?:[^/]+/){3}([^/]+)/",
];

/// Least distinct patients that a pattern must tell: fewer may be sites, devices or classes.
const LEAST: [usize; 2] = [5, 10];
/// Most pictures a patient has on average, for the same reason.
const MOST_PICTURES: [usize; 2] = [200, 20];

/// What one pattern tells.
struct Reading<'a> {
    pattern: &'static str,
    named: bool,
    /// Of each picture, its patient.
    patients: Vec<Option<&'a str>>,
    /// Pictures that the pattern fits.
    fits: usize,
    /// Patients with more than one picture.
    several: usize,
    /// Pictures of these.
    pictures: usize,
}

/// The pattern that tells most patients with more than one picture, where the data name none.
pub(crate) fn finding(subject: &Subject) -> Option<Finding> {
    let known = subject
        .pictures
        .iter()
        .filter(|picture| picture.patient.is_some())
        .count();
    if 2 * known > subject.pictures.len() {
        return None;
    }
    let reading =
        most_telling(subject, &NAMED, true).or_else(|| most_telling(subject, &PLAIN, false));
    reading.map(|reading| reading.finding(subject))
}

/// The pattern by which file names surely tell patients, where the data name none, and whether it
/// fits every picture.
pub fn patient_pattern(subject: &Subject) -> Option<(&'static str, bool)> {
    if subject
        .pictures
        .iter()
        .any(|picture| picture.patient.is_some())
    {
        return None;
    }
    let reading = most_telling(subject, &NAMED, true)?;
    Some((reading.pattern, reading.fits == subject.pictures.len()))
}

/// The pattern that tells most pictures of patients with more than one; the first of equals.
fn most_telling<'a>(
    subject: &'a Subject,
    patterns: &[&'static str],
    named: bool,
) -> Option<Reading<'a>> {
    let readings = patterns
        .iter()
        .rev()
        .filter_map(|pattern| Reading::of(subject, pattern, named));
    readings.max_by_key(|reading| reading.pictures)
}

impl<'a> Reading<'a> {
    /// `None` if the pattern tells too few patients, or groups that are no patients.
    fn of(subject: &'a Subject, pattern: &'static str, named: bool) -> Option<Self> {
        let regex = Regex::new(pattern).ok()?;
        let patient = |id: &'a str| Some(regex.captures(id)?.get(1)?.as_str());
        let patients: Vec<_> = subject.pictures.iter().map(|p| patient(&p.id)).collect();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for name in patients.iter().flatten() {
            *counts.entry(name).or_default() += 1;
        }
        let fits: usize = counts.values().sum();
        let other = usize::from(!named);
        let is_class = |name: &&str| {
            subject
                .classes
                .iter()
                .chain(&subject.parts)
                .any(|c| c == name)
        };
        let plausible = counts.len() >= LEAST[other]
            && fits <= MOST_PICTURES[other] * counts.len()
            && !counts.keys().any(is_class);
        let several = counts.values().filter(|&&count| count > 1);
        let (several, pictures) = several.fold((0, 0), |(n, sum), count| (n + 1, sum + count));
        (plausible && several > 0).then_some(Self {
            pattern,
            named,
            patients,
            fits,
            several,
            pictures,
        })
    }

    fn finding(self, subject: &Subject) -> Finding {
        let straddling = in_two_parts(subject, self.patients.iter().copied());
        let severity = match (self.named, straddling.len()) {
            (true, 1..) => Severity::Leak,
            (true, 0) | (false, 1..) => Severity::Warning,
            (false, 0) => Severity::Note,
        };
        let examples: BTreeMap<&str, Vec<u32>> = if straddling.is_empty() {
            self.first_with_several()
        } else {
            straddling.clone()
        };
        let shown = examples
            .iter()
            .map(|(name, own)| Example::of(subject, *name, own));
        let escaped = self.pattern.replace('\\', "\\\\");
        let sure = if self.named { "" } else { "if so, " };
        // Pictures that it does not fit stand for themselves.
        let own = match self.fits == subject.pictures.len() {
            true => "",
            false => ", blank = \"own\"",
        };
        Finding::new(Kind::PatientsInNames, severity, self.pictures)
            .says(
                format!(
                    "No patients are named, but `{}` fits {} of {} ids and tells {} groups of more \
                     than one picture, {} pictures; {} of the groups are in more than one part.",
                    self.pattern,
                    self.fits,
                    subject.pictures.len(),
                    self.several,
                    self.pictures,
                    straddling.len()
                ),
                "Without patients a split can put one patient on both sides, results come out \
                 better than they are on new patients, and intervals too narrow.",
                format!(
                    "Make sure that they are patients: {sure}`patient = {{ pattern = \"{escaped}\"{own} }}`."
                ),
            )
            .shows(straddling.len(), shown)
    }

    /// A few patients with more than one picture.
    fn first_with_several(&self) -> BTreeMap<&'a str, Vec<u32>> {
        let mut pictures: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        for (index, name) in self.patients.iter().enumerate() {
            if let Some(name) = name {
                pictures.entry(name).or_default().push(index as u32);
            }
        }
        pictures.retain(|_, own| own.len() > 1);
        pictures
    }
}
