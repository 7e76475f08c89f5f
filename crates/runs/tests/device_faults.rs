//! Devices that fail in the midst of a run, and runs that move from one device to another.

use std::ops::Range;
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use engine::{BufferId, Cpu, Device, DeviceFault, Executor, Kept, Program, Step};
use record::names::{ERROR, MODEL, TIMING};
use record::{Job, JobDirectory, StudyDirectory};
use runs::{Event, Listener, Runner, Share, Silence, Tally};
use study::{OpenStudy, StudySpec, check, parse};
use tempfile::TempDir;

/// The processor under another name, which fails once after so many calls.
#[derive(Debug)]
struct Fragile {
    name: &'static str,
    left: Arc<AtomicUsize>,
    is_passing: bool,
    /// Set when it fails: whoever is asked to stop tries nothing again.
    stop: Arc<AtomicBool>,
}

#[derive(Debug)]
struct OnFragile {
    cpu: Cpu,
    left: Arc<AtomicUsize>,
    is_passing: bool,
    stop: Arc<AtomicBool>,
}

impl Fragile {
    fn new(name: &'static str, calls: usize, is_passing: bool) -> Self {
        Self {
            name,
            left: Arc::new(calls.into()),
            is_passing,
            stop: Arc::default(),
        }
    }
}

impl Device for Fragile {
    fn executor(&self) -> Result<Box<dyn Executor>, DeviceFault> {
        Ok(Box::new(OnFragile {
            cpu: Cpu::default(),
            left: self.left.clone(),
            is_passing: self.is_passing,
            stop: self.stop.clone(),
        }))
    }

    fn describe(&self) -> String {
        format!("{}, for tests", self.name)
    }
}

impl Executor for OnFragile {
    fn put(&mut self, kept: &Kept, values: Vec<f32>) {
        self.cpu.put(kept, values);
    }

    fn kept(&self, kept: &Kept) -> Option<Vec<f32>> {
        self.cpu.kept(kept)
    }

    fn forget(&mut self, is_forgotten: &dyn Fn(&Kept) -> bool) {
        self.cpu.forget(is_forgotten);
    }

    fn enter(&mut self, program: &Arc<Program>) {
        self.cpu.enter(program);
    }

    fn upload(&mut self, buffer: BufferId, values: &[f32]) {
        self.cpu.upload(buffer, values);
    }

    fn download(&self, buffer: BufferId) -> Vec<f32> {
        self.cpu.download(buffer)
    }

    fn run(&mut self, instructions: Range<usize>, step: Step) {
        let left = self.left.load(Ordering::Relaxed);
        self.left.store(left.wrapping_sub(1), Ordering::Relaxed);
        if left == 0 {
            self.stop.store(true, Ordering::Relaxed);
            resume_unwind(Box::new(DeviceFault {
                message: "the device is lost: start the program again".into(),
                is_passing: self.is_passing,
            }));
        }
        self.cpu.run(instructions, step);
    }
}

/// A study of one run of eight steps, evaluated at every second.
struct Study {
    open: OpenStudy,
    directory: StudyDirectory,
    _folder: TempDir,
}

impl Study {
    fn new() -> Self {
        let text = r#"
            title = "Does it survive?"
            data  = { source = "phantom-fundus", task = "ordinal", size = 16, count = 60 }
            grid  = { model = ["cbr-tiny"], init = ["random"], seeds = 1 }
            train = { batch_size = 8, max_steps = 8, eval_every = 2 }
        "#;
        let spec: StudySpec = parse(text, Path::new("study.toml")).expect("a study");
        let open = check(&spec, Path::new(".")).expect("a plan");
        let folder = tempfile::tempdir().expect("a folder");
        let directory = StudyDirectory::new(folder.path().join("study"));
        directory
            .adopt(&open.plan, text)
            .expect("a study directory");
        Self {
            open,
            directory,
            _folder: folder,
        }
    }

