//! The emulated driver of CUDA, built for tests on machines without a device.
//!
//! What is in `emulator/` and the kernels themselves become `libcuda.so.1` and `libnvrtc.so.12`,
//! by the machine's C++ compiler, once for all test processes. Other crates' tests include this
//! file by `#[path]`.

// No test uses all of it.
#![allow(dead_code)]

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use sha2::{Digest as _, Sha256};

macro_rules! emulator {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../emulator/", $name)))),*]
    };
}

/// Everything in `emulator/` that is compiled, by its path in there.
const FILES: &[(&str, &str)] = emulator![
    "bits.h",
    "block.cpp",
    "block.h",
    "driver/device.cpp",
    "driver/driver.h",
    "driver/errors.cpp",
    "driver/graph.cpp",
    "driver/memory.cpp",
    "driver/module.cpp",
    "driver/settings.cpp",
    "driver/stream.cpp",
    "emulation.h",
    "fiber.cpp",
    "fiber.h",
    "first.cpp",
    "kernel.h",
    "kernels.cpp",
    "last.cpp",
    "math.h",
    "nvrtc.cpp",
    "poison.cpp",
    "races.cpp",
    "traps.cpp",
    "warp.cpp",
    "warp.h",
];

/// Of every source. A product and a sum stay two roundings, whatever the processor could do.
const FLAGS: &str = "-std=c++20 -O2 -g1 -fPIC -fvisibility=hidden -ffp-contract=off -pthread \
                     -Wno-unknown-pragmas -Wno-missing-field-initializers";
/// Of kernels: what is undefined on a device ends the process with a line that says where.
const CHECKS: &str = "-fsanitize=bounds,alignment,signed-integer-overflow,integer-divide-by-zero \
                      -fno-sanitize-recover=all";

/// Of kernels too, where every access is looked at.
const RACES: &str = "-fsanitize=thread";

/// Whether accesses of kernels are looked at one by one, which takes several times as long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Races {
    /// They show where results depend on `EMULATED_ORDER`.
    Unseen,
    /// Two threads that reach for the same byte with no barrier between end the process.
    Fatal,
}

/// Whether there is a C++ compiler; a test without one says so, and tests nothing.
pub fn is_possible() -> bool {
    if env::var("TRANSFUSION_TEST_DEVICE").is_ok_and(|device| device == "real") {
        return true;
    }
    let words = compiler();
    let mut words = words.split_whitespace();
    let found = Command::new(words.next().unwrap_or("c++"))
        .args(words)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let is_there = found.is_ok_and(|status| status.success());
    if !is_there {
        eprintln!(
            "no C++ compiler, so no emulated device: nothing was tested here (install g++, or name one in CXX)"
        );
    }
    is_there
}

/// The folder of the emulated libraries; built where it is not there yet.
///
/// # Panics
/// Panics without a C++ compiler, and where the kernels are no C++.
pub fn libraries() -> PathBuf {
    libraries_with(Races::Unseen)
}

/// Such a folder, with or without an eye on races.
pub fn libraries_with(races: Races) -> PathBuf {
    let build = Build::new("libraries", races, engine_cuda::SOURCE, &[]);
    build.once(|folder| {
        let kernels = ["0", "1"].map(|bf16| {
            let object = format!("kernels{bf16}.o");
            let arguments = [
                &format!("-DBF16={bf16}"),
                "-c",
                "kernels.cpp",
                "-o",
                &object,
            ];
            start(
                folder,
                &[FLAGS, CHECKS, races.flag()],
                &arguments.map(String::from),
            )
        });
        kernels.into_iter().for_each(end);
        let mut linked = shared("libcuda.so.1", &["first.cpp", "kernels0.o", "kernels1.o"]);
        linked.extend(run_time(races));
        linked.extend(
            FILES
                .iter()
                .map(|(name, _)| *name)
                .filter(|name| name.starts_with("driver/") && name.ends_with(".cpp"))
                .map(String::from),
        );
        end(start(folder, &[FLAGS], &linked));
        end(start(
            folder,
            &[FLAGS],
            &shared("libnvrtc.so.12", &["nvrtc.cpp"]),
        ));
        // By the names that are looked for first, where LD_LIBRARY_PATH names the folder.
        for (name, file) in [
            ("libcuda.so", "libcuda.so.1"),
            ("libnvrtc.so", "libnvrtc.so.12"),
        ] {
            std::os::unix::fs::symlink(file, folder.join(name)).expect("the folder is new");
        }
    })
}

