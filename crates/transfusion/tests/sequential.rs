//! Seeds until all is decided: looks, the stop, several processes, what is told.

mod fixture;

use fixture::{Folder, finish, study};

/// Two arms that learn next to nothing, and a margin that nothing exceeds.
fn looked_at() -> String {
    study(&[
        ("count = 60", "count = 120"),
        ("seeds = 1", "seeds = { from = 3, to = 6 }"),
        ("thresholds = [0.7]", "thresholds = [0.7]\nmargin = 0.49"),
    ])
}

#[test]
fn a_study_stops_when_all_is_decided() {
    let folder = Folder::new();
    folder.write("study.toml", looked_at());
    let plan = folder.run(&["plan", "study.toml"]).with(0).stdout;
    assert!(
        plan.contains("looks after 3, 4, 6 seeds: at least 6 runs"),
        "{plan}"
    );

    // Part of the first look decides nothing.
    folder
        .run(&["run", "study.toml", "--out", "out", "--shard", "1/2"])
        .with(0);
    folder.run(&["report", "out"]).with(0);
    let part = folder.json("out/results.json");
    assert!(part["sequential"]["reached"].is_null());
    assert_eq!(part["progress"]["planned"], 6);

    let processes = [(); 2].map(|()| folder.start(&["run", "study.toml", "--out", "out"]));
    for process in processes {
        finish(process).with(0);
    }
    let results = folder.json("out/results.json");
    let sequential = &results["sequential"];
    assert_eq!(sequential["reached"], 3);
    assert_eq!(
        (&sequential["stopped"], &sequential["saved"]),
        (&true.into(), &6.into())
    );
    assert_eq!(sequential["comparisons"][0]["outcome"], "equivalent");
    assert_eq!(results["comparisons"][0]["outcome"], "equivalent");
    assert_eq!(results["progress"]["planned"], 6);
    assert_eq!(folder.runs("out").len(), 6);
    let paragraph = results["verdict"]["paragraph"].as_str().expect("a verdict");
    let stop =
        "Stopped after 3 of 6 seeds, as every comparison is decided (1): 6 runs were not needed.";
    assert!(paragraph.contains(stop), "{paragraph}");
    let page = String::from_utf8(folder.read("out/report.html")).expect("a page");
    assert!(page.contains("Stopped after 3 of 6 seeds"));

    // Nothing is left to do.
    let before = folder.read("out/results.json");
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    assert_eq!(folder.runs("out").len(), 6);
    assert!(folder.read("out/results.json") == before);
    let status = folder.run(&["status", "out"]).with(0).stdout;
    assert!(
        status.contains("6 of 12 runs done, 0 failed, 6 unneeded"),
        "{status}"
    );
    assert!(status.contains("stopped after 3 seeds"), "{status}");

    // A run beyond the last look decides nothing.
    let planned = folder.json("out/plan.json");
    let last = planned["runs"][11]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    folder
        .run(&["run", "study.toml", "--out", "out", "--job", &last])
        .with(0);
    folder.run(&["report", "out"]).with(0);
    assert!(folder.read("out/results.json") == before);

    // A margin that is changed after a look is told.
    folder.write(
        "study.toml",
        looked_at().replace("margin = 0.49", "margin = 0.48"),
    );
    let told = folder
        .run(&["run", "study.toml", "--out", "out"])
        .with(0)
        .stdout;
    assert!(
        told.contains("margin was changed from 0.49 to 0.48 after 7 results"),
        "{told}"
    );
}

#[test]
fn looks_that_could_decide_nothing_are_refused() {
    let folder = Folder::new();
    let asked = |seeds: &str| study(&[("seeds = 1", &format!("seeds = {seeds}"))]);
    folder.refuses(
        &asked("{ from = 2, to = 5 }"),
        &["grid.seeds", "3 ≤ from < to ≤ 100"],
    );
    folder.refuses(&asked("{ from = 3 }"), &["missing field `to`"]);
    folder.refuses(&asked("-1"), &["a whole number, or { from = …, to = … }"]);
    folder.refuses(
        &asked("{ from = 3, to = 5 }").replace("count = 60", "count = 60\nfolds = 3"),
        &["grid.seeds", "data.folds"],
    );
}
