//! Who the patients are: the attributes of the data by part, counted.

use std::collections::BTreeMap;

use images::{Dataset, Example};
use serde::{Deserialize, Serialize};

/// Most attributes that are told.
const MOST_ATTRIBUTES: usize = 20;
/// Most values of an attribute that are told apart; the rarest others are counted together.
const MOST_LEVELS: usize = 12;
/// Most characters of a value or a name.
const MOST_CHARACTERS: usize = 60;
/// What stands for an unknown value besides an empty cell, in lower case.
const BLANK: [&str; 4] = ["na", "n/a", "nan", "null"];

/// Attributes by part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Characteristics {
    /// The parts, as in the [flow](crate::Flow).
    pub parts: Vec<CharacteristicsPart>,
    /// The attributes, in the order of the data.
    pub attributes: Vec<AttributeResult>,
    /// Attributes beyond those that are told.
    #[serde(default, skip_serializing_if = "crate::run_spec::is_default")]
    pub more: usize,
}

/// What is counted in one part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CharacteristicsPart {
    /// Its name.
    pub name: String,
    /// Pictures.
    pub images: usize,
    /// Patients; none where those of some picture are unknown, and pictures are counted instead.
    pub patients: Option<usize>,
}

/// One attribute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeResult {
    /// Its name.
    pub name: String,
    /// Its values.
    pub values: AttributeValues,
}

/// The values of an attribute, one entry a part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttributeValues {
    /// Numbers.
    Numbers(Vec<NumbersResult>),
    /// Words.
    Levels {
        /// The values that are told apart, the most frequent first.
        names: Vec<String>,
        /// How many others there are.
        others: usize,
        /// One a part.
        parts: Vec<LevelsResult>,
    },
    /// Hardly any value occurs twice: it names pictures or patients and is not told.
    Names {
        /// How many values there are.
        distinct: usize,
    },
}

/// Patients, or pictures where patients are unknown, without one known value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unknown {
    /// Of which nothing is said.
    pub missing: usize,
    /// Patients whose pictures say different things.
    pub contradictory: usize,
}

/// The numbers of one part.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NumbersResult {
    /// Known values.
    pub known: usize,
    /// Lower quartile, median and upper quartile, by linear interpolation (numpy's default); none
    /// without a known value.
    pub quartiles: Option<[f64; 3]>,
    /// Smallest and largest; none without a known value.
    pub range: Option<[f64; 2]>,
    /// The others.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// The words of one part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelsResult {
    /// One a value that is told apart.
    pub counts: Vec<usize>,
    /// With another value.
    pub other: usize,
    /// The others.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// What one patient, or picture, says.
enum Said<'a> {
    Value(&'a str),
    Missing,
    Contradictory,
}

impl Characteristics {
    /// The attributes of `dataset` in `parts`; none where it has no attribute with a known value.
    pub(crate) fn of(dataset: &Dataset, parts: &[(String, Vec<usize>)]) -> Option<Self> {
        let known = |place: &usize| {
            let mut examples = parts.iter().flat_map(|(_, examples)| examples);
            examples.any(|index| value(&dataset.examples[*index], *place).is_some())
        };
        let told: Vec<usize> = (0..dataset.attributes.len()).filter(known).collect();
        if told.is_empty() {
            return None;
        }
        let shown = &told[..told.len().min(MOST_ATTRIBUTES)];
        let attribute = |place: &usize| {
            let name = &dataset.attributes[*place];
            let said: Vec<Vec<Said>> = parts
                .iter()
                .map(|(_, examples)| said(dataset, examples, *place))
                .collect();
            AttributeResult {
                name: cut(name),
                values: AttributeValues::of(name, &said),
            }
        };
        let part = |(name, examples): &(String, Vec<usize>)| CharacteristicsPart {
            name: name.clone(),
            images: examples.len(),
            patients: patients(dataset, examples).map(|patients| patients.len()),
        };
        Some(Self {
            parts: parts.iter().map(part).collect(),
            attributes: shown.iter().map(attribute).collect(),
            more: told.len() - shown.len(),
        })
    }
}

