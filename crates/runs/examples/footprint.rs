//! How much memory a short run really takes beside what is known before it begins:
//! `cargo run --release -p runs --example footprint -- MODEL SIZE BATCH`.
//!
//! One run a process, because its peak is the process's. Linux tells it.

use std::alloc::System;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use engine::Processor;
use kernels::LargeBlocks;
use record::StudyDirectory;
use runs::{Footprint, Runner, Share, Silence, memory};
use study::{StudySpec, check, parse};

#[global_allocator]
static ALLOCATOR: LargeBlocks<System> = LargeBlocks(System);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, size, batch] = &arguments[..] else {
        return Err("expected MODEL SIZE BATCH".into());
    };
    let count = 4 * batch.parse::<usize>()?.max(16);
    let text = format!(
        r#"
        title = "How much memory does it take?"
        data  = {{ source = "phantom-fundus", task = "ordinal", size = {size}, count = {count} }}
        grid  = {{ model = ["{model}"], init = ["random"], seeds = 1 }}
        train = {{ batch_size = {batch}, max_steps = 4, eval_every = 2 }}
        "#
    );
    let spec: StudySpec = parse(&text, Path::new("footprint.toml"))?;
    let study = check(&spec, Path::new("."))?;
    let folder = tempfile::tempdir()?;
    let directory = StudyDirectory::new(folder.path().join("study"));
    directory.adopt(&study.plan, &text)?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let planned = Footprint::of(&study.plan.runs[0], &study.plan.data.split, threads)?;

    // What is free at first is not this run's.
    kernels::release_memory();
    memory::forget_peak();
    let before = memory::peak_mib().ok_or("only Linux tells the peak")?;
    let runner = Runner {
        study: &study,
        directory: &directory,
        share: Share::All,
        seeds_below: None,
        workers: 1,
        devices: &[&Processor],
        stop: &AtomicBool::new(false),
        listener: &Silence,
        program: "an example",
    };
    let tally = runner.run()?;
    let found = memory::peak_mib().ok_or("only Linux tells the peak")? - before;
    let mib = |bytes: usize| bytes as f64 / f64::from(1 << 20);
    println!(
        "{model}-{size}-b{batch}: planned {:.1} MiB, found {found:.1} MiB, ratio {:.3}; {:.1?} MiB, {tally:?}",
        mib(planned.bytes()),
        found / mib(planned.bytes()),
        [
            ("buffers", mib(planned.buffers)),
            ("kept", mib(planned.kept)),
            ("scratch", mib(planned.scratch)),
            ("copies", mib(planned.copies)),
            ("pictures", mib(planned.pictures)),
        ],
    );
    Ok(())
}
