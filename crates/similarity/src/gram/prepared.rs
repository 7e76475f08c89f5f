//! A measure readied on two Gram matrices.

use super::Gram;
use super::factor::Factor;
use super::kernel::{Centring, Kernel};
use super::neighbours::Neighbours;
use crate::{Convention, Measure, Reason};

/// Least datapoints of an unbiased HSIC.
const LEAST_UNBIASED: u64 = 4;

/// A measure with all that does not depend on which datapoint of `a` meets which of `b`.
pub(crate) struct Prepared<'g> {
    of: Of<'g>,
}

enum Of<'g> {
    /// CKA of any kernel, with the root of the product of the self-similarities.
    Cka {
        a: Kernel,
        b: Kernel,
        norm: f64,
    },
    Minibatch {
        a: &'g Gram,
        b: &'g Gram,
        batch: usize,
    },
    /// `1 − ‖XᵀY‖² / (‖X‖² ‖Y‖²)`.
    CkaPrime {
        a: Kernel,
        b: Kernel,
    },
    Procrustes {
        a: Factor,
        b: Factor,
        angular: bool,
    },
    Neighbours {
        a: Neighbours,
        b: Neighbours,
    },
}

impl<'g> Prepared<'g> {
    /// Readies `measure`; the reason if it has no value on these datapoints, however paired.
    pub fn new(measure: Measure, a: &'g Gram, b: &'g Gram) -> Result<Self, Reason> {
        let sides = [('a', a), ('b', b)];
        if linear_map(measure) {
            return Err(Reason::Convention {
                measure: measure.to_string(),
                convention: Convention::Flattened.name().into(),
                instead: "a linear map of so many dimensions matches anything; use the spatial or \
                          the pooled convention"
                    .into(),
            });
        }
        for (side, gram) in sides {
            if gram.not_finite() > 0 {
                return Err(Reason::NotFinite {
                    side,
                    count: gram.not_finite(),
                });
            }
        }
        if !(a.trace().powi(2).is_finite() && b.trace().powi(2).is_finite()) {
            return Err(Reason::TooLarge);
        }
        let needed = needed(measure);
        let found = a.datapoints() as u64;
        if found < needed {
            return Err(Reason::FewDatapoints { needed, found });
        }
        for (side, gram) in sides {
            if gram.never_varies() {
                return Err(Reason::Constant {
                    side,
                    channels: gram.features(),
                });
            }
        }
        Ok(Self {
            of: Of::new(measure, a, b)?,
        })
    }

    /// The mean over permutations of these data, where it is known: of CKA
    /// `tr K tr L / ((n − 1) ‖K‖ ‖L‖)`, of the unbiased 0, of neighbours `k / (n − 1)`.
    pub fn floor(&self) -> Option<f64> {
        match &self.of {
            Of::Cka { a, b, norm } => Some(a.hsic_shuffled(b) / norm),
            Of::CkaPrime { a, .. } => Some(1.0 - 1.0 / (a.datapoints() as f64 - 1.0)),
            Of::Minibatch { .. } => Some(0.0),
            Of::Neighbours { a, .. } => Some(a.shared_by_chance()),
            Of::Procrustes { .. } => None,
        }
    }

    /// The value if datapoint `i` of `a` meets datapoint `pairing[i]` of `b`.
    pub fn value(&self, pairing: &[usize]) -> Result<f64, Reason> {
        let value = match &self.of {
            Of::Cka { a, b, norm } => a.hsic(b, pairing) / norm,
            Of::CkaPrime { a, b } => {
                let freedom = a.datapoints() as f64 - 1.0;
                1.0 - a.hsic(b, pairing) * freedom * freedom / (a.trace() * b.trace())
            }
            Of::Minibatch { a, b, batch } => minibatch(a, b, *batch, pairing)?,
            Of::Neighbours { a, b } => a.shared(b, pairing),
            Of::Procrustes { a, b, angular } => {
                let cosine = a.nuclear(b, pairing)?;
                if *angular { cosine.acos() } else { cosine }
            }
        };
        if value.is_finite() {
            return Ok(value);
        }
        Err(Reason::TooLarge)
    }
}

