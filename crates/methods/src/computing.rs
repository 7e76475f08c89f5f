//! Software, machines and time.

use record::results::{Results, Timing};

use crate::sentence::{Sentence, list};

/// Most machines that a sentence names.
const NAMED: usize = 6;

/// What computed it, how long that took, and how it is done again.
pub fn computing(results: &Results, timing: &[Timing]) -> Vec<Sentence> {
    let mut said = vec![Sentence::new(
        "/version",
        format!(
            "The study was planned and compared with transfusion {}",
            results.version
        ),
    )];
    let each_once = |of: fn(&Timing) -> &Vec<String>| {
        let mut all: Vec<String> = timing.iter().flat_map(of).cloned().collect();
        all.sort();
        all.dedup();
        all
    };
    let (machines, programs) = (each_once(|t| &t.machines), each_once(|t| &t.programs));
    if !machines.is_empty() {
        let by = match programs.is_empty() {
            true => String::new(),
            false => format!(" by {}", list(&programs, NAMED)),
        };
        said.push(Sentence::new(
            "timing.json",
            format!("Networks were trained{by} on {}", list(&machines, NAMED)),
        ));
    }
    let seconds: Vec<f64> = timing.iter().flat_map(|t| &t.seconds).copied().collect();
    if !seconds.is_empty() {
        said.push(Sentence::new(
            "timing.json",
            format!(
                "Training and evaluation of the runs took {} in all, evaluations included",
                numbers::seconds(seconds.iter().sum())
            ),
        ));
    }
    said.push(Sentence::new(
        "/reproduction",
        format!(
            "The plan has the SHA-256 {}; the same plan on the same data gives the same numbers on processors with the same instruction set",
            results.reproduction.plan_sha256
        ),
    ));
    said
}
