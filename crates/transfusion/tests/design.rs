//! `transfusion design`: patients and seeds that a study needs.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod fixture;

use fixture::{Folder, STUDY};

#[test]
fn guesses_make_a_plan() {
    let folder = Folder::new();
    let asked = [
        "design",
        "--auc",
        "0.85",
        "--prevalence",
        "0.3",
        "--difference",
        "0.02",
        "--margin",
        "0.01",
        "--seed-sd",
        "0.005",
        "--correlation",
        "0.6",
        "--arms",
        "3",
    ];
    let printed = folder.run(&asked).with(0).stdout;
    for part in [
        "Power to find a true difference of 0.02",
        "Power to show equivalence within ± 0.01",
        "20 seeds",
        "Test patients that 80% power takes",
    ] {
        assert!(printed.contains(part), "{part} is not in {printed}");
    }
    let more = [
        "--json",
        "--html",
        "power.html",
        "--patients",
        "200,2000",
        "--seeds",
        "3,10",
    ];
    let found = folder.run(&[&asked[..], &more].concat()).with(0).json();
    let power = |cell: usize| found["cells"][cell]["difference"][0].as_f64().unwrap();
    assert_eq!(found["cells"].as_array().unwrap().len(), 4);
    assert!(power(0) < power(1) && power(0) < power(2) && power(2) < power(3));
    let page = String::from_utf8(folder.read("power.html")).unwrap();
    assert_eq!(page.matches("<svg").count(), 2);

    for (wrong, parts) in [
        (["--auc", "0.4"], "auc"),
        (["--seeds", "2"], "--seeds"),
        (["--seed-correlation", "0.5"], "seed correlation"),
        (["--pilot", "nowhere"], "nowhere"),
    ] {
        folder
            .run(&["design", wrong[0], wrong[1]])
            .with(2)
            .says(&[parts]);
    }
}

#[test]
fn a_finished_study_is_a_pilot() {
    let folder = Folder::new();
    folder.write("study.toml", STUDY.replace("seeds = 1", "seeds = 2"));
    folder.run(&["run", "study.toml", "--out", "study"]).with(0);
    let found = folder
        .run(&["design", "--pilot", "study", "--json"])
        .with(0)
        .json();
    let assumed = found["assumed"].as_str().unwrap();
    assert!(
        assumed.contains("2 seeds") && assumed.contains("transfer"),
        "{assumed}"
    );
    let arguments = ["design", "--pilot", "study", "--pilot-arm", "none"];
    folder.run(&arguments).with(2).says(&["`none`", "transfer"]);
    let both = ["design", "--pilot", "study", "--auc", "0.8"];
    folder.run(&both).with(2);
}
