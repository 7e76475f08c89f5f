//! Studies of slimmed and truncated networks, with the weights of the whole one.

mod fixture;

use fixture::{Folder, STUDY, study};
use serde_json::Value;

const MODELS: &str = r#"model = ["cbr-tiny", { name = "cbr-tiny", slim = "block1" }, { name = "cbr-tiny", truncate = "block1" }]"#;

fn array(value: &Value) -> &Vec<Value> {
    value.as_array().expect("an array")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

#[test]
fn variants_train_from_the_weights_of_the_whole() {
    let folder = Folder::new();
    let config = study(&[("model = [\"cbr-tiny\"]", MODELS)]);
    folder.write("study.toml", config);
    let planned = folder.run(&["plan", "study.toml", "--json"]).with(0);
    assert!(planned.stdout.contains("cbr-tiny-slim-block1, transfer"));
    let ended = folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    assert!(ended.stdout.contains("against others"), "{}", ended.stdout);

    let results = folder.json("out/results.json");
    let sizes: Vec<_> = array(&results["models"])
        .iter()
        .map(|model| (text(&model["label"]), model["parameters"].as_u64()))
        .collect();
    // A convolution from a to b channels has 25·a·b weights, its batch norm 2·b numbers, and a head
    // of b features and five classes 5·(b + 1).
    let conv = |a: u64, b: u64| 25 * a * b + 2 * b;
    let kept = conv(3, 32) + conv(32, 64);
    assert_eq!(
        sizes,
        [
            (
                "cbr-tiny",
                Some(kept + conv(64, 128) + conv(128, 256) + 5 * 257)
            ),
            (
                "cbr-tiny-slim-block1",
                Some(kept + conv(64, 64) + conv(64, 128) + 5 * 129)
            ),
            ("cbr-tiny-truncated-block1", Some(kept + 5 * 65)),
        ]
    );
    let sources = array(&results["sources"]);
    assert_eq!(sources.len(), 3);
    assert_eq!(sources[0]["sha256"], sources[2]["sha256"]);
    assert!(sources[0]["top1"].is_number() && sources[1]["top1"].is_null());

    // Every variant is compared with its own baseline, and with the whole network.
    let pairs: Vec<_> = array(&results["comparisons"])
        .iter()
        .map(|c| [text(&c["arm"]), text(&c["baseline"])])
        .collect();
    let mut expected = vec![["cbr-tiny, transfer".to_string(), "cbr-tiny, random".into()]];
    for model in ["cbr-tiny-slim-block1", "cbr-tiny-truncated-block1"] {
        let [random, transfer] = ["random", "transfer"].map(|init| format!("{model}, {init}"));
        expected.push([random.clone(), "cbr-tiny, random".into()]);
        expected.push([transfer.clone(), random]);
        expected.push([transfer, "cbr-tiny, transfer".into()]);
    }
    assert_eq!(pairs, expected);
    let verdict = text(&results["verdict"]["paragraph"]);
    assert!(
        verdict.contains("against transfer of the whole cbr-tiny"),
        "{verdict}"
    );
    let page = String::from_utf8(folder.read("out/report.html")).expect("text");
    assert!(page.contains("<small>to cbr-tiny, transfer</small>"));

    // The kept blocks are copied, all else is drawn.
    let runs = folder.runs("out");
    for (index, drawn) in [(3, 12), (5, 2)] {
        let matches = std::fs::read(runs[index].join("match.json")).expect("a match report");
        let matches: Value = serde_json::from_slice(&matches).expect("JSON");
        assert_eq!(
            (&matches["loaded"], &matches["drawn"]),
            (&10.into(), &drawn.into())
        );
    }

    // What was trained can be used.
    folder.write(
        "one/picture.png",
        fixture::picture(image::ImageFormat::Png, 24, 3),
    );
    for index in [3, 5] {
        let (run, to) = (runs[index].display().to_string(), format!("model{index}"));
        folder.run(&["export", &run, "--to", &to]).with(0);
        let [of_run, of_export] = [run.as_str(), to.as_str()]
            .map(|model| folder.run(&["predict", model, "one"]).with(0).stdout);
        assert_eq!(of_run, of_export);
    }
}

/// Only the variant need be in the grid, and its own entry wins.
#[test]
fn entries_of_weights_name_the_variant_or_the_whole() {
    let folder = Folder::new();
    let slim = "model = [{ name = \"cbr-tiny\", slim = \"block1\", divide = 4 }]";
    let config = study(&[("model = [\"cbr-tiny\"]", slim)]);
    folder.write("study.toml", &config);
    folder.run(&["plan", "study.toml"]).with(0);
    let builtin = "cbr-tiny = \"builtin:cbr-tiny-phantom\"";
    assert!(STUDY.contains(builtin));
    let missing = "cbr-tiny-slim-block1-by4 = \"missing.safetensors\"";
    folder.refuses(
        &config.replace(builtin, missing),
        &["model `cbr-tiny-slim-block1-by4`", "missing.safetensors"],
    );
    let nearly = builtin.replace("cbr-tiny =", "cbr-tiny-slim-block1 =");
    folder.refuses(
        &config.replace(builtin, &nearly),
        &[
            "cbr-tiny-slim-block1-by4, cbr-tiny",
            "did you mean `cbr-tiny-slim-block1-by4`?",
        ],
    );
    folder.refuses(&config.replace(builtin, ""), &["needs pretrained weights"]);
}

#[test]
fn variants_that_cannot_be_are_refused() {
    let folder = Folder::new();
    let with = |options: &str| {
        let model = format!("model = [{{ name = \"cbr-tiny\", {options} }}]");
        study(&[("model = [\"cbr-tiny\"]", model.as_str())])
    };
    for (options, part) in [
        ("slim = \"block7\"", "choose one of stem, block1, block2"),
        ("truncate = \"head\"", "only the head would change"),
        ("divide = 2", "beside slim"),
        ("slim = \"block1\", divide = 1", "2 to 1024"),
        ("slim = \"block1\", divide = -1", "divide"),
        ("slm = \"block1\"", "unknown field `slm`"),
    ] {
        folder.refuses(&with(options), &[part]);
    }
    let models = |arguments: &[&str]| {
        let arguments = [&["models", "--json"], arguments].concat();
        folder.run(&arguments).with(0).json()
    };
    let slim = models(&["--slim", "block2"]);
    let resnet50 = array(&slim).iter().find(|m| m["name"] == "resnet50");
    assert_eq!(resnet50.expect("a network")["parameters"], 7_140_421);
    folder.refuses_command(&["models", "--truncate", "block99"], &["no such block"]);
}

/// Three networks by four initialisations by two regimes: too many comparisons to tell one by one.
/// Those of the recommended arm are told, the others counted, and all are in the results.
#[test]
fn many_comparisons_are_counted() {
    let folder = Folder::new();
    let grid = format!("{MODELS}\nregime = [\"full\", \"linear-probe\"]");
    let config = study(&[
        ("model = [\"cbr-tiny\"]", grid.as_str()),
        (
            r#"["random", "transfer"]"#,
            r#"["random", "transfer", "lsuv", "gabor"]"#,
        ),
        ("max_steps = 12", "max_steps = 1"),
    ]);
    folder.write("study.toml", config);
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    let results = folder.json("out/results.json");
    let comparisons = array(&results["comparisons"]);
    let verdict = text(&results["verdict"]["paragraph"]);
    let counted = format!("All {} comparisons of arms: ", comparisons.len());
    assert!(verdict.contains(&counted), "{verdict}");
    let recommended = &results["verdict"]["recommended"];
    for comparison in comparisons {
        let value = comparison["difference"]["value"]
            .as_f64()
            .expect("a number");
        let told = verdict.contains(&format!("changes AUC by {value:+.3} ("));
        assert!(told || &comparison["arm"] != recommended, "{verdict}");
    }
    assert!(verdict.matches("changes AUC by").count() <= 3, "{verdict}");
}
