//! Scores of transferability, and accuracy at the source: what a study leaves, and what it refuses.

mod fixture;

use fixture::{Folder, NIH, STUDY, files_below, nih, study};
use serde_json::Value;

const RUN: [&str; 5] = ["run", "study.toml", "--out", "out", "--json"];

fn scores<'a>(results: &'a Value, score: &str, init: &str) -> Vec<&'a Value> {
    let all = results["transferability"]["scores"].as_array();
    let all = all.expect("scores").iter();
    all.filter(|s| s["score"] == score && s["init"] == init)
        .collect()
}

/// Two starts of one network: every score with its reasons, its record and its prediction.
#[test]
fn scores_beside_probes_and_training() {
    let folder = Folder::new();
    let config = format!(
        "{STUDY}\n[probe]\nmethods = [\"knn\"]\nk = 5\nblocks = [\"block1\", \"block3\"]\nscores = \"all\"\n"
    );
    folder.write("study.toml", config);
    folder.run(&RUN).with(0);
    let results = folder.json("out/results.json");
    let found = &results["transferability"];
    assert_eq!(found["asked"].as_array().expect("scores").len(), 7);
    // Five scores of two blocks and two of the head, from two starts.
    assert_eq!(found["scores"].as_array().expect("scores").len(), 24);
    for score in ["logme", "regularised-h-score", "transrate"] {
        for init in ["random", "transfer"] {
            for found in scores(&results, score, init) {
                assert!(found["value"].is_number(), "{found}");
                let rank = found["rank"].as_u64().expect("a place");
                assert!((1..=4).contains(&rank), "{found}");
            }
        }
    }
    for score in ["leep", "nce"] {
        let [transfer] = scores(&results, score, "transfer")[..] else {
            panic!("one head")
        };
        assert!(transfer["block"].is_null());
        assert!(transfer["value"].as_f64().expect("a value") < 0.0);
        let [random] = scores(&results, score, "random")[..] else {
            panic!("one reason")
        };
        assert!(random["value"].is_null());
        let reason = random["reason"].as_str().expect("a reason");
        assert!(reason.contains("`random` does not keep"), "{reason}");
    }
    // Too few points to say how well anything predicted, and that is what is said.
    let predictions = found["predictions"].as_array().expect("predictions");
    // Eight predictors over sources, six over starts.
    assert_eq!(predictions.len(), 14);
    for prediction in predictions {
        assert!(prediction["association"]["value"].is_null());
        let reason = prediction["association"]["reason"].as_str();
        assert!(reason.expect("a reason").contains("at least 4"));
    }
    let page = String::from_utf8(folder.read("out/report.html")).expect("a page");
    for text in [
        "<section id=\"transferability\">",
        "0.33 (0.11 to 0.58)",
        "none is reliable",
        "plain k-NN is best",
        "does not keep",
    ] {
        assert!(page.contains(text), "no {text:?}");
    }
    assert!(!page.contains("<section id=\"source-accuracy\">"));
    let report = folder.run(&["report", "out"]).with(0);
    for text in ["Scores of transferability", "LogME", "0.33 (0.11 to 0.58)"] {
        assert!(report.stdout.contains(text), "{}", report.stdout);
    }

    // A finished probe is not repeated, and one without a result gives the same again.
    let before = files_below(&folder.path("out/probes"));
    let (first, _) = before
        .iter()
        .find(|(path, _)| path.ends_with("result.json"))
        .expect("a result");
    std::fs::remove_file(first).expect("a file");
    folder.run(&["run", "out"]).with(0);
    assert_eq!(files_below(&folder.path("out/probes")), before);
    assert_eq!(folder.json("out/results.json"), results);
}

