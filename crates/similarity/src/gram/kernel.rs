//! Kernel matrices made comparable: centred, and how they go with each other.

use rayon::prelude::*;

/// How a kernel matrix is centred, which decides what its inner products estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Centring {
    /// `HKH`, `H = I − 11ᵀ/n`: HSIC as first published, biased upwards.
    Biased,
    /// U-centring (Székely & Rizzo 2014): off-diagonal entries less the means over the off-diagonal
    /// entries of their rows, diagonal 0. Inner products over `n(n − 3)` are HSIC₁ (Song 2012), the
    /// unbiased estimate.
    Unbiased,
}

/// A centred kernel matrix of `n` datapoints, `[n, n]` row-major, symmetric.
#[derive(Clone, Debug)]
pub(crate) struct Kernel {
    datapoints: usize,
    values: Vec<f64>,
    centring: Centring,
}

impl Kernel {
    /// Centres `values`, `[n, n]`; at least one datapoint, four where unbiased.
    pub fn centre(mut values: Vec<f64>, datapoints: usize, centring: Centring) -> Self {
        let n = datapoints;
        if centring == Centring::Unbiased {
            (0..n).for_each(|row| values[row * n + row] = 0.0);
        }
        let sums: Vec<f64> = values.par_chunks(n).map(|row| row.iter().sum()).collect();
        let total: f64 = sums.iter().sum();
        let (rows, all) = match centring {
            Centring::Biased => (n as f64, (n * n) as f64),
            Centring::Unbiased => (n as f64 - 2.0, (n as f64 - 1.0) * (n as f64 - 2.0)),
        };
        values
            .par_chunks_mut(n)
            .enumerate()
            .for_each(|(row, values)| {
                for (value, sum) in values.iter_mut().zip(&sums) {
                    *value += total / all - (sums[row] + sum) / rows;
                }
                if centring == Centring::Unbiased {
                    values[row] = 0.0;
                }
            });
        Self {
            datapoints,
            values,
            centring,
        }
    }

    /// HSIC of this kernel and `other`, row `i` against row `pairing[i]`: `⟨K, L⟩` over `(n − 1)²`,
    /// or over `n(n − 3)` where unbiased.
    pub fn hsic(&self, other: &Self, pairing: &[usize]) -> f64 {
        let n = self.datapoints;
        let rows: Vec<f64> = self
            .values
            .par_chunks(n)
            .zip(pairing)
            .map(|(row, &partner)| {
                let other = &other.values[partner * n..][..n];
                row.iter()
                    .zip(pairing)
                    .map(|(value, &column)| value * other[column])
                    .sum()
            })
            .collect();
        let n = n as f64;
        let scale = match self.centring {
            Centring::Biased => (n - 1.0) * (n - 1.0),
            Centring::Unbiased => n * (n - 3.0),
        };
        rows.iter().sum::<f64>() / scale
    }

    /// Mean of [`hsic`](Self::hsic) over all pairings.
    pub fn hsic_shuffled(&self, other: &Self) -> f64 {
        let freedom = self.datapoints as f64 - 1.0;
        match self.centring {
            Centring::Biased => self.trace() * other.trace() / freedom.powi(3),
            Centring::Unbiased => 0.0,
        }
    }

    /// Datapoints.
    pub fn datapoints(&self) -> usize {
        self.datapoints
    }

    /// The centred values, `[n, n]`.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Sum of the diagonal.
    pub fn trace(&self) -> f64 {
        let n = self.datapoints;
        (0..n).map(|row| self.values[row * n + row]).sum()
    }

    /// HSIC with itself.
    pub fn self_hsic(&self) -> f64 {
        let pairing: Vec<usize> = (0..self.datapoints).collect();
        self.hsic(self, &pairing)
    }
}
