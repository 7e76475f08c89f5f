//! Every finished run, and the AUC of every class.

use super::number;
use super::palette::Palette;
use record::metrics::Metric;
use record::results::{AucResult, Results};

/// One finished run.
pub struct RunRow {
    /// Number in the plan.
    pub run: usize,
    /// Label of its arm.
    pub arm: String,
    /// Number of the colour of its initialisation.
    pub colour: usize,
    /// Seed, with the fold where there is one.
    pub place: String,
    /// Headline AUC with its interval.
    pub auc: String,
    /// One a metric of the table's columns.
    pub metrics: Vec<String>,
    /// Step of the tested checkpoint.
    pub best_step: String,
    /// Steps trained.
    pub steps: String,
}

/// All finished runs, in the order of the arms, with the values of `metrics`.
pub fn runs(results: &Results, palette: &Palette, metrics: &[&Metric]) -> Vec<RunRow> {
    let rows = results.arms.iter().flat_map(|arm| {
        arm.seeds.iter().map(move |seed| RunRow {
            run: seed.run,
            arm: arm.label.clone(),
            colour: palette.colour(&arm.setup()),
            place: number::place(seed.seed, seed.fold),
            auc: auc(seed.auc),
            metrics: metrics
                .iter()
                .map(|m| number::metric(seed.metrics.get(m)))
                .collect(),
            best_step: number::count(seed.best_step),
            steps: number::count(seed.steps),
        })
    });
    rows.collect()
}

fn auc(auc: Option<AucResult>) -> String {
    auc.map_or_else(
        || number::UNKNOWN.to_owned(),
        |auc| {
            let [value, low, high] =
                [auc.value, auc.low, auc.high].map(|number| number::fixed(number, 3));
            format!("{value} [{low}, {high}]")
        },
    )
}

/// AUCs per class, grade threshold or finding.
pub struct ClassTable {
    /// Names, by column.
    pub names: Vec<String>,
    /// One per arm with a finished run.
    pub rows: Vec<ClassRow>,
}

/// AUCs of one arm.
pub struct ClassRow {
    /// Label of the arm.
    pub arm: String,
    /// Number of the colour of its initialisation.
    pub colour: usize,
    /// Mean over seeds, by column.
    pub aucs: Vec<String>,
}

impl ClassTable {
    /// The table; none where no run has AUCs per class.
    pub fn new(results: &Results, palette: &Palette) -> Option<Self> {
        let mut names: Vec<String> = Vec::new();
        for (name, _) in results
            .arms
            .iter()
            .flat_map(|arm| &arm.seeds)
            .flat_map(|seed| &seed.per_class)
        {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        if names.is_empty() {
            return None;
        }
        let arms = results.arms.iter().filter(|arm| !arm.seeds.is_empty());
        let rows = arms.map(|arm| ClassRow {
            arm: arm.label.clone(),
            colour: palette.colour(&arm.setup()),
            aucs: names
                .iter()
                .map(|name| {
                    let aucs = arm.seeds.iter().flat_map(|seed| &seed.per_class);
                    let of_class = aucs.filter(|(other, _)| other == name);
                    number::metric(number::mean(of_class.filter_map(|(_, auc)| *auc)))
                })
                .collect(),
        });
        Some(Self {
            rows: rows.collect(),
            names,
        })
    }
}
