//! A run on a device that makes batches of pictures it holds leaves the bytes of one that is given
//! pixels.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use engine::{
    BufferId, Cpu, Device, DeviceFault, Executor, Gallery, Kept, Placed, Program, Scale, Step,
};
use record::names::{METRICS, MODEL, PREDICTIONS};
use record::{JobDirectory, StudyDirectory};
use runs::{Runner, Share, Silence};
use study::{OpenStudy, StudySpec, check, parse};

/// The processor, which holds pictures if it is to.
#[derive(Debug, Default)]
struct Holding {
    holds: bool,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    /// Batches of pixels.
    uploaded: AtomicUsize,
    /// Batches of pictures.
    placed: AtomicUsize,
}

#[derive(Debug)]
struct OnHolding {
    cpu: Cpu,
    holds: bool,
    held: Option<(Arc<dyn Gallery>, Scale)>,
    program: Option<Arc<Program>>,
    counts: Arc<Counts>,
}

impl Device for Holding {
    fn executor(&self) -> Result<Box<dyn Executor>, DeviceFault> {
        Ok(Box::new(OnHolding {
            cpu: Cpu::default(),
            holds: self.holds,
            held: None,
            program: None,
            counts: self.counts.clone(),
        }))
    }

    fn describe(&self) -> String {
        "holding, for tests".into()
    }
}

impl Executor for OnHolding {
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
        self.program = Some(program.clone());
        self.cpu.enter(program);
    }

    fn upload(&mut self, buffer: BufferId, values: &[f32]) {
        let pixels = self.program.as_ref().map(|program| program.pixels);
        if pixels == Some(buffer) {
            self.counts.uploaded.fetch_add(1, Ordering::Relaxed);
        }
        self.cpu.upload(buffer, values);
    }

    fn hold(&mut self, gallery: &Arc<dyn Gallery>, scale: &Scale) -> bool {
        self.held = self.holds.then(|| (gallery.clone(), scale.clone()));
        self.holds
    }

    fn place(&mut self, buffer: BufferId, placed: &[Placed]) {
        self.counts.placed.fetch_add(1, Ordering::Relaxed);
        let (gallery, scale) = self.held.as_ref().expect("pictures that it holds");
        let pixels = placed
            .iter()
            .flat_map(|placed| placed.pixels(&**gallery, scale));
        self.cpu.upload(buffer, &pixels.collect::<Vec<f32>>());
    }

    fn download(&self, buffer: BufferId) -> Vec<f32> {
        self.cpu.download(buffer)
    }

    fn run(&mut self, instructions: Range<usize>, step: Step) {
        self.cpu.run(instructions, step);
    }
}

const STEPS: usize = 8;

/// What a run with such augmentation leaves, and its batches of pixels and of pictures.
fn run(holds: bool, augment: &str) -> (Vec<Vec<u8>>, [usize; 2]) {
    let text = format!(
        r#"
        title = "The same bytes?"
        data  = {{ source = "phantom-fundus", task = "ordinal", size = 16, count = 60, augment = {{ {augment} }} }}
        grid  = {{ model = ["cbr-tiny"], init = ["random"], seeds = 1 }}
        train = {{ batch_size = 8, max_steps = {STEPS}, eval_every = 4 }}
        "#
    );
    let spec: StudySpec = parse(&text, Path::new("study.toml")).expect("a study");
    let open: OpenStudy = check(&spec, Path::new(".")).expect("a plan");
    let folder = tempfile::tempdir().expect("a folder");
    let directory = StudyDirectory::new(folder.path().join("study"));
    directory.adopt(&open.plan, &text).expect("a directory");
    let device = Holding {
        holds,
        counts: Arc::default(),
    };
    let runner = Runner {
        study: &open,
        directory: &directory,
        share: Share::All,
        seeds_below: None,
        workers: 1,
        devices: &[&device],
        stop: &AtomicBool::new(false),
        listener: &Silence,
        program: "tests",
    };
    assert_eq!(runner.run().expect("records").done, 1);
    let place: JobDirectory = directory.run(&open.plan.runs[0]);
    let files = [MODEL, METRICS, PREDICTIONS];
    let files = files.map(|name| std::fs::read(place.file(name)).expect("a file"));
    let Counts { uploaded, placed } = &*device.counts;
    let counts = [uploaded, placed].map(|count| count.load(Ordering::Relaxed));
    (files.into(), counts)
}

#[test]
fn a_run_on_pictures_that_are_held_leaves_the_same_bytes() {
    let augment = "flip_horizontal = true, flip_vertical = true, crop = 2, rotate_degrees = 25.0";
    let (expected, [uploaded, placed]) = run(false, augment);
    assert!(uploaded > STEPS && placed == 0, "{uploaded}, {placed}");
    let (found, counts) = run(true, augment);
    assert_eq!(counts, [0, uploaded]);
    assert!(found == expected, "files differ");
}

#[test]
fn changes_of_colour_are_made_on_the_processor() {
    let augment = "flip_horizontal = true, brightness = 0.2";
    let (expected, [uploaded, _]) = run(false, augment);
    let (found, counts) = run(true, augment);
    assert_eq!(counts, [STEPS, uploaded - STEPS]);
    assert!(found == expected, "files differ");
}
