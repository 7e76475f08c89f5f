//! The worst mistakes of a study and where its network looks: chosen by a rule that anyone can follow,
//! sealed, drawn again, and never drawn where pictures must not leave the hospital.

mod fixture;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fixture::{Folder, STUDY, files_below, study};
use serde_json::Value;

/// What the tables of predictions say of a picture: its label, and one row of probabilities a network.
#[derive(Default)]
struct Picture {
    patient: String,
    label: usize,
    rows: Vec<Vec<f64>>,
    /// One a network, where there is a threshold.
    thresholds: Vec<f64>,
}

/// The test pictures of an arm, by id, as every run wrote them down.
fn pictures(folder: &Folder, results: &Value, arm: &str) -> BTreeMap<String, Picture> {
    let plan = folder.json("out/plan.json");
    let arms = results["arms"].as_array().expect("arms");
    let shown = arms.iter().find(|a| a["label"] == arm).expect("the arm");
    let mut pictures: BTreeMap<String, Picture> = BTreeMap::new();
    for seed in shown["seeds"].as_array().expect("seeds") {
        let run = &plan["runs"][seed["run"].as_u64().expect("a number") as usize];
        let id = run["id"].as_str().expect("an id");
        let table = folder.read(&format!("out/runs/{id}/predictions.csv"));
        let mut table = csv::Reader::from_reader(&*table);
        let header = table.headers().expect("a header").clone();
        for row in table.records().map(|row| row.expect("a row")) {
            if &row[0] != "test" {
                continue;
            }
            let picture = pictures.entry(row[1].to_string()).or_default();
            picture.patient = row[2].to_string();
            picture.label = row[3].parse().expect("a class");
            let cells = header.iter().zip(row.iter());
            let cells = cells.filter(|(name, _)| name.starts_with("probability:"));
            picture.rows.push(
                cells
                    .map(|(_, cell)| cell.parse().expect("a share"))
                    .collect(),
            );
            let threshold = &seed["questions"][0]["operating"]["threshold"];
            picture.thresholds.extend(threshold.as_f64());
        }
    }
    pictures
}

/// Ids of the worst, with mean, lowest and highest probability and how many have it wrong.
type Worst = Vec<(String, f64, f64, f64, u64)>;

/// The rule of docs/statistics.md, for `probability` of the mistake in a row, the larger the worse, and
/// whether network `n` has a picture wrong.
fn worst(
    pictures: &BTreeMap<String, Picture>,
    is_possible: impl Fn(&Picture) -> bool,
    of: impl Fn(&Picture, usize) -> (f64, f64, bool),
) -> Worst {
    let mut all = Vec::new();
    for (id, picture) in pictures.iter().filter(|(_, p)| is_possible(p)) {
        let answers: Vec<_> = (0..picture.rows.len()).map(|n| of(picture, n)).collect();
        let wrong = answers.iter().filter(|(_, _, is_wrong)| *is_wrong).count();
        if 2 * wrong > answers.len() {
            let n = answers.len() as f64;
            let error = answers.iter().map(|a| a.0).sum::<f64>() / n;
            let shown: Vec<f64> = answers.iter().map(|a| a.1).collect();
            let mean = shown.iter().sum::<f64>() / n;
            let low = shown.iter().copied().fold(f64::INFINITY, f64::min);
            let high = shown.iter().copied().fold(0.0, f64::max);
            all.push((
                error,
                &picture.patient,
                (id.clone(), mean, low, high, wrong as u64),
            ));
        }
    }
    all.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.2.0.cmp(&b.2.0)));
    let mut patients = BTreeSet::new();
    all.retain(|(_, patient, (id, ..))| {
        let name = if patient.is_empty() { id } else { *patient };
        patients.insert(name.clone())
    });
    all.into_iter().take(6).map(|(_, _, worst)| worst).collect()
}

