//! Numbers of known value. Those of statistics are from `checks/self_check.py`, by numpy and scipy.

use rand::Rng as _;
use similarity::{MapShape, Measure, Memory, Options, compare};
use stats::{Delong, auc};
use streams::stream;

use crate::check::Check;

const LABELS: [bool; 12] = [
    true, false, true, true, false, false, true, false, true, false, false, true,
];
const SCORES: [f64; 12] = [0.9, 0.4, 0.4, 0.8, 0.2, 0.1, 0.7, 0.6, 0.3, 0.3, 0.05, 0.6];
const AUC: f64 = 0.875;
const INTERVAL: [f64; 2] = [0.539_441_872_648_988, 0.976_654_400_286_043];
const CKA: f64 = 0.056_263_787_309_981_5;
/// The first draw of `stream(1, "order", 2)`; the script is beside the same number in `streams`.
const DRAW: u64 = 0x56ba_266c_ce9f_ce0b;

/// How far a number may be from its known value.
const TOLERANCE: f64 = 1e-12;

const REMEDY: &str = "take no numbers of this machine; please report this line with what `transfusion --version --verbose` prints";

/// All of them.
pub fn checks() -> Vec<Check> {
    vec![area(), interval(), alike(), draw()]
}

fn area() -> Check {
    let found = auc(&LABELS, &SCORES).map_err(|error| error.to_string());
    told("AUC of twelve cases, some tied", &[found], &[AUC])
}

fn interval() -> Check {
    let curve = Delong::new(&LABELS, &SCORES);
    let found = curve.and_then(|curve| curve.logit_interval(0.95));
    let ends = match found {
        Ok(found) => [Ok(found.lower), Ok(found.upper)],
        Err(error) => [Err(error.to_string()), Err(error.to_string())],
    };
    told("DeLong's interval of the same", &ends, &INTERVAL)
}

fn alike() -> Check {
    let view = |channels: usize, value: fn(usize, usize) -> f32| {
        let shape = MapShape {
            images: 40,
            height: 1,
            width: 1,
            channels,
        };
        let values = (0..40).flat_map(|i| (0..channels).map(move |j| value(i, j)));
        Memory::new(shape, values.collect()).map_err(|error| error.to_string())
    };
    let found = || {
        let a = view(3, |i, j| ((7 * i + 13 * j) % 11) as f32 / 4.0)?;
        let b = view(4, |i, j| ((5 * i + 3 * j + i * j) % 13) as f32 / 8.0)?;
        let options = Options {
            measures: vec![Measure::Cka],
            permutations: 0,
            groups: 0,
            ..Options::default()
        };
        let compared = compare(&a, &b, &options).map_err(|error| error.to_string())?;
        match compared.measured.first().map(|measured| &measured.value) {
            Some(Ok(value)) => Ok(*value),
            Some(Err(reason)) => Err(reason.to_string()),
            None => Err("nothing was measured".into()),
        }
    };
    told("linear CKA of two views", &[found()], &[CKA])
}

fn draw() -> Check {
    let found = stream(1, "order", 2).next_u64();
    Check::ok("first draw of a named stream", format!("{found:016x}")).unless(found == DRAW, REMEDY)
}

fn told(what: &str, found: &[Result<f64, String>], expected: &[f64]) -> Check {
    let words = found.iter().map(|found| match found {
        Ok(value) => format!("{value:.12}"),
        Err(reason) => reason.clone(),
    });
    let seen: Vec<String> = words.collect();
    let is_near = |(found, expected): (&Result<f64, String>, &f64)| matches!(found, Ok(value) if (value - expected).abs() <= TOLERANCE);
    let is_so = found.iter().zip(expected).all(is_near);
    let known: Vec<String> = expected
        .iter()
        .map(|value| format!("{value:.12}"))
        .collect();
    let check = Check::ok(what, seen.join(" to "));
    match is_so {
        true => check,
        false => Check::failed(
            check.what,
            format!("{}, not {}", check.seen, known.join(" to ")),
            REMEDY,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::State;

    #[test]
    fn known_numbers_are_found_and_others_are_not() {
        for check in checks() {
            assert_eq!(check.state, State::Ok, "{check}");
        }
        let off = told("x", &[Ok(AUC + 1e-9)], &[AUC]);
        assert_eq!(off.state, State::Failed);
        let none = told("x", &[Err("too few cases".into())], &[AUC]);
        assert!(
            none.to_string().starts_with("failed   x: too few cases"),
            "{none}"
        );
    }
}
