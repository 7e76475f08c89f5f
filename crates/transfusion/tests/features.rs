//! Features that another program made: probed as those of a network are, and refused where they do
//! not belong to the pictures.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod fixture;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use fixture::{Folder, study};
use serde_json::Value;

const RUN: [&str; 6] = ["run", "study.toml", "--out", "out", "--jobs", "1"];

/// A study of probes alone, with two sizes and seeds and whatever else.
fn probing(more: &str) -> String {
    let changed = study(&[("seeds = 1", "seeds = 2\ntrain_size = [20, \"all\"]")]);
    format!("{changed}\n[probe]\nonly = true\nkeep_features = true\n{more}\n")
}

/// The tensors of a safetensors file of 32-bit numbers: shape and values.
fn tensors(bytes: &[u8]) -> BTreeMap<String, (usize, Vec<f32>)> {
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header: Value = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
    let entries = header.as_object().unwrap().iter();
    let tensors = entries.filter(|(name, _)| *name != "__metadata__");
    tensors
        .map(|(name, entry)| {
            let place = |end: usize| entry["data_offsets"][end].as_u64().unwrap() as usize;
            let data = &bytes[8 + length + place(0)..8 + length + place(1)];
            let values = data.chunks_exact(4);
            let values = values.map(|v| f32::from_le_bytes(v.try_into().unwrap()));
            let width = entry["shape"][1].as_u64().unwrap() as usize;
            (name.clone(), (width, values.collect()))
        })
        .collect()
}

/// The drawn pictures' names: two eyes a patient.
fn name(example: u64) -> String {
    let eye = ["left", "right"][(example % 2) as usize];
    format!("P{:04}/{eye}", example / 2 + 1)
}

/// What one block of the only drawn network put out, as a table, in no order of the study's.
fn table(folder: &Folder, block: &str) -> String {
    let results = folder.json("out/results.json");
    let random = results["probes"].as_array().unwrap().len();
    assert!(random > 0, "nothing was probed");
    let probes = std::fs::read_dir(folder.path("out/probes")).unwrap();
    let probe = probes
        .map(|entry| entry.unwrap().path())
        .find(|probe| {
            let spec = std::fs::read_to_string(probe.join("spec.json")).unwrap();
            spec.contains("\"transfer\"")
        })
        .expect("a probe of transfer");
    let kept = tensors(&std::fs::read(probe.join("features.safetensors")).unwrap());
    let split = &folder.json("out/plan.json")["data"]["split"];
    let mut rows = Vec::new();
    for partition in ["train", "validation", "test"] {
        let (width, values) = &kept[&format!("{partition}/{block}")];
        let examples = split[partition].as_array().unwrap();
        for (example, row) in examples.iter().zip(values.chunks_exact(*width)) {
            let mut line = name(example.as_u64().unwrap());
            for value in row {
                write!(line, ",{value}").unwrap();
            }
            rows.push(line);
        }
    }
    rows.sort();
    rows.reverse();
    let width = kept[&format!("train/{block}")].0;
    let columns: String = (0..width).map(|n| format!(",f{n}")).collect();
    format!(
        "picture{columns}\nsomeone/else{}\n{}\n",
        ",0".repeat(width),
        rows.join("\n")
    )
}

