//! Whether runs fit into the memory of devices, before anything trains.

use std::collections::BTreeSet;

use anyhow::bail;
use devices::{Devices, Room, footprint, size};
use engine::DeviceFault;
use runs::{DeviceNeed, Workers};
use serde::Serialize;
use study::{OpenStudy, RunSpec, StudyPlan};

use super::table::table;

/// What a run takes of a device, beside what that has.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Fit {
    #[serde(flatten)]
    need: DeviceNeed,
    /// Whether that fits.
    fits: bool,
    /// The largest batch of training that does, up to that of the run; none where none does.
    largest_batch: Option<usize>,
}

impl Fit {
    /// Of `run` on a device with so much room.
    fn of(plan: &StudyPlan, run: &RunSpec, room: u64) -> anyhow::Result<Self> {
        let split = plan.data.split_of(run.fold);
        let need = DeviceNeed::of(run, split, &footprint)?;
        let fits = need.bytes() as u64 <= room;
        let largest_batch = match fits {
            true => Some(run.train.batch_size),
            false => DeviceNeed::largest_batch(run, split, &footprint, room)?,
        };
        Ok(Self {
            need,
            fits,
            largest_batch,
        })
    }

    fn advice(&self) -> String {
        match self.largest_batch {
            Some(batch) => format!("train.batch_size = {batch} is the largest that fits"),
            None => "not even a batch of one picture fits".into(),
        }
    }
}

/// What the arms of a study take of a device.
pub struct Fits {
    room: Room,
    /// By arm; none for an arm without a run.
    pub arms: Vec<Option<Fit>>,
}

impl Fits {
    /// Of every arm, on a device with `room`.
    pub fn of(plan: &StudyPlan, room: Room) -> anyhow::Result<Self> {
        let mut arms = Vec::new();
        for arm in 0..plan.arms.len() {
            let run = plan.runs.iter().find(|run| run.arm == arm);
            let fit = run.map(|run| Fit::of(plan, run, room.free)).transpose()?;
            arms.push(fit);
        }
        Ok(Self { room, arms })
    }

    /// A row an arm.
    pub fn table(&self, plan: &StudyPlan) -> String {
        let header = ["arm", "step", "evaluation", "fits", "largest batch"];
        let rows = plan.arms.iter().zip(&self.arms).filter_map(|(arm, fit)| {
            let fit = fit.as_ref()?;
            Some(vec![
                arm.label.clone(),
                size(fit.need.training as u64),
                size(fit.need.evaluation as u64),
                if fit.fits { "yes" } else { "no" }.into(),
                match fit.largest_batch {
                    Some(batch) if fit.fits => format!("{batch}, as planned"),
                    Some(batch) => batch.to_string(),
                    None => "none".into(),
                },
            ])
        });
        format!(
            "{}\ndevice memory: {} of {}",
            table(&header, 1, rows),
            size(self.room.free),
            self.room.of
        )
    }

    /// Says which arms do not fit.
    pub fn warn(&self, plan: &StudyPlan) {
        for (arm, fit) in plan.arms.iter().zip(&self.arms) {
            if let Some(fit) = fit.filter(|fit| !fit.fits) {
                warn!(
                    "warning: {} does not fit: a run takes {}, and {} has {} for it; {}",
                    arm.label,
                    size(fit.need.bytes() as u64),
                    self.room.of,
                    size(self.room.free),
                    fit.advice()
                );
            }
        }
    }
}

/// Refuses runs that no device has the memory for: for good, or for as long as others take it.
pub fn check(study: &OpenStudy, pending: &[&RunSpec], devices: &Devices) -> anyhow::Result<()> {
    let mut known = BTreeSet::new();
    for run in pending {
        if !known.insert((run.arm, run.train.batch_size)) {
            continue;
        }
        for room in devices.info().iter().map(Room::on) {
            let fit = Fit::of(&study.plan, run, room.in_all)?;
            let need = fit.need.bytes() as u64;
            if !fit.fits {
                bail!(
                    "{}: expected at least {} on the device, found {} on {}; {}; or choose a device with more memory, or `--device cpu`",
                    run.label,
                    size(need),
                    size(room.in_all),
                    room.of,
                    fit.advice()
                );
            }
            if need > room.free {
                let message = format!(
                    "{}: expected at least {} free on the device, found {} on {}, as other programs take the rest",
                    run.label,
                    size(need),
                    size(room.free),
                    room.of
                );
                let is_passing = true;
                return Err(DeviceFault {
                    message,
                    is_passing,
                }
                .into());
            }
        }
    }
    Ok(())
}

/// How many runs train at once on devices with memory of their own.
pub fn workers(
    study: &OpenStudy,
    pending: &[&RunSpec],
    devices: &Devices,
) -> anyhow::Result<Workers> {
    // Pictures lie there too, once for all runs, where that leaves most of the room to those.
    let pictures = study.cache.bytes() as u64;
    let for_runs = |room: Room| match pictures <= room.free / 4 {
        true => room.free - pictures,
        false => room.free,
    };
    let rooms = devices.info().iter().map(Room::on);
    let free: Vec<u64> = rooms.map(for_runs).collect();
    let split = &study.plan.data.split;
    Ok(Workers::by_memory(pending, split, &free, &footprint)?)
}
