//! Smaller training sets, each contained in every larger one.

use std::collections::BTreeSet;

use rand::seq::SliceRandom as _;

use crate::dataset::Example;
use crate::strata::{rarity, strata};
use streams::stream;

/// The first `n` of one fixed, stratified order of `train`; all of it if `n` is larger.
///
/// Where patients are known the order is one of patients, all pictures of one after another, so
/// that a small set has fewer patients and not the same ones with fewer pictures: `n` labelled
/// pictures are then as many as `n` bring in practice. Only the last patient may be there in part.
///
/// For one seed the subsets are nested. The order begins with one patient (or picture) of each
/// class (or rarest finding), most frequent first; from there it follows the quota method of
/// Balinski and Young (1975), the rule that is both nested and, with one picture a patient, never
/// more than one picture away from proportional, which the method of largest remainders is not.
pub fn subset(examples: &[Example], train: &[usize], n: usize, seed: u64) -> Vec<usize> {
    first_of_order(examples, train, n, seed, "subset")
}

/// `n` of the pictures of `validation` that learning curves look at, in the order of `validation`:
/// the same for every run, stratified as [`subset`] is.
pub fn looked_at(examples: &[Example], validation: &[usize], n: usize) -> Vec<usize> {
    let chosen = first_of_order(examples, validation, n, 0, "looks");
    let chosen: BTreeSet<usize> = chosen.into_iter().collect();
    let pictures = validation.iter().copied();
    pictures.filter(|index| chosen.contains(index)).collect()
}

fn first_of_order(
    examples: &[Example],
    train: &[usize],
    n: usize,
    seed: u64,
    purpose: &str,
) -> Vec<usize> {
    let rarity = rarity(examples, train);
    let mut queues: Vec<Queue> = Vec::new();
    for (number, mut patients) in strata(examples, train, &rarity) {
        patients.shuffle(&mut stream(seed, purpose, number as u64));
        queues.push(Queue {
            pictures: patients.iter().map(Vec::len).sum(),
            patients: patients.into_iter(),
            taken: 0,
        });
    }
    queues.sort_by_key(|queue| std::cmp::Reverse(queue.pictures));

    let n = n.min(train.len());
    let mut chosen: Vec<usize> = Vec::with_capacity(n);
    for queue in &mut queues {
        if chosen.len() < n {
            chosen.extend(queue.take());
        }
    }
    while chosen.len() < n {
        let step = chosen.len() + 1;
        // Of the strata below their share, the one that would fall a whole picture short first.
        let below_share =
            |q: &&mut Queue| q.taken < q.pictures && q.taken * train.len() < step * q.pictures;
        let next = queues.iter_mut().filter(below_share).min_by(|a, b| {
            ((a.taken + 1) as u128 * b.pictures as u128)
                .cmp(&((b.taken + 1) as u128 * a.pictures as u128))
        });
        // Shares sum to the step, so one stratum is always below its own.
        let Some(next) = next else { break };
        chosen.extend(next.take());
    }
    chosen.truncate(n);
    chosen
}

/// The shuffled patients of one stratum.
struct Queue {
    patients: std::vec::IntoIter<Vec<usize>>,
    /// Pictures of all of them.
    pictures: usize,
    taken: usize,
}

impl Queue {
    fn take(&mut self) -> Vec<usize> {
        let patient = self.patients.next().unwrap_or_default();
        self.taken += patient.len();
        patient
    }
}
