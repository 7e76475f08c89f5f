//! Steps of training on an NVIDIA GPU, timed.
//!
//! ```text
//! cuda_step WORK TYPE [TURNS]           a line of a table: milliseconds, images a second, memory
//! cuda_step serve WORK TYPE             takes steps as standard input asks for them
//! cuda_step many WORK TYPE COUNT [SECONDS]    so many trainings on one device at once
//! cuda_step check WORK TYPE [STEPS]     beside the processor, and whether bytes come again
//! cuda_step layers WORK TYPE [TB/S TFLOP/S]   every instruction alone
//! cuda_step floor WORK TYPE [TB/S TFLOP/S]    bytes and products of a step; needs no device
//! cuda_step libraries                   what of CUDA is here
//! ```
//!
//! WORK is `<network>-<size>-b<batch>`, TYPE `f32`, `tf32` or `bf16`. `fed` is a step as training
//! takes it, pixels and targets from the host; `alone` leaves out what can be left out of that.
//! `TRANSFUSION_KERNELS` names a folder that keeps machine code of kernels from one start to the
//! next.

mod alone;
mod check;
mod cost;
mod layers;
mod many;
mod memory;
mod numbers;
mod serve;
mod session;
mod single;

use anyhow::{Context as _, bail};
use bench::Work;
use engine_cuda::Inventory;

use crate::cost::Rates;
use crate::numbers::Numbers;
use crate::session::Plan;

const USAGE: &str = "expected [serve|check|layers|floor] WORK f32|tf32|bf16, many WORK TYPE COUNT, \
                     or libraries";

fn main() -> anyhow::Result<()> {
    if let Some(folder) = std::env::var_os("TRANSFUSION_KERNELS") {
        engine_cuda::keep_kernels_in(folder.into());
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if words == ["libraries"] {
        println!("{:#?}", Inventory::look());
        return Ok(());
    }
    let (what, words) = match words.split_first() {
        Some((&what @ ("serve" | "many" | "check" | "layers" | "floor"), rest)) => (what, rest),
        _ => ("single", &words[..]),
    };
    let [work, numbers, rest @ ..] = words else {
        bail!(USAGE);
    };
    let plan = Plan {
        name: (*work).into(),
        work: Work::parse(work)?,
        numbers: Numbers::parse(numbers)?,
    };
    match (what, rest) {
        ("single", []) => single::run(&plan, single::TURNS),
        ("single", [turns]) => single::run(&plan, number(turns)?),
        ("serve", []) => serve::run(&plan),
        ("check", []) => check::run(&plan, check::STEPS),
        ("check", [steps]) => check::run(&plan, number(steps)?),
        ("layers", rest) => layers::run(&plan, Rates::parse(rest, plan.numbers)?),
        ("floor", rest) => cost::run(&plan, Rates::parse(rest, plan.numbers)?),
        ("many", [count]) => many::run(&plan, number(count)?, many::SECONDS),
        ("many", [count, seconds]) => many::run(&plan, number(count)?, seconds.parse()?),
        _ => bail!(USAGE),
    }
}

fn number(word: &str) -> anyhow::Result<usize> {
    let number = word.parse().ok().filter(|number| *number > 0);
    number.with_context(|| format!("expected a number from 1, found `{word}`"))
}
