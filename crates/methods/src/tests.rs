//! Methods of studies that differ in each option.

use std::collections::BTreeSet;
use std::path::Path;

use comparison::collect;
use record::StudyDirectory;
use record::results::Results;
use study::{StudySpec, check, parse};

use crate::library::LIBRARY;
use crate::{Methods, bibtex, markdown};
use report::{Illustrations, html};

const STUDY: &str = r#"
title = "Does transfer help?"
[data]
source = "phantom-fundus"
task = "ordinal"
size = 16
count = 60
DATA
[weights]
cbr-tiny = "builtin:cbr-tiny-phantom"
[grid]
model = ["cbr-tiny"]
init = ["random", "transfer"]
seeds = 2
GRID
[train]
max_steps = 40
TRAIN
[compare]
margin = 0.02
COMPARE
"#;

/// What a planned study with these lines in its sections says before any run.
fn results(lines: &[(&str, &str)]) -> Results {
    let mut text = STUDY.to_owned();
    for section in ["DATA", "GRID", "TRAIN", "COMPARE"] {
        let own = lines.iter().filter(|(place, _)| *place == section);
        let own: String = own.map(|(_, line)| format!("{line}\n")).collect();
        // A line of the study gives way to one of the same key.
        let keys: Vec<&str> = own
            .lines()
            .filter_map(|line| line.split(" =").next())
            .collect();
        let kept = text.lines().filter(|line| {
            let key = line.split(" =").next().unwrap_or_default();
            !line.contains(" = ") || !keys.contains(&key)
        });
        let kept: String = kept.map(|line| format!("{line}\n")).collect();
        text = kept.replace(&format!("{section}\n"), &own);
    }
    let more = lines.iter().filter(|(place, _)| place.is_empty());
    more.for_each(|(_, line)| text.push_str(&format!("{line}\n")));
    let spec: StudySpec = parse(&text, Path::new("study.toml")).expect("a specification");
    let folder = tempfile::tempdir().expect("a folder");
    let directory = StudyDirectory::new(folder.path().join("study"));
    let plan = check(&spec, Path::new(".")).expect("a plan").plan;
    directory.adopt(&plan, &text).expect("a study");
    collect(&directory).expect("results").results
}

fn text(results: &Results) -> String {
    markdown(results, &[], &[]).expect("a record with its protocol")
}

