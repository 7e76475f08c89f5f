//! The program checked by itself, from outside: on a sound machine, where files cannot be, with an
//! emulated GPU, and interrupted.

#[path = "../../engine-cuda/tests/emulator/mod.rs"]
mod emulator;
mod fixture;

use std::process::Command;

use fixture::{Ended, Folder, finish};
use serde_json::Value;

/// Every check, as `what` and `state`.
fn checks(told: &Value) -> Vec<(String, String)> {
    let checks = told["checks"].as_array().expect("checks").iter();
    let word = |check: &Value, key: &str| check[key].as_str().expect("a word").to_owned();
    checks
        .map(|check| (word(check, "what"), word(check, "state")))
        .collect()
}

/// Runs the program beside emulated libraries of NVIDIA, or beside none.
fn ended(folder: &Folder, arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
    let mut command: Command = folder.command(arguments);
    command.envs(variables.iter().copied());
    finish(command.spawn().expect("the program starts"))
}

#[test]
fn a_sound_machine_passes_and_stays_as_it_was() {
    let folder = Folder::new();
    folder.write("kept.txt", "kept");
    let before = folder.files();
    let libraries = emulator::is_possible().then(emulator::libraries);
    let libraries = libraries.map(|path| path.to_string_lossy().into_owned());
    let place = libraries.as_deref().unwrap_or("/nowhere");
    let told = ended(
        &folder,
        &["self-check", "--json"],
        &[("TRANSFUSION_CUDA_LIBS", place)],
    );
    let told = told.with(0).json();
    assert_eq!(told["is_fine"], true);
    let checks = checks(&told);
    for what in [
        "AUC of twelve cases",
        "DeLong's interval",
        "linear CKA",
        "named stream",
        "convolutions, portable",
        "a training step, convolutional, portable",
        "a training step, transformer, portable",
        "the same bits by 1 thread and by 3",
        "gradients are slopes of the loss, convolutional",
        "a study that is killed and goes on",
        "the file system keeps",
    ] {
        let found = checks.iter().find(|(name, _)| name.contains(what));
        assert_eq!(found.map(|(_, state)| state.as_str()), Some("ok"), "{what}");
    }
    let gpu: Vec<&(String, String)> = checks
        .iter()
        .filter(|(name, _)| name.contains("cuda:0") || name == "GPU")
        .collect();
    match libraries {
        Some(_) => assert!(gpu.len() == 3 && gpu.iter().all(|(_, state)| state == "ok")),
        None => assert!(gpu.len() == 1 && gpu[0].1 == "skipped"),
    }
    assert_eq!(folder.files(), before);
    folder
        .run(&["self-check", "none"])
        .with(2)
        .says(&["cannot find none"]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_place_where_no_file_can_be_has_failed() {
    let folder = Folder::new();
    // Nobody makes folders there. The GPU is an old one.
    let mut variables = vec![];
    if emulator::is_possible() {
        let libraries = emulator::libraries().to_string_lossy().into_owned();
        variables.push(("TRANSFUSION_CUDA_LIBS", libraries));
        variables.push(("EMULATED_CAPABILITY", "70".to_owned()));
    }
    let variables: Vec<(&str, &str)> = variables
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let told = ended(&folder, &["self-check", "/proc"], &variables)
        .with(1)
        .prints(&[
            "ok       AUC of twelve cases, some tied: 0.875",
            "failed   a study that is killed and goes on leaves the same bytes: /proc",
            "choose another folder",
            "checks failed",
        ]);
    if !variables.is_empty() {
        told.prints(&["failed   cuda:0: ", "7.0"]);
    }
}

/// The first signal ends the checks, and nothing is left.
#[test]
#[cfg(unix)]
fn an_interruption_leaves_nothing_behind() {
    let folder = Folder::new();
    let child = folder.start(&["self-check"]);
    let began = std::time::Instant::now();
    while std::fs::read_dir(folder.path(""))
        .expect("a folder")
        .count()
        == 0
    {
        assert!(began.elapsed().as_secs() < 1800, "no study was begun");
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    let pid = child.id().to_string();
    let told = Command::new("kill").args(["-TERM", &pid]).status();
    assert!(told.is_ok_and(|done| done.success()));
    finish(child).with(75).says(&["interrupted"]);
    assert!(folder.files().is_empty(), "{:?}", folder.files());
}
