//! What a paper takes over from a study: patients by part, what was left out, methods, checklists.

mod fixture;

use std::collections::BTreeMap;

use fixture::Folder;
use serde_json::Value;

/// Rows of the table of a test, by column.
type Rows = Vec<BTreeMap<String, String>>;

fn rows(bytes: &[u8]) -> Rows {
    let mut table = csv::Reader::from_reader(bytes);
    table.deserialize().map(|row| row.expect("a row")).collect()
}

/// Quartiles by linear interpolation, written here once more: position (n − 1) q.
fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| {
        let (whole, rest) = (
            (values.len() - 1) * quarter / 4,
            (values.len() - 1) * quarter % 4,
        );
        let next = values[(whole + 1).min(values.len() - 1)];
        values[whole] + (next - values[whole]) * rest as f64 / 4.0
    })
}

/// Every sum of a flow; counts of the plan and of the results are the same.
fn adds_up(flow: &Value) {
    let count = |value: &Value| value.as_u64().expect("a count");
    let left = |step: &Value| -> u64 {
        let grounds = step["left_out"].as_array().expect("grounds").iter();
        grounds.map(|ground| count(&ground["count"])).sum()
    };
    let mut pictures = 0;
    for source in flow["sources"].as_array().expect("sources") {
        assert_eq!(
            count(&source["found"]) - left(source),
            count(&source["pictures"]),
            "{source}"
        );
        pictures += count(&source["pictures"]);
    }
    let parts = flow["parts"].as_array().expect("parts").iter();
    let used: u64 = parts.map(|part| count(&part["images"])).sum();
    assert_eq!(pictures - left(flow), used, "{flow}");
    let grounds = flow["left_out"].as_array().expect("grounds");
    assert!(
        grounds.iter().all(|ground| ground["why"] != "in no part"),
        "{flow}"
    );
}

/// Grounds and counts of one step.
fn grounds(step: &Value) -> Vec<(String, u64)> {
    let grounds = step["left_out"].as_array().expect("grounds").iter();
    let ground = |ground: &Value| {
        let why = ground["why"].as_str().expect("a ground").to_owned();
        (why, ground["count"].as_u64().expect("a count"))
    };
    grounds.map(ground).collect()
}

const X_RAYS: &str = r#"
title = "Does transfer help on chest X-rays? <script>alert(1)</script>"
[data]
source = "nih/nih.csv"
task = "multilabel"
blank = "missing"
size = 16
channels = 1
label = ["Effusion", "Infiltration"]
patient = "patient"
attributes = ["sex", "age", "view", "image"]
[grid]
model = ["cbr-tiny"]
init = ["random", "glorot-normal"]
seeds = 2
[train]
batch_size = 8
max_steps = 4
eval_every = 2
[reporting]
ethics = "Committee 7; =2+2 <img src=x onerror='alert(2)'>"
authors = "Doe, Jane; Roe, Richard"
limitations = "LIMITS"
"#;

