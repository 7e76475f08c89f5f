//! `status`: how far a study is, who works on it and where, why the rest waits, and what it costs.

mod row;
mod state;

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use cluster::{Cost, Hours, Tasks};
use comparison::{Wanted, wanted};
use record::{Job, JobKind, StudyDirectory};
use serde::Serialize;
use transfusion::terminal::one_line;

use self::row::Row;
use self::state::State;
use super::exit::Exit;
use super::interrupt;
use super::output::print_json;
use super::table::{counted, table};

/// Show how far a study is
#[derive(Debug, Args)]
pub struct Status {
    /// Directory of the study
    study: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Stay, and show on the terminal how it goes on; q leaves
    #[arg(long, conflicts_with = "json")]
    watch: bool,
}

/// How a study stands whose seeds are added until all is decided.
#[derive(Serialize)]
struct Looks {
    /// Up to the next look, or to the last one.
    seeds: usize,
    /// Whether no look is left to take.
    stopped: bool,
}

#[derive(Serialize)]
struct Whole {
    title: String,
    /// Jobs of the plan by state.
    counts: BTreeMap<&'static str, usize>,
    jobs: Vec<Row>,
    /// Of runs and trials.
    cost: Cost,
    /// Where seeds are added until all is decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    looks: Option<Looks>,
    /// Records of earlier plans.
    superseded: Vec<PathBuf>,
}

impl Status {
    pub fn run(self) -> anyhow::Result<Exit> {
        let directory = StudyDirectory::new(self.study);
        let plan = directory.plan()?;
        if self.watch {
            let visible = |text: &str| one_line(text).into_owned();
            watch::watch(directory.path(), &interrupt::quiet_flag(), visible)?;
            return Ok(Exit::Done);
        }
        let holders = directory.holders()?;
        let jobs = Job::all(&plan);
        let wanted = wanted(&directory, &plan)?;
        let rows = jobs.iter().enumerate();
        let mut rows = rows
            .map(|(number, job)| Row::of(number, job, &plan, &directory, &holders))
            .collect::<Result<Vec<_>, _>>()?;
        if let Some(Wanted {
            seeds,
            is_over: true,
        }) = wanted
        {
            for (row, job) in rows.iter_mut().zip(&jobs) {
                row.tell_unneeded(job.is_of_seeds_below(seeds as u64, &plan));
            }
        }
        let is_open = |row: &Row| !matches!(row.state, State::Done | State::Failed);
        let tasks = Tasks::now(&directory, rows.iter().any(is_open))?;
        for row in &mut rows {
            row.tell_place(&tasks);
        }
        for unknown in &tasks.unknown {
            say!("note: {unknown}");
        }
        let cost = Cost::of(&directory, &jobs, |job| rows[job].state != State::Unneeded);
        let mut counts = BTreeMap::new();
        for row in &rows {
            *counts.entry(row.state.name()).or_insert(0) += 1;
        }
        let exit = match counts.contains_key(State::Failed.name()) {
            true => Exit::Findings,
            false => Exit::Done,
        };
        let whole = Whole {
            title: plan.title.clone(),
            looks: wanted.map(|wanted| Looks {
                seeds: wanted.seeds,
                stopped: wanted.is_over,
            }),
            counts,
            cost,
            superseded: directory.superseded()?.all().cloned().collect(),
            jobs: rows,
        };
        match self.json {
            true => print_json(&whole)?,
            false => whole.print()?,
        }
        Ok(exit)
    }
}

impl Whole {
    fn print(&self) -> anyhow::Result<()> {
        for kind in JobKind::ALL {
            let of_kind = |row: &&Row| row.kind == kind.name();
            let rows: Vec<&Row> = self.jobs.iter().filter(of_kind).collect();
            if rows.is_empty() {
                continue;
            }
            let header = [
                "job",
                "name",
                kind.name(),
                "state",
                "step",
                "validation AUC",
            ];
            let columns = match kind {
                JobKind::Tune | JobKind::Train => header.len(),
                JobKind::Probe | JobKind::Analyse => 4,
            };
            let cells = rows.iter().map(|row| row.cells()[..columns].to_vec());
            output!("{}\n", table(&header[..columns], 4, cells));
        }
        for kind in JobKind::ALL {
            let of_kind = |row: &&Row| row.kind == kind.name();
            let rows: Vec<&Row> = self.jobs.iter().filter(of_kind).collect();
            match (kind, rows.is_empty()) {
                (JobKind::Train, true) => output!("{}: nothing is trained", self.title),
                (JobKind::Probe | JobKind::Tune | JobKind::Analyse, true) => {}
                (JobKind::Tune, false) => output!("{}: {}", self.title, tally(&rows, "trials")),
                (JobKind::Train, false) => output!("{}: {}", self.title, tally(&rows, "runs")),
                (JobKind::Probe, false) => output!("{}: {}", self.title, tally(&rows, "probes")),
                (JobKind::Analyse, false) => output!("analysis: {}", tally(&rows, "parts")),
            }
        }
        if self.cost != Cost::default() {
            output!("{}", told(&self.cost));
        }
        match &self.looks {
            Some(looks) if looks.stopped => output!("stopped after {} seeds", looks.seeds),
            Some(looks) => output!("next look after {} seeds", looks.seeds),
            None => {}
        }
        if !self.superseded.is_empty() {
            output!(
                "{} of earlier plans no longer belong to it (transfusion prune removes them)",
                counted(self.superseded.len(), "record")
            );
        }
        Ok(())
    }
}

/// `3 of 4 runs done, 0 failed, 1 running`.
fn tally(rows: &[&Row], what: &str) -> String {
    let count = |state: State| rows.iter().filter(|row| row.state == state).count();
    let others = [
        State::Running,
        State::Begun,
        State::Planned,
        State::Waiting,
        State::Unneeded,
    ];
    let others = others.into_iter().filter(|state| count(*state) > 0);
    let others: Vec<_> = others
        .map(|state| format!(", {} {}", count(state), state.name()))
        .collect();
    format!(
        "{} of {} {what} done, {} failed{}",
        count(State::Done),
        rows.len(),
        count(State::Failed),
        others.concat()
    )
}

/// `12.5 core hours so far, about 3.1 to come`; hours of GPUs and what processors drew where there is any.
fn told(cost: &Cost) -> String {
    let hours = |hours: Hours| {
        let mut parts = format!("{:.2} core hours", hours.core);
        if hours.gpu > 0.0 {
            parts += &format!(" and {:.2} GPU hours", hours.gpu);
        }
        if let Some(kwh) = hours.processor_kwh {
            parts += &format!(" ({kwh:.3} kWh of processors)");
        }
        parts
    };
    match cost.to_come {
        Some(left) if left != Hours::default() => {
            format!(
                "{} so far, about {} to come",
                hours(cost.spent),
                hours(left)
            )
        }
        Some(_) | None => format!("{} so far", hours(cost.spent)),
    }
}
