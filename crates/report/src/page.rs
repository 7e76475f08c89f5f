//! The page: all sections of a report, ready for the template.

use super::arms::{ArmRow, ArmTable};
use super::attributions::AttributionTable;
use super::curves::Curves;
use super::data::{self, DataTables, TaskRow};
use super::discrimination::Discriminating;
use super::error::ReportError;
use super::evidence::{self, Section};
use super::filter_change::FilterTable;
use super::filters::FilterFigure;
use super::forest;
use super::illustrations::Illustrations;
use super::number;
use super::palette::Palette;
use super::picture;
use super::probes::ProbeSection;
use super::reuse::ReuseSection;
use super::runs::{self, ClassTable, RunRow};
use super::source_accuracy::{self, SourceFigure};
use super::transferability::TransferabilitySection;
use askama::Template;
use figures::{Figure, Form, Series};
use record::Declaration;
use record::results::{Results, Timing};
use sha2::{Digest as _, Sha256};

/// What the page does besides being read.
const SCRIPT: &str = include_str!("templates/page.js");
/// Light, dark and print.
const STYLE: &str = concat!(
    include_str!("templates/page.css"),
    include_str!("templates/discrimination.css"),
);
/// Where figures stand.
const FIGURE_STYLE: &str = include_str!("templates/figures.css");
/// Points that all charts of a page draw and list together, about: what keeps it under 2 MB.
const POINTS: usize = 8000;
/// Points of a line at most and at least, and of a cloud.
const OF_A_LINE: [usize; 2] = [8, 60];
const OF_A_CLOUD: usize = 200;

/// The whole page.
#[derive(Template)]
#[template(path = "page.html", config = "askama.toml")]
pub struct Page<'a> {
    results: &'a Results,
    status: Status,
    key_facts: Vec<KeyFact>,
    /// What of the comparison was changed after results were there.
    declared_late: Vec<String>,
    table: ArmTable,
    attributions: AttributionTable,
    evidence: Vec<Section>,
    discriminating: Discriminating,
    classes: Option<ClassTable>,
    runs: Vec<RunRow>,
    curves: Curves,
    forest: Vec<Figure>,
    probes: Option<ProbeSection>,
    transferability: Option<TransferabilitySection>,
    source_figures: Vec<SourceFigure>,
    reuse: Option<ReuseSection>,
    filter_table: Option<FilterTable>,
    margin: String,
    data: DataTables,
    tasks: Vec<TaskRow>,
    filters: Vec<FilterFigure>,
    style: String,
    script: &'static str,
    security_policy: String,
    /// Points of a line that are drawn and listed at most.
    limit: usize,
}

/// How far the study is, in words and as a share.
struct Status {
    text: String,
    class: &'static str,
    percent: usize,
}

/// One of the few numbers beside the verdict.
struct KeyFact {
    name: String,
    value: String,
    note: String,
}

impl<'a> Page<'a> {
    /// The page of a study.
    pub fn new(
        results: &'a Results,
        timing: &[Timing],
        illustrations: &Illustrations,
        declarations: &[Declaration],
    ) -> Result<Self, ReportError> {
        let palette = Palette::new(results);
        let table = ArmTable::new(results, timing, &palette);
        let analysis = results.analysis.as_ref();
        let known = |label: &str| results.arms.iter().any(|arm| arm.label == label);
        let filters = illustrations
            .filters
            .iter()
            .filter(|sheet| known(&sheet.arm));
        let mut page = Self {
            status: Status::new(results),
            key_facts: key_facts(&table),
            declared_late: Declaration::changes(declarations),
            attributions: AttributionTable::new(results),
            evidence: evidence::sections(results, timing, &palette),
            discriminating: Discriminating::new(results, &palette),
            classes: ClassTable::new(results, &palette),
            runs: runs::runs(results, &palette, &table.metrics),
            curves: Curves::new(results, &palette),
            forest: forest::figures(results, &palette),
            probes: ProbeSection::new(results, &palette),
            transferability: TransferabilitySection::new(results, &palette),
            source_figures: source_accuracy::figures(results),
            reuse: analysis.map(|analysis| ReuseSection::new(analysis, &palette)),
            filter_table: analysis.and_then(|analysis| FilterTable::new(analysis, &palette)),
            margin: number::fixed(results.margin, 3),
            data: DataTables::new(results, illustrations),
            tasks: data::tasks(results),
            filters: filters
                .map(|sheet| FilterFigure::new(sheet, &palette))
                .collect::<Result<_, _>>()?,
            style: format!("{STYLE}{}{FIGURE_STYLE}", figures::style()),
            script: SCRIPT,
            security_policy: security_policy(),
            limit: OF_A_LINE[1],
            table,
            results,
        };
        let lines = page.figures().flat_map(|figure| &figure.series);
        let [least, most] = OF_A_LINE;
        page.limit = (POINTS / lines.count().max(1)).clamp(least, most);
        Ok(page)
    }

