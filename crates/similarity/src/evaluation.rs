//! The measures of a pair, what they share computed once.

use std::borrow::Cow;

use crate::cca::{self, Correlations, Wanted};
use crate::cross_scatter::{CrossSums, scatter, together};
use crate::svcca::Keep;
use crate::{
    CrossMoments, Measure, OwnedPair, Pair, Reason, View, cka, procrustes, pwcca, regression, svcca,
};

impl Pair<'_> {
    /// Values of the `measures`, in their order. Of a measure that is not
    /// [determined by moments](Measure::from_moments) the reason says so.
    pub fn measure_all(self, measures: &[Measure]) -> Vec<Result<f64, Reason>> {
        let (a, b) = self.views(measures);
        a.measure_all(&b, self.cross, measures)
    }
}

impl OwnedPair {
    /// [`Pair::measure_all`], using up the moments.
    pub fn measure_all(self, measures: &[Measure]) -> Vec<Result<f64, Reason>> {
        let a = View::consume(self.a, measures);
        let b = View::consume(self.b, measures);
        evaluate(&a, &b, Cow::Owned(self.cross), measures)
    }
}

impl View {
    /// Values of the `measures` between this view, `a`, and `b`, in their order. Both must have
    /// been made for these measures.
    pub fn measure_all(
        &self,
        b: &View,
        cross: &CrossMoments,
        measures: &[Measure],
    ) -> Vec<Result<f64, Reason>> {
        evaluate(self, b, Cow::Borrowed(cross), measures)
    }
}

fn evaluate(
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
        .then(|| CrossSums::of(a, b, &cross));
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
    common: Option<CrossSums>,
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

    fn common(&self) -> Result<CrossSums, Reason> {
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
