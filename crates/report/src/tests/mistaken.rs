//! Mistakes and maps that nobody made, with the user's words wherever words can be.

use record::results::{
    Evidence, MethodResult, Mistake, MistakeKind, MistakeList, Mistakes, Patch, Saliency,
    SaliencyCase, SaliencyChoice, SaliencyMethod, SaliencyRole,
};

/// Mistakes whose every word is `words`.
pub fn mistakes(words: &str) -> Mistakes {
    let case = Mistake {
        image: words.to_owned(),
        question: words.to_owned(),
        truth: words.to_owned(),
        probability: 0.0421,
        low: 0.01,
        high: 0.2,
        wrong: 3,
        networks: 4,
    };
    let list = |kind, cases: Vec<Mistake>| MistakeList {
        kind,
        wrong: 1200 * cases.len(),
        of: 3000,
        cases,
    };
    Mistakes {
        arm: words.to_owned(),
        is_recommended: true,
        networks: 4,
        thresholds: Some([0.25, 0.5]),
        lists: vec![
            list(MistakeKind::FalseNegative, vec![case]),
            list(MistakeKind::FalsePositive, Vec::new()),
        ],
    }
}

/// Maps whose every word is `words`; occlusion is as strong without anything learnt.
pub fn saliency(words: &str) -> Saliency {
    let result = |method, correlation| MethodResult {
        method,
        grid: Some([7, 7]),
        block: Some(words.to_owned()),
        patch: Some(Patch {
            size: [4, 4],
            stride: [2, 2],
        }),
        correlations: vec![Some(correlation)],
    };
    Saliency {
        choice: SaliencyChoice {
            arm: words.to_owned(),
            run: words.to_owned(),
            seed: 2,
            fold: None,
            auc: 0.8,
            question: words.to_owned(),
            cases: vec![SaliencyCase {
                role: SaliencyRole::FalseNegative,
                image: words.to_owned(),
                truth: words.to_owned(),
                evidence: Evidence::Class(1),
                evidence_for: words.to_owned(),
                probability: 0.1,
            }],
        },
        methods: Some(vec![
            result(SaliencyMethod::GradCam, 0.05),
            result(SaliencyMethod::Occlusion, 0.9),
        ]),
    }
}