    /// Curves, confusion and classes.
    pub fn discriminating(&self) -> &Discriminating {
        &self.discriminating
    }

    /// The sections behind the verdict.
    pub fn evidence(&self) -> &[Section] {
        &self.evidence
    }

    /// All charts, from top to bottom.
    pub fn figures(&self) -> impl Iterator<Item = &Figure> {
        let trained = self.curves.all().chain(&self.forest);
        let trained = trained.chain(self.discriminating.figures());
        let trained = trained.chain(self.evidence.iter().flat_map(|section| &section.plots));
        let is_trained = !self.results.trains_nothing();
        let trained = trained.filter(move |_| is_trained);
        let probes = self.probes.iter().flat_map(|probes| &probes.figures);
        let sources = self.source_figures.iter().map(|source| &source.figure);
        let reuse = self.reuse.iter().flat_map(|reuse| reuse.figures());
        trained.chain(probes).chain(sources).chain(reuse)
    }

    /// A chart as the page shows it: long lines at some of their points.
    fn drawn(&self, figure: &Figure) -> String {
        let is_cloud = |series: &Series| series.forms == [Form::SmallDots];
        let limit = match figure.series.iter().all(is_cloud) {
            true => OF_A_CLOUD,
            false => self.limit,
        };
        figure.thinned(limit).html()
    }
}

impl Status {
    fn new(results: &Results) -> Self {
        let (progress, what) = match &results.probe {
            Some(probes) if probes.only => (probes.progress, "probes"),
            _ => (results.progress, "runs"),
        };
        let mut text = format!("{} of {} {what} done", progress.done, progress.planned);
        if progress.failed > 0 {
            text.push_str(&format!(", {} failed", progress.failed));
        }
        let is_complete = progress.planned > 0 && progress.done >= progress.planned;
        let class = match (is_complete, progress.failed) {
            (true, _) => "complete",
            (false, 0) => "partial",
            (false, _) => "failed",
        };
        let percent = (100 * progress.done.min(progress.planned)) / progress.planned.max(1);
        Self {
            text,
            class,
            percent,
        }
    }
}

/// AUC, difference and speed-up of the recommended arm.
fn key_facts(table: &ArmTable) -> Vec<KeyFact> {
    let mut rows = table
        .groups
        .iter()
        .flat_map(|group| group.rows.iter().map(move |r| (group, r)));
    let Some((group, row)) = rows.find(|(_, row)| row.is_recommended) else {
        return Vec::new();
    };
    let mut facts = vec![KeyFact {
        name: "Recommended".to_owned(),
        value: row.init.clone(),
        note: group.title(),
    }];
    if let Some(auc) = &row.auc {
        facts.push(KeyFact {
            name: "Test AUC".to_owned(),
            value: auc.value.clone(),
            note: format!("95% interval {}", auc.interval),
        });
    }
    for difference in &row.differences {
        facts.push(KeyFact {
            name: match &difference.other {
                Some(other) => format!("Against {other}"),
                None => "Against the baseline".to_owned(),
            },
            value: difference.value.clone(),
            note: format!("{}, {}", difference.outcome, difference.interval),
        });
    }
    facts.extend(speed_up(table, row));
    facts
}

/// The speed-up to the last threshold that has one.
fn speed_up(table: &ArmTable, row: &ArmRow) -> Option<KeyFact> {
    let mut steps = row.steps.iter().zip(&table.thresholds).rev();
    let (cell, threshold) = steps.find(|(cell, _)| cell.speed_up.is_some())?;
    let interval = match &cell.speed_up_interval {
        Some(interval) => format!("95% interval {interval} times as soon"),
        None => "no interval".into(),
    };
    Some(KeyFact {
        name: "Convergence".to_owned(),
        value: cell.speed_up.clone()?,
        note: format!("to a validation AUC of {threshold}; {interval}"),
    })
}

/// Nothing may be loaded, and only the scripts of this page may run: text from a study could do
/// neither even if it were taken for markup.
fn security_policy() -> String {
    let allowed = [figures::SCRIPT, SCRIPT]
        .map(|source| picture::base64(Sha256::digest(source.as_bytes()).as_slice()))
        .map(|digest| format!(" 'sha256-{digest}'"));
    format!(
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src{}",
        allowed.concat()
    )
}
