//! Whether networks that are better at their source task are better here: Kornblith et al. 2019
//! found so for natural pictures, Raghu et al. 2019 and Ke et al. 2021 did not for medical ones.

use stats::Coefficient;

use crate::association::associate;
use crate::transfer::transfer_arms;
use record::results::{ArmResult, SourceAccuracy, SourcePoint};
use study::SourceResult;

/// Fewest networks of one source task that are worth a figure.
const FEWEST: usize = 2;

/// Every source task, training size and regime with at least two networks whose accuracy is stated
/// and whose `transfer` arm has a test AUC.
pub(crate) fn collect(sources: &[SourceResult], arms: &[ArmResult]) -> Vec<SourceAccuracy> {
    let mut all: Vec<SourceAccuracy> = Vec::new();
    for arm in transfer_arms(arms) {
        let Some(source) = sources.iter().find(|s| s.model == arm.model) else {
            continue;
        };
        let (Some(top1), Some(auc)) = (source.top1, arm.auc) else {
            continue;
        };
        let point = SourcePoint {
            model: arm.model.clone(),
            top1,
            auc: auc.value,
            low: auc.low,
            high: auc.high,
        };
        let is_its = |found: &&mut SourceAccuracy| {
            (&*found.source, found.train_size, &*found.regime)
                == (&*source.name, arm.train_size, &*arm.regime)
        };
        match all.iter_mut().find(is_its) {
            Some(found) => found.networks.push(point),
            None => all.push(SourceAccuracy {
                source: source.name.clone(),
                train_size: arm.train_size,
                is_all: arm.is_all,
                regime: arm.regime.clone(),
                networks: vec![point],
                associations: Vec::new(),
            }),
        }
    }
    all.retain(|found| found.networks.len() >= FEWEST);
    for found in &mut all {
        let points: Vec<[f64; 2]> = found.networks.iter().map(|p| [p.top1, p.auc]).collect();
        found.associations = [
            Coefficient::Spearman,
            Coefficient::Kendall,
            Coefficient::Pearson,
        ]
        .map(|coefficient| associate(coefficient, &points))
        .into();
    }
    all
}

#[cfg(test)]
mod tests {
    use initialisation::{InitKind, Initialisation};

    use super::*;
    use record::results::Estimate;

    fn source(model: &str, task: &str, top1: Option<f64>) -> SourceResult {
        SourceResult {
            model: model.into(),
            name: task.into(),
            classes: None,
            images: None,
            size: None,
            property: None,
            top1,
            top5: None,
            sha256: String::new(),
            part: None,
        }
    }

    fn arm(model: &str, init: &str, auc: Option<f64>) -> ArmResult {
        ArmResult {
            label: format!("{model} {init}"),
            model: model.into(),
            init: init.into(),
            kind: Initialisation::named(init).map_or(InitKind::Other, |init| init.kind()),
            regime: "full".into(),
            words: String::new(),
            needs_weights: true,
            train_size: 100,
            is_all: false,
            auc: auc.map(|value| Estimate {
                value,
                low: Some(value - 0.1),
                high: Some(value + 0.1),
                seeds: 3,
                seed_sd: None,
                sampling_se: 0.05,
            }),
            seeds: Vec::new(),
            devices: Vec::new(),
            curve: Vec::new(),
            up_to_block: None,
            learning_curve: None,
            questions: Vec::new(),
            convergence: Vec::new(),
        }
    }

    #[test]
    fn networks_of_one_source_are_set_against_each_other() {
        let names = ["a", "b", "c", "d", "e", "f"];
        let top1 = [0.7, 0.75, 0.8, 0.72, 0.9, 0.6];
        let aucs = [0.8, 0.82, 0.83, 0.79, 0.9, 0.9];
        let mut sources: Vec<SourceResult> = names
            .iter()
            .zip(top1)
            .map(|(name, top1)| source(name, "ImageNet", Some(top1)))
            .collect();
        // The last has another source and one more states nothing.
        sources[5].name = "CIFAR-10".into();
        sources.push(source("g", "ImageNet", None));
        let arms = names.iter().zip(aucs);
        let mut arms: Vec<ArmResult> = arms
            .map(|(name, auc)| arm(name, "transfer", Some(auc)))
            .collect();
        arms.push(arm("g", "transfer", Some(0.5)));
        arms.push(arm("a", "random", Some(0.1)));
        let found = collect(&sources, &arms);
        assert_eq!(found.len(), 1);
        let [found] = found.as_slice() else {
            panic!("one figure")
        };
        assert_eq!(found.networks.len(), 5);
        let spearman = &found.associations[0];
        assert_eq!(
            (spearman.coefficient, spearman.points),
            (Coefficient::Spearman.into(), 5)
        );
        assert!((spearman.value.expect("five points") - 0.9).abs() < 1e-12);
        assert!(spearman.interval.is_some() && spearman.reason.is_none());
        // Three points say nothing, and that is said.
        let few = collect(&sources, &arms[..3]);
        for association in &few[0].associations {
            assert_eq!((association.value, association.points), (None, 3));
            let reason = association.reason.as_deref().expect("a reason");
            assert!(reason.contains("at least 4"), "{reason}");
        }
        // The same network under another name of its start is no other network.
        let again = ArmResult {
            label: "a again".into(),
            init: "again".into(),
            ..arms[0].clone()
        };
        arms.push(again);
        assert_eq!(collect(&sources, &arms)[0].networks.len(), 5);
        arms.pop();
        arms[0].auc = None;
        assert_eq!(collect(&sources, &arms)[0].networks.len(), 4);
        assert!(collect(&[], &arms).is_empty());
    }
}
