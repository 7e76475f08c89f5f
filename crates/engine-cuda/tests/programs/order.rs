//! No order in which a device runs its threads, blocks and copies changes a byte.

use std::process::Command;
use std::sync::Arc;

use engine::{Descent, Mode, Objective, Part, Training, lower};
use kernels::Precision;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use regimes::{Rule, Tuning};
use sha2::{Digest as _, Sha256};

use crate::case::Case;

const NETWORKS: usize = 8;

/// Prints what steps of random networks leave behind, as a digest.
#[test]
#[ignore = "run by the test below, in orders of its own"]
fn digest_of_steps() {
    let mut runner = TestRunner::deterministic();
    let mut hash = Sha256::new();
    for at in 0..NETWORKS {
        let network = crate::a_network()
            .new_tree(&mut runner)
            .expect("a network")
            .current();
        let tuning = Tuning::full(&network);
        let training = Training {
            tuning: &tuning,
            precision: [Precision::Single, Precision::Bf16][at % 2],
            objective: Objective::CrossEntropy,
            descent: Descent {
                rule: Rule::Sgd {
                    momentum: 0.9,
                    nesterov: true,
                },
                weight_decay: 0.01,
            },
        };
        let part = Part::whole(&network, 3);
        let program = lower(&network, &part, &Mode::Training(training)).expect("layers that fit");
        let (mut device, _alone) = crate::device();
        // Often enough that ranges are recorded.
        for (name, values) in Case::new(&network, Arc::new(program), 7).run(&mut device, 4) {
            hash.update(name);
            values
                .iter()
                .for_each(|value| hash.update(value.to_bits().to_le_bytes()));
        }
    }
    let digits: String = hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    println!("digest {digits}");
}

#[test]
fn no_order_of_threads_changes_a_byte() {
    if !crate::emulator::is_possible() {
        return;
    }
    let orders = [
        ("EMULATED_ORDER", "0"),
        ("EMULATED_ORDER", "1"),
        ("EMULATED_ORDER", "2"),
        ("EMULATED_LATE", "1"),
        ("TRANSFUSION_TEST_DEVICE", "races"),
    ];
    let digests: Vec<String> = orders
        .iter()
        .map(|(variable, value)| {
            let output = Command::new(std::env::current_exe().expect("this test"))
                .args([
                    "--exact",
                    "order::digest_of_steps",
                    "--ignored",
                    "--nocapture",
                ])
                .env(variable, value)
                .output()
                .expect("this test again");
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(
                output.status.success(),
                "{variable}={value}: {text}{errors}"
            );
            let start = text.find("digest ").expect("a digest");
            text[start..].lines().next().unwrap_or_default().to_owned()
        })
        .collect();
    assert_eq!(digests[0].len(), "digest ".len() + 64);
    for (order, digest) in orders.iter().zip(&digests) {
        assert_eq!(digest, &digests[0], "{order:?}");
    }
}
