//! The proof that frozen tensors and buffers stayed as they were, bit for bit.

use std::collections::{BTreeMap, BTreeSet};

use engine::{Model, Trainer};
use networks::{Network, Weights};
use regimes::{Regime, RegimeError, Tuning};
use sha2::{Digest as _, Sha256};

use record::FrozenResult;

/// Path of every frozen tensor and buffer ─▶ the first half of the SHA-256 of its numbers.
pub(crate) fn digests(trainer: &Trainer) -> BTreeMap<String, String> {
    let model = trainer.model();
    let frozen = trainer.tuning().frozen().iter();
    let digests = frozen.filter_map(|p| Some((p.path.clone(), digest(&model.values(&p.path)?))));
    digests.collect()
}

fn digest(values: &[f32]) -> String {
    let mut hash = Sha256::new();
    for value in values {
        hash.update(value.to_le_bytes());
    }
    format!("{:x}", hash.finalize())[..32].to_string()
}

/// Paths whose numbers in `model` are not those of `before`.
pub(crate) fn moved(model: &Model, before: &BTreeMap<String, String>) -> Vec<String> {
    let is_as_before = |path: &str, before: &String| {
        let values = model.values(path);
        values.is_some_and(|values| digest(&values) == *before)
    };
    let moved = before.iter().filter(|(p, b)| !is_as_before(p, b));
    moved.map(|(path, _)| path.clone()).collect()
}

/// Paths that no phase of `regime` moves and that differ between `initial` and `tested`.
pub(crate) fn differing(
    regime: &Regime,
    network: &Network,
    initial: &Weights,
    tested: &Weights,
) -> Result<Vec<String>, RegimeError> {
    let bits = |weights: &Weights, path: &str| {
        let tensor = weights.tensors.get(path)?;
        Some(
            tensor
                .values
                .iter()
                .map(|v| v.to_bits())
                .collect::<Vec<_>>(),
        )
    };
    let throughout = regime.frozen_throughout(network)?.into_iter();
    let paths = throughout.map(|p| p.path);
    Ok(paths
        .filter(|path| bits(initial, path) != bits(tested, path))
        .collect())
}

/// What was found unmoved; none where no phase freezes anything.
pub(crate) fn summary(
    regime: &Regime,
    network: &Network,
) -> Result<Option<FrozenResult>, RegimeError> {
    let mut frozen = BTreeSet::new();
    for phase in &regime.phases {
        let tuning = Tuning::of(phase, network)?;
        frozen.extend(tuning.frozen().iter().map(|p| (p.path.clone(), p.len())));
    }
    let throughout = regime.frozen_throughout(network)?.len();
    Ok((!frozen.is_empty()).then(|| FrozenResult {
        tensors: frozen.len(),
        values: frozen.iter().map(|(_, values)| values).sum(),
        throughout,
    }))
}

#[cfg(test)]
mod tests {
    use initialisation::{Initialisation, initialise};
    use networks::Input;
    use networks::zoo::{self, Choice};

    use super::*;
    use engine::Descent;
    use kernels::Precision;
    use regimes::Rule;

    /// One changed number among a million is found, and nothing else is.
    #[test]
    fn what_moved_is_named() {
        let input = Input::square(3, 32);
        let network = zoo::network(&Choice::named("cbr-tiny"), input, 5).unwrap();
        let stream = |path: &str| images::stream(0, path, 0);
        let (weights, _) = initialise(&network, &Initialisation::random(), None, &stream).unwrap();
        let model = |weights: &Weights| Model::new(network.clone().into(), weights).unwrap();
        let descent = Descent {
            rule: Rule::Sgd {
                momentum: 0.9,
                nesterov: false,
            },
            weight_decay: 0.0,
        };
        let mut trainer = Trainer::new(model(&weights), descent, Precision::Single);
        let regime = Regime::linear_probe();
        trainer.tune(Tuning::of(&regime.phases[0], &network).unwrap());
        let before = digests(&trainer);
        assert_eq!(before.len(), network.parameters().len() - 2);
        assert!(moved(&model(&weights), &before).is_empty());

        let mut other = weights.clone();
        other.tensors.get_mut("fc.weight").unwrap().values[0] += 1.0;
        let value = &mut other.tensors.get_mut("block3.conv.weight").unwrap().values[7];
        *value = f32::from_bits(value.to_bits() ^ 1);
        let buffer = other.tensors.get_mut("stem.bn.running_mean").unwrap();
        buffer.values[3] = -0.0;
        let expected = ["block3.conv.weight", "stem.bn.running_mean"];
        assert_eq!(moved(&model(&other), &before), expected);
        let mut found = differing(&Regime::linear_probe(), &network, &weights, &other).unwrap();
        found.sort();
        assert_eq!(found, expected);
        let none = differing(&Regime::lp_ft(), &network, &weights, &other).unwrap();
        assert!(none.is_empty());
        let summary = summary(&Regime::lp_ft(), &network).unwrap().unwrap();
        assert_eq!([summary.tensors, summary.throughout], [before.len(), 0]);
    }
}
