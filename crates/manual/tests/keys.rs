//! The table of keys against the parser: every key, word, default and example, both ways.

use std::collections::BTreeSet;

use manual::{Key, Place, STUDY, Shape, Without, explain, tables};
use serde::Deserialize as _;
use study::StudySpec;
use toml::{Table, Value};

/// What every study has to say.
const LEAST: &str = r#"
title = "x"
data = { source = "pictures", size = 32 }
grid = { model = ["cbr-tiny"], init = ["random"] }
"#;

/// A study with this value at that place; tables on the way are made, lists begun anew.
fn with(way: &[Place], value: Value) -> Table {
    fn put(into: &mut Value, way: &[Place], value: Value) {
        let Some((first, rest)) = way.split_first() else {
            *into = value;
            return;
        };
        if let Place::Entry(number) = first {
            let mut list = vec![Value::String("stem".into()); *number];
            let mut entry = Value::Table(Table::new());
            put(&mut entry, rest, value);
            list.push(entry);
            *into = Value::Array(list);
            return;
        }
        let name = match first {
            Place::Key(name) => name,
            Place::Own => "own",
            Place::Entry(_) => unreachable!("told above"),
        };
        if !into.is_table() {
            *into = Value::Table(Table::new());
        }
        let table = into.as_table_mut().expect("just made");
        let inner = table.entry(name).or_insert(Value::Table(Table::new()));
        put(inner, rest, value);
    }
    let mut study = Value::Table(toml::from_str(LEAST).expect("TOML"));
    put(&mut study, way, value);
    study.as_table().expect("a table").clone()
}

fn parse(study: Table) -> Result<StudySpec, String> {
    StudySpec::deserialize(study).map_err(|error| error.message().to_owned())
}

/// What serde expects instead of what is unknown.
fn expected(error: &str) -> Option<BTreeSet<String>> {
    let at = error
        .find("unknown field")
        .or(error.find("unknown variant"))?;
    let quoted = error[at..].split('`').skip(3).step_by(2);
    Some(quoted.map(str::to_owned).collect())
}

fn below(way: &[Place], name: &'static str) -> Vec<Place> {
    [way, &[Place::Key(name)]].concat()
}

fn value(text: &str) -> Value {
    let table: Table = toml::from_str(&format!("it = {text}")).expect(text);
    table["it"].clone()
}

/// Every table has the keys that its parser takes, and no other.
#[test]
fn keys_are_those_of_the_parser() {
    let mut compared = 0;
    for (way, keys) in tables(STUDY) {
        let mut way = way.clone();
        way.push(Place::Key("no-such-key"));
        let error = parse(with(&way, Value::Integer(1))).expect_err("an unknown key");
        // Parsers that try one form after the other do not tell their keys.
        let Some(taken) = expected(&error) else {
            continue;
        };
        let known: BTreeSet<String> = keys.iter().map(|key| key.name.to_owned()).collect();
        match way[..way.len() - 1].last() {
            // It is one of three forms.
            Some(Place::Key("operating")) => assert!(taken.is_superset(&known), "{taken:?}"),
            _ => assert_eq!(known, taken, "{way:?}"),
        }
        compared += 1;
    }
    assert!(compared >= 25, "{compared}");
}

/// Every word is taken where it stands, and the parser knows no other.
#[test]
fn words_are_those_of_the_parser() {
    fn sets(shape: &Shape, way: &[Place], found: &mut Vec<(Vec<Place>, Vec<String>, bool)>) {
        match shape {
            Shape::Words(words) => found.push((way.to_vec(), words.list(), true)),
            Shape::OneOf(all) => {
                let before = found.len();
                all.iter().for_each(|one| sets(one, way, found));
                // Other forms may take more words.
                found[before..].iter_mut().for_each(|set| set.2 = false);
            }
            Shape::List(of, _) => sets(of, &[way, &[Place::Entry(0)]].concat(), found),
            Shape::Map(of) => sets(of, &[way, &[Place::Own]].concat(), found),
            _ => {}
        }
    }
    let (mut compared, mut found) = (0, Vec::new());
    for (way, keys) in tables(STUDY) {
        // Within a list or a form of a value, the rest of it would be missing.
        let is_form = ["patient", "split", "attributes"];
        let is_form = way
            .iter()
            .any(|place| matches!(place, Place::Key(name) if is_form.contains(name)));
        if is_form || way.contains(&Place::Entry(0)) || way.contains(&Place::Own) {
            continue;
        }
        for key in keys {
            sets(&key.shape, &below(&way, key.name), &mut found);
        }
    }
    for (way, words, is_all) in found {
        for word in &words {
            let taken = parse(with(&way, Value::String(word.clone())));
            assert!(taken.is_ok(), "{way:?} {word}: {:?}", taken.err());
        }
        let refused = parse(with(&way, Value::String("no-such-word".into())));
        if is_all {
            let error = refused.expect_err("an unknown word");
            if let Some(taken) = expected(&error) {
                assert_eq!(words.into_iter().collect::<BTreeSet<_>>(), taken, "{way:?}");
                compared += 1;
            }
        }
    }
    assert!(compared >= 15, "{compared}");
}

