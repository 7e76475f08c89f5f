//! What is minimised.

use super::Objective;
use super::backward::Backward;
use crate::program::{BufferId, Instruction, LossShare, Role};

/// Share of an auxiliary head's loss beside the head's, as torchvision's training script has it.
const AUXILIARY: f32 = 0.4;

/// Losses of the logits of the head and of an auxiliary head, and their gradients.
pub(super) fn losses(of: &mut Backward, logits: &[BufferId], objective: Objective) {
    let map = of.map_of(logits[0]);
    let (batch, classes) = (map.batch, map.channels);
    for (logits, weight) in logits.iter().zip([1.0, AUXILIARY]) {
        let dlogits = match objective {
            Objective::Given => {
                let given = of.given(*logits);
                of.program.given.push(given);
                given
            }
            Objective::CrossEntropy => {
                let targets = of.targets(vec![batch, classes]);
                let [loss, dlogits] = results(of, *logits, weight);
                of.push(Instruction::CrossEntropy {
                    weight,
                    logits: *logits,
                    targets,
                    loss,
                    dlogits,
                });
                dlogits
            }
            Objective::BinaryCrossEntropy => {
                let targets = of.targets(vec![2, batch, classes]);
                let [loss, dlogits] = results(of, *logits, weight);
                of.push(Instruction::BinaryCrossEntropy {
                    weight,
                    logits: *logits,
                    targets,
                    loss,
                    dlogits,
                });
                dlogits
            }
        };
        of.found(*logits, dlogits);
    }
}

/// The loss, and the gradient of the logits.
fn results(of: &mut Backward, logits: BufferId, weight: f32) -> [BufferId; 2] {
    let loss = of.buffer(vec![1], Role::Loss);
    of.program.losses.push(LossShare { loss, weight });
    [loss, of.new_gradient(logits)]
}
