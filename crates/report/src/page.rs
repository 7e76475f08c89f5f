//! The page: all sections of a report, ready for the template.

use super::arms::ArmTable;
use super::attributions::AttributionTable;
use super::charts::Charts;
use super::contents::{Group, Links};
use super::data::{self, DataTables, TaskRow};
use super::error::ReportError;
use super::evidence::{self, Section};
use super::filter_change::FilterTable;
use super::filters::FilterFigure;
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
use record::Declaration;
use record::results::{Results, Timing};
use sha2::{Digest as _, Sha256};

/// Apache ECharts, bundled as `assets/README.md` says.
const CHART_LIBRARY: &str = include_str!("assets/echarts-6.1.0.min.js");
/// What the page does with it.
const SCRIPT: &str = include_str!("templates/page.js");
/// Gives tables that are too wide for the page another shape.
pub const TABLES: &str = include_str!("templates/tables.js");
/// Light, dark and print.
pub const STYLE: &str = include_str!("templates/page.css");

/// The whole page.
#[derive(Template)]
#[template(path = "page.html", config = "askama.toml")]
pub struct Page<'a> {
    results: &'a Results,
    status: Status,
    contents: Vec<Group>,
    /// What of the comparison was changed after results were there.
    declared_late: Vec<String>,
    table: ArmTable,
    attributions: AttributionTable,
    evidence: Vec<Section>,
    classes: Option<ClassTable>,
    runs: Vec<RunRow>,
    facets: Vec<String>,
    forest_rows: usize,
    probes: Option<ProbeSection>,
    probe_facets: Vec<String>,
    transferability: Option<TransferabilitySection>,
    source_figures: Vec<SourceFigure>,
    reuse: Option<ReuseSection>,
    filter_table: Option<FilterTable>,
    margin: String,
    data: DataTables,
    tasks: Vec<TaskRow>,
    filters: Vec<FilterFigure>,
    style: &'static str,
    chart_library: &'static str,
    script: &'static str,
    tables: &'static str,
    chart_json: String,
    security_policy: String,
}

/// How far the study is, in words and as a share.
struct Status {
    text: String,
    class: &'static str,
    percent: usize,
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
        let (reuse, reuse_charts) = analysis
            .map(|analysis| ReuseSection::new(analysis, &palette))
            .unzip();
        let charts = Charts::new(results, &palette, reuse_charts.unwrap_or_default());
        let known = |label: &str| results.arms.iter().any(|arm| arm.label == label);
        let filters = illustrations
            .filters
            .iter()
            .filter(|sheet| known(&sheet.arm));
        let mut page = Self {
            contents: Vec::new(),
            status: Status::new(results),
            declared_late: Declaration::changes(declarations),
            attributions: AttributionTable::new(results),
            evidence: evidence::sections(results, timing, &palette),
            classes: ClassTable::new(results, &palette),
            runs: runs::runs(results, &palette, &table.metrics),
            facets: charts.facet_titles(),
            forest_rows: charts.forest_rows(),
            probes: ProbeSection::new(results, &palette),
            probe_facets: charts.probe_titles(),
            transferability: TransferabilitySection::new(results, &palette),
            source_figures: source_accuracy::figures(results),
            reuse,
            filter_table: analysis.and_then(|analysis| FilterTable::new(analysis, &palette)),
            margin: number::fixed(results.margin, 3),
            data: DataTables::new(results, illustrations),
            tasks: data::tasks(results),
            filters: filters
                .map(|sheet| FilterFigure::new(sheet, &palette))
                .collect::<Result<_, _>>()?,
            style: STYLE,
            chart_library: CHART_LIBRARY,
            script: SCRIPT,
            tables: TABLES,
            chart_json: charts.json()?,
            security_policy: policy_of(&[CHART_LIBRARY, SCRIPT, TABLES]),
            table,
            results,
        };
        page.contents = page.contents();
        Ok(page)
    }

    /// Links to all sections that it has.
    fn contents(&self) -> Vec<Group> {
        let trains = !self.results.trains_nothing();
        let mut evidence = Links::new()
            .when(trains, "curves", "Learning curves")
            .when(trains, "forest", "Test AUC");
        for section in self.evidence.iter().filter(|_| trains) {
            evidence = evidence.and(section.id, section.word);
        }
        let groups = [
            Links::new()
                .and("verdict", "Verdict")
                .when(trains, "arms", "Arms")
                .when(
                    trains && !self.attributions.rows.is_empty(),
                    "attributions",
                    "What helps",
                )
                .under("Answer"),
            evidence.under("Evidence"),
            Links::new()
                .when(self.probes.is_some(), "probes", "Frozen features")
                .when(self.transferability.is_some(), "transferability", "Scores")
                .when(
                    !self.source_figures.is_empty(),
                    "source-accuracy",
                    "Source accuracy",
                )
                .when(self.reuse.is_some(), "reuse", "Reuse")
                .when(trains, "filters", "Filters")
                .under("Features"),
            Links::new()
                .and("data", "Data")
                .and("tasks", "Tasks")
                .under("Data"),
            Links::new()
                .when(!self.results.failures.is_empty(), "failures", "Failures")
                .and("intervals", "Intervals")
                .and("reproduce", "Reproduce")
                .under("Method"),
        ];
        groups.into_iter().flatten().collect()
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

/// Nothing may be loaded, and only these `scripts` may run: text from a study could not do either even
/// if it were taken for markup.
pub fn policy_of(scripts: &[&str]) -> String {
    let hashes = scripts.iter().map(|source| {
        let digest = picture::base64(Sha256::digest(source.as_bytes()).as_slice());
        format!("'sha256-{digest}'")
    });
    let hashes: Vec<String> = hashes.collect();
    format!(
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {}",
        hashes.join(" ")
    )
}