/// A default that is written changes nothing, and examples can be written.
#[test]
fn defaults_and_examples_hold() {
    let told = |study: Table| format!("{:?}", parse(study).expect("a study"));
    let plain = told(toml::from_str(LEAST).expect("TOML"));
    for (way, keys) in tables(STUDY) {
        let is_plain = way.iter().all(|place| matches!(place, Place::Key(_)));
        // Forms of a value are tried in the examples of that value.
        let is_whole = ![
            "operating",
            "source",
            "seeds",
            "patient",
            "split",
            "l2_sp",
            "volume",
        ]
        .iter()
        .any(|name| way.contains(&Place::Key(name)));
        for key in keys {
            let here = below(&way, key.name);
            // An empty table in its place is another study than none.
            let beside = match way.as_slice() {
                [] => plain.clone(),
                way if is_plain
                    && is_whole
                    && way != [Place::Key("data")]
                    && way != [Place::Key("grid")] =>
                {
                    told(with(way, Value::Table(Table::new())))
                }
                _ => plain.clone(),
            };
            if let (Without::Value(default), true) = (key.without, is_plain && is_whole) {
                assert_eq!(told(with(&here, value(default))), beside, "{here:?}");
            }
            for example in key.examples {
                let written = value(example);
                if is_plain && is_whole {
                    let taken = parse(with(&here, written));
                    assert!(taken.is_ok(), "{here:?} {example}: {:?}", taken.err());
                }
            }
            assert!(!key.examples.is_empty(), "{here:?}");
        }
    }
}

/// The examples of a value show every key of its tables.
#[test]
fn examples_show_every_key() {
    fn has(value: &Value, name: &str) -> bool {
        match value {
            Value::Table(table) => table
                .iter()
                .any(|(key, value)| key == name || has(value, name)),
            Value::Array(list) => list.iter().any(|value| has(value, name)),
            _ => false,
        }
    }
    fn forms(shape: &'static Shape) -> Vec<&'static [Key]> {
        match shape {
            Shape::Table(keys) => vec![keys],
            Shape::List(of, _) | Shape::Map(of) => forms(of),
            Shape::OneOf(all) => all.iter().flat_map(forms).collect(),
            _ => Vec::new(),
        }
    }
    for (way, keys) in tables(STUDY) {
        for key in keys {
            // Sections are shown by their keys; further test sets have those of `data`, attributes
            // those of patients.
            if matches!(key.shape, Shape::Table(_)) && way.is_empty()
                || ["test", "attributes"].contains(&key.name)
            {
                continue;
            }
            for inner in forms(&key.shape).into_iter().flatten() {
                let shown = key
                    .examples
                    .iter()
                    .any(|example| has(&value(example), inner.name));
                let is_simple = matches!(key.shape, Shape::Table(_));
                assert!(shown || is_simple, "{way:?} {}: {}", key.name, inner.name);
            }
        }
    }
}

/// Every key can be explained, bounds exist, and pages have their sections.
#[test]
fn every_key_is_explained_where_it_says() {
    let docs = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let anchors = |page: &str| -> BTreeSet<String> {
        let text = std::fs::read_to_string(docs.join(page)).expect(page);
        let heads = text.lines().filter(|line| line.starts_with('#'));
        let anchor = |head: &str| -> String {
            let kept = head.trim_start_matches('#').trim().to_lowercase();
            let kept = kept
                .chars()
                .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
            kept.map(|c| if c == ' ' { '-' } else { c }).collect()
        };
        heads.map(anchor).collect()
    };
    for (way, keys) in tables(STUDY) {
        let names = way.iter().filter_map(|place| match place {
            Place::Key(name) => Some(*name),
            Place::Own => Some("own"),
            Place::Entry(_) => None,
        });
        let above: Vec<&str> = names.collect();
        for key in keys {
            let dotted = [&above[..], &[key.name]].concat().join(".");
            let told = explain(&dotted).expect("a key");
            // Those of `[reporting]` are sentences of the study's own.
            let is_phrase = !told.about.ends_with('.') || above == ["reporting"];
            assert!(is_phrase && told.about.len() > 5, "{dotted}");
            let page = told.page.strip_prefix("docs/").expect("below docs");
            let (page, section) = page.split_once('#').unwrap_or((page, ""));
            let is_there = section.is_empty() || anchors(page).contains(section);
            assert!(is_there, "{dotted}: {page}#{section}");
            bounds_exist(&key.shape, &dotted);
        }
    }
}

fn bounds_exist(shape: &Shape, key: &str) {
    let is_known = |bound: &str| bound.is_empty() || study::BOUNDS.iter().any(|b| b.key == bound);
    match shape {
        Shape::Text(bound) | Shape::Whole(bound) | Shape::Number(bound) => {
            assert!(is_known(bound), "{key}: {bound}");
        }
        Shape::List(of, bound) => {
            assert!(is_known(bound), "{key}: {bound}");
            bounds_exist(of, key);
        }
        Shape::Map(of) => bounds_exist(of, key),
        Shape::Tuple(all) | Shape::OneOf(all) => all.iter().for_each(|one| bounds_exist(one, key)),
        Shape::Table(_) | Shape::Words(_) | Shape::Flag | Shape::Like(..) => {}
    }
}

#[test]
fn unknown_keys_are_told_the_nearest() {
    for (key, parts) in [
        ("trian", &["did you mean `train`?"][..]),
        (
            "train.optimiser",
            &[
                "`train` has optimizer, lr",
                "did you mean `train.optimizer`?",
            ],
        ),
        ("lr.x", &["no key `lr.x`"]),
        ("margin", &["did you mean `compare.margin`?"]),
        ("train.lr.x", &["`train.lr` is no table"]),
        ("", &["no key ``"]),
    ] {
        let error = explain(key).expect_err(key).to_string();
        for part in parts {
            assert!(error.contains(part), "{key}: {error}");
        }
    }
    let own = explain("data.test.siteB.source").expect("a key of a further test set");
    assert_eq!(own.page, "docs/data.md#further-test-sets");
    assert_eq!(explain("weights.resnet50").expect("a name").default, None);
    assert!(explain("[train]").expect("a table").keys.len() > 15);
}
