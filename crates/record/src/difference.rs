//! Whether two plans are about the same data, and where their configurations part.

use study::StudyPlan;
use toml::{Table, Value};

/// Whether arms of both plans learn from the same pictures, divided, framed, scaled and augmented
/// alike, and answer the same question: only then can they be compared.
pub(crate) fn is_same_data(a: &StudyPlan, b: &StudyPlan) -> bool {
    let is_scaled_alike = a.models.iter().all(|model| {
        let label = &model.described.label;
        let other = b.models.iter().find(|m| m.described.label == *label);
        other.is_none_or(|other| {
            other.source != model.source || other.normalisation == model.normalisation
        })
    });
    let (x, y) = (&a.data, &b.data);
    x.described.sha256 == y.described.sha256
        && x.of_run(None).is_framed_like(&y.of_run(None))
        && x.described.classes == y.described.classes
        && (x.task, &x.headline) == (y.task, &y.headline)
        && x.split.id == y.split.id
        && x.augment == y.augment
        && is_scaled_alike
}

/// The keys of `[data]` in which two configurations differ, with both values, in words.
pub(crate) fn data_difference(there: &str, here: &str) -> String {
    let data = |text: &str| match text.parse::<Table>().ok()?.remove("data")? {
        Value::Table(table) => Some(table),
        _ => None,
    };
    let (there, here) = (
        data(there).unwrap_or_default(),
        data(here).unwrap_or_default(),
    );
    let mut keys: Vec<&String> = there.keys().chain(here.keys()).collect();
    keys.sort();
    keys.dedup();
    let word = |value: Option<&Value>| value.map_or("not set".into(), Value::to_string);
    let differing: Vec<String> = keys
        .into_iter()
        .filter(|key| !TOLD.contains(&key.as_str()) && there.get(*key) != here.get(*key))
        .map(|key| {
            let (there, here) = (word(there.get(key)), word(here.get(key)));
            format!("`data.{key}` ({there} there, {here} here)")
        })
        .collect();
    match differing.is_empty() {
        true => "the pictures, labels or weights themselves, under the same names".into(),
        false => differing.join(", "),
    }
}

/// Keys that change what is told of the data, not the data.
const TOLD: [&str; 3] = ["name", "property", "cache_mib"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_differ_are_named_with_both_values() {
        let there = "[data]\nname = \"a\"\nsize = 28\nsplit_seed = 1";
        let here = "[data]\nname = \"b\"\nsize = 32";
        assert_eq!(
            data_difference(there, here),
            "`data.size` (28 there, 32 here), `data.split_seed` (1 there, not set here)"
        );
        assert!(data_difference(there, there).contains("under the same names"));
    }
}
