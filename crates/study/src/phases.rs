//! The phases of a run in steps, and what they cost.

use std::ops::Range;

use networks::Network;
use regimes::{Phase, Regime, RegimeError, Tuning};

/// The steps of each phase, counted from 0: shares of `max_steps`, their ends rounded to whole
/// steps. A phase whose share is too small gets an empty range.
pub fn spans(regime: &Regime, max_steps: u64) -> Vec<Range<u64>> {
    let (mut share, mut start) = (0.0, 0);
    let mut spans = Vec::new();
    for (place, phase) in regime.phases.iter().enumerate() {
        share += phase.share;
        let end = match place + 1 == regime.phases.len() {
            true => max_steps,
            false => ((share * max_steps as f64).round() as u64).clamp(start, max_steps),
        };
        spans.push(start..end);
        start = end;
    }
    spans
}

/// What a training step of each phase costs, in forward passes of `network`: what the regime adds
/// to it counts.
pub fn passes(regime: &Regime, network: &Network) -> Result<Vec<f64>, RegimeError> {
    let grown = regime.network(network)?;
    let times = grown.cost()?.macs as f64 / network.cost()?.macs.max(1) as f64;
    let of_phase = |phase: &Phase| Ok(times * Tuning::of(phase, &grown)?.passes(&grown)?);
    regime.phases.iter().map(of_phase).collect()
}

/// The mean of [`passes`] over the steps of a run.
pub fn mean_passes(regime: &Regime, network: &Network) -> Result<f64, RegimeError> {
    let passes = passes(regime, network)?;
    let phases = regime.phases.iter().zip(passes);
    Ok(phases.map(|(phase, passes)| phase.share * passes).sum())
}

/// What the phase does that moves the most tensors of `network`, the one that is trained, with what
/// the regime adds to it: it takes the most memory.
pub fn widest(regime: &Regime, network: &Network) -> Result<Tuning, RegimeError> {
    let mut widest: Option<Tuning> = None;
    for phase in &regime.phases {
        let tuning = Tuning::of(phase, network)?;
        let is_wider = |other: &Tuning| tuning.frozen().len() < other.frozen().len();
        if widest.as_ref().is_none_or(is_wider) {
            widest = Some(tuning);
        }
    }
    Ok(widest.unwrap_or_else(|| Tuning::full(network)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_become_whole_steps() {
        let of = |shares: &[f64], steps| {
            let phases = shares.iter().map(|share| Phase::full(*share));
            spans(&Regime::of(phases.collect()), steps)
        };
        assert_eq!(of(&[1.0], 7).first(), Some(&(0..7)));
        assert_eq!(of(&[0.5, 0.5], 7), [0..4, 4..7]);
        assert_eq!(of(&[0.2; 5], 12), [0..2, 2..5, 5..7, 7..10, 10..12]);
        assert_eq!(of(&[1.0 / 3.0; 3], 100), [0..33, 33..67, 67..100]);
        assert_eq!(of(&[0.5, 0.5], 1), [0..1, 1..1]);
    }
}