/// What an example says of an attribute.
fn value(example: &Example, place: usize) -> Option<&str> {
    let value = example.attributes.get(place)?.trim();
    let is_blank = value.is_empty() || BLANK.contains(&value.to_lowercase().as_str());
    (!is_blank).then_some(value)
}

/// The examples of each patient; none where one is unknown.
fn patients<'a>(
    dataset: &'a Dataset,
    examples: &[usize],
) -> Option<BTreeMap<&'a str, Vec<&'a Example>>> {
    let mut patients: BTreeMap<&str, Vec<&Example>> = BTreeMap::new();
    for index in examples {
        let example = &dataset.examples[*index];
        let patient = example.patient.as_deref()?;
        patients.entry(patient).or_default().push(example);
    }
    Some(patients)
}

/// What every patient says, or every picture where patients are unknown.
fn said<'a>(dataset: &'a Dataset, examples: &[usize], place: usize) -> Vec<Said<'a>> {
    let one = |examples: &[&'a Example]| {
        let mut values = examples.iter().filter_map(|example| value(example, place));
        match values.next() {
            None => Said::Missing,
            Some(first) if values.all(|other| other == first) => Said::Value(first),
            Some(_) => Said::Contradictory,
        }
    };
    match patients(dataset, examples) {
        Some(patients) => patients.values().map(|examples| one(examples)).collect(),
        None => {
            let pictures = examples.iter().map(|index| &dataset.examples[*index]);
            pictures.map(|example| one(&[example])).collect()
        }
    }
}

impl AttributeValues {
    fn of(name: &str, parts: &[Vec<Said>]) -> Self {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for value in parts.iter().flatten().filter_map(Said::value) {
            *counts.entry(value).or_insert(0) += 1;
        }
        let known: usize = counts.values().sum();
        if are_numbers(name, &counts) {
            return Self::Numbers(parts.iter().map(|said| NumbersResult::of(said)).collect());
        }
        if counts.len() > MOST_LEVELS && 2 * counts.len() > known {
            return Self::Names {
                distinct: counts.len(),
            };
        }
        let mut names: Vec<&str> = counts.keys().copied().collect();
        // The sort is stable, so equal counts stay in the order of the words.
        names.sort_by_key(|name| std::cmp::Reverse(counts[name]));
        let others = names.len().saturating_sub(MOST_LEVELS);
        names.truncate(MOST_LEVELS);
        Self::Levels {
            parts: parts
                .iter()
                .map(|said| LevelsResult::of(said, &names))
                .collect(),
            names: names.into_iter().map(cut).collect(),
            others,
        }
    }
}

impl Said<'_> {
    fn value(&self) -> Option<&str> {
        match self {
            Self::Value(value) => Some(value),
            Self::Missing | Self::Contradictory => None,
        }
    }
}

impl Unknown {
    fn of(said: &[Said]) -> Self {
        let count = |of: fn(&Said) -> bool| said.iter().filter(|said| of(said)).count();
        Self {
            missing: count(|said| matches!(said, Said::Missing)),
            contradictory: count(|said| matches!(said, Said::Contradictory)),
        }
    }
}

impl NumbersResult {
    fn of(said: &[Said]) -> Self {
        let values = said.iter().filter_map(Said::value).filter_map(number);
        let mut sorted: Vec<f64> = values.collect();
        sorted.sort_by(f64::total_cmp);
        let ends = sorted.first().zip(sorted.last());
        Self {
            known: sorted.len(),
            quartiles: ends.map(|_| [0.25, 0.5, 0.75].map(|share| quantile(&sorted, share))),
            range: ends.map(|(least, most)| [*least, *most]),
            unknown: Unknown::of(said),
        }
    }
}

