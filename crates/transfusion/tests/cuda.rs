//! Studies on an NVIDIA GPU, as far as an emulated one can tell: the same bytes after a kill, faults
//! that pass and faults that do not, and what is refused before anything begins.

#[path = "../../engine-cuda/tests/emulator/mod.rs"]
mod emulator;
mod fixture;

use std::process::Command;

use fixture::{Ended, Folder, finish};

/// A study that an emulated device trains in seconds.
const STUDY: &str = r#"
title = "Small"
[data]
source = "phantom-fundus"
task = "ordinal"
positive = ">=2"
size = 16
count = 40
[weights]
cbr-tiny = "builtin:cbr-tiny-phantom"
[grid]
model = ["cbr-tiny"]
init = ["random", "transfer"]
seeds = 1
[train]
lr = 1e-3
batch_size = 4
max_steps = 9
eval_every = 3
[report]
pictures = false
"#;

const RUN: &[&str] = &["run", "study.toml", "--out", "out", "--jobs", "1"];

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("study.toml", STUDY);
    folder
}

/// Runs the program beside the emulated libraries, its device as `variables` say.
fn emulated(folder: &Folder, arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
    let mut command: Command = folder.command(arguments);
    command.env("TRANSFUSION_CUDA_LIBS", emulator::libraries());
    command.env("TRANSFUSION_DEVICE", "cuda");
    command.envs(variables.iter().copied());
    finish(command.spawn().expect("the program starts"))
}

#[test]
fn a_device_that_is_lost_costs_nothing_that_was_done() {
    if !emulator::is_possible() {
        return;
    }
    let whole = folder();
    emulated(&whole, RUN, &[]).with(0);
    let expected = whole.read("out/results.json");
    for run in whole.runs("out") {
        let timing = std::fs::read_to_string(run.join("timing.json")).expect("a record");
        assert!(timing.contains("cuda: Emulated device, sm_90"), "{timing}");
    }

    // Lost for good to this process, in the midst of a step.
    let lost = folder();
    let fault = [("EMULATED_FAULT", "cuGraphLaunch:6:214")];
    emulated(&lost, RUN, &fault)
        .with(75)
        .says(&["CUDA_ERROR_ECC_UNCORRECTABLE"]);
    // The next process finds it again, and goes on.
    emulated(&lost, RUN, &[]).with(0);
    assert_eq!(lost.read("out/results.json"), expected);
}

#[test]
fn what_a_kernel_did_wrong_is_recorded_and_not_tried_for_ever() {
    if !emulator::is_possible() {
        return;
    }
    let folder = folder();
    let fault = [("EMULATED_FAULT", "cuLaunchKernel:40:700")];
    emulated(&folder, RUN, &fault)
        .with(1)
        .says(&["CUDA_ERROR_ILLEGAL_ADDRESS"]);
    emulated(&folder, &[RUN, &["--retry"]].concat(), &[]).with(0);
}

#[test]
fn a_device_that_will_not_do_is_refused_before_anything_begins() {
    if !emulator::is_possible() {
        return;
    }
    let folder = folder();
    let before = folder.files();
    for (variable, value, parts) in [
        (
            "EMULATED_DRIVER",
            "11040",
            &["CUDA 11.4", "12.0 or newer"][..],
        ),
        (
            "EMULATED_CAPABILITY",
            "70",
            &["compute capability 7.0", "7.5"],
        ),
        ("EMULATED_DEVICES", "0", &["cannot be used"]),
    ] {
        emulated(&folder, RUN, &[(variable, value)])
            .with(2)
            .says(parts);
    }
    emulated(&folder, &[RUN, &["--device", "cuda:1"]].concat(), &[])
        .with(2)
        .says(&["cuda:1"]);
    assert_eq!(folder.files(), before, "nothing was begun");
    emulated(&folder, RUN, &[("EMULATED_MEMORY", "3000000")])
        .with(2)
        .says(&["batch"]);
    assert_eq!(
        folder.runs("out").iter().filter(|run| run.exists()).count(),
        0,
        "nothing trains"
    );
    emulated(&folder, &["devices"], &[])
        .with(0)
        .prints(&["cuda:0    Emulated device"]);
}

#[test]
fn products_in_bfloat16_are_asked_of_devices_that_have_them() {
    if !emulator::is_possible() {
        return;
    }
    let folder = folder();
    let rounded = STUDY.replace("batch_size", "precision = \"bf16\"\nbatch_size");
    folder.write("study.toml", &rounded);
    emulated(&folder, RUN, &[("EMULATED_CAPABILITY", "75")])
        .with(2)
        .says(&["bf16", "8.0"]);
    emulated(&folder, RUN, &[("EMULATED_CAPABILITY", "80")]).with(0);
}
