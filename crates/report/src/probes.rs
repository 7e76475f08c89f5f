//! What frozen features can do: one chart a model, training size and method, and the same numbers
//! in tables.

use super::number;
use super::palette::Palette;
use figures::{Axis, Category, Figure, Form, Point, Series};
use record::results::ProbeResult;
use record::results::Results;
use study::ProbeMethod;

/// The section of the page.
pub struct ProbeSection {
    /// How far the probes are.
    pub progress: String,
    /// What the methods are, with the study's settings.
    pub methods: Vec<String>,
    /// One per model, method and training size with a finished probe.
    pub figures: Vec<Figure>,
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

impl ProbeSection {
    /// The section, where the study probes.
    pub fn new(results: &Results, palette: &Palette) -> Option<Self> {
        let probes = results.probe.as_ref()?;
        let progress = probes.progress;
        let mut text = format!("{} of {} probes done", progress.done, progress.planned);
        if progress.failed > 0 {
            text.push_str(&format!(", {} failed", progress.failed));
        }
        let tables = results.probed().into_iter();
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
            figures: figures(results, palette),
            tables: tables
                .map(|(model, blocks)| ProbeTable::new(results, palette, model, &blocks))
                .collect(),
        })
    }
}

impl ProbeTable {
    fn new(results: &Results, palette: &Palette, model: &str, blocks: &[&str]) -> Self {
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
        Self {
            model: model.to_owned(),
            blocks: blocks.iter().map(ToString::to_string).collect(),
            rows,
        }
    }
}

/// The charts of the section, one a model, method and training size; one without a finished probe
/// is left out.
fn figures(results: &Results, palette: &Palette) -> Vec<Figure> {
    let mut facets: Vec<(String, &str, Vec<&ProbeResult>)> = Vec::new();
    for probe in &results.probes {
        let title = format!("{}, {}", probe.model, how(probe));
        match facets.iter_mut().find(|(known, ..)| *known == title) {
            Some((.., probes)) => probes.push(probe),
            None => facets.push((title, &probe.model, vec![probe])),
        }
    }
    let probed = results.probed();
    let numbered = facets.iter().enumerate();
    let all = numbered.filter_map(|(number, (title, model, probes))| {
        let known = probed.iter().find(|(label, _)| label == model);
        let blocks = known.map_or(&[][..], |(_, blocks)| blocks);
        let id = format!("probes-{}", number + 1);
        figure(&id, title, blocks, probes, palette).drawable()
    });
    all.collect()
}

fn figure(
    id: &str,
    title: &str,
    blocks: &[&str],
    probes: &[&ProbeResult],
    palette: &Palette,
) -> Figure {
    let mut inits: Vec<&str> = Vec::new();
    for probe in probes {
        if !inits.contains(&probe.init.as_str()) {
            inits.push(&probe.init);
        }
    }
    let lines = inits.into_iter().map(|init| {
        let points = blocks.iter().enumerate().map(|(place, block)| {
            let mut probes = probes.iter();
            let found = probes.find(|p| p.init == init && p.block == *block);
            match found.and_then(|probe| probe.auc) {
                Some(auc) => Point::new(place as f64, auc.value).between(auc.interval()),
                None => Point::new(place as f64, f64::NAN),
            }
        });
        Series::band(init, palette.look(init), points).and(Form::Dots)
    });
    let names = blocks.iter().map(|block| Category::new(*block));
    Figure::new(
        id,
        title,
        "Test AUC that a simple method reaches on the frozen features of each block, from the input on.",
        [Axis::categories("block", names), Axis::straight("test AUC").digits(3)],
    )
    .with_all(lines)
}

fn how(probe: &ProbeResult) -> String {
    let size = number::count(probe.train_size as u64);
    let all = if probe.is_all { "all " } else { "" };
    format!("{}, {all}{size} images", name(probe.method))
}

/// What a method is called.
pub fn name(method: ProbeMethod) -> &'static str {
    match method {
        ProbeMethod::Linear => "linear probe",
        ProbeMethod::Knn => "k-NN",
    }
}

fn list(values: &[f64]) -> String {
    let words: Vec<String> = values.iter().map(f64::to_string).collect();
    words.join(", ")
}
