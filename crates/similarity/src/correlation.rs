//! Correlations channel by channel.

use crate::{Pair, Reason};

/// A channel whose variance is at most this share of its mean square about the pilot is constant:
/// what is left of it is rounding.
const CONSTANT: f64 = 1e-14;

impl Pair<'_> {
    /// Pearson correlation of every channel of `a` with every channel of `b`, `[p, q]`, in
    /// [−1, 1]; none where a channel is constant.
    ///
    /// Not invariant to a rotation of either view: it is about channels, not about what they span.
    pub fn correlations(self) -> Result<Vec<Option<f64>>, Reason> {
        for (side, moments) in [('a', self.a), ('b', self.b)] {
            if moments.not_finite > 0 {
                let count = moments.not_finite;
                return Err(Reason::NotFinite { side, count });
            }
        }
        if self.cross.count < 2 {
            return Err(Reason::FewDatapoints {
                needed: 2,
                found: self.cross.count,
            });
        }
        let count = self.cross.count as f64;
        let scales = |moments: &crate::Moments| -> Vec<Option<f64>> {
            let channels = moments.channels;
            let scale = |channel: usize| {
                let (square, sum) = (
                    moments.second[channel * (channels + 1)],
                    moments.sum[channel],
                );
                let variance = square - sum * sum / count;
                (variance > CONSTANT * square).then(|| variance.sqrt().recip())
            };
            (0..channels).map(scale).collect()
        };
        let (of_a, of_b) = (scales(self.a), scales(self.b));
        let mut all = Vec::with_capacity(of_a.len() * of_b.len());
        let rows = self.cross.second.chunks_exact(of_b.len().max(1));
        for ((row, scale_a), sum_a) in rows.zip(&of_a).zip(&self.a.sum) {
            for ((product, scale_b), sum_b) in row.iter().zip(&of_b).zip(&self.b.sum) {
                all.push(scale_a.zip(*scale_b).map(|(scale_a, scale_b)| {
                    let centred = product - sum_a * sum_b / count;
                    (centred * scale_a * scale_b).clamp(-1.0, 1.0)
                }));
            }
        }
        Ok(all)
    }
}
