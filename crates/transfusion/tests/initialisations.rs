//! Initialisations from the words of a study to the records of its runs.

mod fixture;

use std::path::Path;

use fixture::{Folder, study};
use serde_json::Value;

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Arms of one step each leave what was done to every tensor, and the bank of Gabor filters.
#[test]
fn every_way_to_write_one() {
    let folder = Folder::new();
    let init = r#"[
        "random", "lsuv", "knockoff", "mean-var-norms", { gabor = "colour", rest = "load" },
        { load = "..block1", rest = "mean-var" },
        { name = "mine", rules = [["stem", "load"], ["block1..", "shuffle"]] },
    ]"#;
    folder.write(
        "study.toml",
        study(&[
            (r#"["random", "transfer"]"#, init),
            ("max_steps = 12", "max_steps = 1"),
        ]),
    );
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    let runs = folder.runs("out");
    let names = [
        "random",
        "lsuv",
        "knockoff",
        "mean-var-norms",
        "gabor-colour-rest-load",
        "load-..block1-rest-mean-var",
        "mine",
    ];
    // Four convolutions, four norms of four tensors, a classifier of two.
    let counts = [
        [0, 0, 22],
        [0, 0, 22],
        [0, 4, 18],
        [0, 12, 10],
        [19, 0, 3],
        [10, 2, 10],
        [5, 3, 14],
    ];
    for ((run, name), [loaded, rescaled, drawn]) in runs.iter().zip(names).zip(counts) {
        let matches: Value =
            serde_json::from_slice(&read(&run.join("match.json"))).expect("a match report");
        assert_eq!(matches["initialisation"], name);
        let found = ["loaded", "rescaled", "drawn"].map(|key| matches[key].as_u64());
        assert_eq!(found, [loaded, rescaled, drawn].map(Some), "{name}");
        let is_gabor = name.starts_with("gabor");
        assert_eq!(run.join("gabor.png").exists(), is_gabor, "{name}");
        let first = &matches["tensors"][0];
        match name {
            "lsuv" => assert!(first["action"]["unit-variance"]["factor"].as_f64() > Some(0.0)),
            "knockoff" => assert_eq!(first["action"], "knockoff"),
            _ => {}
        }
        if is_gabor {
            assert_eq!(first["action"]["gabor"]["colour"], "colour");
            let bank = read(&run.join("gabor.safetensors"));
            assert_eq!(bank, read(&run.join("initial_filters.safetensors")));
            assert!(read(&run.join("gabor.png")).starts_with(b"\x89PNG"));
        }
    }
    // Six comparisons with the same arm share a sentence, in which each has its numbers.
    let results = folder.json("out/results.json");
    let verdict = results["verdict"]["paragraph"].as_str().expect("a text");
    assert!(
        verdict.contains("For cbr-tiny, AUC against random is "),
        "{verdict}"
    );
    for comparison in results["comparisons"].as_array().expect("a list") {
        let value = comparison["difference"]["value"]
            .as_f64()
            .expect("a number");
        assert!(verdict.contains(&format!(" {value:+.3} (")), "{verdict}");
    }
    assert_eq!(verdict.matches("against random").count(), 1);
}

#[test]
fn what_does_not_fit_is_refused() {
    let folder = Folder::new();
    for (init, parts) in [
        (r#""knockof""#, &["line 13", "did you mean `knockoff`?"][..]),
        (
            r#"{ load = "stem", rest = "men-var" }"#,
            &["did you mean `mean-var`?"],
        ),
        (
            r#"{ load = "block9.." }"#,
            &["no block `block9`", "stem, block1"],
        ),
        (
            r#"{ load = "layer1.*" }"#,
            &["`layer1.*` selects no tensor"],
        ),
        (r#"{ load = 7 }"#, &["expected a selection"]),
        (r#"{ load = "classifier" }"#, &["`fc.weight` has shape"]),
        (
            r#"{ transfuse = "stem", scale = "he" }"#,
            &["`scale` goes with `gabor`"],
        ),
    ] {
        folder.refuses(&study(&[(r#""transfer""#, init)]), parts);
    }
}
