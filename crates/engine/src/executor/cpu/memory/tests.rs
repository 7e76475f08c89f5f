use std::sync::Arc;

use kernels::Precision;
use networks::Input;
use networks::zoo::{Choice, network};
use regimes::{Rule, Tuning};

use crate::descent::Descent;
use crate::executor::{Cpu, Executor as _, Step};
use crate::lower::{Mode, Objective, Part, Training, lower};
use crate::program::{Element, Kept, Program, Role};

/// A NaN that no arithmetic makes, and a place that no window has.
const UNTOUCHED: (u32, u8) = (0x7fff_1234, 0xee);
/// Elements behind the planned end.
const MORE: usize = 1 << 16;

fn step(name: &str, batch: usize) -> (Program, Vec<(Kept, usize)>) {
    let input = Input::square(3, 32);
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
    let part = Part::whole(&network, batch);
    let program = lower(&network, &part, &Mode::Training(training)).expect("layers that fit");
    let tensors = network.parameters().into_iter();
    let tensors = tensors.map(|p| (Kept::Tensor(p.path.clone()), p.len()));
    (program, tensors.collect())
}

/// Which elements of an arena with some more behind it hold something else than before.
fn touched<T: PartialEq + Copy>(arena: &[T], untouched: T) -> Vec<bool> {
    arena.iter().map(|value| *value != untouched).collect()
}

#[test]
fn programs_touch_their_places_alone() {
    for (name, batch) in [
        ("cbr-tiny", 4),
        ("resnet18", 2),
        ("densenet121", 2),
        ("efficientnet-b0", 2),
        ("deit-small", 2),
    ] {
        let (program, tensors) = step(name, batch);
        let program = Arc::new(program);
        let plan = &program.memory;
        let mut cpu = Cpu::default();
        for (kept, len) in tensors {
            let values = (0..len).map(|at| (at % 7) as f32 * 0.02 - 0.05);
            cpu.put(&kept, values.collect());
        }
        cpu.memory.floats = vec![f32::from_bits(UNTOUCHED.0); plan.floats + MORE];
        cpu.memory.bytes = vec![UNTOUCHED.1; plan.bytes + MORE];
        cpu.enter(&program);
        for id in program.ids() {
            let buffer = program.buffer(id);
            if matches!(buffer.role, Role::Pixels | Role::Targets) {
                let values = (0..buffer.len()).map(|at| (at % 11) as f32 * 0.1);
                cpu.upload(id, &values.collect::<Vec<_>>());
            }
        }
        let step = Step { lr: 0.1, number: 1 };
        cpu.run(0..program.instructions.len(), step);

        let bits: Vec<u32> = cpu.memory.floats.iter().map(|v| v.to_bits()).collect();
        let arenas = [
            (Element::Float, touched(&bits, UNTOUCHED.0), plan.floats),
            (
                Element::Byte,
                touched(&cpu.memory.bytes, UNTOUCHED.1),
                plan.bytes,
            ),
        ];
        for (element, touched, planned) in arenas {
            let mut expected = vec![false; touched.len()];
            for (buffer, place) in program.buffers.iter().zip(&plan.places) {
                if let Some(place) = place
                    && buffer.element == element
                {
                    expected[place.clone()].fill(true);
                }
            }
            let end = |of: &[bool]| of.iter().rposition(|is_touched| *is_touched);
            assert_eq!(
                end(&touched),
                end(&expected),
                "{name}: the highest {element:?}"
            );
            assert!(end(&touched).is_none_or(|at| at < planned));
            assert!(touched == expected, "{name}: places of each {element:?}");
        }
    }
}
