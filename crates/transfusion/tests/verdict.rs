//! The verdict of a study with patients and several training sizes: every clause leads to its
//! numbers, and every section behind it is in the report.

mod fixture;

use fixture::{Folder, STUDY};
use serde_json::Value;

/// Two sizes and three seeds of the small study.
fn study() -> String {
    STUDY
        .replace("seeds = 1", "seeds = 3\ntrain_size = [16, \"all\"]")
        .replace("count = 60", "count = 160")
        .replace(
            "thresholds = [0.7]",
            "thresholds = [0.55, 0.7]\nmargin = 0.1\nresamples = 200\n\
             operating = { sensitivity = 0.8 }\nprevalences = [0.02]",
        )
}

fn finished(folder: &Folder) -> Value {
    folder.write("study.toml", study());
    folder.run(&["run", "study.toml", "--out", "s"]).with(0);
    folder.json("s/results.json")
}

#[test]
fn clauses_lead_to_numbers_and_sections() {
    let folder = Folder::new();
    let results = finished(&folder);
    let page = String::from_utf8(folder.read("s/report.html")).expect("text");
    let clauses = results["verdict"]["clauses"].as_array().expect("clauses");
    let rules: Vec<_> = clauses.iter().filter_map(|c| c["rule"].as_str()).collect();
    assert!(
        rules.contains(&"use") && rules.contains(&"compare"),
        "{rules:?}"
    );
    let mut paragraph = Vec::new();
    for clause in clauses {
        let section = clause["section"].as_str().expect("a section");
        assert!(page.contains(&format!("id=\"{section}\"")), "{section}");
        assert!(page.contains(&format!("href=\"#{section}\"")), "{section}");
        for pointer in clause["numbers"].as_array().expect("pointers") {
            let pointer = pointer.as_str().expect("a pointer");
            assert!(results.pointer(pointer).is_some(), "{pointer}");
        }
        paragraph.push(clause["text"].as_str().expect("text"));
    }
    assert_eq!(results["verdict"]["paragraph"], paragraph.join(" "));
    let advice = &results["verdict"]["advice"];
    assert_eq!(advice["arm"], results["verdict"]["recommended"]);
    let is_loaded = advice["init"] == "transfer";
    assert_eq!(advice["up_to_block"].is_string(), is_loaded, "{advice}");
    for section in [
        "comparisons",
        "questions",
        "operating",
        "calibration",
        "convergence",
        "labels",
        "costs",
    ] {
        assert!(
            page.contains(&format!("<section id=\"{section}\"")),
            "{section}"
        );
    }
}

/// The lead says what the advice says, and every line of the list is what its numbers say.
#[test]
fn the_lead_and_its_points_are_the_advice() {
    let folder = Folder::new();
    let results = finished(&folder);
    let page = String::from_utf8(folder.read("s/report.html")).expect("text");
    let verdict = &results["verdict"];
    let lead = verdict["lead"].as_str().expect("a lead");
    assert_eq!(lead.matches(". ").count(), 0, "one sentence: {lead}");
    assert!(page.contains("class=\"sentence\""));
    let arms = results["arms"].as_array().expect("arms");
    match verdict["recommended"].as_str() {
        Some(label) => {
            let arm = arms
                .iter()
                .find(|arm| arm["label"] == label)
                .expect("an arm");
            let words = arm["words"].as_str().expect("words");
            let name = format!(
                "se {} from {words} (",
                arm["model"].as_str().expect("a model")
            );
            assert!(lead.contains(&name), "{lead}");
            // The study stands for the first run of what it recommends.
            folder.run(&["export", "s", "--to", "model"]).with(0);
            let exported = folder.json("model/metadata.json");
            assert_eq!(exported["name"], label);
            let auc = verdict["advice"]["auc"]["value"].as_f64().expect("an AUC");
            assert!(lead.contains(&format!("test AUC {auc:.3}")), "{lead}");
        }
        None => {
            assert!(lead.starts_with("Nothing is recommended"), "{lead}");
            folder.refuses_command(&["export", "s", "--to", "model"], &["recommends no arm"]);
        }
    }
    let points = verdict["points"].as_array().expect("points");
    assert!(
        points.iter().any(|point| point["rule"] == "tally"),
        "{points:?}"
    );
    for point in points {
        let section = point["section"].as_str().expect("a section");
        assert!(
            page.contains(&format!("<section id=\"{section}\"")),
            "{section}"
        );
        let pointers = point["numbers"].as_array().expect("pointers");
        let numbers: Vec<&Value> = pointers
            .iter()
            .map(|pointer| {
                let pointer = pointer.as_str().expect("a pointer");
                results
                    .pointer(pointer)
                    .unwrap_or_else(|| panic!("{pointer}"))
            })
            .collect();
        if matches!(
            point["rule"].as_str(),
            Some("accuracy" | "speed" | "labels")
        ) {
            let outcome = numbers[0]["outcome"].as_str().expect("an outcome");
            assert_eq!(point["badge"]["word"], outcome.replace('-', " "), "{point}");
        }
    }
    // What is said on the terminal is the same.
    folder.run(&["report", "s"]).with(0).prints(&[lead]);
}

