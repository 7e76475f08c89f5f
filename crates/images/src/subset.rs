//! Smaller training sets, each contained in every larger one.

use std::collections::BTreeMap;

use rand::seq::SliceRandom as _;

use crate::dataset::Example;
use crate::strata::{rarity, stratum};
use streams::stream;

/// The first `n` of one fixed, stratified order of `train`; all of it if `n` is larger.
///
/// For one seed the subsets are nested. The order begins with one picture of each class (or rarest
/// finding), most frequent first; from there it follows the quota method of Balinski and Young
/// (1975), the rule that is both nested and never more than one picture away from proportional,
/// which the method of largest remainders is not.
pub fn subset(examples: &[Example], train: &[usize], n: usize, seed: u64) -> Vec<usize> {
    let rarity = rarity(examples, train);
    let mut strata: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for &index in train {
        strata
            .entry(stratum(&examples[index].label, &rarity))
            .or_default()
            .push(index);
    }
    for (number, members) in &mut strata {
        members.shuffle(&mut stream(seed, "subset", *number as u64));
    }
    let mut queues: Vec<Queue> = strata
        .into_values()
        .map(|members| Queue { members, taken: 0 })
        .collect();
    queues.sort_by_key(|queue| std::cmp::Reverse(queue.members.len()));

    let n = n.min(train.len());
    let mut chosen: Vec<usize> = queues.iter_mut().take(n).map(Queue::take).collect();
    while chosen.len() < n {
        let step = chosen.len() + 1;
        // Of the strata below their share, the one that would fall a whole picture short first.
        let below_share = |q: &&mut Queue| q.taken * train.len() < step * q.members.len();
        let next = queues.iter_mut().filter(below_share).min_by(|a, b| {
            ((a.taken + 1) as u128 * b.members.len() as u128)
                .cmp(&((b.taken + 1) as u128 * a.members.len() as u128))
        });
        // Shares sum to the step, so one stratum is always below its own.
        let Some(next) = next else { break };
        chosen.push(next.take());
    }
    chosen
}

/// The shuffled members of one stratum.
struct Queue {
    members: Vec<usize>,
    taken: usize,
}

impl Queue {
    fn take(&mut self) -> usize {
        self.taken += 1;
        self.members[self.taken - 1]
    }
}
