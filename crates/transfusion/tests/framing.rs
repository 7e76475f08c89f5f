//! Pictures of every shape, depth and number of channels reach the network as the configuration
//! says, or are refused with the key to write; the exported model does the same.

mod fixture;

use fixture::{Folder, npy, npy_of, npz, picture};
use serde_json::Value;

const ROWS: usize = 20;
const COLUMNS: usize = 36;

/// Two classes of oblong pictures in a `.npz`; `sample` makes the bytes of a level from 0 to 255.
fn archive(folder: &Folder, element: &str, channels: usize, sample: impl Fn(usize) -> Vec<u8>) {
    let mut members = Vec::new();
    for (part, count) in [("train", 32), ("val", 16), ("test", 16)] {
        let labels: Vec<u8> = (0..count).map(|index| (index % 2) as u8).collect();
        let mut data = Vec::new();
        for index in 0..count {
            for at in 0..ROWS * COLUMNS * channels {
                let level = (at * 7 + index * 13 + at / 50 * 31) % 200 + 55 * (index % 2);
                data.extend(sample(level));
            }
        }
        let shape = format!("({count}, {ROWS}, {COLUMNS}, {channels})");
        members.push((format!("{part}_images.npy"), npy_of(element, &shape, &data)));
        members.push((
            format!("{part}_labels.npy"),
            npy(&format!("({count},)"), &labels),
        ));
    }
    let members: Vec<(&str, Vec<u8>)> = members.iter().map(|(n, b)| (&n[..], b.clone())).collect();
    folder.write("pictures.npz", npz(&members));
}

fn deep(folder: &Folder) {
    archive(folder, "<u2", 1, |level| {
        (16 * level as u16).to_le_bytes().into()
    });
}

fn config(keys: &str) -> String {
    format!(
        r#"
title = "Frames"
[data]
source = "pictures.npz"
allow_leaks = "drawn by a formula that repeats"
{keys}
[grid]
model = ["cbr-tiny"]
init = ["random"]
seeds = 1
[train]
batch_size = 8
max_steps = 4
eval_every = 2
"#
    )
}

/// Identity of the only run, and what was said on stderr.
fn planned(folder: &Folder, keys: &str) -> (String, String) {
    folder.write("study.toml", config(keys));
    let ended = folder.run(&["plan", "study.toml", "--json"]).with(0);
    let id = ended.json()[0]["id"].as_str().expect("an id").to_owned();
    (id, ended.stderr)
}

#[test]
fn twelve_bits_in_sixteen_are_told_and_ranges_make_other_runs() {
    let folder = Folder::new();
    deep(&folder);
    let (plain, told) = planned(&folder, "size = 24");
    assert!(
        told.contains("range = \"used\"") && told.contains("6 %"),
        "{told}"
    );
    assert!(
        told.contains("stretched") && told.contains("fit = \"pad\""),
        "{told}"
    );
    let (full, told) = planned(&folder, "size = 24\nrange = \"full\"\nfit = \"pad\"");
    assert!(
        !told.contains("range =") && !told.contains("stretched"),
        "{told}"
    );
    let (used, _) = planned(&folder, "size = 24\nrange = \"used\"");
    let (written, _) = planned(&folder, "size = 24\nrange = [0, 4064]");
    let (other, _) = planned(&folder, "size = 24\nrange = [0, 4095]");
    let (same, _) = planned(
        &folder,
        "size = [24, 24]\nrange = \"full\"\nresize = \"bilinear\"",
    );
    let (cubic, _) = planned(&folder, "size = 24\nresize = \"bicubic\"");
    assert_eq!((&plain, &used), (&same, &written));
    let mut all = vec![plain, full, used, other, cubic];
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 5);

    folder.write("study.toml", config("size = 24"));
    let profile = folder
        .run(&["data", "profile", "study.toml"])
        .with(0)
        .stdout;
    for part in ["columns by rows: 1.80", "16 bits", "0 to 4064", "attention"] {
        assert!(profile.contains(part), "{part}: {profile}");
    }
}

