//! The measures of a pair, what they share computed once.

use std::borrow::Cow;

use crate::cca::{self, Correlations, Wanted};
use crate::linear::Matrix;
use crate::svcca::Keep;
use crate::{CrossMoments, Measure, Reason, View, cka, procrustes, pwcca, regression, svcca};

/// The sums that two centred views have in common, but for their scatter itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Common {
    /// `‖Σ (xᵢ − x̄)(yᵢ − ȳ)ᵀ‖²`, Frobenius.
    pub(crate) scatter_square: f64,
    /// `Σ ‖xᵢ − x̄‖² ‖yᵢ − ȳ‖²`
    pub(crate) norm_product: f64,
}

impl Common {
    pub(crate) fn of(a: &View, b: &View, cross: &CrossMoments) -> Self {
        let back = |view: &View| -> Vec<f64> { view.centre.iter().map(|c| -c).collect() };
        let (delta, epsilon) = (back(a), back(b));
        let count = a.count as f64;
        let rows = cross.second.chunks_exact(b.centre.len().max(1));
        let scatter_square = rows.zip(&a.centre).map(|(row, d)| {
            let row = row.iter().zip(&b.centre);
            row.map(|(sum, e)| (sum - count * d * e).powi(2))
                .sum::<f64>()
        });
        Self {
            scatter_square: scatter_square.sum(),
            norm_product: cross.norm_product_sum_moved(&delta, a.sums(), &epsilon, b.sums()),
        }
    }
}

/// `Σ (yᵢ − ȳ)(xᵢ − x̄)ᵀ` of the channels that vary, `[q, p]` before those are left out.
pub(crate) fn scatter(a: &View, b: &View, cross: Cow<CrossMoments>) -> Matrix {
    let (p, q) = (a.centre.len(), b.centre.len());
    let mut scatter = Matrix::new(cross.into_owned().second, q, p);
    let columns = scatter.values_mut().chunks_exact_mut(q.max(1));
    for (column, d) in columns.zip(&a.centre) {
        for (value, e) in column.iter_mut().zip(&b.centre) {
            *value -= a.count as f64 * d * e;
        }
    }
    scatter.retain(&b.kept, &a.kept);
    scatter
}

/// Whether the sides can be compared by a measure that needs this many datapoints.
pub(crate) fn together(
    a: &View,
    b: &View,
    cross: &CrossMoments,
    needed: u64,
) -> Result<(), Reason> {
    let (p, q) = cross.channels();
    for (what, expected, found) in [
        ("channels of side a", p as u64, a.centre.len() as u64),
        ("channels of side b", q as u64, b.centre.len() as u64),
        ("datapoints of side a", cross.count, a.count),
        ("datapoints of side b", cross.count, b.count),
    ] {
        if expected != found {
            return Err(Reason::Mismatched {
                what: what.into(),
                expected,
                found,
            });
        }
    }
    a.problem('a', needed)?;
    b.problem('b', needed)
}

pub(crate) fn evaluate(
    a: &View,
    b: &View,
    cross: Cow<CrossMoments>,
    measures: &[Measure],
) -> Vec<Result<f64, Reason>> {
    let checked = |measure: &Measure| {
        if !measure.from_moments() {
            return Err(Reason::Pairwise {
                measure: measure.to_string(),
            });
        }
        together(a, b, &cross, measure.least_datapoints())
    };
    let checks: Vec<_> = measures.iter().map(checked).collect();
    let asked = |wanted: fn(&Measure) -> bool| {
        let mut sound = measures
            .iter()
            .zip(&checks)
            .filter(|(_, check)| check.is_ok());
        sound.any(|(measure, _)| wanted(measure))
    };
    let wants_cca = asked(Measure::is_cca);
    let wants_pwcca = asked(|measure| matches!(measure, Measure::PwccaA | Measure::PwccaB));
    let wants_nuclear = asked(|m| matches!(m, Measure::Procrustes | Measure::AngularProcrustes));
    let common = checks
        .iter()
        .any(Result::is_ok)
        .then(|| Common::of(a, b, &cross));
    let nuclear = wants_nuclear.then(|| {
        let scatter = scatter(a, b, Cow::Borrowed(&cross));
        procrustes::nuclear_norm(scatter)
    });
    let others: Vec<Option<Result<f64, Reason>>> = measures
        .iter()
        .zip(&checks)
        .map(|(measure, check)| {
            let scatter = || scatter(a, b, Cow::Borrowed(&cross));
            match measure {
                _ if check.is_err() => None,
                Measure::Svcca(criterion) => {
                    Some(svcca::mean(a, b, &scatter(), Keep::usual(*criterion)))
                }
                Measure::RegressionBFromA => Some(regression::b_from_a(a, b, scatter())),
                Measure::RegressionAFromB => Some(regression::a_from_b(a, b, scatter())),
                _ => None,
            }
        })
        .collect();
    let correlations = wants_cca.then(|| {
        let wanted = if wants_pwcca {
            Wanted::Directions
        } else {
            Wanted::Values
        };
        let correlations = cca::correlations(a, b, scatter(a, b, cross), wanted)?;
        cca::not_saturated(correlations.ranks, a.count)?;
        Ok(correlations)
    });
    let shared = Shared {
        a,
        b,
        common,
        nuclear,
        correlations,
    };
    let values = measures.iter().zip(checks).zip(others);
    values
        .map(|((measure, check), other)| {
            check?;
            let value = other.unwrap_or_else(|| shared.value(*measure))?;
            if value.is_finite() {
                Ok(value)
            } else {
                Err(Reason::TooLarge)
            }
        })
        .collect()
}

/// What several measures use.
struct Shared<'a> {
    a: &'a View,
    b: &'a View,
    common: Option<Common>,
    nuclear: Option<Result<f64, Reason>>,
    correlations: Option<Result<Correlations, Reason>>,
}

impl Shared<'_> {
    fn value(&self, measure: Measure) -> Result<f64, Reason> {
        let (a, b) = (self.a, self.b);
        match measure {
            Measure::MeanCca => Ok(self.correlations()?.mean()),
            Measure::SquaredCca => Ok(self.correlations()?.mean_square()),
            Measure::PwccaA => pwcca::weighted_by_a(a, self.correlations()?),
            Measure::PwccaB => pwcca::weighted_by_b(b, self.correlations()?),
            Measure::Cka => Ok(cka::biased(a, b, self.common()?)),
            Measure::DebiasedCka => cka::debiased(a, b, self.common()?),
            Measure::CkaPrime => Ok(cka::prime(a, b, self.common()?)),
            Measure::Procrustes => Ok(procrustes::similarity(a, b, self.nuclear()?)),
            Measure::AngularProcrustes => Ok(procrustes::angle(a, b, self.nuclear()?)),
            _ => Err(Reason::Unprepared),
        }
    }

    fn common(&self) -> Result<Common, Reason> {
        self.common.ok_or(Reason::Unprepared)
    }

    fn nuclear(&self) -> Result<f64, Reason> {
        self.nuclear.clone().unwrap_or(Err(Reason::Unprepared))
    }

    fn correlations(&self) -> Result<&Correlations, Reason> {
        match &self.correlations {
            Some(correlations) => correlations.as_ref().map_err(Clone::clone),
            None => Err(Reason::Unprepared),
        }
    }
}
