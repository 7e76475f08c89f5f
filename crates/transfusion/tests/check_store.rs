//! Whether a directory is fit for studies, found out from outside.

mod fixture;

use std::path::Path;
use std::process::Command;

use fixture::{Folder, PROGRAM, finish};
use serde_json::Value;

#[test]
fn a_plain_folder_is_fine_and_stays_as_it_was() {
    let folder = Folder::new();
    folder.write("kept.txt", "kept");
    let before = folder.files();
    folder.run(&["check-store", "."]).with(0).prints(&[
        "of two that make a file, one does",
        "files and folders are synced",
        "is fine for studies",
    ]);
    assert_eq!(folder.files(), before);
    // The second process by a command, as over ssh.
    let with = format!("env LANG=C {PROGRAM}");
    let told = folder
        .run(&["check-store", ".", "--json", "--with", &with])
        .with(0);
    let told: Value = serde_json::from_str(&told.stdout).expect("JSON");
    assert_eq!(told["is_fine"], true);
    let checks = told["checks"].as_array().expect("checks");
    assert_eq!(checks.len(), 11);
    let seen = checks
        .iter()
        .find(|c| c["need"] == "a new file is seen by the other");
    let seconds = seen.expect("the check")["figures"]["longest_seconds"].as_f64();
    assert!(seconds.expect("a number") < 30.0);
    assert_eq!(folder.files(), before);
    folder
        .run(&["check-store", "none"])
        .with(2)
        .says(&["cannot find none"]);
    folder
        .run(&["check-store", "kept.txt"])
        .with(2)
        .says(&["expected a directory"]);
    let gone = folder.run(&["check-store", ".", "--with", "false"]).with(2);
    gone.says(&["the second process: "]);
    assert_eq!(folder.files(), before);
}

#[test]
#[cfg(target_os = "linux")]
fn a_folder_that_refuses_is_not_fine() {
    // Nobody makes folders there.
    let command = Command::new(PROGRAM)
        .args(["check-store", "/proc"])
        .output();
    let told = command.expect("the program starts");
    let stdout = String::from_utf8_lossy(&told.stdout);
    assert_eq!(told.status.code(), Some(1), "{stdout}");
    assert!(stdout.contains("NOT FINE") && stdout.contains("choose another folder"));
}

/// Where this process may mount, a file system that is full in the middle of the checks.
#[test]
#[cfg(target_os = "linux")]
fn a_full_file_system_is_told_with_what_to_do() {
    let folder = Folder::new();
    let place = folder.path("small");
    std::fs::create_dir(&place).expect("a folder");
    let size = "size=1500k,nr_inodes=5000";
    let mount = |place: &Path| {
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", size, "none"]).arg(place);
        command.output().is_ok_and(|done| done.status.success())
    };
    if !mount(&place) {
        println!("skipped: this process may not mount");
        return;
    }
    let mut command = folder.command(&["check-store", "small"]);
    let told = finish(command.spawn().expect("the program starts"));
    let left = std::fs::read_dir(&place).map(Iterator::count);
    let unmounted = Command::new("umount").arg(&place).status();
    assert!(unmounted.is_ok_and(|done| done.success()));
    told.with(1)
        .prints(&["room", "NOT FINE", "No space left", "make room"]);
    assert_eq!(left.ok(), Some(0), "nothing is left behind");
}

/// The first signal ends the checks, and nothing is left.
#[test]
#[cfg(unix)]
fn an_interruption_leaves_nothing_behind() {
    let folder = Folder::new();
    let child = folder
        .command(&["check-store", "."])
        .spawn()
        .expect("the program starts");
    let began = std::time::Instant::now();
    while std::fs::read_dir(folder.path(""))
        .expect("a folder")
        .count()
        == 0
    {
        assert!(began.elapsed().as_secs() < 60, "nothing was begun");
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    let pid = child.id().to_string();
    let told = Command::new("kill").args(["-TERM", &pid]).status();
    assert!(told.is_ok_and(|done| done.success()));
    finish(child).with(75);
    assert!(folder.files().is_empty(), "{:?}", folder.files());
}