#[test]
fn what_cannot_be_framed_is_refused_with_the_key() {
    let folder = Folder::new();
    archive(&folder, "<f4", 1, |level| {
        (level as f32 - 100.0).to_le_bytes().into()
    });
    let range = ["`data.range`", "\"used\" or [low, high]", "-100 to 154"];
    folder.refuses(&config("size = 24"), &range);
    folder.refuses(
        &config("size = 24\nrange = [5, 1]"),
        &["range", "[low, high]"],
    );
    folder.refuses(
        &config("size = [24, 4]"),
        &["`data.size`", "each side", "found 4"],
    );
    folder.refuses(&config("size = [24]"), &["[rows, columns]"]);
    folder.refuses(
        &config("size = 24\nfit = \"squash-it\""),
        &["`stretch`, `pad`", "`crop`"],
    );
    let oblong = config("size = [32, 48]\nrange = \"used\"").replace("cbr-tiny", "deit-small");
    folder.refuses(&oblong, &["deit-small", "32×48", "square grid"]);
    archive(&folder, "|u1", 4, |level| vec![level as u8]);
    folder.refuses(
        &config("size = 24\nchannels = 3"),
        &["`data.channels`", "expected 4", "found 3"],
    );
}

/// Trains, exports, and predicts a picture with what was exported.
fn exported(folder: &Folder, keys: &str) -> Value {
    folder.write("study.toml", config(keys));
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    let run = folder.runs("out")[0].display().to_string();
    folder.run(&["export", &run, "--to", "exported"]).with(0);
    let judged = folder
        .run(&["predict", "exported", "exported/check.png"])
        .with(0);
    assert_eq!(judged.stderr, "");
    let row = judged.stdout.lines().nth(1).expect("a row").to_owned();
    let expected = folder.json("exported/check.json");
    for (found, expected) in row
        .split(',')
        .skip(2)
        .zip(expected["probabilities"].as_array().expect("a list"))
    {
        let found: f64 = found.parse().expect("a probability");
        assert!((found - expected.as_f64().expect("a number")).abs() < 1e-6);
    }
    folder.json("exported/preprocess.json")
}

#[test]
fn an_oblong_padded_model_of_deep_pictures_does_the_same_after_export() {
    let folder = Folder::new();
    deep(&folder);
    let how = exported(
        &folder,
        "size = [24, 32]\nfit = \"pad\"\nresize = \"bicubic\"\nrange = \"used\"",
    );
    assert_eq!(how["size"], serde_json::json!([24, 32]));
    assert_eq!(how["range"], serde_json::json!([0.0, 4064.0]));
    assert_eq!(
        (&how["fit"], &how["resize"]),
        (&"pad".into(), &"bicubic".into())
    );
    assert_eq!(how["depth"], "sixteen");

    // Eight bits are not what the range is for.
    folder.write("shallow.png", picture(image::ImageFormat::Png, 16, 1));
    folder
        .run(&["predict", "exported", "shallow.png"])
        .with(1)
        .says(&["16 bits", "8 bits"]);

    // Another decoder is noticed.
    folder.write(
        "exported/check.png",
        picture(image::ImageFormat::Png, 16, 1),
    );
    folder
        .run(&["predict", "exported", "shallow.png"])
        .says(&["warning", "decoded to other samples"]);
}

#[test]
fn five_channels_are_trained_and_exported() {
    let folder = Folder::new();
    archive(&folder, "|u1", 5, |level| vec![level as u8]);
    let how = exported(
        &folder,
        "size = 24\nfit = \"crop\"\naugment = { flip_horizontal = true, brightness = 0.1, hue = 0.1 }",
    );
    assert_eq!((&how["channels"], &how["size"]), (&5.into(), &24.into()));
}
