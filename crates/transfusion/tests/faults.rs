//! Whatever call of a study fails, the program says so and the next try makes the whole study.
//! `checks/attacks/faults.py` does this for every call; here are some of each kind.

mod fixture;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fixture::{Folder, PROGRAM, files_below, finish, study};

/// Kinds of calls, as in `faults.c`.
const KINDS: [&str; 14] = [
    "open", "read", "write", "sync", "rename", "link", "unlink", "mkdir", "truncate", "stat",
    "list", "touch", "map", "thread",
];

const EIO: i32 = 5;
const EAGAIN: i32 = 11;
const ENOMEM: i32 = 12;
const EMFILE: i32 = 24;
const ENOSPC: i32 = 28;
/// A stale handle: another machine removed the file, or the file server was started anew.
const ESTALE: i32 = 116;
/// A full quota.
const EDQUOT: i32 = 122;

/// Kind, error, whether all later ones fail too, and how many points.
const FAULTS: [(&str, i32, bool, u64); 24] = [
    ("open", EMFILE, false, 3),
    ("read", EIO, false, 3),
    // A short read, which is no error.
    ("read", 0, false, 2),
    ("write", ENOSPC, false, 3),
    ("write", ENOSPC, true, 2),
    ("write", 0, false, 2),
    ("sync", EIO, false, 3),
    ("rename", EIO, false, 3),
    ("unlink", EIO, false, 2),
    ("mkdir", ENOSPC, false, 2),
    ("truncate", ENOSPC, false, 2),
    ("list", EIO, false, 2),
    ("touch", EIO, false, 1),
    ("thread", EAGAIN, false, 4),
    ("map", ENOMEM, true, 2),
    ("open", ESTALE, false, 2),
    ("read", ESTALE, false, 2),
    ("stat", ESTALE, false, 2),
    ("rename", ESTALE, false, 2),
    ("unlink", ESTALE, false, 1),
    ("sync", ESTALE, false, 1),
    ("touch", ESTALE, false, 1),
    ("write", EDQUOT, true, 2),
    ("mkdir", EDQUOT, false, 1),
];

/// A call that fails: kind, number from 1, error, whether all later ones fail too.
type Point = (&'static str, u64, i32, bool);

/// Path below the study ─▶ bytes, of what the same plan gives byte for byte.
fn record(out: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let kept = ["results.json", "predictions.csv", "model.safetensors"];
    let files = files_below(out).into_iter().filter_map(|(path, bytes)| {
        let name = path.file_name()?.to_str()?;
        let path = path.strip_prefix(out).ok()?.to_path_buf();
        kept.contains(&name).then_some((path, bytes))
    });
    files.collect()
}

/// Builds the library that makes calls fail; none without a compiler or where the kernel forbids it.
fn shim(folder: &Folder) -> Option<PathBuf> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        println!("skipped: checks/attacks/faults.c is for Linux on x86-64");
        return None;
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../checks/attacks/faults.c");
    let shim = folder.path("faults.so");
    let built = Command::new("cc")
        .args(["-std=c99", "-O1", "-shared", "-fPIC", "-o"])
        .args([&shim, &source])
        .arg("-ldl")
        .status();
    if !built.is_ok_and(|status| status.success()) {
        println!("skipped: no C compiler `cc` that builds checks/attacks/faults.c");
        return None;
    }
    let works = Command::new(PROGRAM)
        .arg("--version")
        .env("LD_PRELOAD", &shim)
        .stdout(Stdio::null())
        .status();
    if !works.is_ok_and(|status| status.success()) {
        println!("skipped: the kernel refuses the filter of checks/attacks/faults.c");
        return None;
    }
    Some(shim)
}

fn command(folder: &Folder) -> Command {
    let mut command = folder.command(&["run", "study.toml", "--out", "out", "--jobs", "1"]);
    command.env("RAYON_NUM_THREADS", "1");
    command
}

/// The study with a fault.
fn faulted(folder: &Folder, shim: &Path, counts: &Path, point: Option<Point>) -> fixture::Ended {
    let mut command = command(folder);
    let under = folder.path("").canonicalize().expect("a folder");
    command
        .env("LD_PRELOAD", shim)
        .env("FAULT_UNDER", under)
        .env("FAULT_COUNT_FILE", counts);
    if let Some((kind, at, error, sticky)) = point {
        command
            .env("FAULT_CALL", kind)
            .env("FAULT_AT", at.to_string())
            .env("FAULT_ERRNO", error.to_string())
            .env("FAULT_STICKY", i32::from(sticky).to_string());
    }
    finish(command.spawn().expect("the program starts"))
}

fn begun() -> Folder {
    let folder = Folder::new();
    let small = [
        ("size = 24", "size = 16"),
        ("count = 60", "count = 40"),
        ("seeds = 1", "seeds = 2"),
        ("max_steps = 12", "max_steps = 4"),
        ("eval_every = 4", "eval_every = 2"),
    ];
    folder.write("study.toml", study(&small));
    folder
}

#[test]
fn whatever_call_fails_the_next_try_makes_the_whole_study() {
    let aside = Folder::new();
    let Some(shim) = shim(&aside) else { return };
    let counts = aside.path("counts");
    let whole = begun();
    faulted(&whole, &shim, &counts, None).with(0);
    let expected = record(&whole.path("out"));
    let counted = aside.read("counts");
    let total = |kind: &str| {
        let place = KINDS.iter().position(|k| *k == kind).expect("a kind");
        let bytes = counted[8 * place..8 * place + 8].try_into();
        u64::from_ne_bytes(bytes.expect("eight bytes"))
    };
    for (kind, error, sticky, points) in FAULTS {
        for point in 0..points {
            let at = 1 + point * total(kind).saturating_sub(1) / points.saturating_sub(1).max(1);
            let what = format!("{kind} {at}, error {error}, sticky {sticky}");
            let folder = begun();
            let ended = faulted(&folder, &shim, &counts, Some((kind, at, error, sticky)));
            let is_told = ended.code.is_some_and(|code| [0, 1, 2, 75].contains(&code));
            assert!(is_told, "{what}: {:?}\n{}", ended.code, ended.stderr);
            assert!(
                !ended.stderr.contains("panicked"),
                "{what}: {}",
                ended.stderr
            );
            let again = finish(command(&folder).spawn().expect("the program starts"));
            assert_eq!(
                again.code,
                Some(0),
                "{what}: {}\n{}",
                ended.stderr,
                again.stderr
            );
            assert!(
                record(&folder.path("out")) == expected,
                "{what}: other bytes"
            );
        }
    }
}
