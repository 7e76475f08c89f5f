//! `report`: compare what is finished and write it down.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use comparison::{Collected, collect};
use durable::{ABANDONED, Manifest, remove_old_temporaries, write};
use record::names::{
    CHECKLIST, CHECKLIST_TABLE, EXAMPLES, INITIAL_FILTERS, MANIFEST, MODEL, REPORT, RESULTS,
};
use record::results::{ArmResult, ComparisonResult, Results, Timing};
use record::{Declaration, FinishedRun, Listing, StudyDirectory};
use report::checklists::{checklists, csv};
use report::{ExampleSheet, FilterSheet, Illustrations, Takeaway, html, median};
use study::OpenStudy;
use telling::Events;

use super::beside::beside;
use super::exit::Exit;
use super::gallery;
use super::output::{print_json, print_json_line};
use super::probe_tables::probe_tables;
use super::reuse_tables::reuse_tables;
use super::score_tables::{score_tables, source_lines};
use super::table::{duration, table, thousands};
use super::tuning_tables::tuning_tables;

/// What is printed of a report that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Printed {
    /// What it says in short, for people.
    Tables,
    /// `results.json`.
    Results,
    /// The last event but one.
    Event,
}

/// Examples shown per class.
const SHOWN: usize = 6;
/// Edge of an example, in pixels.
const EXAMPLE_PIXELS: usize = 96;

/// Compare what is finished and write report.html and results.json; of two studies, one page with both
#[derive(Debug, Args)]
pub struct Report {
    /// Directory of the study
    study: PathBuf,
    /// Directory of another study, to be set beside it
    other: Option<PathBuf>,
    /// Print results.json instead of tables; of two studies, what is said of both
    #[arg(long)]
    json: bool,
    /// Where the page of two studies goes
    #[arg(long, default_value = "beside.html", requires = "other")]
    out: PathBuf,
    /// Folder for every chart as SVG, PNG and CSV and every table as CSV, Markdown and LaTeX
    #[arg(long, value_name = "FOLDER")]
    to: Option<PathBuf>,
}

impl Report {
    pub fn run(self) -> anyhow::Result<Exit> {
        if let Some(other) = self.other {
            return beside([self.study, other], &self.out, self.json);
        }
        let directory = StudyDirectory::new(self.study);
        let printed = match self.json {
            true => Printed::Results,
            false => Printed::Tables,
        };
        let results = conclude(&directory, None, printed, self.to.as_deref())?;
        Ok(if !results.failures.is_empty() {
            Exit::Findings
        } else {
            Exit::Done
        })
    }
}

/// Writes `results.json`, `report.html` and its checklists, and prints what they say in short. Where
/// the data are open, as in `source`, pictures of mistakes are drawn before.
pub fn finish(
    directory: &StudyDirectory,
    source: Option<&gallery::Source>,
    printed: Printed,
) -> anyhow::Result<Results> {
    conclude(directory, source, printed, None)
}