#[test]
fn what_was_asked_for_is_there() {
    let folder = Folder::new();
    let results = finished(&folder);
    let comparisons = results["comparisons"].as_array().expect("comparisons");
    assert_eq!(comparisons.len(), 2);
    for comparison in comparisons {
        // Patients of drawn photographs have several pictures; 200 resamples were asked for.
        assert!(comparison["bootstrap"]["resamples"].as_u64() <= Some(200));
        assert_eq!(comparison["permutation"]["smallest_by_seeds"], 0.25);
        let p = &comparison["p"];
        let adjusted = p["difference_corrected"].as_f64();
        assert!(adjusted >= p["difference"].as_f64(), "{p}");
    }
    let questions = results["arms"][0]["seeds"][0]["questions"].as_array();
    let [question] = questions.expect("questions").as_slice() else {
        panic!("one question")
    };
    assert_eq!(question["name"], "grade ≥ 2");
    for (value, interval) in [
        (&question["auprc"], &question["auprc_interval"]),
        (
            &question["sensitivities"][0],
            &question["sensitivity_intervals"][0],
        ),
    ] {
        let [low, high] = [0, 1].map(|end| interval[end].as_f64().expect("an end"));
        let value = value.as_f64().expect("a value");
        assert!(low <= value && value <= high && low < high, "{question}");
    }
    let operating = &question["operating"];
    assert_eq!(operating["rule"], "sensitivity at least 0.8");
    assert_eq!(operating["elsewhere"][0]["prevalence"], 0.02);
    let counts: u64 = operating["counts"]
        .as_array()
        .expect("counts")
        .iter()
        .filter_map(Value::as_u64)
        .sum();
    let both = ["positives", "negatives"].map(|k| question[k].as_u64().expect("a count"));
    assert_eq!(counts, both[0] + both[1]);
    assert!(question["calibration"]["ece_if_right"].as_f64() > Some(0.0));
    let efficiency = results["label_efficiency"].as_array().expect("efficiency");
    assert_eq!(efficiency.len(), 1);
    assert_eq!(efficiency[0]["savings"].as_array().map(Vec::len), Some(2));
    let costs = results["costs"].as_array().expect("costs");
    assert!(
        costs
            .iter()
            .all(|cost| cost["activations"].as_u64() > Some(0))
    );
    // Times belong to the machine and are no results.
    let text = String::from_utf8(folder.read("s/results.json")).expect("text");
    assert!(!text.contains("peak_mib") && !text.contains("images_per_second"));
}

#[test]
fn what_cannot_be_compared_is_refused_by_name() {
    let folder = Folder::new();
    for (written, parts) in [
        ("margin = 0.9", ["compare.margin", "above 0 and below 0.5"]),
        ("sustained = 0", ["compare.sustained", "1 to 100"]),
        ("resamples = 5", ["compare.resamples", "100 to 100000"]),
        (
            "operating = { sensitivity = 1.5 }",
            ["compare.operating", "above 0 and below 1"],
        ),
        ("operating = \"best\"", ["best", "youden"]),
        (
            "prevalences = [0.0]",
            ["compare.prevalences", "above 0 and below 1"],
        ),
        ("specificity = [0.9]", ["specificity", "specificities"]),
    ] {
        let study = STUDY.replace("thresholds = [0.7]", written);
        folder.write("bad.toml", study);
        folder.run(&["plan", "bad.toml"]).with(2).says(&parts);
    }
}
