use stats::Outcome;

use crate::arms::Arms;
use crate::contrast::Contrast;
use crate::family::{Corrected, corrected};
use crate::futility::Futility;
use crate::spending::Spending;

/// Comparisons that are looked at several times while seeds are added.
///
/// At every look the whole family is corrected with what that look may spend ([`Spending`]). A
/// comparison has the outcome of the first look that decides it, and keeps it. Training ends when
/// every comparison is decided or not expected to be by more seeds ([`Futility`]), which spends no
/// error: stopping for it can only take a chance to err away.
#[derive(Debug, Clone, PartialEq)]
pub struct Sequential {
    pairs: Vec<[usize; 2]>,
    margin: f64,
    share: f64,
    spending: Spending,
    taken: usize,
    standing: Vec<Standing>,
}

/// How a comparison stands after a look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Standing {
    /// Undecided; more seeds may decide it, if there are more.
    Open,
    /// Undecided, and more seeds are not expected to help.
    Futile(Futility),
    /// Decided.
    Decided {
        /// Seeds of the look that did.
        seeds: usize,
        /// Of the first arm of the pair against the second.
        outcome: Outcome,
        /// Its p values at that look.
        corrected: Corrected,
    },
}

impl Sequential {
    /// `looks`: numbers of seeds, rising; `pairs`: arms whose difference is concluded of, by their
    /// places; `margin`: the difference that would not matter; `share`: of the error of the study.
    pub fn new(looks: &[usize], pairs: &[[usize; 2]], margin: f64, share: f64) -> Self {
        Self {
            spending: Spending::new(looks, share / pairs.len().max(1) as f64),
            standing: vec![Standing::Open; pairs.len()],
            pairs: pairs.to_vec(),
            margin,
            share,
            taken: 0,
        }
    }

    /// Takes the next look. `arms`: with the seeds of that look and no others. Without p values
    /// nothing is concluded.
    pub fn look(&mut self, arms: &Arms) {
        let Some(seeds) = self.spending.looks().get(self.taken).copied() else {
            return;
        };
        let ratio = self.spending.ratio(self.taken);
        self.taken += 1;
        let contrasts: Vec<Option<Contrast>> =
            self.pairs.iter().map(|pair| arms.contrast(*pair)).collect();
        let known: Vec<&Contrast> = contrasts.iter().flatten().collect();
        let Ok(after) = corrected(&known, self.margin, self.share * ratio) else {
            return;
        };
        let mut after = after.into_iter();
        for (place, contrast) in contrasts.iter().enumerate() {
            let after = contrast.as_ref().and_then(|_| after.next());
            if matches!(self.standing[place], Standing::Decided { .. }) {
                continue;
            }
            self.standing[place] = match (contrast, after) {
                (Some(contrast), Some(corrected)) => self.standing_of(contrast, corrected, seeds),
                _ => Standing::Futile(Futility::NothingVaries),
            };
        }
    }

    fn standing_of(&self, contrast: &Contrast, corrected: Corrected, seeds: usize) -> Standing {
        let outcome = corrected.outcome(contrast.difference.mean);
        if outcome != Outcome::Undecided {
            return Standing::Decided {
                seeds,
                outcome,
                corrected,
            };
        }
        let last = self.spending.looks().len() - 1;
        let most = self.spending.looks()[last];
        if seeds == most {
            return Standing::Open;
        }
        let at = self.share * self.spending.ratio(last) / self.pairs.len() as f64;
        match Futility::of(contrast, self.margin, most, at) {
            Some(futility) => Standing::Futile(futility),
            None => Standing::Open,
        }
    }

    /// Whether no further look is to be taken.
    pub fn is_over(&self) -> bool {
        let is_settled = !self.standing.contains(&Standing::Open);
        self.taken == self.spending.looks().len() || (self.taken > 0 && is_settled)
    }

    /// Seeds of the last look that was taken; none before the first.
    pub fn seeds(&self) -> Option<usize> {
        let last = self.taken.checked_sub(1)?;
        self.spending.looks().get(last).copied()
    }

    /// Seeds of the next look; none once all is over.
    pub fn next(&self) -> Option<usize> {
        match self.is_over() {
            true => None,
            false => self.spending.looks().get(self.taken).copied(),
        }
    }

    /// What the last look may spend for each unit of an error, in `0..=1`; before the first, what
    /// that may.
    pub fn ratio(&self) -> f64 {
        self.spending.ratio(self.taken.saturating_sub(1))
    }

    /// Every pair with how it stands after the last look.
    pub fn standings(&self) -> impl Iterator<Item = ([usize; 2], Standing)> {
        self.pairs
            .iter()
            .copied()
            .zip(self.standing.iter().copied())
    }
}