/// Where an option is written, and what the methods then say that they do not say without it.
const OPTIONS: [(&str, &str, &str); 29] = [
    (
        "DATA",
        "augment = { flip_horizontal = true, rotate_degrees = 10 }",
        "mirrored left and right one time in two and turned by up to 10° either way",
    ),
    (
        "DATA",
        "normalise = \"none\"",
        "samples between 0 and 1 are used as they are",
    ),
    ("DATA", "channels = 1", "one channel (grey)"),
    ("DATA", "split_seed = 7", "seed 7"),
    (
        "DATA",
        "positive = \">=1\"",
        "the area under the ROC curve (AUC) for grade ≥ 1",
    ),
    (
        "DATA",
        "folds = 3",
        "are tested in turn (3-fold cross-validation",
    ),
    ("GRID", "seeds = 5", "trained with 5 seeds"),
    (
        "GRID",
        "seeds = { from = 3, to = 5 }",
        "as many seeds as it takes, at most 5 seeds, looked at after 3, 4 and 5",
    ),
    (
        "GRID",
        "train_size = [40, \"all\"]",
        "Arms with fewer training pictures (40)",
    ),
    (
        "GRID",
        "init = [\"random\", \"mean-var\"]",
        "drawn with the mean and variance of the pretrained tensor",
    ),
    (
        "GRID",
        "init = [\"random\", \"lsuv\"]",
        "layers write with variance 1 [@mishkin2016]",
    ),
    (
        "GRID",
        "init = [\"random\", { transfuse = \"block1\" }]",
        "the tensors ..block1 copied from the pretrained weights; the rest drawn",
    ),
    (
        "GRID",
        "regime = [\"full\", \"lp-ft\"]",
        "for 50% of the steps, the tensors backbone stay as they are",
    ),
    (
        "GRID",
        "regime = [{ layer_decay = 0.5 }]",
        "the rate falls by the factor 0.5 from each block",
    ),
    (
        "GRID",
        "regime = [{ l2_sp = { alpha = 0.1, beta = 0.01 } }]",
        "α = 0.1 and β = 0.01 [@li2018]",
    ),
    (
        "TRAIN",
        "optimizer = \"adamw\"\nweight_decay = 0.05",
        "AdamW (β 0.9 and 0.999, ε 1e−8), with a weight decay of 0.05 [@loshchilov2019]",
    ),
    (
        "TRAIN",
        "optimizer = \"sgd\"\nnesterov = true",
        "stochastic gradient descent with Nesterov momentum 0.9, without weight decay",
    ),
    ("TRAIN", "lr = 3e-4", "The learning rate is 3e−4 throughout"),
    (
        "TRAIN",
        "schedule = \"cosine\"\nwarmup_steps = 4",
        "falling to 0 by half a cosine over 40 steps, after a linear rise over 4 steps [@loshchilov2017]",
    ),
    (
        "TRAIN",
        "schedule = \"step\"",
        "is 0.001, multiplied by 0.1 at each of the steps 20, 30",
    ),
    ("TRAIN", "batch_size = 8", "A step takes 8 pictures"),
    ("TRAIN", "max_steps = 80", "a run at most 80 steps"),
    (
        "TRAIN",
        "class_weights = \"balanced\"",
        "classes weighted inversely to their frequency",
    ),
    (
        "TRAIN",
        "patience = 3",
        "stops after 3 evaluations without a higher validation AUC",
    ),
    ("COMPARE", "margin = 0.05", "within ±0.05"),
    (
        "COMPARE",
        "operating = { sensitivity = 0.9 }",
        "(sensitivity at least 0.9)",
    ),
    (
        "COMPARE",
        "thresholds = [0.7, 0.9]",
        "reaches an AUC of 0.7 and 0.9",
    ),
    (
        "COMPARE",
        "prevalences = [0.01]",
        "for a prevalence of 0.01",
    ),
    (
        "",
        "[tune]\nlr = [1e-3, 1e-2]",
        "tries the same values of learning rate (0.001, 0.01)",
    ),
];

#[test]
fn every_option_changes_its_sentence() {
    let usual = text(&results(&[]));
    for (section, line, said) in OPTIONS {
        assert!(!usual.contains(said), "`{said}` is said without {line}");
        let own = text(&results(&[(section, line)]));
        let found = own.replace('\\', "");
        assert!(
            found.contains(said),
            "`{said}` is not said with {line}:\n{found}"
        );
    }
}

#[test]
fn every_sentence_names_a_place_of_the_record() {
    let words = "[reporting]\nethics = \"Approved.\"\nreference_standard = \"Two readers\"";
    for lines in [
        &[("", words)][..],
        &[("DATA", "folds = 3")],
        &[("GRID", "seeds = { from = 3, to = 5 }")],
        &[("", "[tune]\nlr = [1e-3, 1e-2]")],
        &[("", "[probe]\n[analysis]")],
    ] {
        let results = results(lines);
        let record = serde_json::to_value(&results).expect("JSON");
        let methods = Methods::new(&results, &[], &[]).expect("methods");
        assert!(methods.paragraphs.len() > 8);
        for sentence in methods.paragraphs.iter().flat_map(|p| &p.sentences) {
            for place in sentence.from.iter().filter(|place| place.starts_with('/')) {
                assert!(
                    record.pointer(place).is_some(),
                    "{place}: {}",
                    sentence.text
                );
            }
        }
    }
}

