//! Data packed into few large files: the same study, and nothing believed of what was changed.

mod fixture;

use fixture::{Ended, Folder, NIH, class_folders, finish, nih, npy, npz};
use serde_json::Value;

/// A study of class folders.
const FOLDERS: &str = r#"
title = "Folders"
[data]
source = "pictures"
size = 12
fit = "pad"
[grid]
model = ["cbr-tiny"]
init = ["random"]
seeds = 1
[train]
batch_size = 8
max_steps = 4
eval_every = 2
"#;

/// The study with its `[data]` as `pack` prints it.
fn packed(study: &str, ended: &Ended) -> String {
    let (before, after) = study.split_once("[data]").expect("[data]");
    let (_, after) = after.split_once("[grid]").expect("[grid]");
    format!("{before}{}[grid]{after}", ended.stdout)
}

/// Packs `study` at `to` and writes the study of the pack.
#[track_caller]
fn pack(folder: &Folder, study: &str, to: &str, arguments: &[&str]) -> String {
    folder.write("study.toml", study);
    let command = [&["pack", "study.toml", "--to", to], arguments].concat();
    let text = packed(study, &folder.run(&command).with(0));
    folder.write("packed.toml", &text);
    text
}

/// The results of a study, but for its text and the seal over it.
fn results(folder: &Folder, study: &str) -> Value {
    let mut results = folder.json(&format!("{study}/results.json"));
    results["seal"] = Value::Null;
    results["reproduction"]["study"] = Value::Null;
    results
}

#[track_caller]
fn assert_same(packed: &Value, own: &Value) {
    for (key, value) in own.as_object().expect("results") {
        assert_eq!(packed[key], *value, "{key}");
    }
}

#[test]
fn a_pack_of_real_pictures_is_the_same_study() {
    let folder = Folder::new();
    if nih(&folder).is_none() {
        return;
    }
    let ways = [("framed", &[][..]), ("files", &["--as-they-are"])];
    let texts = ways.map(|(to, arguments)| {
        let text = pack(&folder, NIH, to, arguments);
        assert!(
            !text.contains("blank") && !text.contains("label ="),
            "{text}"
        );
        assert_eq!(folder.path(to).read_dir().expect("a folder").count(), 3);
        (to, text)
    });
    folder.run(&["run", "study.toml", "--out", "own"]).with(0);
    // Without the pictures and the table.
    std::fs::rename(folder.path("nih"), folder.path("gone")).expect("moved");
    let own = results(&folder, "own");
    for (to, text) in texts {
        folder.write("packed.toml", text);
        let out = format!("out-{to}");
        folder.run(&["run", "packed.toml", "--out", &out]).with(0);
        assert_same(&results(&folder, &out), &own);
        folder
            .run(&["run", "packed.toml", "--out", "own"])
            .with(0)
            .says(&["1 of 1 jobs already have their result"]);
    }
}

#[test]
fn folds_test_sets_arrays_and_unreadable_pictures_are_packed_too() {
    let folder = Folder::new();
    class_folders(&folder);
    folder.write("pictures/benign/zz.png", "no picture");
    let grey: Vec<u8> = (0..6u32 * 100).map(|at| (at * at % 251) as u8).collect();
    let members = [
        ("test_images", npy("(6, 10, 10)", &grey)),
        ("test_labels", npy("(6,)", &[0, 1, 0, 1, 0, 1])),
    ];
    let members = members.map(|(name, bytes)| (format!("{name}.npy"), bytes));
    let members: Vec<(&str, Vec<u8>)> = members
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.clone()))
        .collect();
    folder.write("other.npz", npz(&members));
    let study = FOLDERS
        .replace("size = 12", "size = 12\nfolds = 2\nunreadable = \"skip\"\nexclude = [\"benign/03.png\"]\nallow_leaks = \"drawn\"")
        .replace("[grid]", "[data.test.there]\nsource = \"other.npz\"\nclasses = [\"benign\", \"malignant\"]\n[grid]");
    folder.write("study.toml", &study);
    folder.run(&["run", "study.toml", "--out", "own"]).with(0);
    let own = results(&folder, "own");
    for (to, arguments) in [("framed", &[][..]), ("files", &["--as-they-are"])] {
        let command = [&["pack", "study.toml", "--to", to], arguments].concat();
        let ended = folder.run(&command);
        let bad = usize::from(to == "framed");
        assert_eq!(ended.code, Some(bad as i32), "{}", ended.stderr);
        assert_eq!(ended.stderr.matches("cannot be read").count(), bad);
        folder.write("packed.toml", packed(&study, &ended));
        let out = format!("out-{to}");
        folder.run(&["run", "packed.toml", "--out", &out]).with(0);
        assert_same(&results(&folder, &out), &own);
    }
}

