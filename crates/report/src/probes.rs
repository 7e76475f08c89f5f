//! What frozen features can do: one chart a model, training size and method, and the same numbers
//! in tables.

use serde::Serialize;

use super::number;
use super::palette::Palette;
use record::results::ProbeResult;
use record::results::Results;
use study::ProbeMethod;

/// The section of the page.
pub struct ProbeSection {
    /// How far the probes are.
    pub progress: String,
    /// What the methods are, with the study's settings.
    pub methods: Vec<String>,
    /// One per model.
    pub tables: Vec<ProbeTable>,
}

/// AUCs of one model.
pub struct ProbeTable {
    /// Label of the model.
    pub model: String,
    /// Names of the blocks, from the input on.
    pub blocks: Vec<String>,
    /// One per initialisation, method and training size.
    pub rows: Vec<ProbeRow>,
}

/// AUCs by block.
pub struct ProbeRow {
    /// Name of the initialisation.
    pub init: String,
    /// Number of its colour.
    pub colour: usize,
    /// Method and training size.
    pub how: String,
    /// AUC and its interval; none where it is not known.
    pub cells: Vec<Option<(String, String)>>,
}

/// A chart: AUC by block, one line an initialisation.
#[derive(Serialize)]
pub struct ProbeFacet {
    /// Model, method and training size.
    pub title: String,
    blocks: Vec<String>,
    lines: Vec<ProbeLine>,
}

/// Mean over seeds and 95% interval by block; nulls where it is not known.
#[derive(Serialize)]
struct ProbeLine {
    init: usize,
    value: Vec<Option<f64>>,
    low: Vec<Option<f64>>,
    high: Vec<Option<f64>>,
}

impl ProbeSection {
    /// The section, where the study probes.
    pub fn new(results: &Results, palette: &Palette) -> Option<Self> {
        let probes = results.probe.as_ref()?;
        let progress = probes.progress;
        let mut text = format!("{} of {} probes done", progress.done, progress.planned);
        if progress.failed > 0 {
            text.push_str(&format!(", {} failed", progress.failed));
        }
        let tables = results.models.iter();
        Some(Self {
            progress: text,
            methods: probes
                .settings
                .methods
                .iter()
                .map(|method| match method {
                    ProbeMethod::Linear => format!(
                        "{}: logistic regression on standardised features, C of {} by validation AUC",
                        name(*method),
                        list(&probes.settings.strengths)
                    ),
                    ProbeMethod::Knn => format!(
                        "{}: the {} training pictures with the most similar features (cosine) vote with weight exp(similarity / {})",
                        name(*method),
                        probes.settings.k,
                        probes.settings.temperature
                    ),
                })
                .collect(),
            tables: tables
                .filter_map(|m| ProbeTable::new(results, palette, &m.label, &m.blocks))
                .collect(),
        })
    }
}

impl ProbeTable {
    fn new(results: &Results, palette: &Palette, model: &str, blocks: &[String]) -> Option<Self> {
        let blocks = probed_blocks(results, model, blocks);
        if blocks.is_empty() {
            return None;
        }
        let mut rows: Vec<ProbeRow> = Vec::new();
        for probe in results.probes.iter().filter(|p| p.model == model) {
            let how = how(probe);
            let is_row = |row: &ProbeRow| row.init == probe.init && row.how == how;
            let row = rows.iter().position(is_row).unwrap_or_else(|| {
                rows.push(ProbeRow {
                    init: probe.init.clone(),
                    colour: palette.colour(&probe.init),
                    how: how.clone(),
                    cells: vec![None; blocks.len()],
                });
                rows.len() - 1
            });
            let column = blocks.iter().position(|b| *b == probe.block);
            if let (Some(column), Some(auc)) = (column, probe.auc) {
                let interval = number::interval(&auc);
                rows[row].cells[column] = Some((number::fixed(auc.value, 3), interval));
            }
        }
        Some(Self {
            model: model.to_owned(),
            blocks,
            rows,
        })
    }
}

/// The charts of the section; a facet without a finished probe is left out.
pub fn facets(results: &Results, palette: &Palette) -> Vec<ProbeFacet> {
    let mut facets: Vec<ProbeFacet> = Vec::new();
    for probe in &results.probes {
        let Some(auc) = probe.auc else { continue };
        let title = format!("{}, {}", probe.model, how(probe));
        let facet = facets.iter().position(|f| f.title == title);
        let facet = facet.unwrap_or_else(|| {
            let model = results.models.iter().find(|m| m.label == probe.model);
            let blocks = model.map_or(&[][..], |m| &m.blocks);
            facets.push(ProbeFacet {
                title,
                blocks: probed_blocks(results, &probe.model, blocks),
                lines: Vec::new(),
            });
            facets.len() - 1
        });
        let ProbeFacet { blocks, lines, .. } = &mut facets[facet];
        let init = palette.index(&probe.init);
        let line = lines
            .iter()
            .position(|l| l.init == init)
            .unwrap_or_else(|| {
                let unknown = || vec![None; blocks.len()];
                lines.push(ProbeLine {
                    init,
                    value: unknown(),
                    low: unknown(),
                    high: unknown(),
                });
                lines.len() - 1
            });
        if let Some(at) = blocks.iter().position(|b| *b == probe.block) {
            let finite = |v: f64| Some(v).filter(|v| v.is_finite());
            let line = &mut lines[line];
            (line.value[at], line.low[at], line.high[at]) = (finite(auc.value), auc.low, auc.high);
        }
    }
    facets
}

/// Blocks of a model that are probed, from the input on.
fn probed_blocks(results: &Results, model: &str, blocks: &[String]) -> Vec<String> {
    let is_probed = |block: &&String| {
        let mut probes = results.probes.iter();
        probes.any(|p| p.model == model && &p.block == *block)
    };
    blocks.iter().filter(is_probed).cloned().collect()
}

fn how(probe: &ProbeResult) -> String {
    let size = number::count(probe.train_size as u64);
    let all = if probe.is_all { "all " } else { "" };
    format!("{}, {all}{size} images", name(probe.method))
}

fn name(method: ProbeMethod) -> &'static str {
    match method {
        ProbeMethod::Linear => "linear probe",
        ProbeMethod::Knn => "k-NN",
    }
}

fn list(values: &[f64]) -> String {
    let words: Vec<String> = values.iter().map(f64::to_string).collect();
    words.join(", ")
}