/// The same, with charts and tables as files in a folder where one is given.
fn conclude(
    directory: &StudyDirectory,
    source: Option<&gallery::Source>,
    printed: Printed,
    folder: Option<&Path>,
) -> anyhow::Result<Results> {
    if directory.path().is_dir() {
        // What a report that was killed left; another may be writing one just now.
        remove_old_temporaries(directory.path(), ABANDONED)?;
    }
    directory.refuse_lost()?;
    let Collected {
        mut results,
        timing,
    } = collect(directory)?;
    if let Some(source) = source {
        gallery::draw(source, directory, &mut results)?;
    }
    RESULTS.write(directory.path(), &results, &Manifest::default())?;
    let path = REPORT.path(directory.path());
    write(&path, drawn(directory, &results, &timing)?.as_bytes())?;
    let declarations = directory.declarations()?;
    let filled = checklists(&results, &timing, &declarations);
    CHECKLIST.write(directory.path(), &filled, &Manifest::default())?;
    let table = CHECKLIST_TABLE.path(directory.path());
    write(&table, csv(&filled).as_bytes())?;
    directory.list()?;
    if let Some(folder) = folder {
        take_away(&Takeaway::new(&results, &timing, &declarations)?, folder)?;
    }
    match printed {
        Printed::Results => {
            print_json(&results)?;
            return Ok(results);
        }
        Printed::Event => {
            Events::report_written(print_json_line, directory, &results.verdict.lead);
            return Ok(results);
        }
        Printed::Tables => {}
    }
    if let Some(probes) = probe_tables(&results) {
        output!("{probes}\n");
    }
    if let Some(scores) = score_tables(&results) {
        output!("{scores}\n");
    }
    if !results.trains_nothing() {
        output!("{}", arms_table(&results, &timing));
    }
    if let Some(tuning) = tuning_tables(&results) {
        output!("\n{tuning}");
    }
    if let Some(analysis) = &results.analysis {
        output!("\n{}", reuse_tables(analysis));
    }
    if let Some(lines) = source_lines(&results) {
        output!("\n{lines}");
    }
    output!("\n{}", results.verdict.lead);
    for point in &results.verdict.points {
        let word = point
            .badge
            .as_ref()
            .map(|badge| format!("{}: ", badge.word));
        output!(
            "- {}: {}{}.",
            point.about,
            word.unwrap_or_default(),
            point.text
        );
    }
    for open in &results.verdict.open {
        output!("Open: {open}.");
    }
    for change in Declaration::changes(&directory.declarations()?) {
        output!("Not as declared before the results: {change}.");
    }
    for failure in &results.failures {
        output!(
            "Failed: {}, seed {}{}: {}.",
            failure.arm,
            failure.seed,
            failure
                .fold
                .map(|fold| format!(", {fold}"))
                .unwrap_or_default(),
            failure.error
        );
    }
    output!("\nReport: {}", path.display());
    if let Some(folder) = folder {
        output!("Charts and tables: {}", folder.display());
    }
    Ok(results)
}

/// Writes every chart and table, each file whole or not at all; other files of the folder stay.
fn take_away(taken: &Takeaway, folder: &Path) -> anyhow::Result<()> {
    for file in taken.files() {
        let path = folder.join(&file.path);
        let parent = path.parent().unwrap_or(folder);
        if !parent.is_dir() {
            std::fs::create_dir_all(parent)
                .with_context(|| format!("cannot create {}", parent.display()))?;
        }
        write(&path, &file.bytes)?;
    }
    Ok(())
}

/// The report from the records as they are now. Nothing is written.
pub fn page(directory: &StudyDirectory) -> anyhow::Result<String> {
    let Collected { results, timing } = collect(directory)?;
    drawn(directory, &results, &timing)
}

fn drawn(
    directory: &StudyDirectory,
    results: &Results,
    timing: &[Timing],
) -> anyhow::Result<String> {
    let illustrations = illustrations(directory, results)?;
    let declarations = directory.declarations()?;
    Ok(html(results, timing, &illustrations, &declarations)?)
}

/// Keeps a sheet of example pictures beside the study, so that reports need no data.
pub fn draw_examples(study: &OpenStudy, directory: &StudyDirectory) -> anyhow::Result<()> {
    if !study.plan.report.pictures {
        return gallery::withdraw(directory);
    }
    let folder = EXAMPLES.path(directory.path());
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    remove_old_temporaries(&folder, ABANDONED)?;
    let mut is_new = !MANIFEST.exists(&folder);
    for class in 0..study.dataset.classes.len() {
        let path = folder.join(format!("{class:04}.png"));
        if path.exists() {
            continue;
        }
        let of_class: Vec<usize> = study
            .plan
            .data
            .split
            .train
            .iter()
            .copied()
            .filter(|i| study.dataset.examples[*i].label.has(class) == Some(true))
            .collect();
        if let Some(png) = images::contact_sheet(
            &study.dataset,
            &of_class,
            SHOWN,
            EXAMPLE_PIXELS,
            study.cache.range(),
            class as u64,
        ) {
            write(&path, &png)?;
            is_new = true;
        }
    }
    if is_new {
        let listed = Manifest::of(&folder, &[MANIFEST.name()])?;
        MANIFEST.write(&folder, &Listing::default(), &listed)?;
    }
    Ok(())
}