/// A program of kernels and of what calls them, as C++; `main.cpp` includes `kernel.h`.
pub fn program(races: Races, kernels: &str, main: &str) -> PathBuf {
    let build = Build::new("program", races, kernels, &[("main.cpp", main)]);
    let folder = build.once(|folder| {
        let kernels = ["-DBF16=0", "-c", "kernels.cpp", "-o", "kernels0.o"].map(String::from);
        end(start(folder, &[FLAGS, CHECKS, races.flag()], &kernels));
        let start_of_line = [
            "-DBF16=0",
            "-o",
            "program",
            "main.cpp",
            "first.cpp",
            "kernels0.o",
        ];
        let mut linked: Vec<String> = start_of_line.map(String::from).into();
        linked.extend(run_time(races));
        end(start(folder, &[FLAGS], &linked));
    });
    folder.join("program")
}

/// What runs kernels; first of all the end of what `first.cpp` begins.
fn run_time(races: Races) -> Vec<String> {
    let mut names = vec!["last", "fiber", "block", "poison", "warp", "traps"];
    if races == Races::Fatal {
        names.push("races");
    }
    names
        .into_iter()
        .map(|name| format!("{name}.cpp"))
        .collect()
}

impl Races {
    fn flag(self) -> &'static str {
        match self {
            Self::Unseen => "",
            Self::Fatal => RACES,
        }
    }
}

/// A library. Once it is loaded, who asks for it by name gets it, as cudarc does: its own name is
/// what is asked for first, without a version.
fn shared(file: &str, sources: &[&str]) -> Vec<String> {
    let name = file.split_inclusive(".so").next().unwrap_or(file);
    let mut arguments = vec![
        "-shared".into(),
        format!("-Wl,-soname,{name}"),
        "-o".into(),
        file.into(),
    ];
    arguments.extend(sources.iter().map(|source| (*source).into()));
    arguments
}

/// What is built in a folder that is named after all that it is made of.
struct Build {
    folder: PathBuf,
    files: Vec<(String, String)>,
}

impl Build {
    fn new(what: &str, races: Races, kernels: &str, more: &[(&str, &str)]) -> Self {
        let own = [("kernels.cu", kernels)];
        let files: Vec<(String, String)> = FILES
            .iter()
            .chain(&own)
            .chain(more)
            .map(|(name, text)| ((*name).into(), (*text).into()))
            .collect();
        let mut hash = Sha256::new();
        for text in [FLAGS, CHECKS, races.flag(), &compiler()] {
            hash.update(text);
            hash.update([0]);
        }
        for (name, text) in &files {
            hash.update(name);
            hash.update([0]);
            hash.update(text);
            hash.update([0]);
        }
        let digits: String = hash
            .finalize()
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("emulator");
        Self {
            folder: root.join(format!("{what}-{digits}")),
            files,
        }
    }

    /// The folder, with what `make` leaves in it; made by one process, at most once.
    fn once(&self, make: impl FnOnce(&Path)) -> PathBuf {
        let unfinished = self.folder.with_extension("unfinished");
        let root = self.folder.parent().expect("a folder in a folder");
        fs::create_dir_all(root).expect("the target folder is writable");
        let lock = File::create(self.folder.with_extension("lock")).expect("as above");
        lock.lock().expect("the file system has locks");
        if self.folder.is_dir() {
            return self.folder.clone();
        }
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished).expect("what an earlier process left can go");
        }
        fs::create_dir_all(unfinished.join("driver")).expect("the target folder is writable");
        for (name, text) in &self.files {
            fs::write(unfinished.join(name), text).expect("the disk has room");
        }
        make(&unfinished);
        fs::rename(&unfinished, &self.folder).expect("both lie side by side");
        self.folder.clone()
    }
}

fn compiler() -> String {
    env::var("CXX")
        .ok()
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "c++".into())
}

/// Starts the compiler.
fn start(folder: &Path, flags: &[&str], arguments: &[String]) -> Child {
    let compiler = compiler();
    let mut words = compiler.split_whitespace();
    let program = words.next().unwrap_or("c++");
    Command::new(program)
        .args(words)
        .args(flags.iter().flat_map(|flags| flags.split_whitespace()))
        .arg("-DSOURCE=\"kernels.cu\"")
        .args(arguments)
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| {
            panic!(
                "these tests compile the emulated driver of CUDA and need a compiler of C++20, as \
                 g++ 11 or newer (Debian: apt-get install g++): {program}: {error}"
            )
        })
}

/// Waits for the compiler.
fn end(compiler: Child) {
    let output = compiler
        .wait_with_output()
        .expect("the compiler was started");
    let said = String::from_utf8_lossy(&output.stderr);
    let first: Vec<&str> = said.lines().take(60).collect();
    assert!(
        output.status.success(),
        "the emulated driver of CUDA does not compile:\n{}",
        first.join("\n")
    );
}
