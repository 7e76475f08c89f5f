use crate::StatsError;
use statrs::distribution::{Continuous as _, ContinuousCDF as _, Normal, StudentsT};

/// The standard normal quantile of `probability`, in `0..1`.
pub fn normal_quantile(probability: f64) -> f64 {
    Normal::standard().inverse_cdf(probability)
}

/// Probability that a standard normal variable lies below `z`, in `0..=1`.
pub fn normal_below(z: f64) -> f64 {
    Normal::standard().cdf(z)
}

/// Probability that a standard normal variable is at least `|z|` from zero, in `0..=1`.
pub(crate) fn normal_two_sided(z: f64) -> f64 {
    (2.0 * Normal::standard().sf(z.abs())).min(1.0)
}

/// The quantile of Student's t with `df` degrees of freedom (above 0, also fractional).
pub fn t_quantile(probability: f64, df: f64) -> Result<f64, StatsError> {
    let student = student(df)?;
    if df > MANY {
        Ok(t_quantile_for_many(probability, df))
    } else {
        Ok(polished(
            student.inverse_cdf(probability),
            probability,
            &student,
        ))
    }
}

/// Newton's steps on the distribution function, as its inverse keeps only seven digits at some
/// fractional degrees of freedom.
fn polished(mut quantile: f64, probability: f64, student: &StudentsT) -> f64 {
    for _ in 0..3 {
        let density = student.pdf(quantile);
        let step = (student.cdf(quantile) - probability) / density;
        if step.is_finite() {
            quantile -= step;
        }
    }
    quantile
}

/// Above this many degrees of freedom the inverse incomplete beta function loses digits (only
/// two are left at a million), while the expansion about the normal quantile gains them.
const MANY: f64 = 500.0;

/// Cornish-Fisher expansion of the t quantile (Abramowitz and Stegun, 26.7.5).
fn t_quantile_for_many(probability: f64, df: f64) -> f64 {
    let z = normal_quantile(probability);
    let s = z * z;
    let g1 = z * (s + 1.0) / 4.0;
    let g2 = z * ((5.0 * s + 16.0) * s + 3.0) / 96.0;
    let g3 = z * (((3.0 * s + 19.0) * s + 17.0) * s - 15.0) / 384.0;
    let g4 = z * ((((79.0 * s + 776.0) * s + 1482.0) * s - 1920.0) * s - 945.0) / 92_160.0;
    z + (g1 + (g2 + (g3 + g4 / df) / df) / df) / df
}

/// The value below which the share `probability` of `sorted` (ascending, at least one) lies, by
/// linear interpolation, as numpy's `quantile`.
pub(crate) fn quantile_of(sorted: &[f64], probability: f64) -> f64 {
    let last = sorted.len() - 1;
    let place = probability.clamp(0.0, 1.0) * last as f64;
    let at = (place as usize).min(last);
    let next = (at + 1).min(last);
    sorted[at] + (place - at as f64) * (sorted[next] - sorted[at])
}

/// Probability that Student's t with `df` degrees of freedom exceeds `t`.
pub fn t_upper_tail(t: f64, df: f64) -> Result<f64, StatsError> {
    Ok(student(df)?.sf(t))
}

fn student(df: f64) -> Result<StudentsT, StatsError> {
    StudentsT::new(0.0, 1.0, df).map_err(|_| StatsError::Parameter {
        parameter: "degrees of freedom",
        expected: "a number above 0",
        found: df,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agree_with_scipy() {
        /* scipy 1.17.1:
        from scipy.stats import t, norm
        for df in (1, 1.5, 2.2, 4, 9.7, 79, 501, 12345.6, 999999):
            print((df, t.ppf(.975, df), t.ppf(.8, df), t.ppf(.95, df), t.sf(2.5, df)))
        print(norm.ppf(.975), 2 * norm.sf(9)) */
        for (df, q975, q80, q95, tail) in GOLDEN {
            for (probability, expected) in [(0.975, q975), (0.8, q80), (0.95, q95)] {
                let found = t_quantile(probability, df).unwrap();
                assert!(
                    (found / expected - 1.0).abs() < 1e-11,
                    "{df} {probability} {found}"
                );
            }
            let found = t_upper_tail(2.5, df).unwrap();
            assert!((found / tail - 1.0).abs() < 1e-9, "{df} {found}");
        }
        assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-15);
        assert!((normal_two_sided(-9.0) / 2.257_176_811_907_664_7e-19 - 1.0).abs() < 1e-9);
        assert!(t_quantile(0.975, 0.0).is_err() && t_quantile(0.975, f64::NAN).is_err());
    }

    #[rustfmt::skip]
    const GOLDEN: [(f64, f64, f64, f64, f64); 9] = [
        (1.0, 12.706204736174694, 1.3763819204711738, 6.313751514675037, 0.12111894159084341),
        (1.5, 6.016663104427929, 1.1533643782954695, 3.70518082009675, 0.08490325130734802),
        (2.2, 3.948720749712723, 1.0372550808474206, 2.746770053459692, 0.05914499650704252),
        (4.0, 2.7764451051977934, 0.9409645772351816, 2.1318467863266495, 0.03338327240599407),
        (9.7, 2.237515123700105, 0.8802637637247674, 1.8181659123979341, 0.016057208676866982),
        (79.0, 1.9904502102301285, 0.8461948105115596, 1.6643714091365505, 0.007245283326451243),
        (501.0, 1.9647103221754827, 0.8423392689034633, 1.6479007483164314, 0.006368967611122131),
        (12345.6, 1.9601561582595104, 0.8416503494427013, 1.6449770623609463, 0.006216100072813233),
        (999999.0, 1.9599663568164791, 0.8416215930143438, 1.6448551507235638, 0.006209744751161049),
    ];
}
