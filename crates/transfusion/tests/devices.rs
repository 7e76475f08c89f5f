//! The choice of a device, on a machine whose GPUs, if it has any, are hidden.

mod fixture;

use std::process::Command;

use fixture::{Ended, Folder, STUDY, finish, study};
use serde_json::Value;

/// Runs the program without GPUs, with other variables.
fn without_gpus(folder: &Folder, arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
    let mut command: Command = folder.command(arguments);
    command.env("CUDA_VISIBLE_DEVICES", "");
    command.envs(variables.iter().copied());
    finish(command.spawn().expect("the program starts"))
}

#[test]
fn a_device_that_is_not_there_is_refused_with_what_is_missing() {
    let folder = Folder::new();
    folder.write("study.toml", STUDY);
    let before = folder.files();
    let run = ["run", "study.toml", "--out", "out"];
    for (device, parts) in [
        (
            "cuda",
            &["`--device cuda:0` cannot be used", "transfusion devices"][..],
        ),
        (
            "cuda:0,cuda:1",
            &["`--device cuda:0,cuda:1` cannot be used"],
        ),
        ("gpu", &["expected `cpu`, `cuda`", "`gpu`"]),
    ] {
        let arguments = [&run[..], &["--device", device]].concat();
        without_gpus(&folder, &arguments, &[]).with(2).says(parts);
        let variable = [("TRANSFUSION_DEVICE", device)];
        without_gpus(&folder, &run, &variable).with(2).says(parts);
    }
    for (arguments, part) in [
        (
            &["plan", "study.toml", "--device", "cuda"][..],
            "cannot be used",
        ),
        (&["demo", "--tf32"], "`--tf32` is for NVIDIA GPUs"),
        (
            &["predict", "m", "p", "--device", "cuda:0,cuda:1"],
            "expected one device",
        ),
    ] {
        without_gpus(&folder, arguments, &[]).with(2).says(&[part]);
    }
    assert_eq!(folder.files(), before, "nothing was begun");
}

#[test]
fn every_machine_says_what_it_has() {
    let folder = Folder::new();
    let told = without_gpus(&folder, &["devices"], &[]).with(0);
    let told = told.prints(&["cpu ", "cuda      no device was found", "missing "]);
    let widest = told.stdout.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(80), "{}", told.stdout);
    let machine = without_gpus(&folder, &["devices", "--json"], &[])
        .with(0)
        .json();
    assert!(
        machine["processor"]["cores"].as_u64() >= Some(1),
        "{machine}"
    );
    assert_eq!(machine["cuda"]["devices"], Value::Array(Vec::new()));
    let missing = machine["cuda"]["missing"].as_array().expect("a list");
    for missing in missing {
        assert!(
            missing["remedy"]
                .as_str()
                .is_some_and(|text| !text.is_empty())
        );
    }
    assert!(!missing.is_empty(), "{machine}");
}

#[test]
fn memory_that_is_elsewhere_can_be_planned_for() {
    let folder = Folder::new();
    let large = study(&[
        ("size = 24", "size = 64"),
        ("count = 60", "count = 200"),
        ("batch_size = 8", "batch_size = 128"),
    ]);
    folder.write("study.toml", large);
    let plan = |size: &str| {
        let arguments = ["plan", "study.toml", "--json", "--device-memory", size];
        let ended = without_gpus(&folder, &arguments, &[("TRANSFUSION_DEVICE", "cuda")]).with(0);
        let fit = ended.json()[0]["device_memory"].clone();
        (fit, ended)
    };
    let number = |fit: &Value, key: &str| fit[key].as_u64().unwrap_or_else(|| panic!("{fit}"));
    let (ample, ended) = plan("64GiB");
    assert_eq!(
        (&ample["fits"], number(&ample, "largest_batch")),
        (&true.into(), 128)
    );
    assert!(!ended.stderr.contains("does not fit"), "{}", ended.stderr);
    let step = number(&ample, "training");
    assert!(step > number(&ample, "evaluation"), "{ample}");

    let (tight, ended) = plan(&format!("{}KiB", step / 1024 - 1));
    let batch = number(&tight, "largest_batch");
    assert!(tight["fits"] == false && batch < 128, "{tight}");
    ended.says(&[
        "cbr-tiny, random does not fit",
        &format!("train.batch_size = {batch} is the largest that fits"),
    ]);
    // With it the study fits, with one picture more it does not.
    for (size, fits) in [(batch, true), (batch + 1, false)] {
        let other = study(&[
            ("size = 24", "size = 64"),
            ("count = 60", "count = 200"),
            ("batch_size = 8", &format!("batch_size = {size}")),
        ]);
        folder.write("study.toml", other);
        assert_eq!(
            plan(&format!("{}KiB", step / 1024 - 1)).0["fits"],
            fits,
            "{size}"
        );
    }
    assert_eq!(plan("1MiB").0["largest_batch"], Value::Null);
    folder
        .run(&["plan", "study.toml", "--device-memory", "8"])
        .with(2)
        .says(&["a size with its unit"]);
}

/// A study of one kind of device says nothing of it; where a run says that it moved to a GPU, the
/// verdict does.
#[test]
fn runs_of_several_kinds_of_devices_are_a_caution() {
    let folder = Folder::new();
    folder.write("study.toml", STUDY);
    folder
        .run(&["run", "study.toml", "--out", "out", "--jobs", "1"])
        .with(0);
    let is_about_devices = |clause: &&Value| clause["rule"] == "devices";
    let results = || folder.json("out/results.json");
    let found = results();
    let clauses = found["verdict"]["clauses"].as_array().expect("clauses");
    assert_eq!(clauses.iter().find(is_about_devices), None);
    assert_eq!(found["arms"][0].get("devices"), None);

    let run = folder.runs("out").remove(1);
    let path = run.join("timing.json");
    let timing = std::fs::read(&path).expect("times");
    let mut timing: Value = serde_json::from_slice(&timing).expect("JSON");
    let first = timing["device"].as_str().expect("a device").to_owned();
    assert!(first.starts_with("cpu, "), "{first}");
    timing["device"] = format!("{first}, then cuda: NVIDIA T4, sm_75, driver 13.0").into();
    timing.as_object_mut().expect("keys").remove("seal");
    durable::write_sealed(&path, &timing, &durable::Manifest::default()).expect("a file");

    let caution = "Runs were trained on several kinds of devices: 1 on cpu, \
                   1 on cpu and cuda: NVIDIA T4.";
    folder.run(&["report", "out"]).with(0).prints(&[caution]);
    let found = results();
    let clauses = found["verdict"]["clauses"].as_array().expect("clauses");
    let clause = clauses.iter().find(is_about_devices).expect("a caution");
    for pointer in clause["numbers"].as_array().expect("pointers") {
        let runs = found.pointer(pointer.as_str().expect("a pointer"));
        assert_eq!(runs.expect("numbers")[0]["runs"], 1);
    }
    let page = String::from_utf8(folder.read("out/report.html")).expect("text");
    assert!(page.contains("1 on cpu and cuda: NVIDIA T4"));
    folder.run(&["verify", "out"]).with(0);
    // What a GPU predicted is not held against the processor.
    folder
        .run(&["verify", "out", "--deep"])
        .with(0)
        .says(&["not computed anew on cpu"]);
}
