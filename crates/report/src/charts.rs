//! The numbers behind the charts, as the page's script reads them.

use super::arms::train_size;
use super::error::ReportError;
use super::interval_bar::Axis;
use super::palette::Palette;
use super::probes::{self, ProbeFacet};
use super::reuse::ReuseCharts;
use record::results::{ArmResult, CurvePoint, Results};
use serde::Serialize;

/// All charts of a page.
#[derive(Serialize)]
pub struct Charts<'a> {
    inits: Vec<InitStyle<'a>>,
    thresholds: &'a [f64],
    /// Validation AUCs that all facets share.
    auc_range: Option<[f64; 2]>,
    facets: Vec<Facet>,
    forest: Vec<ForestRow>,
    probes: Vec<ProbeFacet>,
    reuse: ReuseCharts,
}

/// How an initialisation is drawn.
#[derive(Serialize)]
struct InitStyle<'a> {
    name: &'a str,
    colour: usize,
}

/// Learning curves of one model and training size.
#[derive(Serialize)]
struct Facet {
    title: String,
    lines: Vec<Line>,
}

/// Learning curve of one arm.
#[derive(Serialize)]
struct Line {
    init: usize,
    seeds: usize,
    steps: Vec<u64>,
    auc: Band,
    loss: Band,
}

/// Mean and range over seeds, one entry per evaluation; nulls where no seed was trained.
#[derive(Serialize)]
struct Band {
    mean: Vec<Option<f64>>,
    low: Vec<Option<f64>>,
    high: Vec<Option<f64>>,
    seeds: Vec<usize>,
}

/// One line of the forest plot, from top to bottom.
#[derive(Serialize)]
struct ForestRow {
    facet: String,
    arm: String,
    init: usize,
    value: f64,
    low: Option<f64>,
    high: Option<f64>,
    seeds: Vec<f64>,
}

impl<'a> Charts<'a> {
    /// The charts of the results, with those of reuse, which are made beside their tables.
    pub fn new(results: &'a Results, palette: &'a Palette, reuse: ReuseCharts) -> Self {
        let mut facets: Vec<Facet> = Vec::new();
        for arm in results.arms.iter().filter(|arm| !arm.curve.is_empty()) {
            let title = facet(arm);
            let line = Line::new(arm, palette);
            match facets.iter_mut().find(|facet| facet.title == title) {
                Some(facet) => facet.lines.push(line),
                None => facets.push(Facet {
                    title,
                    lines: vec![line],
                }),
            }
        }
        let lines = || facets.iter().flat_map(|facet| &facet.lines);
        let aucs = lines().flat_map(|line| line.auc.low.iter().chain(&line.auc.high).flatten());
        let auc_range = Axis::around(aucs.chain(&results.thresholds).copied(), 0.1, 1);
        Self {
            inits: palette
                .inits()
                .iter()
                .map(|name| InitStyle {
                    name,
                    colour: palette.colour(name),
                })
                .collect(),
            thresholds: &results.thresholds,
            auc_range: auc_range.map(|axis| axis.ends()),
            forest: results
                .arms
                .iter()
                .filter_map(|arm| forest_row(arm, palette))
                .collect(),
            facets,
            probes: probes::facets(results, palette),
            reuse,
        }
    }

    /// Titles of the learning curves' facets.
    pub fn facet_titles(&self) -> Vec<String> {
        self.facets
            .iter()
            .map(|facet| facet.title.clone())
            .collect()
    }

    /// Titles of the probes' facets.
    pub fn probe_titles(&self) -> Vec<String> {
        self.probes.iter().map(|p| p.title.clone()).collect()
    }

    /// Lines of the forest plot.
    pub fn forest_rows(&self) -> usize {
        self.forest.len()
    }

    /// JSON that is safe inside a script element: no `<` is left to close it.
    pub fn json(&self) -> Result<String, ReportError> {
        Ok(serde_json::to_string(self)?.replace('<', "\\u003c"))
    }
}

impl Line {
    fn new(arm: &ArmResult, palette: &Palette) -> Self {
        Self {
            init: palette.index(&arm.setup()),
            seeds: arm.seeds.len(),
            steps: arm.curve.iter().map(|point| point.step).collect(),
            auc: Band::new(&arm.curve, |point| &point.auc),
            loss: Band::new(&arm.curve, |point| &point.loss),
        }
    }
}

impl Band {
    fn new(curve: &[CurvePoint], values: impl Fn(&CurvePoint) -> &Vec<Option<f64>>) -> Self {
        let mut band = Self {
            mean: Vec::new(),
            low: Vec::new(),
            high: Vec::new(),
            seeds: Vec::new(),
        };
        for point in curve {
            let present: Vec<f64> = values(point)
                .iter()
                .flatten()
                .copied()
                .filter(|value| value.is_finite())
                .collect();
            band.mean.push(super::number::mean(present.iter().copied()));
            band.low
                .push(present.iter().copied().min_by(f64::total_cmp));
            band.high
                .push(present.iter().copied().max_by(f64::total_cmp));
            band.seeds.push(present.len());
        }
        band
    }
}

fn facet(arm: &ArmResult) -> String {
    format!("{}, {}", arm.model, train_size(arm))
}

fn forest_row(arm: &ArmResult, palette: &Palette) -> Option<ForestRow> {
    let auc = arm.auc?;
    Some(ForestRow {
        facet: facet(arm),
        arm: arm.setup(),
        init: palette.index(&arm.setup()),
        value: auc.value,
        low: auc.low,
        high: auc.high,
        seeds: arm
            .seeds
            .iter()
            .filter_map(|seed| Some(seed.auc?.value))
            .collect(),
    })
}
