//! The measures by name.

use std::fmt;

/// How much of a view's variation its leading directions must hold, in SVCCA.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Criterion {
    /// Share of the sum of squared singular values: true variance.
    Variance,
    /// Share of the sum of singular values, as the original tutorials count.
    SingularValues,
}

/// A measure of similarity between view `a` (`p` channels) and view `b` (`q` channels).
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Measure {
    /// Mean of the canonical correlations (Hotelling 1936), `Σ ρ / min(p, q)` with the `p` and `q`
    /// dimensions that vary independently; what the paper plots. In `[0, 1]`.
    ///
    /// Invariant to any invertible affine map of a view, so not a sign that the same is
    /// represented as strongly. No value where `max(p, q) ≥ n − 1`: all correlations are 1 then.
    /// Where `p + q > n − 1`, some are, whatever the data; see the floor.
    MeanCca,
    /// Mean of the squared canonical correlations, `Σ ρ² / min(p, q)`: `R²_CCA` (Kornblith 2019).
    /// In `[0, 1]`. Not the square of the mean.
    SquaredCca,
    /// Mean canonical correlation of the leading directions that hold 99% of each view (Raghu
    /// 2017). In `[0, 1]`. Not a mean over the same number of correlations for every pair.
    Svcca(Criterion),
    /// `Σ αᵢ ρᵢ / Σ αᵢ`, `αᵢ = Σⱼ |cov(hᵢ, xⱼ)|`: canonical correlations weighted by how much of
    /// view `a` each variate `h` accounts for (Morcos 2018, who takes the view of fewer channels).
    /// In `[0, 1]`. Not what `pwcca.py` of the original code computes, which leaves out the
    /// whitening of the variates.
    PwccaA,
    /// The same, weighted by view `b`.
    PwccaB,
    /// Linear CKA, `‖Sₐᵦ‖² / (‖Sₐₐ‖ ‖Sᵦᵦ‖)` (Kornblith 2019). In `[0, 1]`.
    ///
    /// Biased upwards, about `p / (p + n)` for independent data. Few directions of large variance
    /// dominate it; not a sign that two networks compute the same function (Davari 2023).
    Cka,
    /// Linear CKA from unbiased estimates of HSIC (Song 2012; the code of Kornblith 2019): about 0
    /// for independent data. At most about 1, may be negative; not itself unbiased, being a ratio.
    DebiasedCka,
    /// `Σ HSIC₁(K, L) / √(Σ HSIC₁(K, K) · Σ HSIC₁(L, L))` over batches of this many datapoints in
    /// their order, one epoch, linear kernels (Nguyen 2021). About 0 for independent data, may be
    /// negative. A last batch of fewer than four is left out. Not the debiased CKA of all
    /// datapoints: pairs from different batches do not count.
    MinibatchCka(usize),
    /// CKA' of Ding 2021 as coded, `1 − ‖Sₐᵦ‖² / (tr Sₐₐ tr Sᵦᵦ)`. A distance in `[0, 1]`, but not
    /// 0 for equal views, and not `1 − CKA`.
    CkaPrime,
    /// `‖AᵀB‖⁎ / (‖A‖ ‖B‖)` of the centred views (Schönemann 1966), in `[0, 1]`; the distance of
    /// Ding 2021 is `2 − 2 ×` this. Not invariant to other than orthogonal maps and scale.
    Procrustes,
    /// Angle whose cosine is [`Procrustes`](Self::Procrustes), in radians; a distance, 0 is alike.
    AngularProcrustes,
    /// Share of the variance of `b` that the best linear map of `a` explains,
    /// `tr(Sᵦₐ Sₐₐ⁻¹ Sₐᵦ) / tr Sᵦᵦ`. In `[0, 1]`. Within these datapoints: not a prediction of new
    /// ones, and `p / (n − 1)` for independent data.
    RegressionBFromA,
    /// The same of `a` from `b`.
    RegressionAFromB,
    /// `⟨HKH, HLH⟩ / (‖HKH‖ ‖HLH‖)`, `H = I − 11ᵀ/n`, of Gaussian kernels
    /// `exp(−d² / (2 t² median d²))` with this `t`; the median counts the zeros of the diagonal
    /// (Kornblith 2019, as coded). In `[0, 1]`, biased upwards. Not near linear CKA unless `t` is
    /// large: a small `t` compares neighbourhoods.
    RbfCka(f64),
    /// The same from unbiased estimates of HSIC (Song 2012): about 0 for independent data, may be
    /// negative.
    DebiasedRbfCka(f64),
    /// Mean share of the `k` nearest neighbours, by cosine of the activations as they are, that
    /// both views agree on (Huh 2024). In `[0, 1]`; `k / (n − 1)` for independent data. Depends on
    /// the number of datapoints. Of equally near neighbours the first counts as nearer, and a
    /// datapoint of zeros has cosine 0 with all.
    MutualNeighbours(usize),
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::MeanCca => f.write_str("mean-cca"),
            Self::SquaredCca => f.write_str("squared-cca"),
            Self::Svcca(Criterion::Variance) => f.write_str("svcca"),
            Self::Svcca(Criterion::SingularValues) => f.write_str("svcca-singular-values"),
            Self::PwccaA => f.write_str("pwcca-a"),
            Self::PwccaB => f.write_str("pwcca-b"),
            Self::Cka => f.write_str("cka"),
            Self::DebiasedCka => f.write_str("debiased-cka"),
            Self::MinibatchCka(batch) => write!(f, "minibatch-cka-{batch}"),
            Self::CkaPrime => f.write_str("cka-prime"),
            Self::Procrustes => f.write_str("procrustes"),
            Self::AngularProcrustes => f.write_str("angular-procrustes"),
            Self::RegressionBFromA => f.write_str("regression-b-from-a"),
            Self::RegressionAFromB => f.write_str("regression-a-from-b"),
            Self::RbfCka(width) => write!(f, "rbf-cka-{width}"),
            Self::DebiasedRbfCka(width) => write!(f, "debiased-rbf-cka-{width}"),
            Self::MutualNeighbours(k) => write!(f, "mutual-neighbours-{k}"),
        }
    }
}