fn illustrations(directory: &StudyDirectory, results: &Results) -> anyhow::Result<Illustrations> {
    let plan = directory.plan()?;
    let mut examples = Vec::new();
    let folder = EXAMPLES.path(directory.path());
    let listed = MANIFEST.read(&folder)?;
    for (class, name) in results.data.classes.iter().enumerate() {
        let file = format!("{class:04}.png");
        if let Some(listed) = listed.iter().find(|listed| listed.files.has_name(&file)) {
            examples.push(ExampleSheet {
                class: name.clone(),
                png: listed.files.read(&folder, &file)?,
            });
        }
    }
    let mut filters: Vec<FilterSheet> = Vec::new();
    for spec in &plan.runs {
        let run = directory.run(spec);
        let is_shown = filters.iter().any(|f| f.arm == spec.label);
        if is_shown {
            continue;
        }
        let Some(finished) = FinishedRun::open(&run, &spec.id)? else {
            continue;
        };
        let before = finished.weights(INITIAL_FILTERS)?;
        let after = finished.weights(MODEL)?;
        let arm = &plan.arms[spec.arm];
        for (path, before) in before.tensors {
            let Some(after) = after.tensors.get(&path) else {
                continue;
            };
            let Ok(shape) = <[usize; 4]>::try_from(before.shape.clone()) else {
                continue;
            };
            filters.push(FilterSheet {
                arm: spec.label.clone(),
                model: plan.models[arm.model].described.label.clone(),
                init: results
                    .arms
                    .get(spec.arm)
                    .map_or(arm.init.name.clone(), ArmResult::setup),
                seed: spec.seed,
                shape,
                before: before.values,
                after: after.values.clone(),
            });
        }
    }
    Ok(Illustrations {
        examples,
        filters,
        gallery: gallery::pictures(directory, results)?,
    })
}

fn arms_table(results: &Results, timing: &[Timing]) -> String {
    let thresholds: Vec<String> = results
        .thresholds
        .iter()
        .map(|t| format!("steps to {t}"))
        .collect();
    let mut header = vec![
        "arm",
        "seeds",
        "test AUC",
        "95% interval",
        "against baseline",
    ];
    let has_others = results
        .arms
        .iter()
        .any(|arm| results.against_others(arm).next().is_some());
    header.extend(has_others.then_some("against others"));
    header.extend(thresholds.iter().map(String::as_str));
    header.extend(["parameters", "time per run"]);
    let rows = results.arms.iter().zip(timing).map(|(arm, timing)| {
        let auc = arm.auc;
        let found = |c: &ComparisonResult| format!("{:+.3} {}", c.difference.value, c.outcome);
        let against = match results.against_baseline(arm) {
            Some(comparison) => found(comparison),
            None if arm.init == results.baseline => "baseline".into(),
            None => "–".into(),
        };
        let mut row = vec![
            arm.label.clone(),
            arm.seed_count().to_string(),
            auc.map_or("–".into(), |a| format!("{:.3}", a.value)),
            auc.map_or("–".into(), |a| match a.interval() {
                Some([low, high]) => format!("{low:.3} to {high:.3}"),
                None => "–".into(),
            }),
            against,
        ];
        let others = results.against_others(arm);
        let others: Vec<_> = others
            .map(|c| format!("{} against {}", found(c), other(results, arm, c)))
            .collect();
        row.extend(has_others.then(|| others.join("; ")));
        row.extend(arm.convergence.iter().map(|c| match (c.mean, c.early) {
            _ if c.steps.is_empty() => "–".into(),
            (Some(mean), _) if c.is_bound() => format!("≥ {mean:.0}"),
            (Some(mean), _) => format!("{mean:.0}"),
            (None, Some(by)) => format!("before {by}"),
            (None, None) if arm.seeds.is_empty() => "no run yet".into(),
            (None, None) => "not reached".into(),
        }));
        row.push(parameters(results, arm));
        row.push(median(&timing.seconds).map_or("–".into(), duration));
        row
    });
    format!("{}\n\n{}", results.title, table(&header, 1, rows))
}

/// What distinguishes the other arm of a comparison that is not with the baseline.
fn other(results: &Results, arm: &ArmResult, comparison: &ComparisonResult) -> &'static str {
    let other = results.arms.iter().find(|a| a.label == comparison.baseline);
    match other.is_some_and(|other| other.model == arm.model) {
        true => "full training",
        false => "the whole network",
    }
}

fn parameters(results: &Results, arm: &ArmResult) -> String {
    let model = results.models.iter().find(|m| m.label == arm.model);
    model.map_or("–".into(), |m| thousands(m.parameters as u64))
}