#[test]
fn what_is_used_is_cited_and_nothing_else() {
    let keys = |lines: &[(&str, &str)]| -> BTreeSet<&'static str> {
        let methods = Methods::new(&results(lines), &[], &[]).expect("methods");
        methods.references.iter().map(|work| work.key).collect()
    };
    let usual = keys(&[]);
    for used in [
        "delong1988",
        "obuchowski1997",
        "schuirmann1987",
        "holm1979",
        "youden1950",
        "kingma2015",
        "raghu2019",
    ] {
        assert!(usual.contains(used), "{used}");
    }
    for (lines, gained, lost) in [
        (
            ("DATA", "folds = 3"),
            vec!["ledell2015", "nadeau2003", "sechidis2011"],
            vec![],
        ),
        (("TRAIN", "optimizer = \"sgd\""), vec![], vec!["kingma2015"]),
        (
            ("COMPARE", "operating = { specificity = 0.9 }"),
            vec![],
            vec!["youden1950"],
        ),
        (
            ("GRID", "seeds = { from = 3, to = 5 }"),
            vec!["jennison1989", "kim1987"],
            vec![],
        ),
    ] {
        let own = keys(&[lines]);
        assert_eq!(
            own.difference(&usual).copied().collect::<Vec<_>>(),
            gained,
            "{lines:?}"
        );
        assert_eq!(
            usual.difference(&own).copied().collect::<Vec<_>>(),
            lost,
            "{lines:?}"
        );
    }
    let all: BTreeSet<&str> = LIBRARY.iter().map(|work| work.key).collect();
    assert_eq!(all.len(), LIBRARY.len(), "a key occurs twice");
}

#[test]
fn hostile_words_end_no_field_and_no_paragraph() {
    let mut results = results(&[]);
    let hostile =
        "} @comment{x}\n\n# <script>alert(1)</script> \\input{/etc/passwd} [a](javascript:b) % $";
    results.title = hostile.to_owned();
    results.data.name = hostile.to_owned();
    results.reporting.authors = Some("Doe, Jane; {Roe}, R.".to_owned());
    results.reporting.year = Some(hostile.to_owned());
    results.reporting.doi = Some("10.1000/x_y}{".to_owned());
    results.reporting.limitations = Some(hostile.to_owned());
    results.reporting.ethics = Some(hostile.to_owned());
    let entries = bibtex(&results, &[], &[]);
    for entry in entries.split("\n\n").filter(|entry| !entry.is_empty()) {
        let mut depth = 0;
        for c in entry.chars() {
            depth += i32::from(c == '{') - i32::from(c == '}');
            assert!(depth >= 0, "{entry}");
        }
        assert_eq!(depth, 0, "{entry}");
    }
    assert!(
        entries.starts_with("@misc{study-comment-x-script-alert-1-script-input-et,\n"),
        "{entries}"
    );
    assert!(entries.contains("author = {Doe, Jane and \\textbraceleft Roe\\textbraceright , R.}"));
    assert!(entries.contains("doi = {10.1000/x_y}"));
    let text = text(&results);
    assert!(
        !text.contains("<script") && !text.replace("\\]", "").contains("](javascript"),
        "{text}"
    );
    assert_eq!(
        text.matches("\n# ").count(),
        0,
        "a heading of the text's own"
    );
    let page = html(&results, &[], &Illustrations::default(), &[]).expect("a page");
    assert!(!page.contains("<script>alert"));
}

#[test]
fn a_record_without_a_protocol_has_no_methods_and_a_page() {
    let mut results = results(&[]);
    results.protocol = None;
    assert!(markdown(&results, &[], &[]).is_none());
    assert!(bibtex(&results, &[], &[]).starts_with("@misc{study-does-transfer-help,"));
    let page = html(&results, &[], &Illustrations::default(), &[]).expect("a page");
    assert!(!page.contains("id=\"methods\"") && page.contains("id=\"checklists\""));
}
