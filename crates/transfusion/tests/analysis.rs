//! The analysis of trained networks: what a study with `[analysis]` leaves, and what it refuses.

mod fixture;

use std::collections::BTreeMap;
use std::path::PathBuf;

use fixture::{Folder, STUDY, files_below, study};
use serde_json::Value;

const RUN: [&str; 4] = ["run", "study.toml", "--out", "out"];

/// Two arms of three seeds; every picture, so that the last block has datapoints enough for CCA.
fn analysed() -> String {
    let changed = study(&[
        ("seeds = 1", "seeds = 3"),
        ("max_steps = 12", "max_steps = 8"),
    ]);
    format!(
        "{changed}\n[analysis]\nimages = \"all\"\npermutations = 9\ngroups = 5\nneighbours = 5\n\
         maps = [[\"cbr-tiny, random\", \"cbr-tiny, transfer\"]]\n"
    )
}

/// What the analysis left: path below the study ─▶ bytes.
fn record(folder: &Folder) -> BTreeMap<PathBuf, Vec<u8>> {
    files_below(&folder.path("out/analysis"))
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().expect(key)
}

#[test]
fn what_networks_kept_and_share() {
    let folder = Folder::new();
    folder.write("study.toml", analysed());
    let plan = folder.run(&["plan", "study.toml"]).with(0);
    let parts = "6 runs before and after training, 6 pairs of runs, 3 layer × layer maps";
    assert!(plan.stdout.contains(parts), "{}", plan.stdout);
    folder.run(&RUN).with(0);

    let results = folder.json("out/results.json");
    let analysis = &results["analysis"];
    assert_eq!(analysis["progress"]["done"], 15);
    assert_eq!(analysis["images"], 120);
    let settings = list(analysis, "settings");
    assert_eq!(settings.len(), 1);
    let arms = list(&settings[0], "arms");
    for arm in arms {
        for block in list(arm, "blocks") {
            for key in [
                "movement",
                "reset_to_start",
                "reset_to_random",
                "neighbours_after",
            ] {
                assert_eq!(list(&block[key], "values").len(), 3, "{key} of {block}");
            }
            let cca = &list(block, "before_after")[0];
            assert_eq!(cca["measure"], "mean-cca");
            let first = &cca["first"];
            let number = |value: &Value| value.as_f64().expect("a number");
            let value = number(&first["value"]["Ok"]);
            assert!((0.0..=1.0).contains(&value), "{first}");
            assert!(value > number(&first["floor"]), "{first}");
            assert_eq!(first["null"]["permutations"], 9);
            assert_eq!(first["interval"]["groups"], 5);
        }
        let against = &arm["against_baseline"];
        assert_eq!(list(against, "pairs").len(), 3);
        assert!(list(against, "top")[0]["value"]["interval"].is_array());
        assert!(arm["filters"]["correlation"]["mean"].as_f64() > Some(0.5));
    }
    assert!(list(&arms[0]["against_baseline"], "baseline_closer")[0].is_null());
    assert!(list(&arms[1]["against_baseline"], "baseline_closer")[0]["mean"].is_number());
    // Every figure is read, and every reading says whether it agrees with the paper.
    let readings = list(analysis, "readings");
    let figures: Vec<u64> = readings
        .iter()
        .filter_map(|r| r["figure"].as_u64())
        .collect();
    assert_eq!(figures, [2, 3, 4, 5]);
    let page = String::from_utf8(folder.read("out/report.html")).expect("a page");
    assert!(page.contains("What did the networks reuse?"));
    let status = folder.run(&["status", "out"]).with(0);
    assert!(
        status
            .stdout
            .contains("analysis: 15 of 15 parts done, 0 failed")
    );

    // A part without its record is done again, on any number of threads, to the same bytes.
    let before = record(&folder);
    let plan = folder.json("out/plan.json");
    for id in [
        &plan["analysis"]["pairs"][1]["id"],
        &plan["analysis"]["maps"][0]["id"],
    ] {
        let name = format!("out/analysis/{}.json", id.as_str().expect("an id"));
        std::fs::remove_file(folder.path(&name)).expect("a record");
    }
    let mut command = folder.command(&["run", "out"]);
    let again = command
        .env("RAYON_NUM_THREADS", "1")
        .output()
        .expect("the program");
    assert!(again.status.success());
    assert_eq!(record(&folder), before);
    assert_eq!(folder.json("out/results.json"), results);
}

/// Weights that were changed are never analysed; repaired, the run and the parts that need it are as
/// they were.
#[test]
fn a_damaged_network_is_not_analysed() {
    let folder = Folder::new();
    folder.write(
        "study.toml",
        format!("{STUDY}\n[analysis]\nreset = false\nneighbours = 0\n"),
    );
    folder.run(&RUN).with(0);
    let whole = record(&folder);
    std::fs::remove_dir_all(folder.path("out/analysis")).expect("the analysis");
    let runs = folder.runs("out");
    // A file of weights that holds no tensor: a header of two bytes, and nothing behind it.
    let empty = [&2_u64.to_le_bytes()[..], b"{}"].concat();
    std::fs::write(runs[1].join("model.safetensors"), empty).expect("a file");
    folder.run(&["run", "out"]).with(1).says(&[
        "model.safetensors: expected 4325028 bytes, found 10",
        "transfusion repair",
    ]);
    folder.run(&["repair", "out"]).with(0);
    assert_eq!(record(&folder), whole);
}

#[test]
fn bad_values_are_named() {
    let folder = Folder::new();
    let refuses = |line: &str, parts: &[&str]| {
        folder.refuses(&format!("{STUDY}\n[analysis]\n{line}\n"), parts);
    };
    refuses(
        "measures = [\"mean-ccca\"]",
        &[
            "`analysis.measures`",
            "`mean-ccca` (did you mean `mean-cca`?)",
        ],
    );
    refuses("measures = []", &["`analysis.measures`", "none"]);
    refuses(
        "measures = [\"cka\", \"cka\"]",
        &["`analysis.measures`", "`cka` twice"],
    );
    refuses(
        "images = \"tests\"",
        &["unknown variant `tests`", "did you mean `test`?"],
    );
    refuses("datapoints = 5", &["`analysis.datapoints`", "found 5"]);
    refuses("groups = 1", &["`analysis.groups`", "found 1"]);
    refuses("permutations = 100000", &["`analysis.permutations`"]);
    refuses(
        "maps = [[\"cbr-tiny, random\", \"cbr-tiny, transfr\"]]",
        &["`analysis.maps`", "did you mean `cbr-tiny, transfer`?"],
    );
    folder.refuses(
        &format!("{STUDY}\n[probe]\nonly = true\n[analysis]\n"),
        &["`analysis`", "probe.only"],
    );
}
