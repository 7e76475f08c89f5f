//! Nearest neighbours by cosine.

use rayon::prelude::*;

use super::Gram;

/// The `k` nearest neighbours of every datapoint.
#[derive(Clone, Debug)]
pub(crate) struct Neighbours {
    /// Of each datapoint.
    each: usize,
    /// `[n, k]`
    of: Vec<u32>,
}

impl Gram {
    /// The `each` nearest neighbours of every datapoint by cosine of the activations as they are,
    /// not centred (Huh 2024). `each` is less than the number of datapoints.
    ///
    /// The cosine with a datapoint that is 0 counts as 0; of equally near neighbours the first is
    /// nearer.
    pub fn neighbours(&self, each: usize) -> Neighbours {
        let n = self.datapoints;
        let inverse: Vec<f64> = self
            .squares
            .iter()
            .map(|&square| {
                if square > 0.0 {
                    1.0 / square.sqrt()
                } else {
                    0.0
                }
            })
            .collect();
        let of = (0..n)
            .into_par_iter()
            .flat_map_iter(|i| {
                let row = &self.inner[i * n..][..n];
                let cosines: Vec<f64> = (0..n)
                    .map(|j| {
                        let means = self.along_mean[i] + self.along_mean[j] + self.mean_square;
                        (row[j] + means) * inverse[i] * inverse[j]
                    })
                    .collect();
                let mut order: Vec<u32> = (0..n as u32).filter(|&j| j as usize != i).collect();
                if each < order.len() {
                    order.select_nth_unstable_by(each, |&a, &b| {
                        cosines[b as usize]
                            .total_cmp(&cosines[a as usize])
                            .then(a.cmp(&b))
                    });
                }
                order.truncate(each);
                order
            })
            .collect();
        Neighbours { each, of }
    }
}

impl Neighbours {
    /// Mean of [`shared`](Self::shared) over all pairings.
    pub fn shared_by_chance(&self) -> f64 {
        self.each as f64 / ((self.of.len() / self.each) as f64 - 1.0)
    }

    /// Mean share of neighbours in common, in `[0, 1]`, row `i` of these against row `pairing[i]`
    /// of the others.
    pub fn shared(&self, other: &Self, pairing: &[usize]) -> f64 {
        let n = pairing.len();
        let mut partner_of = vec![0; n];
        for (row, &partner) in pairing.iter().enumerate() {
            partner_of[partner] = row as u32;
        }
        let shared: usize = self
            .of
            .par_chunks(self.each)
            .zip(pairing)
            .map(|(mine, &partner)| {
                let theirs = &other.of[partner * self.each..][..self.each];
                theirs
                    .iter()
                    .filter(|&&row| mine.contains(&partner_of[row as usize]))
                    .count()
            })
            .sum();
        shared as f64 / (n * self.each) as f64
    }
}
