//! One part of the analysis, done and recorded.

use durable::{Manifest, write_sealed};
use engine::Model;
use record::Job;

use super::failure::AnalysisFailure;
use super::map::compare_blocks;
use super::networks::Networks;
use super::pair::{before_after, compare_pair, options};
use super::run::analyse_run;
use crate::training::End;
use crate::work::Work;

/// Does the part `job` of the analysis; nothing is written if it was asked to stop meanwhile.
/// Probes and runs to train are no part of it, and left alone.
pub fn analyse(job: &Job, networks: &mut Networks, work: &Work) -> Result<End, AnalysisFailure> {
    work.started(0);
    let plan = &networks.study.plan;
    let file = job.result_file(networks.directory);
    let settings = networks.settings;
    let record = match job {
        Job::Probe(_) | Job::Trial(_) | Job::Train(_) => None,
        Job::Change(change) => {
            let spec = &plan.runs[change.run];
            let options = options(settings, change.is_thorough);
            let (study, directory, stop) = (networks.study, networks.directory, networks.stop);
            let device = networks.device;
            let mut similar = |before: &Model, after: &Model| {
                let captured = networks.capture_of(spec, before, after)?;
                captured.map(|c| before_after(&c, &options)).transpose()
            };
            let record = analyse_run(study, spec, directory, device, settings, &mut similar, stop)?;
            record.map(Record::Change)
        }
        Job::Pair(pair) => {
            let (a, b) = (&plan.runs[pair.a], &plan.runs[pair.b]);
            match (networks.capture(a)?, networks.capture(b)?) {
                (Some(a), Some(b)) => {
                    let options = options(settings, pair.is_thorough);
                    Some(Record::Pair(compare_pair(&a, &b, &options)?))
                }
                _ => None,
            }
        }
        Job::Map(map) => {
            let (a, b) = (&plan.runs[map.a], &plan.runs[map.b]);
            match (networks.capture(a)?, networks.capture(b)?) {
                (Some(a), Some(b)) => Some(Record::Map(compare_blocks(&a.after, &b.after)?)),
                _ => None,
            }
        }
    };
    let Some(record) = record else {
        return Ok(End::Interrupted);
    };
    work.still_held()?;
    let none = Manifest::default();
    match record {
        Record::Change(record) => write_sealed(&file, &record, &none)?,
        Record::Pair(record) => write_sealed(&file, &record, &none)?,
        Record::Map(record) => write_sealed(&file, &record, &none)?,
    }
    Ok(End::Done)
}

/// What a part leaves.
enum Record {
    Change(record::RunAnalysis),
    Pair(record::PairAnalysis),
    Map(record::MapAnalysis),
}
