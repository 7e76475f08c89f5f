//! Two studies beside each other.

mod fixture;

use fixture::{Folder, study};
use serde_json::Value;

const HOSTILE: &str = "<script>alert(1)</script> & 'more'";

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("a number: {value}"))
}

/// Test AUC of every seed of the first arm.
fn aucs(results: &Value) -> Vec<f64> {
    let seeds = results["arms"][0]["seeds"].as_array().expect("seeds");
    seeds
        .iter()
        .map(|seed| number(&seed["auc"]["value"]))
        .collect()
}

#[test]
fn arms_of_one_test_set_are_paired_and_others_are_not() {
    let folder = Folder::new();
    let seeds = ("seeds = 1", "seeds = 3");
    folder.write("a.toml", study(&[seeds]));
    let hostile = format!("title = '''{HOSTILE}'''");
    let title = "title = \"";
    let line = study(&[])
        .lines()
        .find(|l| l.starts_with(title))
        .expect("a title")
        .to_owned();
    folder.write(
        "b.toml",
        study(&[
            seeds,
            ("max_steps = 12", "max_steps = 8"),
            (&line, &hostile),
        ]),
    );
    folder.write("c.toml", study(&[seeds, ("count = 60", "count = 80")]));
    for name in ["a", "b", "c"] {
        folder
            .run(&["run", &format!("{name}.toml"), "--out", name])
            .with(0);
    }
    let before = fixture::files_below(&folder.path("a"));

    let told = folder.run(&["report", "a", "b", "--json"]).with(0).json();
    assert_eq!(told["shares_test"], true);
    let [a, b] = ["a", "b"].map(|name| folder.json(&format!("{name}/results.json")));
    let (ours, theirs) = (aucs(&a), aucs(&b));
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let arm = &told["arms"][0];
    let difference = number(&arm["difference"]["value"]);
    assert!((difference - (mean(&theirs) - mean(&ours))).abs() < 1e-12);
    assert!(number(&arm["difference"]["low"]) < difference);
    let page = String::from_utf8(folder.read("beside.html")).expect("text");
    assert!(page.contains("&#60;script&#62;alert(1)") && !page.contains("<script>alert"));
    assert!(page.contains("on the same pictures"));

    folder
        .run(&["report", "a", "c", "--out", "other.html"])
        .with(0)
        .prints(&["B - A", "together"]);
    let told = folder.run(&["report", "a", "c", "--json"]).with(0).json();
    assert_eq!(told["shares_test"], false);
    let arm = &told["arms"][0];
    let of = |study: usize, key: &str| number(&arm["aucs"][study][key]);
    let value = of(1, "value") - of(0, "value");
    let low = value - (of(1, "value") - of(1, "low")).hypot(of(0, "high") - of(0, "value"));
    assert!((number(&arm["difference"]["low"]) - low).abs() < 1e-12);
    let facts = told["facts"].as_array().expect("facts");
    let data = facts
        .iter()
        .find(|f| f["name"] == "Training pictures")
        .expect("a fact");
    assert_ne!(data["values"][0], data["values"][1]);

    // Neither study is touched, and what is none is refused.
    assert!(before == fixture::files_below(&folder.path("a")));
    folder.refuses_command(&["report", "a", "nowhere"], &["nowhere"]);
}