impl<'g> Of<'g> {
    fn new(measure: Measure, a: &'g Gram, b: &'g Gram) -> Result<Self, Reason> {
        let linear = |centring| {
            let kernel =
                |gram: &Gram| Kernel::centre(gram.inner.clone(), gram.datapoints, centring);
            (kernel(a), kernel(b))
        };
        let gaussian = |width, centring| {
            let kernel = |side, gram: &Gram| {
                let values = gram.gaussian(width).ok_or(Reason::Identical { side })?;
                Ok(Kernel::centre(values, gram.datapoints, centring))
            };
            Ok::<_, Reason>((kernel('a', a)?, kernel('b', b)?))
        };
        match measure {
            Measure::Cka => cka(linear(Centring::Biased)),
            Measure::DebiasedCka => cka(linear(Centring::Unbiased)),
            Measure::RbfCka(width) => cka(gaussian(width, Centring::Biased)?),
            Measure::DebiasedRbfCka(width) => cka(gaussian(width, Centring::Unbiased)?),
            Measure::MinibatchCka(batch) => Ok(Self::Minibatch { a, b, batch }),
            Measure::CkaPrime => {
                let (a, b) = linear(Centring::Biased);
                Ok(Self::CkaPrime { a, b })
            }
            Measure::Procrustes => procrustes(a, b, false),
            Measure::AngularProcrustes => procrustes(a, b, true),
            Measure::MutualNeighbours(each) => Ok(Self::Neighbours {
                a: a.neighbours(each),
                b: b.neighbours(each),
            }),
            _ => Err(Reason::Unprepared),
        }
    }
}

/// Whether a measure finds the best linear map from one view to the other.
fn linear_map(measure: Measure) -> bool {
    matches!(
        measure,
        Measure::MeanCca
            | Measure::SquaredCca
            | Measure::Svcca(_)
            | Measure::PwccaA
            | Measure::PwccaB
            | Measure::RegressionBFromA
            | Measure::RegressionAFromB
    )
}

/// Least datapoints that give a value.
fn needed(measure: Measure) -> u64 {
    match measure {
        Measure::DebiasedCka | Measure::DebiasedRbfCka(_) | Measure::MinibatchCka(_) => {
            LEAST_UNBIASED
        }
        // With one more, all others are neighbours in both views.
        Measure::MutualNeighbours(each) => each as u64 + 2,
        _ => 3,
    }
}

fn cka<'g>((a, b): (Kernel, Kernel)) -> Result<Of<'g>, Reason> {
    let own = [('a', a.self_hsic()), ('b', b.self_hsic())];
    for (side, own) in own {
        if own <= 0.0 {
            return Err(Reason::NoSignal { side });
        }
    }
    let norm = own[0].1.sqrt() * own[1].1.sqrt();
    Ok(Of::Cka { a, b, norm })
}

fn procrustes<'g>(a: &Gram, b: &Gram, angular: bool) -> Result<Of<'g>, Reason> {
    Ok(Of::Procrustes {
        a: a.factor('a')?,
        b: b.factor('b')?,
        angular,
    })
}

/// Sums of HSIC₁ over batches of datapoints in their order, then the ratio (Nguyen 2021); one
/// epoch. A last batch of fewer than four is left out.
fn minibatch(a: &Gram, b: &Gram, batch: usize, pairing: &[usize]) -> Result<f64, Reason> {
    if (batch as u64) < LEAST_UNBIASED {
        return Err(Reason::FewDatapoints {
            needed: LEAST_UNBIASED,
            found: batch as u64,
        });
    }
    let (mut both, mut own_a, mut own_b) = (0.0, 0.0, 0.0);
    let rows: Vec<usize> = (0..pairing.len()).collect();
    for (rows, partners) in rows.chunks(batch).zip(pairing.chunks(batch)) {
        if (rows.len() as u64) < LEAST_UNBIASED {
            continue;
        }
        let kernel = |gram: &Gram, rows: &[usize]| {
            Kernel::centre(gram.only(rows).inner, rows.len(), Centring::Unbiased)
        };
        let (a, b) = (kernel(a, rows), kernel(b, partners));
        let same: Vec<usize> = (0..rows.len()).collect();
        both += a.hsic(&b, &same);
        own_a += a.self_hsic();
        own_b += b.self_hsic();
    }
    for (side, own) in [('a', own_a), ('b', own_b)] {
        if own <= 0.0 {
            return Err(Reason::NoSignal { side });
        }
    }
    Ok(both / (own_a.sqrt() * own_b.sqrt()))
}