#[test]
fn features_from_a_file_are_probed_as_those_of_the_network_that_made_them() {
    let folder = Folder::new();
    folder.write("study.toml", probing("scores = [\"logme\", \"nce\"]"));
    folder.run(&RUN).with(0);
    folder.write("them.csv", table(&folder, "block3"));
    std::fs::remove_dir_all(folder.path("out")).unwrap();

    let more = "scores = [\"logme\", \"nce\"]\nfeatures = { them = \"them.csv\" }";
    folder.write("study.toml", probing(more));
    let plan = folder.run(&["plan", "study.toml"]).with(0);
    assert!(
        plan.stdout.contains("probes: features of 120"),
        "{}",
        plan.stdout
    );
    let run = folder.run(&RUN).with(0);
    assert!(run.stdout.contains("from a file, linear"), "{}", run.stdout);
    let results = folder.json("out/results.json");
    let found = |model: &str, init: &str, block: &str| -> Vec<Value> {
        let probes = results["probes"].as_array().unwrap().iter();
        let of = probes.filter(|p| {
            (&p["model"], &p["init"], &p["block"]) == (&model.into(), &init.into(), &block.into())
        });
        of.map(|p| serde_json::json!([p["train_size"], p["method"], p["auc"], p["seeds"]]))
            .collect()
    };
    let own = found("cbr-tiny", "transfer", "block3");
    assert_eq!(own.len(), 4, "two sizes, two methods");
    assert_eq!(found("them", "from a file", "features"), own);
    let logme = |model: &str, block: &str| -> Vec<Value> {
        let scores = results["transferability"]["scores"]
            .as_array()
            .unwrap()
            .iter();
        let of =
            scores.filter(|s| s["model"] == model && s["block"] == block && s["score"] == "logme");
        of.filter(|s| s["init"] != "random")
            .map(|s| s["value"].clone())
            .collect()
    };
    assert_eq!(logme("them", "features"), logme("cbr-tiny", "block3"));
    assert_eq!(logme("them", "features").len(), 2);
    let page = String::from_utf8(folder.read("out/report.html")).unwrap();
    assert!(page.contains("from a file"));
    folder.run(&["verify", "out"]).with(0);

    // The same plan again does nothing; another file is another probe.
    folder.write("them.csv", table_with_noise(&folder));
    folder.run(&RUN).with(0);
    let again = folder.json("out/results.json");
    assert_ne!(again["probes"], results["probes"]);
    folder.run(&["verify", "out"]).with(0);
}

fn table_with_noise(folder: &Folder) -> String {
    let text = String::from_utf8(folder.read("them.csv")).unwrap();
    let noisy = text.lines().enumerate().map(|(row, line)| match row {
        0 => format!("{line},noise\n"),
        _ => format!("{line},{}\n", (row * 7919) % 101),
    });
    noisy.collect()
}

#[test]
fn features_that_do_not_belong_to_the_pictures_are_refused() {
    let folder = Folder::new();
    let rows =
        |count: u64| -> String { (0..count).map(|e| format!("{},1,2\n", name(e))).collect() };
    folder.write("short.csv", format!("id,a,b\n{}", rows(100)));
    folder.write("twice.csv", format!("id,a,b\n{}{}", rows(120), rows(1)));
    folder.write("gap.csv", format!("id,a,b\n{}x,,1\n", rows(120)));
    folder.write("whole.csv", format!("id,a,b\n{}", rows(120)));
    for (written, parts) in [
        (
            "{ a = \"short.csv\" }",
            &["20 of 120 pictures", "P0051/left"][..],
        ),
        ("{ a = \"twice.csv\" }", &["P0001/left\" twice"]),
        ("{ a = \"gap.csv\" }", &["a number in column `a`"]),
        ("{ a = \"none.csv\" }", &["none.csv"]),
        (
            "{ a = { file = \"whole.csv\", ids = \"nothing\" } }",
            &["a column `nothing`"],
        ),
        (
            "{ a = { file = \"whole.csv\", layers = [\"x\"] } }",
            &["`layers`"],
        ),
        (
            "{ a = { file = \"whole.csv\", layer = \"x\" } }",
            &["layer"],
        ),
        (
            "{ cbr-tiny = \"whole.csv\" }",
            &["probe.features", "no network of the grid has"],
        ),
        (
            "{ \"../up\" = \"whole.csv\" }",
            &["probe.features", "`../up`"],
        ),
    ] {
        folder.refuses(&probing(&format!("features = {written}")), parts);
    }
}