impl From<Measure> for String {
    fn from(measure: Measure) -> Self {
        measure.to_string()
    }
}

/// A name that is not a measure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown measure `{found}`; measures are {known}")]
pub struct UnknownMeasure {
    /// What was written.
    pub found: String,
    /// What could have been.
    pub known: String,
}

impl Measure {
    /// One of every kind, with the usual parameters.
    pub const ALL: [Self; 19] = [
        Self::MeanCca,
        Self::SquaredCca,
        Self::Svcca(Criterion::Variance),
        Self::Svcca(Criterion::SingularValues),
        Self::PwccaA,
        Self::PwccaB,
        Self::Cka,
        Self::DebiasedCka,
        Self::MinibatchCka(256),
        Self::CkaPrime,
        Self::Procrustes,
        Self::AngularProcrustes,
        Self::RegressionBFromA,
        Self::RegressionAFromB,
        Self::RbfCka(0.4),
        Self::RbfCka(0.8),
        Self::RbfCka(1.0),
        Self::DebiasedRbfCka(1.0),
        Self::MutualNeighbours(10),
    ];

    /// What is measured unless asked otherwise: one of each family, each trusted for something.
    pub const USUAL: [Self; 4] = [
        Self::DebiasedCka,
        Self::AngularProcrustes,
        Self::MeanCca,
        Self::MutualNeighbours(10),
    ];

    /// Whether second moments determine it; the others need the datapoints themselves.
    pub fn from_moments(&self) -> bool {
        !matches!(
            self,
            Self::MinibatchCka(_)
                | Self::RbfCka(_)
                | Self::DebiasedRbfCka(_)
                | Self::MutualNeighbours(_)
        )
    }

    /// Whether it is made of the canonical correlations of all directions.
    pub(crate) fn is_cca(&self) -> bool {
        matches!(
            self,
            Self::MeanCca | Self::SquaredCca | Self::PwccaA | Self::PwccaB
        )
    }

    /// Datapoints without which there is no value: with two, centred views are a line each.
    pub(crate) fn least_datapoints(&self) -> u64 {
        match self {
            Self::DebiasedCka | Self::DebiasedRbfCka(_) => 4,
            _ => 3,
        }
    }
}

impl TryFrom<String> for Measure {
    type Error = UnknownMeasure;

    fn try_from(name: String) -> Result<Self, UnknownMeasure> {
        name.parse()
    }
}

impl std::str::FromStr for Measure {
    type Err = UnknownMeasure;

    fn from_str(name: &str) -> Result<Self, UnknownMeasure> {
        let positive = |text: &str| text.parse().ok().filter(|&count: &usize| count > 0);
        let width = |text: &str| {
            text.parse()
                .ok()
                .filter(|&width: &f64| width.is_finite() && width > 0.0)
        };
        let parameter = |prefix| name.strip_prefix(prefix);
        Self::ALL
            .into_iter()
            .find(|measure| measure.to_string() == name)
            .or_else(|| Some(Self::MinibatchCka(positive(parameter("minibatch-cka-")?)?)))
            .or_else(|| Some(Self::RbfCka(width(parameter("rbf-cka-")?)?)))
            .or_else(|| {
                Some(Self::DebiasedRbfCka(width(parameter(
                    "debiased-rbf-cka-",
                )?)?))
            })
            .or_else(|| {
                Some(Self::MutualNeighbours(positive(parameter(
                    "mutual-neighbours-",
                )?)?))
            })
            .ok_or_else(|| UnknownMeasure {
                found: name.into(),
                known: Self::ALL.map(|measure| measure.to_string()).join(", "),
            })
    }
}
