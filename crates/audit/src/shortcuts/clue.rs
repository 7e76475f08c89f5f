//! What is known of pictures beside what they show.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::subject::{Picture, Subject};

/// Bins of a number, of equally many pictures each.
const NUMBER_BINS: usize = 16;
/// Categories that are told apart; rarer ones are one.
const CATEGORIES: usize = 31;

/// One thing known of every picture.
pub(crate) struct Clue {
    /// As a reader knows it.
    pub(crate) name: String,
    /// What it is about. Of the clues of one family only the strongest is told.
    pub(crate) family: Family,
    /// Of each picture.
    pub(crate) values: Values,
}

/// What clues are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Family {
    /// Columns and rows of the pixels.
    Size,
    /// Brightness.
    Intensity,
    /// The file that the pixels are in.
    File,
    /// Attribute number.
    Attribute(usize),
}

/// Values of a clue; `None` = unknown.
pub(crate) enum Values {
    /// Numbers.
    Numbers(Vec<Option<f64>>),
    /// Words.
    Words(Vec<Option<String>>),
}

/// How a number is read off a picture.
type Number = fn(&Picture) -> Option<f64>;
/// How a word is read off a picture.
type Word = fn(&Picture) -> Option<String>;

const NUMBERS: [(&str, Family, Number); 8] = [
    ("width", Family::Size, |p| size(p).map(|(w, _)| w)),
    ("height", Family::Size, |p| size(p).map(|(_, h)| h)),
    ("aspect ratio", Family::Size, |p| {
        size(p).map(|(w, h)| w / h)
    }),
    ("area", Family::Size, |p| size(p).map(|(w, h)| w * h)),
    ("mean intensity", Family::Intensity, |p| {
        Some(f64::from(p.traits.as_ref()?.mean))
    }),
    ("spread of intensity", Family::Intensity, |p| {
        Some(f64::from(p.traits.as_ref()?.spread))
    }),
    ("file size", Family::File, |p| {
        Some(p.traits.as_ref()?.file_bytes as f64)
    }),
    ("JPEG quality", Family::File, |p| {
        p.traits.as_ref()?.jpeg_quality.map(f64::from)
    }),
];

const WORDS: [(&str, Family, Word); 3] = [
    ("ending of the file name", Family::File, |p| {
        Some(ending(&p.id).unwrap_or_else(|| "none".into()))
    }),
    ("file format", Family::File, |p| {
        Some(p.traits.as_ref()?.signature.name().to_owned())
    }),
    ("channels and depth", Family::File, |p| {
        let traits = p.traits.as_ref()?;
        let colour = if traits.channels == 1 { "grey" } else { "RGB" };
        Some(format!("{colour}, {} bits", traits.depth))
    }),
];

impl Clue {
    /// How many clues there are to the pictures of a subject.
    pub(crate) fn count(subject: &Subject) -> usize {
        NUMBERS.len() + WORDS.len() + subject.attributes.len()
    }

    /// All clues, each read when asked for.
    pub(crate) fn all(subject: &Subject) -> impl Iterator<Item = Self> {
        let pictures = &subject.pictures;
        let numbers = NUMBERS.iter().map(move |(name, family, read)| Self {
            name: (*name).to_owned(),
            family: *family,
            values: Values::Numbers(pictures.iter().map(read).collect()),
        });
        let words = WORDS.iter().map(move |(name, family, read)| Self {
            name: (*name).to_owned(),
            family: *family,
            values: Values::Words(pictures.iter().map(read).collect()),
        });
        let attributes = 0..subject.attributes.len();
        numbers
            .chain(words)
            .chain(attributes.map(|column| attribute(subject, column)))
    }

    /// The bin of every picture, 0 to 31; what is unknown has a bin of its own.
    pub(crate) fn bins(&self) -> Vec<u8> {
        match &self.values {
            Values::Numbers(numbers) => bins_of_numbers(numbers),
            Values::Words(words) => bins_of_words(words),
        }
    }
}

/// Ending of a file name, in lower case, without its dot.
pub(crate) fn ending(id: &str) -> Option<String> {
    let name = id.rsplit('/').next().unwrap_or(id);
    let (_, ending) = name.rsplit_once('.')?;
    (ending.len() <= 8).then(|| ending.to_ascii_lowercase())
}

fn size(picture: &Picture) -> Option<(f64, f64)> {
    let traits = picture.traits.as_ref()?;
    Some((f64::from(traits.width), f64::from(traits.height.max(1))))
}

/// A column is of numbers if all that is known in it is one.
fn attribute(subject: &Subject, column: usize) -> Clue {
    let cells = || {
        subject
            .pictures
            .iter()
            .map(|picture| picture.attributes[column].trim())
    };
    let number = |cell: &str| cell.parse::<f64>().ok().filter(|value| value.is_finite());
    let are_numbers = cells().all(|cell| cell.is_empty() || number(cell).is_some());
    let values = if are_numbers {
        Values::Numbers(cells().map(number).collect())
    } else {
        let known = |cell: &str| (!cell.is_empty()).then(|| cell.to_owned());
        Values::Words(cells().map(known).collect())
    };
    Clue {
        name: format!("`{}`", subject.attributes[column]),
        family: Family::Attribute(column),
        values,
    }
}

fn bins_of_numbers(numbers: &[Option<f64>]) -> Vec<u8> {
    let mut sorted: Vec<f64> = numbers.iter().flatten().copied().collect();
    sorted.sort_unstable_by(f64::total_cmp);
    // Equal values share a bin; with few distinct values each has one.
    let mut distinct = sorted.clone();
    distinct.dedup();
    let starts: Vec<f64> = if distinct.len() <= NUMBER_BINS {
        distinct
    } else {
        let quantile = |bin: usize| sorted[bin * sorted.len() / NUMBER_BINS];
        let mut starts: Vec<f64> = (0..NUMBER_BINS).map(quantile).collect();
        starts.dedup();
        starts
    };
    let bin = |value: &Option<f64>| match value {
        None => 0,
        Some(value) => starts.partition_point(|start| start <= value) as u8,
    };
    numbers.iter().map(bin).collect()
}

fn bins_of_words(words: &[Option<String>]) -> Vec<u8> {
    let mut counts: BTreeMap<&Option<String>, usize> = BTreeMap::new();
    for word in words {
        *counts.entry(word).or_default() += 1;
    }
    let mut by_count: Vec<_> = counts.into_iter().collect();
    by_count.sort_by_key(|(_, count)| Reverse(*count));
    let of: BTreeMap<_, _> = by_count
        .iter()
        .take(CATEGORIES)
        .map(|(word, _)| *word)
        .zip(0u8..)
        .collect();
    let other = CATEGORIES as u8;
    words
        .iter()
        .map(|word| of.get(word).copied().unwrap_or(other))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_binned_by_rank_and_equal_ones_together() {
        let numbers: Vec<_> = (0..1600)
            .map(|value| Some(f64::from(value).exp2().min(1e300)))
            .collect();
        let bins = bins_of_numbers(&numbers);
        assert!(bins.windows(2).all(|pair| pair[0] <= pair[1]));
        assert_eq!(bins[0], 1);
        let few = [Some(3.0), None, Some(1.0), Some(3.0), Some(-0.5)];
        assert_eq!(bins_of_numbers(&few), [3, 0, 2, 3, 1]);
        assert_eq!(ending("a.b/c"), None);
        assert_eq!(ending("a/c.JPeG").as_deref(), Some("jpeg"));
    }
}