impl LevelsResult {
    fn of(said: &[Said], names: &[&str]) -> Self {
        let count = |name: &str| {
            let is_it = |said: &&Said| said.value() == Some(name);
            said.iter().filter(is_it).count()
        };
        let counts: Vec<usize> = names.iter().map(|name| count(name)).collect();
        let known = said.iter().filter_map(Said::value).count();
        Self {
            other: known - counts.iter().sum::<usize>(),
            counts,
            unknown: Unknown::of(said),
        }
    }
}

/// Whether values are quantities and no codes: all are numbers, and there are many of them, a
/// fraction or a DICOM age among them, or the attribute is an age by its name.
fn are_numbers(name: &str, counts: &BTreeMap<&str, usize>) -> bool {
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    let is_age = words.any(|word| ["age", "years"].contains(&word.to_lowercase().as_str()));
    let is_quantity = |value: &&str| value.contains('.') || dicom_age(value).is_some();
    !counts.is_empty()
        && counts.keys().all(|value| number(value).is_some())
        && (is_age || counts.len() > MOST_LEVELS || counts.keys().any(is_quantity))
}

/// A number; an age of DICOM in years.
fn number(value: &str) -> Option<f64> {
    let plain = value
        .parse::<f64>()
        .ok()
        .filter(|number| number.is_finite());
    plain.or_else(|| dicom_age(value))
}

/// The years of an age string (DICOM PS3.5, AS): three digits and D, W, M or Y.
fn dicom_age(value: &str) -> Option<f64> {
    let (count, unit) = value.split_at_checked(3)?;
    let count = count
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then_some(count)?;
    let count = f64::from(count.parse::<u16>().ok()?);
    match unit {
        "Y" | "y" => Some(count),
        "M" | "m" => Some(count / 12.0),
        "W" | "w" => Some(count * 7.0 / 365.25),
        "D" | "d" => Some(count / 365.25),
        _ => None,
    }
}

/// The value below which a `share` of `sorted`, which is not empty, lies: linear between neighbours.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    let (low, high) = (sorted[below], sorted[above]);
    low + (high - low) * (place - below as f64)
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values<'a>(values: &[&'a str]) -> Vec<Said<'a>> {
        values.iter().map(|value| Said::Value(value)).collect()
    }

    #[test]
    fn quartiles_are_those_of_numpy() {
        // numpy.percentile([31, 45, 45.5, 60, 71, 88], [25, 50, 75]), numpy 2.1
        let said = values(&["060Y", "45", "45.5", "31", "88", "071Y"]);
        let numbers = NumbersResult::of(&said);
        assert_eq!(numbers.quartiles, Some([45.125, 52.75, 68.25]));
        assert_eq!((numbers.known, numbers.range), (6, Some([31.0, 88.0])));
        assert_eq!(dicom_age("018M"), Some(1.5));
        assert_eq!(
            [dicom_age("45Y"), dicom_age("0451Y"), dicom_age("+45Y")],
            [None; 3]
        );
    }

    #[test]
    fn codes_are_words_and_names_are_not_told() {
        let codes = values(&["1", "2", "1", "3"]);
        let AttributeValues::Levels {
            names,
            others,
            parts,
        } = AttributeValues::of("site", &[codes])
        else {
            panic!("codes are no quantities");
        };
        assert_eq!(
            (names, others),
            (vec!["1".into(), "2".into(), "3".into()], 0)
        );
        assert_eq!(parts[0].counts, [2, 1, 1]);
        let codes = values(&["1", "2", "1", "3"]);
        assert!(matches!(
            AttributeValues::of("Patient Age", &[codes]),
            AttributeValues::Numbers(_)
        ));
        let ids: Vec<String> = (0..40).map(|id| format!("1.2.840.{id}x")).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        assert_eq!(
            AttributeValues::of("study", &[values(&ids)]),
            AttributeValues::Names { distinct: 40 }
        );
    }
}
