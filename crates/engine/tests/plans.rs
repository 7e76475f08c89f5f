//! Plans of memory come near the most that lives at one time.

use engine::{Descent, Mode, Objective, Part, Training, lower};
use kernels::Precision;
use networks::Input;
use networks::zoo::{Choice, names, network};
use regimes::{Rule, Tuning};

/// Pixels at which every network of the zoo computes but Inception, which needs more.
const SIZE: usize = 64;

#[test]
fn plans_are_within_a_tenth_of_the_bound() {
    for name in names() {
        let size = match name {
            "inception-v3" => 128,
            // Patches of 14 pixels.
            name if name.contains("-14") => 56,
            _ => SIZE,
        };
        let input = Input::square(3, size);
        let network = network(&Choice::named(name), input, 5).expect("a network of the zoo");
        let tuning = Tuning::full(&network);
        let training = Training {
            tuning: &tuning,
            precision: Precision::Single,
            objective: Objective::CrossEntropy,
            descent: Descent {
                rule: Rule::Sgd {
                    momentum: 0.9,
                    nesterov: false,
                },
                weight_decay: 0.0,
            },
        };
        for mode in [Mode::Inference, Mode::Training(training)] {
            let part = Part::whole(&network, 8);
            let program = lower(&network, &part, &mode).expect("layers that fit");
            assert_eq!(program.check(), Ok(()), "{name}");
            let bound = program.bound_bytes();
            let peak = program.memory.peak_bytes();
            let is_near = bound <= peak && peak <= bound + bound / 10;
            assert!(is_near, "{name}, {mode:?}: {peak} bytes where {bound} live");
        }
    }
}