#[test]
fn patients_by_part_are_those_of_the_table() {
    let folder = Folder::new();
    if fixture::nih(&folder).is_none() {
        return;
    }
    let long = "x".repeat(10_000);
    folder.write("study.toml", X_RAYS.replace("LIMITS", &long));
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    let (plan, results) = (
        folder.json("out/plan.json"),
        folder.json("out/results.json"),
    );
    let described = &plan["data"]["described"];
    adds_up(&described["flow"]);
    let found = &described["characteristics"];
    assert_eq!(*found, results["data"]["characteristics"]);

    let table = rows(&folder.read("nih/nih.csv"));
    for (place, part) in ["train", "validation", "test"].into_iter().enumerate() {
        let examples = plan["data"]["split"][part].as_array().expect("examples");
        let mut patients: BTreeMap<&str, Vec<&BTreeMap<String, String>>> = BTreeMap::new();
        for example in examples {
            let row = &table[example.as_u64().expect("a place") as usize];
            patients.entry(&row["patient"]).or_default().push(row);
        }
        let told = &found["parts"][place];
        assert_eq!(
            told["patients"].as_u64(),
            Some(patients.len() as u64),
            "{part}"
        );
        let agreed = |column: &str| -> Vec<&str> {
            let one = |rows: &Vec<&BTreeMap<String, String>>| -> Option<usize> {
                let first = &rows[0][column];
                rows.iter().all(|row| &row[column] == first).then_some(0)
            };
            let all = patients.values();
            let agreeing = all.filter(|rows| one(rows).is_some());
            agreeing.map(|rows| rows[0][column].as_str()).collect()
        };
        let attribute = |name: &str| {
            let mut all = found["attributes"].as_array().expect("attributes").iter();
            &all.find(|attribute| attribute["name"] == name).expect(name)["values"]
        };
        let ages: Vec<f64> = agreed("age")
            .iter()
            .map(|age| age.parse().expect("an age"))
            .collect();
        let numbers = &attribute("age")["numbers"][place];
        assert_eq!(numbers["known"].as_u64(), Some(ages.len() as u64));
        let contradictory = (patients.len() - ages.len()) as u64;
        assert_eq!(numbers["contradictory"].as_u64(), Some(contradictory));
        for (own, told) in quartiles(ages)
            .iter()
            .zip(numbers["quartiles"].as_array().expect("three"))
        {
            assert!(
                (own - told.as_f64().expect("a number")).abs() < 1e-12,
                "{part}: {numbers}"
            );
        }
        let levels = &attribute("sex")["levels"];
        for (level, name) in levels["names"]
            .as_array()
            .expect("names")
            .iter()
            .enumerate()
        {
            let own = agreed("sex")
                .iter()
                .filter(|sex| **sex == name.as_str().expect("a word"))
                .count();
            assert_eq!(
                levels["parts"][place]["counts"][level].as_u64(),
                Some(own as u64),
                "{name}"
            );
        }
        let names = &attribute("image")["names"];
        assert!(
            names["distinct"].as_u64().expect("a count") > 100,
            "names are not told: {names}"
        );
    }

    let page = String::from_utf8(folder.read("out/report.html")).expect("UTF-8");
    for part in [
        "<section id=\"characteristics\"",
        "<section id=\"flow\"",
        "<section id=\"audit\"",
        "<section id=\"methods\"",
        "<section id=\"checklists\"",
        "author = {Doe, Jane and Roe, Richard}",
        &long,
    ] {
        assert!(page.contains(part), "the page does not say {part:.60}");
    }
    assert!(!page.contains("<script>alert") && !page.contains("<img src=x"));
    // Every link of the page leads somewhere.
    for link in page.split("href=\"#").skip(1) {
        let id = link.split('"').next().unwrap_or_default();
        assert!(
            page.contains(&format!("id=\"{id}\"")),
            "nothing has the anchor {id}"
        );
    }
    let checklist = folder.json("out/checklist.json");
    assert_eq!(
        checklist["guidelines"][0]["items"][39]["status"],
        "answered"
    );
    assert_eq!(
        checklist["guidelines"][0]["items"][39]["own"][0],
        long.as_str()
    );
    let table = rows(&folder.read("out/checklist.csv"));
    assert_eq!(table.len(), 44 + 52 + 48);
    let ethics = table
        .iter()
        .find(|row| row["guideline"] == "STARD-AI" && row["item"] == "6");
    assert!(ethics.expect("an item")["answer"].starts_with("Committee 7; =2+2"));

    // Other words, and no run is made again; then both files are held against the record.
    let other = X_RAYS.replace("LIMITS", "One archive.");
    folder.write("study.toml", &other);
    let again = folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    assert!(
        again.stderr.contains("4 results are reused"),
        "{}",
        again.stderr
    );
    let page = String::from_utf8(folder.read("out/report.html")).expect("UTF-8");
    assert!(page.contains("One archive.") && !page.contains(&long));
    folder.run(&["verify", "out", "--deep"]).with(0);
    for file in ["out/checklist.json", "out/checklist.csv"] {
        let mut bytes = folder.read(file);
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        folder.write(file, bytes);
    }
    let name = |file: &str| folder.path("out").join(file).display().to_string();
    let damaged = folder.run(&["verify", "out"]).with(1);
    assert!(
        damaged.stderr.contains("checklist.json"),
        "{} {}",
        name(""),
        damaged.stderr
    );
    assert!(
        damaged.stderr.contains("checklist.csv"),
        "{}",
        damaged.stderr
    );
    folder.run(&["repair", "out"]).with(0);
    folder.run(&["verify", "out"]).with(0);

    let long = X_RAYS.replace("LIMITS", &"x".repeat(10_001));
    folder.refuses(
        &long,
        &["`reporting.limitations`", "1 to 10000 characters", "10001"],
    );
    let mistyped = X_RAYS.replace("limitations =", "limitation =");
    folder.refuses(&mistyped, &["did you mean `limitations`?"]);
}

/// A picture of noise that is like no other: `class` makes it brighter.
fn noise(seed: u32, class: u32) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(97);
    let grey = image::GrayImage::from_fn(24, 20, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        image::Luma([(state >> 25) as u8 + 100 * class as u8])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    grey.write_to(&mut bytes, image::ImageFormat::Png)
        .expect("PNG");
    bytes.into_inner()
}

