//! Studies of many arms, findings and seeds that nobody ran.

use super::invented;
use record::results::*;

/// How much of everything a study has.
#[derive(Clone, Copy)]
pub struct Crowd {
    /// Arms, half of them of a second network.
    pub arms: usize,
    /// Findings, grades or classes.
    pub findings: usize,
    /// Seeds of an arm.
    pub seeds: usize,
}

/// A study of that many.
pub fn crowded(crowd: Crowd) -> Results {
    let mut results = invented::analysed("chest");
    results.title = format!(
        "Which of {} starts reads {} findings best?",
        crowd.arms, crowd.findings
    );
    let findings: Vec<String> = (0..crowd.findings).map(finding).collect();
    results.data.classes = findings.clone();
    results.data.task = "multilabel".into();
    for part in &mut results.data.partitions {
        part.per_class = (0..crowd.findings).map(|place| 900 / (place + 1)).collect();
    }
    let template = results.arms[0].clone();
    results.models = ["resnet50", "cbr-small"]
        .map(|label| study::ModelResult {
            label: label.into(),
            ..results.models[0].clone()
        })
        .into();
    results.arms = (0..crowd.arms)
        .map(|place| arm(&template, place, crowd, &findings))
        .collect();
    let compared = results.comparisons[0].clone();
    results.comparisons = comparisons(&results, &compared);
    results.question_comparisons.clear();
    results.costs = results.arms.iter().map(|arm| cost(&results, arm)).collect();
    results.label_efficiency.clear();
    results.attributions.clear();
    results.verdict.recommended = results.arms.last().map(|arm| arm.label.clone());
    results.verdict.lead = format!(
        "Use {}: test AUC 0.871 (95% interval 0.852 to 0.889); of {} arms it alone may be the best.",
        results
            .arms
            .last()
            .map_or(String::new(), ArmResult::in_words),
        crowd.arms
    );
    results.verdict.open = (results.comparisons.iter())
        .map(|c| {
            format!(
                "whether {} differs from {} by more than 0.01",
                c.arm, c.baseline
            )
        })
        .collect();
    results
}

fn finding(place: usize) -> String {
    let names = [
        "atelectasis",
        "cardiomegaly",
        "effusion",
        "infiltration",
        "mass",
        "nodule",
    ];
    match names.get(place) {
        Some(name) => (*name).into(),
        None => format!("finding {}", place + 1),
    }
}

fn arm(template: &ArmResult, place: usize, crowd: Crowd, findings: &[String]) -> ArmResult {
    let model = if place < crowd.arms.div_ceil(2) {
        "resnet50"
    } else {
        "cbr-small"
    };
    let within = place % crowd.arms.div_ceil(2);
    let init = match within {
        0 => "random".into(),
        1 => "transfer".into(),
        2 => "mean-var".into(),
        block => format!("transfuse-block{}", block - 2),
    };
    let value = 0.78 + 0.09 * place as f64 / crowd.arms as f64;
    let estimate = |value: f64| Estimate {
        value,
        low: Some(value - 0.02),
        high: Some(value + 0.02),
        seeds: crowd.seeds,
        seed_sd: Some(0.01),
        sampling_se: 0.008,
    };
    let seed = |seed: usize| SeedResult {
        seed: seed as u64,
        run: seed,
        auc: Some(AucResult {
            value: value + 0.01 * (seed as f64).sin(),
            low: value - 0.03,
            high: value + 0.03,
        }),
        per_class: findings
            .iter()
            .map(|name| (name.clone(), Some(value)))
            .collect(),
        questions: Vec::new(),
        ..template.seeds[0].clone()
    };
    let curve = |step: u64| CurvePoint {
        step,
        auc: vec![Some(value - 0.3 / (1.0 + step as f64 / 40.0)); crowd.seeds],
        loss: vec![Some(0.7 - 0.4 * step as f64 / 400.0); crowd.seeds],
    };
    ArmResult {
        label: format!("{model}, {init}"),
        model: model.into(),
        words: "pretrained weights up to a block, random weights elsewhere".into(),
        auc: Some(estimate(value)),
        seeds: (0..crowd.seeds).map(seed).collect(),
        curve: (0..=20).map(|step| curve(20 * step)).collect(),
        convergence: vec![Convergence {
            threshold: 0.6,
            steps: vec![Some(120.0 - within as f64); crowd.seeds],
            early: None,
            mean: Some(120.0 - within as f64),
            horizon: Some(400.0),
        }],
        questions: findings
            .iter()
            .enumerate()
            .map(|(place, name)| ArmQuestion {
                name: name.clone(),
                is_headline: false,
                positives: 900 / (place + 1),
                negatives: 900,
                is_rare: place > 90,
                patients: [900 / (place + 1), 700],
                auc: Some(estimate(value - 0.001 * place as f64)),
            })
            .collect(),
        init,
        ..template.clone()
    }
}

fn comparisons(results: &Results, template: &ComparisonResult) -> Vec<ComparisonResult> {
    let arms = results
        .arms
        .iter()
        .filter(|arm| arm.init != results.baseline);
    let compared = arms.enumerate().map(|(place, arm)| ComparisonResult {
        arm: arm.label.clone(),
        baseline: format!("{}, random", arm.model),
        outcome: Outcome::ALL[place % 4],
        uncorrected: Outcome::ALL[place % 4],
        ..template.clone()
    });
    compared.collect()
}

fn cost(results: &Results, arm: &ArmResult) -> CostResult {
    CostResult {
        arm: arm.label.clone(),
        ..results.costs[0].clone()
    }
}
