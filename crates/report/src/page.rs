//! The page: all sections of a report, ready for the template.

use super::arms::{ArmRow, ArmTable};
use super::attributions::AttributionTable;
use super::charts::Charts;
use super::data::{self, DataTables, TaskRow};
use super::error::ReportError;
use super::evidence::{self, Section};
use super::filter_change::FilterTable;
use super::filters::FilterFigure;
use super::illustrations::Illustrations;
use super::mistakes::{MistakeSection, SaliencySection};
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
/// Light, dark and print.
const STYLE: &str = concat!(
    include_str!("templates/page.css"),
    include_str!("templates/mistakes.css")
);

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
    mistakes: Option<MistakeSection>,
    saliency: Option<SaliencySection>,
    margin: String,
    data: DataTables,
    tasks: Vec<TaskRow>,
    filters: Vec<FilterFigure>,
    style: &'static str,
    chart_library: &'static str,
    script: &'static str,
    chart_json: String,
    security_policy: String,
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
        let (reuse, reuse_charts) = analysis
            .map(|analysis| ReuseSection::new(analysis, &palette))
            .unzip();
        let charts = Charts::new(results, &palette, reuse_charts.unwrap_or_default());
        let known = |label: &str| results.arms.iter().any(|arm| arm.label == label);
        let filters = illustrations
            .filters
            .iter()
            .filter(|sheet| known(&sheet.arm));
        Ok(Self {
            status: Status::new(results),
            key_facts: key_facts(&table),
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
            mistakes: MistakeSection::new(results, &illustrations.gallery),
            saliency: SaliencySection::new(results, &illustrations.gallery),
            margin: number::fixed(results.margin, 3),
            data: DataTables::new(results, illustrations),
            tasks: data::tasks(results),
            filters: filters
                .map(|sheet| FilterFigure::new(sheet, &palette))
                .collect::<Result<_, _>>()?,
            style: STYLE,
            chart_library: CHART_LIBRARY,
            script: SCRIPT,
            chart_json: charts.json()?,
            security_policy: security_policy(),
            table,
            results,
        })
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

/// Nothing may be loaded, and only the two scripts of this page may run: text from a study could
/// not do either even if it were taken for markup.
fn security_policy() -> String {
    let [library, script] = [CHART_LIBRARY, SCRIPT]
        .map(|source| picture::base64(Sha256::digest(source.as_bytes()).as_slice()));
    format!(
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; \
         script-src 'sha256-{library}' 'sha256-{script}'"
    )
}
