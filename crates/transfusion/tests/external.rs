//! `predict`: the study's own question at its threshold and temperature, and a labelled table.
//! `checks/external.py` computes the numbers with scikit-learn.

mod fixture;

use std::io::Cursor;

use fixture::Folder;
use image::{ImageFormat, Rgb, RgbImage};
use serde_json::Value;

/// A study of pictures whose files `predict` can read again.
const PICTURES: &str = r#"
title = "Pictures"
[data]
source = "pictures"
size = 16
fractions = { train = 0.5, validation = 0.25, test = 0.25 }
[grid]
model = ["cbr-tiny"]
init = ["random"]
seeds = 1
[train]
batch_size = 8
max_steps = 40
eval_every = 20
"#;

/// Dark and bright pictures by class, one in five of them as the other class: so a network learns
/// something, is sometimes wrong, and a temperature can be fitted.
fn pictures(folder: &Folder) {
    for (number, class) in ["benign", "malignant"].into_iter().enumerate() {
        for i in 0..60u32 {
            let shown = (number as u32 + u32::from(i % 5 == 0)) % 2;
            let picture = RgbImage::from_fn(16, 16, |x, y| {
                let place = x * 31 + y * 57 + i * 97 + number as u32 * 13;
                let noise = place.wrapping_mul(2_654_435_761) >> 26;
                Rgb([(60 + 70 * shown + noise) as u8; 3])
            });
            let mut bytes = Cursor::new(Vec::new());
            let written = picture.write_to(&mut bytes, ImageFormat::Png);
            written.expect("a picture");
            folder.write(&format!("pictures/{class}/{i:02}.png"), bytes.into_inner());
        }
    }
}

/// Equal but for what probabilities of other batches round to.
#[track_caller]
fn close(a: &Value, b: &Value) {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            let [a, b] = [a, b].map(|n| n.as_f64().expect("a number"));
            assert!((a - b).abs() <= 1e-4 * b.abs().max(1.0), "{a} and not {b}");
        }
        (Value::Array(a), Value::Array(b)) => {
            assert_eq!(a.len(), b.len());
            a.iter().zip(b).for_each(|(a, b)| close(a, b));
        }
        (Value::Object(a), Value::Object(b)) => {
            assert!(a.keys().eq(b.keys()));
            a.values().zip(b.values()).for_each(|(a, b)| close(a, b));
        }
        _ => assert_eq!(a, b),
    }
}

#[test]
fn the_test_pictures_measured_from_outside_are_what_the_study_says_of_them() {
    let folder = Folder::new();
    pictures(&folder);
    folder.write("study.toml", PICTURES);
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    let run = folder.runs("out")[0].clone();
    let path = run.display().to_string();
    folder.run(&["export", &path, "--to", "model"]).with(0);

    let metadata = folder.json("model/metadata.json");
    let classes = metadata["classes"].as_array().expect("classes").clone();
    let decision = &metadata["decision"];
    let found = &folder.json("out/results.json")["arms"][0]["seeds"][0].clone();
    let questions = found["questions"].as_array().expect("questions");
    for (question, threshold) in questions
        .iter()
        .zip(decision["thresholds"].as_array().expect("thresholds"))
    {
        assert_eq!(threshold["question"], question["name"]);
        assert_eq!(threshold["value"], question["operating"]["threshold"]);
    }
    let temperature = &decision["temperature"]["value"];
    assert!(temperature.is_number());

    // The test pictures, with their answers by name.
    let mut table = csv::Reader::from_path(run.join("predictions.csv")).expect("a table");
    let rows: Vec<csv::StringRecord> = table.records().map(|row| row.expect("a row")).collect();
    let mut text = "image,label,patient\n".to_string();
    let tested = rows.iter().filter(|row| &row[0] == "test");
    for row in tested.clone() {
        let class = classes[row[3].parse::<usize>().expect("an index")].as_str();
        text.push_str(&format!(
            "{},{},{}\n",
            &row[1],
            class.expect("a name"),
            &row[2]
        ));
    }
    folder.write("pictures/answers.csv", text);
    let labels = ["--labels", "pictures/answers.csv"];
    for model in ["model", &path] {
        let ended = folder
            .run(&[&["predict", model, "--json"], &labels[..]].concat())
            .with(0);
        let external = ended.json();
        assert_eq!(external["images"], tested.clone().count());
        close(&external["auc"], &found["auc"]);
        for metric in external["metrics"].as_array().expect("metrics") {
            let id = metric["id"].as_str().expect("a key");
            close(&metric["value"], &found[id]);
            let [low, high] = ["low", "high"].map(|end| metric[end].as_f64().expect("an end"));
            let value = metric["value"].as_f64().expect("a value");
            assert!(low <= value && value <= high, "{id}: {low} {value} {high}");
        }
        close(&external["questions"], &found["questions"]);
    }

    // Every picture is answered at the threshold, also of a run.
    folder
        .run(&[&["predict", "model", "--out", "answers.csv"], &labels[..]].concat())
        .with(0)
        .prints(&[
            "AUC of the headline",
            "Thresholds are those that the study's validation pictures chose",
        ]);
    let mut answers = csv::Reader::from_path(folder.path("answers.csv")).expect("a table");
    let head = answers.headers().expect("a header").clone();
    let first = questions[0]["name"].as_str().expect("a name");
    let column = |name: &str| {
        head.iter()
            .position(|column| column == name)
            .expect("a column")
    };
    let [p, threshold, positive, rescaled] = ["P", "threshold", "positive", "rescaled P"]
        .map(|what| column(&format!("{what}({first})")));
    let number = |text: &str| text.parse::<f64>().expect("a number");
    for row in answers.records() {
        let row = row.expect("a row");
        assert_eq!(
            number(&row[threshold]),
            questions[0]["operating"]["threshold"].as_f64().expect("it")
        );
        assert_eq!(
            &row[positive],
            if number(&row[p]) >= number(&row[threshold]) {
                "1"
            } else {
                "0"
            }
        );
        assert!((0.0..=1.0).contains(&number(&row[rescaled])));
        assert_eq!(
            Some(number(&row[column("temperature")])),
            temperature.as_f64()
        );
    }

    // A model of before there were thresholds is read, and says what it lacks.
    let mut old = metadata.clone();
    old.as_object_mut().expect("an object").remove("decision");
    folder.write("model/metadata.json", old.to_string());
    let ended = folder
        .run(&[&["predict", "model", "--json"], &labels[..]].concat())
        .with(0);
    let external = ended.json();
    close(&external["auc"], &found["auc"]);
    assert_eq!(external["questions"][0]["operating"], Value::Null);
    let notes = external["notes"].to_string();
    assert!(notes.contains("exported without thresholds"), "{notes}");
    folder.run(&["predict", "model", "pictures"]).with(0);

    // Hostile or wrong.
    old["headline"] = serde_json::json!({ "class": 99 });
    folder.write("model/metadata.json", old.to_string());
    folder.refuses_command(
        &["predict", "model", "pictures"],
        &["no question about its classes"],
    );
    folder.write("pictures/answers.csv", "image,label\nx.png,unheard\n");
    folder.refuses_command(
        &[&["predict", path.as_str()], &labels[..]].concat(),
        &["line 2", "unheard"],
    );
    folder.refuses_command(
        &[&["predict", "builtin:cbr-tiny-phantom"], &labels[..]].concat(),
        &["no question of its own"],
    );
}