    fn run(&self, device: &dyn Device, stop: &AtomicBool, listener: &dyn Listener) -> Tally {
        let runner = Runner {
            study: &self.open,
            directory: &self.directory,
            share: Share::All,
            seeds_below: None,
            workers: 1,
            devices: &[device],
            stop,
            listener,
            program: "tests",
        };
        runner.run().expect("records")
    }

    fn place(&self) -> JobDirectory {
        self.directory.run(&self.open.plan.runs[0])
    }

    fn weights(&self) -> Vec<u8> {
        std::fs::read(self.place().file(MODEL)).expect("weights")
    }

    fn device(&self) -> String {
        let timing = TIMING.read(self.place().path()).expect("JSON");
        timing.expect("times").device.to_string()
    }
}

const DONE: Tally = Tally {
    done: 1,
    failed: 0,
    pending: 0,
};

/// Remembers why jobs were hindered, and asks to stop after so many steps.
struct Told {
    hindered: Mutex<Vec<String>>,
    last: u64,
    stop: AtomicBool,
}

impl Listener for Told {
    fn hear(&self, _job: &Job, event: Event) {
        match event {
            Event::Hindered { error, .. } => {
                self.hindered.lock().expect("a list").push(error.into());
            }
            Event::Stepped { step, .. } if step == self.last => {
                self.stop.store(true, Ordering::Relaxed);
            }
            _ => {}
        }
    }
}

fn told(last: u64) -> Told {
    Told {
        hindered: Mutex::default(),
        last,
        stop: AtomicBool::new(false),
    }
}

#[test]
fn a_fault_that_passes_is_tried_again_to_the_same_bytes() {
    let (whole, shaken) = (Study::new(), Study::new());
    let sound = Fragile::new("sound", usize::MAX, true);
    let stop = AtomicBool::new(false);
    assert_eq!(whole.run(&sound, &stop, &Silence), DONE);

    let listener = told(u64::MAX);
    let fragile = Fragile::new("fragile", 12, true);
    assert_eq!(shaken.run(&fragile, &stop, &listener), DONE);
    let hindered = listener.hindered.into_inner().expect("a list");
    assert_eq!(hindered, ["the device is lost: start the program again"]);
    assert_eq!(shaken.weights(), whole.weights());
    assert_eq!(shaken.device(), "fragile, for tests");
}

#[test]
fn a_fault_that_lasts_leaves_the_job_open_with_its_checkpoint() {
    let study = Study::new();
    let fragile = Fragile::new("fragile", 12, true);
    let stop = fragile.stop.clone();
    let open = Tally {
        pending: 1,
        done: 0,
        ..DONE
    };
    assert_eq!(study.run(&fragile, &stop, &Silence), open);
    assert!(!study.place().file(ERROR).exists());
    let checkpoints = record::Checkpoints::new(&study.place());
    let checkpoint = checkpoints.newest().expect("files").expect("a checkpoint");
    assert!(checkpoint.state.step > 0, "{:?}", checkpoint.state);
    assert_eq!(checkpoint.state.devices.last(), Some("fragile, for tests"));

    // Another process goes on, on another device.
    let other = Fragile::new("other", usize::MAX, true);
    let stop = AtomicBool::new(false);
    assert_eq!(study.run(&other, &stop, &Silence), DONE);
    assert_eq!(study.device(), "fragile, for tests, then other, for tests");
}

#[test]
fn a_fault_for_good_is_a_failure_with_its_message() {
    let study = Study::new();
    let fragile = Fragile::new("fragile", 12, false);
    let failed = Tally {
        failed: 1,
        done: 0,
        ..DONE
    };
    let stop = AtomicBool::new(false);
    assert_eq!(study.run(&fragile, &stop, &Silence), failed);
    let error = ERROR.read(study.place().path()).expect("JSON");
    let error = error.expect("an error").value.error;
    assert_eq!(error, "the device is lost: start the program again");
}
