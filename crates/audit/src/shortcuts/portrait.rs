//! How a clue differs between classes or parts, in words.

use std::collections::BTreeMap;

use super::clue::Values;
use super::target::Target;

/// Classes, or parts, that a sentence describes: those that differ most.
const DESCRIBED: usize = 2;

/// One sentence: medians, or shares of the commonest word, where the answer is yes and where it
/// is no.
pub(crate) fn sentence(values: &Values, target: &Target) -> String {
    let Some(question) = target.questions.first() else {
        return String::new();
    };
    let of = |wanted: bool| -> Vec<usize> {
        let matching = question.answers.iter().enumerate();
        matching
            .filter(|(_, answer)| **answer == Some(wanted))
            .map(|(i, _)| i)
            .collect()
    };
    let groups = [
        (question.name.clone(), of(true)),
        ("the rest".to_owned(), of(false)),
    ];
    let described = groups.iter().take(DESCRIBED);
    match values {
        Values::Numbers(numbers) => {
            let median = |cases: &[usize]| {
                let mut known: Vec<f64> = cases.iter().filter_map(|&case| numbers[case]).collect();
                known.sort_unstable_by(f64::total_cmp);
                known
                    .get(known.len() / 2)
                    .map_or("unknown".to_owned(), |value| plain(*value))
            };
            let parts = described.map(|(name, cases)| format!("{} in {name}", median(cases)));
            format!("Median {}.", parts.collect::<Vec<_>>().join(", "))
        }
        Values::Words(words) => {
            let word = most_telling(words, &groups[0].1, &groups[1].1);
            let share = |cases: &[usize]| {
                let count = cases.iter().filter(|&&case| words[case] == word).count();
                100.0 * count as f64 / cases.len().max(1) as f64
            };
            let parts = described.map(|(name, cases)| format!("{:.0} % of {name}", share(cases)));
            let word = word.as_deref().unwrap_or("nothing");
            format!("`{word}`: {}.", parts.collect::<Vec<_>>().join(", "))
        }
    }
}

/// The word whose shares differ most.
fn most_telling(words: &[Option<String>], yes: &[usize], no: &[usize]) -> Option<String> {
    let mut shares: BTreeMap<&Option<String>, f64> = BTreeMap::new();
    for (cases, sign) in [(yes, 1.0), (no, -1.0)] {
        for &case in cases {
            *shares.entry(&words[case]).or_default() += sign / cases.len() as f64;
        }
    }
    let telling = shares
        .into_iter()
        .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
    telling.and_then(|(word, _)| word.clone())
}

/// Three significant digits, whole numbers whole.
fn plain(value: f64) -> String {
    let size = value.abs();
    if size >= 100.0 || value == value.trunc() {
        format!("{value:.0}")
    } else if size >= 1.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.3}")
    }
}