/// The same as the results have it.
fn told(list: &Value) -> Worst {
    let number = |case: &Value, key: &str| case[key].as_f64().expect("a number");
    let cases = list["cases"].as_array().expect("cases").iter();
    let told = |case: &Value| {
        (
            case["image"].as_str().expect("an id").to_string(),
            number(case, "probability"),
            number(case, "low"),
            number(case, "high"),
            case["wrong"].as_u64().expect("a count"),
        )
    };
    cases.map(told).collect()
}

#[track_caller]
fn same(found: &Worst, expected: &Worst) {
    let ids = |worst: &Worst| worst.iter().map(|w| w.0.clone()).collect::<Vec<_>>();
    assert_eq!(ids(found), ids(expected));
    for (a, b) in found.iter().zip(expected) {
        assert_eq!((a.2, a.3, a.4), (b.2, b.3, b.4), "{}", a.0);
        assert!((a.1 - b.1).abs() < 1e-12, "{}: {} and {}", a.0, a.1, b.1);
    }
}

/// Whether a page has pictures other than those of filters.
fn has_pictures(page: &[u8]) -> bool {
    let page = String::from_utf8_lossy(page);
    let body = page
        .split("<script")
        .next()
        .expect("a page before its scripts");
    let images = body.split("<img ").skip(1);
    let tags = images.filter_map(|rest| rest.split('>').next());
    tags.into_iter()
        .any(|tag| !tag.contains("alt=\"Filters of "))
}

fn pngs(folder: &Path) -> Vec<PathBuf> {
    let files = files_below(folder).into_keys();
    files
        .filter(|path| path.extension().is_some_and(|e| e == "png"))
        .collect()
}

#[test]
fn mistakes_follow_their_rule_and_their_pictures_are_sealed_and_drawn_again() {
    let folder = Folder::new();
    folder.write(
        "study.toml",
        study(&[("seeds = 1", "seeds = 3"), ("count = 60", "count = 90")]),
    );
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    let results = folder.json("out/results.json");
    let mistakes = &results["mistakes"];
    let arm = mistakes["arm"].as_str().expect("an arm");
    let all = pictures(&folder, &results, arm);

    let yes = |picture: &Picture| picture.label >= 2;
    let p = |picture: &Picture, n: usize| -> f64 { picture.rows[n][2..].iter().sum() };
    let missed = worst(&all, yes, |picture, n| {
        let p = p(picture, n);
        (1.0 - p, p, p < picture.thresholds[n])
    });
    let false_alarms = worst(
        &all,
        |picture| !yes(picture),
        |picture, n| {
            let p = p(picture, n);
            (p, p, p >= picture.thresholds[n])
        },
    );
    assert!(
        !missed.is_empty() || !false_alarms.is_empty(),
        "no mistakes to look at"
    );
    same(&told(&mistakes["lists"][0]), &missed);
    same(&told(&mistakes["lists"][1]), &false_alarms);

    // The run with the median AUC is looked into.
    let arms = results["arms"].as_array().expect("arms");
    let shown = arms.iter().find(|a| a["label"] == arm).expect("the arm");
    let seeds = shown["seeds"].as_array().expect("seeds").iter();
    let mut aucs: Vec<f64> = seeds
        .filter_map(|seed| seed["auc"]["value"].as_f64())
        .collect();
    aucs.sort_by(f64::total_cmp);
    let choice = &results["saliency"]["choice"];
    assert_eq!(choice["auc"].as_f64(), Some(aucs[1]));
    let methods = results["saliency"]["methods"].as_array().expect("methods");
    let cases = choice["cases"].as_array().expect("cases").len();
    assert!(
        methods
            .iter()
            .all(|m| m["correlations"].as_array().expect("numbers").len() == cases)
    );

    let gallery = folder.path("out/gallery");
    let drawn = files_below(&gallery);
    let page = folder.read("out/report.html");
    assert!(has_pictures(&page));
    let anew = results["mistakes"].clone();
    // Without the data the same page and the same numbers.
    let before = folder.read("out/results.json");
    folder.run(&["report", "out"]).with(0);
    assert_eq!(folder.read("out/results.json"), before);
    assert_eq!(folder.json("out/results.json")["mistakes"], anew);
    folder.run(&["verify", "--deep", "out"]).with(0);

    let picture = pngs(&gallery).swap_remove(0);
    let name = picture
        .file_name()
        .expect("a name")
        .to_string_lossy()
        .into_owned();
    std::fs::write(&picture, "no picture").expect("a file");
    folder.run(&["verify", "out"]).with(1).says(&[&name]);
    folder
        .run(&["report", "out"])
        .with(1)
        .says(&[&name, "transfusion repair"]);
    folder
        .run(&["repair", "out"])
        .with(0)
        .prints(&["0 findings left"]);
    assert!(files_below(&gallery) == drawn, "drawn otherwise");
    assert_eq!(folder.read("out/results.json"), before);

    // Whoever does the last job of a shared study draws.
    for share in ["1/2", "2/2"] {
        let out = ["run", "study.toml", "--out", "shared", "--shard", share];
        folder.run(&out).with(0);
    }
    folder.run(&["report", "shared"]).with(0);
    assert!(
        folder.read("shared/results.json") == before,
        "other numbers"
    );
    let shared = files_below(&folder.path("shared/gallery"));
    assert!(shared.values().eq(drawn.values()), "other pictures");

    // From now on no picture may leave.
    let without = study(&[("seeds = 1", "seeds = 3"), ("count = 60", "count = 90")]);
    folder.write(
        "study.toml",
        format!("{without}[report]\npictures = false\n"),
    );
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    let aside = folder.path("out/set-aside");
    std::fs::remove_dir_all(aside).expect("what the repair kept");
    assert_eq!(pngs(&folder.path("out")), Vec::<PathBuf>::new());
    assert!(!has_pictures(&folder.read("out/report.html")));
    let results = folder.json("out/results.json");
    assert_eq!(
        (&results["mistakes"], &results["saliency"]),
        (&anew, &Value::Null)
    );
    folder.run(&["verify", "out"]).with(0);
}