/// Two networks from one source, five starts: what was promised is set against what came.
#[test]
fn promises_are_set_against_arms_and_sources_against_each_other() {
    let folder = Folder::new();
    folder.write(
        "small.toml",
        r#"
            model = "cbr-small"
            [data]
            source = "phantom-objects"
            name = "phantom objects"
            size = 16
            count = 200
            [train]
            batch_size = 8
            max_steps = 2
            eval_every = 2
        "#,
    );
    folder.run(&["pretrain", "small.toml"]).with(0);
    let config = study(&[
        ("[\"cbr-tiny\"]", "[\"cbr-tiny\", \"cbr-small\"]"),
        (
            "cbr-tiny = \"builtin:cbr-tiny-phantom\"",
            "cbr-tiny = \"builtin:cbr-tiny-phantom\"\ncbr-small = \"small.safetensors\"",
        ),
    ]);
    let probe = "[probe]\nmethods = []\nblocks = [\"block3\"]\nscores = [\"leep\", \"logme\"]\n";
    folder.write("study.toml", format!("{config}\n{probe}"));
    folder.run(&RUN).with(0);
    let results = folder.json("out/results.json");
    let predictions = results["transferability"]["predictions"].as_array();
    let predictions = predictions.expect("predictions");
    let points = |score: &str, over: &str| {
        let is_it = |p: &&Value| p["predictor"]["score"] == score && p["over"] == over;
        let found = predictions.iter().find(is_it);
        found.map(|p| p["association"].clone())
    };
    let four = points("logme", "starts").expect("a prediction");
    assert_eq!(
        (&four["points"], &four["coefficient"]),
        (&4.into(), &"weighted-tau".into())
    );
    let value = four["value"].as_f64().expect("a value of four points");
    assert!((-1.0..=1.0).contains(&value));
    assert_ne!(four["interval"].is_array(), four["reason"].is_string());
    for score in ["leep", "logme"] {
        let two = points(score, "sources").expect("a prediction");
        assert_eq!((&two["points"], &two["value"]), (&2.into(), &Value::Null));
    }
    assert!(points("leep", "starts").is_none());

    let [figure] = results["source_accuracy"]
        .as_array()
        .expect("figures")
        .as_slice()
    else {
        panic!("one source")
    };
    assert_eq!(figure["source"], "phantom objects");
    let networks = figure["networks"].as_array().expect("networks");
    assert_eq!(networks.len(), 2);
    assert_eq!(networks[0]["top1"], 0.973_214_285_714_285_7);
    let associations = figure["associations"].as_array().expect("associations");
    assert_eq!(associations.len(), 3);
    assert!(associations.iter().all(|a| a["value"].is_null()));
    let page = String::from_utf8(folder.read("out/report.html")).expect("a page");
    let begun = page.find("<section id=\"source-accuracy\">");
    let section = &page[begun.expect("a section")..];
    let section = &section[..section.find("</section>").expect("its end")];
    assert_eq!(section.matches("data-series=").count(), 2);
    let report = folder.run(&["report", "out"]).with(0);
    let line = "Accuracy on phantom objects against test AUC here (2 networks";
    assert!(report.stdout.contains(line), "{}", report.stdout);
}

/// A score of findings is the mean over those that are frequent enough, each where it is known.
#[test]
fn findings_too_rare_are_named() {
    let folder = Folder::new();
    let Some(()) = nih(&folder) else { return };
    let probe = "[probe]\nonly = true\nmethods = []\nblocks = [\"block1\"]\nscores = \"all\"\n";
    folder.write("study.toml", format!("{NIH}\n{probe}"));
    folder.run(&RUN).with(0);
    let results = folder.json("out/results.json");
    for score in [
        "logme",
        "h-score",
        "regularised-h-score",
        "transrate",
        "gbc",
    ] {
        let [found] = scores(&results, score, "random")[..] else {
            panic!("one block")
        };
        assert!(found["value"].is_number(), "{found}");
        let left_out = found["left_out"].as_array().expect("rare findings");
        assert!(left_out.contains(&"Hernia".into()), "{found}");
        assert!(!left_out.contains(&"Infiltration".into()), "{found}");
    }
    let predictions = &results["transferability"]["predictions"];
    assert_eq!(predictions.as_array().map(Vec::len), Some(0));
}

#[test]
fn bad_scores_are_named() {
    let folder = Folder::new();
    let refuses = |line: &str, parts: &[&str]| {
        folder.refuses(&format!("{STUDY}\n[probe]\n{line}\n"), parts);
    };
    let unknown = ["unknown variant `logmee`", "did you mean `logme`?"];
    refuses("scores = [\"logmee\"]", &unknown);
    refuses("scores = \"logmee\"", &unknown);
    refuses("scores = 3", &["a list of scores, or \"all\""]);
    refuses(
        "scores = [\"gbc\", \"gbc\"]",
        &["`probe.scores`", "`gbc` twice"],
    );
    refuses("methods = []", &["`probe.methods`", "or some `scores`"]);
}
