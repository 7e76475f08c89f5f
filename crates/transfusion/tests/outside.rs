//! Files that would hang the program or fill its memory, and values that are none.
#![cfg(unix)]

mod fixture;

use std::path::Path;
use std::process::Command;

use fixture::{Folder, npy_of, study};

/// Where files that must not be read lie: the other folder is compared byte by byte.
fn traps() -> Folder {
    let traps = Folder::new();
    for name in ["pipe.csv", "pipe.npz", "pipe.safetensors", "pipe.toml"] {
        let made = Command::new("mkfifo").arg(traps.path(name)).status();
        assert!(made.expect("mkfifo").success());
    }
    for ending in ["csv", "npz", "safetensors", "toml"] {
        let link = traps.path(&format!("endless.{ending}"));
        std::os::unix::fs::symlink("/dev/zero", link).expect("a link");
        std::fs::create_dir(traps.path(&format!("folder.{ending}"))).expect("a folder");
    }
    traps
}

#[test]
fn pipes_and_devices_are_refused_by_what_they_are() {
    let (folder, traps) = (Folder::new(), traps());
    let at = |name: &str| traps.path(name).display().to_string();
    let drawn = "source = \"phantom-fundus\"\ntask = \"ordinal\"\npositive = \">=2\"";
    let builtin = "builtin:cbr-tiny-phantom";
    for (name, found) in [("pipe", "a pipe"), ("endless", "a device")] {
        for ending in ["csv", "npz"] {
            let source = format!("source = \"{}\"", at(&format!("{name}.{ending}")));
            let config = study(&[(drawn, &source), ("count = 60\n", "")]);
            folder.refuses(&config, &["expected a regular file", found]);
        }
        let weights = at(&format!("{name}.safetensors"));
        let refused = ["expected a regular file", found, &weights];
        folder.refuses(&study(&[(builtin, &weights)]), &refused);
        let config = at(&format!("{name}.toml"));
        folder.refuses_command(&["plan", &config], &["cannot read configuration", found]);
        let array = at(&format!("{name}.npz"));
        folder.refuses_command(&["compare", &array, &array], &[found]);
        let table = at(&format!("{name}.csv"));
        folder.refuses_command(&["stats", "predictions", &table, &table], &[found]);
    }
    let config = at("folder.toml");
    folder.refuses_command(&["plan", &config], &["cannot read configuration"]);
    // A link to a regular file is one.
    folder.write("study.toml", study(&[]));
    let link = traps.path("linked.toml");
    std::os::unix::fs::symlink(folder.path("study.toml"), &link).expect("a link");
    let arguments = ["plan", link.to_str().expect("UTF-8")];
    folder.run(&arguments).with(0);
}

#[test]
fn weights_without_numbers_are_refused_when_a_study_is_planned() {
    let folder = Folder::new();
    let builtin = "builtin:cbr-tiny-phantom";
    let opened = depot::weights::open(Path::new(builtin), Path::new(".")).expect("weights");
    let mut weights = opened.file.weights;
    let mut tensors = weights.tensors.values_mut();
    let first = tensors.next().expect("a tensor");
    let values = first.values.len();
    first.values[0] = f32::NAN;
    first.values[1] = f32::INFINITY;
    tensors.next().expect("another").values[0] = f32::NEG_INFINITY;
    drop(tensors);
    let name = weights.tensors.keys().next().expect("a tensor").clone();
    folder.write("broken.safetensors", weights.to_bytes(None));
    folder.write("study.toml", study(&[(builtin, "broken.safetensors")]));
    folder.refuses_command(
        &["plan", "study.toml"],
        &[
            "broken.safetensors",
            &format!("tensor `{name}`"),
            &format!("found 2 of {values} infinite or not a number"),
            "such in 1 further tensors",
        ],
    );
}

#[test]
fn compared_files_say_which_row_is_no_number() {
    let folder = Folder::new();
    let array = |broken: Option<usize>| {
        let value = |place: usize| match broken {
            Some(row) if place == 3 * row + 1 => f32::NAN,
            _ => ((place * 7919) % 101) as f32,
        };
        let data: Vec<u8> = (0..90).flat_map(|i| value(i).to_le_bytes()).collect();
        npy_of("<f4", "(30, 3)", &data)
    };
    folder.write("whole.npy", array(None));
    folder.write("broken.npy", array(Some(17)));
    let compare = ["compare", "whole.npy", "broken.npy", "--axes", "nc"];
    folder.refuses_command(&compare, &["broken.npy", "row 17", "not a number"]);
    let compare = ["compare", "whole.npy", "whole.npy", "--axes", "nc"];
    folder.run(&compare).with(0);
}
