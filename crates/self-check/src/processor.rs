//! Steps of training on this processor.

use std::sync::Arc;

use engine::{Cpu, Reference};
use kernels::Isa;
use networks::{Network, WeightsError};

use crate::check::Check;
use crate::convolution::REMEDY;
use crate::specimen::{convolutional, transformer};
use crate::step::Left;

/// Largest difference from exact results that rounding excuses.
pub const TOLERANCE: f64 = 1e-3;

/// A network, and what an exact step of it leaves.
pub struct Exact {
    pub network: Arc<Network>,
    pub left: Left,
}

/// Both specimens, by plain loops in double precision.
pub fn exact() -> Result<Vec<Exact>, WeightsError> {
    let of = |network: Network| {
        let network = Arc::new(network);
        let left = Left::of(Box::new(Reference::default()), &network)?;
        Ok(Exact { network, left })
    };
    [convolutional(), transformer()]
        .into_iter()
        .map(of)
        .collect()
}

/// One check for each specimen and instruction set of this machine.
pub fn steps(exact: &[Exact]) -> Vec<Check> {
    let pairs = exact
        .iter()
        .flat_map(|exact| Isa::available().into_iter().map(move |isa| (exact, isa)));
    let of = |(exact, isa): (&Exact, Isa)| {
        let what = format!("a training step, {}, {isa}", exact.network.name);
        let left = isa.with(|| Left::of(Box::new(Cpu::default()), &exact.network));
        judged(what, left, exact, REMEDY)
    };
    pairs.map(of).collect()
}

/// How far a step is from the exact one.
pub fn judged(
    what: String,
    left: Result<Left, WeightsError>,
    exact: &Exact,
    remedy: &str,
) -> Check {
    match left {
        Ok(left) => {
            let (off, of) = left.apart(&exact.left);
            Check::ok(what, format!("{off:.0e} off plain loops, at most ({of})"))
                .unless(off <= TOLERANCE, remedy)
        }
        Err(error) => Check::failed(what, error.to_string(), remedy),
    }
}

/// A step by one thread and by several leaves the same bits.
pub fn threads(exact: &[Exact]) -> Check {
    let what = "the same bits by 1 thread and by 3";
    let by = |count: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build();
        let pool = pool.map_err(|error| error.to_string())?;
        let left = exact
            .iter()
            .map(|exact| pool.install(|| Left::of(Box::new(Cpu::default()), &exact.network)));
        left.collect::<Result<Vec<Left>, _>>()
            .map_err(|error| error.to_string())
    };
    match by(1).and_then(|one| Ok((one, by(3)?))) {
        Ok((one, three)) => Check::ok(what, "loss, gradients and logits").unless(
            one == three,
            "runs would not be the same on other machines; please report this line",
        ),
        Err(error) => Check::failed(
            what,
            error,
            "see whether this process may start threads (`ulimit -u`)",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::State;
    use crate::faulty::Faulty;

    #[test]
    fn every_instruction_set_is_right_and_an_executor_that_is_not_is_found() {
        let exact = exact().expect("weights that fit");
        let mut checks = steps(&exact);
        checks.push(threads(&exact));
        for check in &checks {
            assert_eq!(check.state, State::Ok, "{check}");
        }
        for exact in &exact {
            let faulty = Left::of(Box::new(Faulty::default()), &exact.network);
            let check = judged("x".into(), faulty, exact, REMEDY);
            assert_eq!(check.state, State::Failed, "{check}");
        }
    }
}