#[test]
fn whatever_was_changed_is_found_and_named() {
    let folder = Folder::new();
    class_folders(&folder);
    let text = pack(&folder, FOLDERS, "pack", &[]);
    folder.write("study.toml", &text);
    let run = ["run", "study.toml", "--out", "out"];
    let change = |name: &str, change: &dyn Fn(&mut Vec<u8>), parts: &[&str]| {
        let path = format!("pack/{name}");
        let whole = folder.read(&path);
        let mut other = whole.clone();
        change(&mut other);
        folder.write(&path, other);
        folder.refuses_command(&run, parts);
        folder.write(&path, whole);
    };
    let flip = |bytes: &mut Vec<u8>| {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 4;
    };
    let samples = "samples-00000.bin";
    change(
        samples,
        &flip,
        &["malignant/00.png", samples, ", bytes ", "expected SHA-256"],
    );
    change(
        samples,
        &|bytes| bytes.truncate(999),
        &[samples, "bytes, found 999", "copy it again"],
    );
    change(
        samples,
        &|bytes| bytes.push(0),
        &[samples, "the pack is damaged"],
    );
    change(
        "pictures.jsonl",
        &flip,
        &["pictures.jsonl", "expected SHA-256"],
    );
    change(
        "pictures.jsonl",
        &Vec::clear,
        &["pictures.jsonl", "expected SHA-256"],
    );
    change("transfusion-pack.json", &flip, &["transfusion-pack.json"]);
    let foreign = |bytes: &mut Vec<u8>| *bytes = b"{\"format\": 99}".to_vec();
    change(
        "transfusion-pack.json",
        &foreign,
        &["expected a pack of format 1, found format 99"],
    );
    let foreign = |bytes: &mut Vec<u8>| *bytes = vec![0xff; 64];
    change(
        "transfusion-pack.json",
        &foreign,
        &["transfusion-pack.json"],
    );
    // Damage is no unreadable picture.
    folder.write(
        "study.toml",
        text.replace("[data]", "[data]\nunreadable = \"skip\""),
    );
    change(samples, &flip, &["malignant/00.png", "the pack is damaged"]);
    folder.write("study.toml", text.replace("size = 12", "size = 16"));
    folder.refuses_command(
        &run,
        &["size 12", "size 16", "fit \"pad\"", "--as-they-are"],
    );
    folder.write(
        "study.toml",
        text.replace("[data]", "[data]\nlabel = \"x\""),
    );
    folder.refuses_command(&run, &["`data.label`", "a pack"]);
    folder.write("study.toml", FOLDERS);
    let again = ["pack", "study.toml", "--to", "pack"];
    folder.refuses_command(&again, &["is there already"]);
    std::fs::remove_file(folder.path("pack").join(samples)).expect("removed");
    folder.write("study.toml", &text);
    folder.refuses_command(&run, &[samples]);
}

#[test]
fn a_machine_reads_its_own_copy() {
    let folder = Folder::new();
    class_folders(&folder);
    pack(&folder, FOLDERS, "pack", &[]);
    let run = |scratch: &str| {
        let mut command = folder.command(&["run", "packed.toml", "--out", "out"]);
        let child = command.env("TRANSFUSION_SCRATCH", scratch).spawn();
        finish(child.expect("the program starts")).with(0)
    };
    run("/no/such/folder").says(&["is read where it is", "No such file"]);
    std::fs::create_dir(folder.path("local")).expect("a folder");
    run("local").says(&[
        "is read from local/transfusion-pack-",
        "to which it was copied",
    ]);
    run("local").says(&["which was there"]);
    let names: Vec<_> = folder.path("local").read_dir().expect("a folder").collect();
    assert_eq!(names.len(), 1);
}

#[test]
fn offline_all_that_is_missing_is_named_at_once() {
    let folder = Folder::new();
    let study = FOLDERS
        .replace("\"pictures\"", "\"retinamnist\"")
        .replace("\"cbr-tiny\"", "\"resnet50\"")
        .replace("[grid]", "[weights]\nresnet50 = \"resnet50-v1\"\n[grid]");
    folder.write("study.toml", study);
    let run = |arguments: &[&str], variable: &str| -> Ended {
        let mut command = folder.command(arguments);
        command.env("TRANSFUSION_WEIGHTS", folder.path("weights"));
        let child = command.env("TRANSFUSION_OFFLINE", variable).spawn();
        finish(child.expect("the program starts"))
    };
    let both = [
        "transfusion data fetch retinamnist; transfusion weights fetch resnet50-v1",
        "where there is a connection",
    ];
    run(&["run", "study.toml", "--offline"], "0")
        .with(2)
        .says(&both);
    run(&["run", "study.toml"], "1").with(2).says(&both);
    run(&["data", "fetch", "retinamnist"], "1")
        .with(2)
        .says(&["data/retinamnist.npz is missing", "no connection is opened"]);
    assert_eq!(folder.files().len(), 1);
}

#[test]
fn a_pack_says_what_it_is() {
    let folder = Folder::new();
    class_folders(&folder);
    pack(&folder, FOLDERS, "pack", &[]);
    let header: Value = folder.json("pack/transfusion-pack.json");
    assert_eq!(header["frame"]["size"], 12);
    assert_eq!(header["pictures"], 40);
    let files = header["files"].as_object().expect("files");
    assert_eq!(files.len(), 2);
    assert!(header["seal"].is_string());
}
