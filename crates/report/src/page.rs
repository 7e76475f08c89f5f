//! The page: all sections of a report, ready for the template.

use super::arms::ArmTable;
use super::attributions::AttributionTable;
use super::contents::{Group, Links};
use super::curves::Curves;
use super::data::{self, DataTables, TaskRow};
use super::discrimination::Discriminating;
use super::error::ReportError;
use super::evidence::{self, Section};
use super::filter_change::FilterTable;
use super::filters::FilterFigure;
use super::forest;
use super::illustrations::Illustrations;
use super::mistakes::{MistakeSection, SaliencySection};
use super::number;
use super::palette::Palette;
use super::paper::Paper;
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

/// Gives tables that are too wide for the page another shape.
pub const TABLES: &str = include_str!("templates/tables.js");
/// Light, dark and print.
const STYLE: &str = concat!(
    include_str!("templates/page.css"),
    include_str!("templates/discrimination.css"),
    include_str!("templates/mistakes.css"),
    include_str!("templates/paper.css")
);
/// Where figures stand.
const FIGURE_STYLE: &str = include_str!("templates/figures.css");
/// Points that all charts of a page draw and list together, about: what keeps it under 2 MB.
const POINTS: usize = 4500;
/// Points of a line at most and at least, and of a cloud.
const OF_A_LINE: [usize; 2] = [8, 60];
const OF_A_CLOUD: usize = 200;

/// What the page does besides being read: numbers at the pointer, and tables that fit.
const SCRIPTS: [&str; 2] = [figures::SCRIPT, TABLES];

/// The style of pages with figures.
pub fn style() -> String {
    format!("{STYLE}{}{FIGURE_STYLE}", figures::style())
}

/// The whole page.
#[derive(Template)]
#[template(path = "page.html", config = "askama.toml")]
pub struct Page<'a> {
    results: &'a Results,
    status: Status,
    /// What is trained on what and from what, in a line.
    setting: String,
    contents: Vec<Group>,
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
    mistakes: Option<MistakeSection>,
    saliency: Option<SaliencySection>,
    margin: String,
    data: DataTables,
    tasks: Vec<TaskRow>,
    filters: Vec<FilterFigure>,
    paper: Paper,
    style: String,
    scripts: [&'static str; 2],
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
            setting: data::setting(results),
            contents: Vec::new(),
            status: Status::new(results),
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
            mistakes: MistakeSection::new(results, &illustrations.gallery),
            saliency: SaliencySection::new(results, &illustrations.gallery),
            margin: number::fixed(results.margin, 3),
            data: DataTables::new(results, illustrations),
            paper: Paper::new(results, timing, declarations),
            tasks: data::tasks(results),
            filters: filters
                .map(|sheet| FilterFigure::new(sheet, &palette))
                .collect::<Result<_, _>>()?,
            style: style(),
            security_policy: policy_of(&SCRIPTS),
            scripts: SCRIPTS,
            limit: OF_A_LINE[1],
            table,
            results,
        };
        let lines = page.figures().flat_map(|figure| &figure.series);
        let [least, most] = OF_A_LINE;
        page.limit = (POINTS / lines.count().max(1)).clamp(least, most);
        page.contents = page.contents();
        Ok(page)
    }

    /// Links to all sections that it has.
    fn contents(&self) -> Vec<Group> {
        let trains = !self.results.trains_nothing();
        let mut evidence = Links::new()
            .when(trains, "curves", "Learning curves")
            .when(trains, "forest", "Test AUC")
            .when(
                trains && self.discriminating.curves.is_some(),
                "discrimination",
                "ROC curves",
            )
            .when(
                trains && self.discriminating.confusion.is_some(),
                "confusion",
                "Confusion",
            )
            .when(
                trains && self.discriminating.per_class.is_some(),
                "per-class",
                "Per class",
            );
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
                .when(self.mistakes.is_some(), "mistakes", "Mistakes")
                .when(self.saliency.is_some(), "saliency", "Saliency")
                .when(trains, "filters", "Filters")
                .under("Features"),
            Links::new()
                .and("data", "Data")
                .when(
                    self.paper.characteristics.is_some(),
                    "characteristics",
                    "Patients",
                )
                .when(self.paper.flow.is_some(), "flow", "Flow")
                .when(self.paper.audit.is_some(), "audit", "Audit")
                .and("tasks", "Tasks")
                .under("Data"),
            Links::new()
                .when(!self.results.failures.is_empty(), "failures", "Failures")
                .and("intervals", "Intervals")
                .when(self.paper.methods.is_some(), "methods", "Methods")
                .and("checklists", "Checklists")
                .and("reproduce", "Reproduce")
                .under("Method"),
        ];
        groups.into_iter().flatten().collect()
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