#[test]
fn of_classes_the_surest_wrong_one_counts_and_no_picture_is_ever_written_where_none_may_be() {
    let folder = Folder::new();
    let objects = study(&[
        ("phantom-fundus", "phantom-objects"),
        ("task = \"ordinal\"\npositive = \">=2\"\n", ""),
        ("count = 60", "count = 640"),
        ("[weights]\ncbr-tiny = \"builtin:cbr-tiny-phantom\"\n", ""),
        ("[\"random\", \"transfer\"]", "[\"random\"]"),
        ("seeds = 1", "seeds = 2"),
    ]);
    folder.write(
        "study.toml",
        format!("{objects}[report]\npictures = false\n"),
    );
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    assert_eq!(pngs(&folder.path("out")), Vec::<PathBuf>::new());
    assert!(!has_pictures(&folder.read("out/report.html")));

    let results = folder.json("out/results.json");
    let arm = results["mistakes"]["arm"].as_str().expect("an arm");
    let all = pictures(&folder, &results, arm);
    let surest = |picture: &Picture| {
        let mean = |class: usize| picture.rows.iter().map(|row| row[class]).sum::<f64>();
        let classes = (0..picture.rows[0].len()).filter(|class| *class != picture.label);
        classes
            .max_by(|a, b| mean(*a).total_cmp(&mean(*b)))
            .expect("another class")
    };
    let expected = worst(
        &all,
        |_| true,
        |picture, n| {
            let row = &picture.rows[n];
            let p = row[surest(picture)];
            let is_wrong = row.iter().any(|other| *other > row[picture.label]);
            (p, p, is_wrong)
        },
    );
    assert_eq!(expected.len(), 6);
    same(&told(&results["mistakes"]["lists"][0]), &expected);
    folder.refuses(
        &format!("{STUDY}[report]\npictures = false\nsaliency = true\n"),
        &["report.saliency", "report.pictures = false"],
    );
}
