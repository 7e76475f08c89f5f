//! Twenty processes share two hundred jobs, ten of them are killed, and each job is done once; also
//! where their clocks differ by minutes.

#![cfg(target_os = "linux")]

use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use durable::claims::{Attempt, Claims, Lost, Owner};
use durable::{TEMPORARY, write_new};

const PROCESSES: usize = 20;
const KILLED: usize = 10;
const JOBS: usize = 200;
const BEAT: Duration = Duration::from_millis(50);
/// For a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(60);
const WORK: Duration = Duration::from_millis(40);
/// Set for the processes that this test starts: folder and number.
const WORKER: &str = "DURABLE_TEST_WORKER";

/// Seconds by which the clock of such a process is ahead; none of a process that has the machine's.
const AHEAD: &str = "DURABLE_TEST_AHEAD";
/// Far more than a claim lives.
const MINUTES: [i64; 3] = [0, 300, -300];

#[test]
fn each_job_is_done_once_although_processes_are_killed() {
    shared("each_job_is_done_once_although_processes_are_killed", None);
}

#[test]
fn each_job_is_done_once_although_clocks_differ_by_minutes() {
    let folder = tempfile::tempdir().expect("a folder");
    let library = folder.path().join("clock.so");
    let built = Command::new("cc")
        .args(["-std=c99", "-O1", "-shared", "-fPIC", "-o"])
        .arg(&library)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clock.c"))
        .status();
    if !built.is_ok_and(|status| status.success()) {
        println!("skipped: no C compiler `cc`");
        return;
    }
    let name = "each_job_is_done_once_although_clocks_differ_by_minutes";
    shared(name, Some(&library));
}

/// In the test of this name, whose processes have clocks that differ where there is a `library` that
/// makes them.
fn shared(test: &str, library: Option<&Path>) {
    if let Ok(task) = std::env::var(WORKER) {
        let (number, folder) = task.split_once(' ').expect("a number and a folder");
        return work(Path::new(folder), number.parse().expect("a number"));
    }
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["claims", "done", "twice"] {
        std::fs::create_dir(folder.path().join(name)).expect("a folder");
    }
    let mut processes: Vec<_> = (0..PROCESSES)
        .map(|n| start(test, folder.path(), n, library))
        .collect();
    // Without what a victim was just writing.
    let count = |name: &str| {
        let entries = std::fs::read_dir(folder.path().join(name)).expect("a folder");
        let names = entries.map(|e| e.expect("an entry").file_name());
        names
            .filter(|n| !n.to_string_lossy().starts_with(TEMPORARY))
            .count()
    };

    // The victims die when the work has got so far that they are in the middle of theirs.
    let began = Instant::now();
    let mut random = 15u64;
    let mut victims = Vec::new();
    while victims.len() < KILLED {
        assert!(began.elapsed() < PATIENCE, "no progress");
        if count("done") < 15 * (victims.len() + 1) {
            std::thread::sleep(Duration::from_millis(1));
            continue;
        }
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let victim = (random >> 33) as usize % PROCESSES;
        if !victims.contains(&victim) {
            processes[victim].kill().expect("our own process");
            victims.push(victim);
        }
    }
    for (number, process) in processes.iter_mut().enumerate() {
        let status = process.wait().expect("our own process");
        match victims.contains(&number) {
            true => assert_eq!(status.signal(), Some(9), "process {number} ended too early"),
            false => assert!(status.success(), "process {number}: {status}"),
        }
    }
    assert_eq!((count("done"), count("twice")), (JOBS, 0));
    // What is still claimed belongs to those who were killed after they had finished.
    for holder in Claims::list(&folder.path().join("claims")).expect("a folder") {
        let pid = holder.owner.expect("a claim").pid;
        assert!(victims.iter().any(|v| processes[*v].id() == pid), "{pid}");
    }
}

fn start(test: &str, folder: &Path, number: usize, library: Option<&Path>) -> Child {
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    command.args(["--exact", test]);
    if let Some(library) = library {
        let ahead = MINUTES[number % MINUTES.len()];
        command
            .env("LD_PRELOAD", library)
            .env(AHEAD, ahead.to_string());
    }
    command
        .env(WORKER, format!("{number} {}", folder.display()))
        .stdout(Stdio::null())
        .spawn()
        .expect("a process")
}

/// Seconds by which the clock of this process is ahead of the file server's.
fn ahead(folder: &Path) -> f64 {
    let probe = tempfile::tempfile_in(folder).expect("a file");
    let server = probe.metadata().and_then(|m| m.modified()).expect("a time");
    match SystemTime::now().duration_since(server) {
        Ok(ahead) => ahead.as_secs_f64(),
        Err(behind) => -behind.duration().as_secs_f64(),
    }
}

/// Does jobs until none is left.
fn work(folder: &Path, number: usize) {
    if let Ok(set) = std::env::var(AHEAD) {
        let set: f64 = set.parse().expect("seconds");
        assert!((ahead(folder) - set).abs() < 60.0, "the clock was not set");
    }
    let mut owner = Owner::this_process();
    if number % 2 == 1 {
        // As if it were on another machine: only its beats show that it lives.
        owner.machine = Some(format!("machine {number}"));
    }
    let claims = Claims::new(folder.join("claims"), owner).beating(BEAT);
    let began = Instant::now();
    loop {
        assert!(began.elapsed() < PATIENCE, "no end of the work");
        let mut left = 0;
        for job in 0..JOBS {
            let name = format!("{:03}", (job + 10 * number) % JOBS);
            let done = folder.join("done").join(&name);
            if done.exists() {
                continue;
            }
            left += 1;
            let Attempt::Held(claim) = claims.take(&name).expect("a folder") else {
                continue;
            };
            if done.exists() {
                continue;
            }
            std::thread::sleep(WORK);
            match claim.still_held() {
                Ok(()) => {}
                Err(Lost::Unknown(error)) => panic!("{error}"),
                Err(_) => continue,
            }
            if !write_new(&done, number.to_string().as_bytes()).expect("a folder") {
                std::fs::write(folder.join("twice").join(&name), "").expect("a folder");
            }
        }
        if left == 0 {
            return;
        }
        std::thread::sleep(BEAT / 2);
    }
}