const OWN: &str = r#"
title = "Own"
[data]
source = "SOURCE"
size = 16
KEYS
[grid]
model = ["cbr-tiny"]
init = ["random"]
seeds = 1
[train]
batch_size = 4
max_steps = 2
eval_every = 1
"#;

/// The flow of a study that was run into `out`.
fn flow_of(folder: &Folder, source: &str, keys: &str, out: &str) -> Value {
    folder.write(
        "study.toml",
        OWN.replace("SOURCE", source).replace("KEYS", keys),
    );
    folder.run(&["run", "study.toml", "--out", out]).with(0);
    let flow = folder.json(&format!("{out}/plan.json"))["data"]["described"]["flow"].clone();
    adds_up(&flow);
    flow
}

#[test]
fn what_a_table_loses_is_counted_where_it_is_lost() {
    let folder = Folder::new();
    let mut table = "file,state,who,kind\n".to_owned();
    for n in 0..64 {
        folder.write(&format!("img/p{n}.png"), noise(n, n % 2));
        table += &format!("p{n},{},N{n},x\n", ["well", "sick"][n as usize % 2]);
    }
    // Two rows again, three without a picture, one without a label, four of another kind.
    table += "p0,well,N0,x\np1,sick,N1,x\n";
    table += "q0,well,M0,x\nq1,well,M1,x\nq2,sick,M2,x\n";
    folder.write("img/p70.png", noise(70, 0));
    table += "p70,,N70,x\n";
    table += "p2,well,N2,y\np3,sick,N3,y\np4,well,N4,y\np5,sick,N5,y\n";
    folder.write("img/p63.png", "no picture");
    folder.write("labels.csv", table);
    let keys = r#"
image = "file"
image_root = "img"
label = "state"
patient = "who"
positive = "sick"
only = { kind = ["x"] }
blank = "skip"
missing_files = "skip"
unreadable = "skip"
exclude = ["p8", "p9"]
"#;
    let flow = flow_of(&folder, "labels.csv", keys, "out");
    let source = &flow["sources"][0];
    assert_eq!(source["found"], 74);
    let told = [
        ("not asked for by data.only", 4),
        ("without their picture", 3),
        ("without a label", 1),
        ("further rows of a picture that is counted", 2),
    ];
    assert_eq!(
        grounds(source),
        told.map(|(why, count)| (why.to_owned(), count))
    );
    let told = [("named in data.exclude", 2), ("that could not be read", 1)];
    assert_eq!(
        grounds(&flow),
        told.map(|(why, count)| (why.to_owned(), count))
    );
    let tested = flow_of(&folder, "labels.csv", &format!("{keys}folds = 3"), "folds");
    assert_eq!(tested["parts"][0]["name"], "tested in turn");
    assert_eq!(tested["parts"][0]["images"], 61);
}

#[test]
fn what_a_folder_loses_is_counted_where_it_is_lost() {
    let folder = Folder::new();
    for n in 0..48 {
        let class = ["well", "sick"][n as usize % 2];
        folder.write(&format!("photos/{class}/p{n}.png"), noise(n, n % 2));
    }
    for class in ["well", "sick"] {
        folder.write(&format!("photos/{class}/notes.txt"), "notes");
        folder.write(&format!("photos/{class}/.DS_Store"), "left behind");
    }
    folder.write("photos/masks/p0.png", noise(900, 0));
    folder.write("photos/loose.png", noise(901, 0));
    let list = |from: u32, to: u32| -> String { (from..to).map(|n| format!("p{n}\n")).collect() };
    folder.write("train.txt", list(0, 24));
    folder.write("validation.txt", list(24, 32));
    folder.write("test.txt", list(32, 44));
    let keys = r#"
layout = "{class}"
ignore = ["masks"]
split = { train = "../train.txt", validation = "../validation.txt", test = "../test.txt", unlisted = "skip" }
"#;
    let flow = flow_of(&folder, "photos", keys, "out");
    assert_eq!(flow["sources"][0]["found"], 52);
    let told = [
        ("named in data.ignore", 1),
        ("no pictures that are read", 2),
        ("outside the folders that the layout reads", 1),
        ("in no list of the split", 4),
    ];
    assert_eq!(
        grounds(&flow["sources"][0]),
        told.map(|(why, count)| (why.to_owned(), count))
    );
    assert_eq!(flow["left_out"].as_array().map(Vec::len), Some(0));
}
