//! What would settle an open part: seeds, or patients.

use decisions::words::range;
use decisions::{
    ERROR, MOST_PATIENTS, MOST_SEEDS, Needed, POWER, Planning, power_of_difference,
    power_of_equivalence,
};

use crate::effect::{Effect, Student};
use crate::rule::Rule;

/// In words, with 80% power after correction for `family` parts; none where nothing is known of the
/// error.
pub(crate) fn settling(effect: &Effect, rule: Rule, family: usize) -> Option<String> {
    match effect {
        Effect::Contrast(contrast) => {
            let margin = rule.margin()?;
            let planned = Planning::new(contrast, margin, ERROR, family)?;
            Some(match rule {
                Rule::Within { .. } | Rule::NotBelow { .. } => {
                    let needed = enough(&planned.equivalence);
                    format!("if there is no difference, {needed}")
                }
                _ => {
                    let needed = enough(&planned.difference);
                    format!("a true difference of {} takes {needed}", 2.0 * margin)
                }
            })
        }
        Effect::Student(student) => of_student(student, rule, family),
    }
}

fn enough(needed: &Needed) -> String {
    let seeds = needed.seeds.map(|seeds| seeds.map(|seeds| seeds as f64));
    let seeds = range(seeds, 0, MOST_SEEDS as f64).map(|n| format!("{n} seeds in all"));
    let patients = range(needed.patients, 1, MOST_PATIENTS);
    let patients = patients.map(|n| format!("{n} times the test patients"));
    match (seeds, patients) {
        (Some(seeds), Some(patients)) => format!("{seeds}, or {patients}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => format!(
            "more than {MOST_SEEDS} seeds and more than {MOST_PATIENTS:.0} times the test patients"
        ),
    }
}

/// More of what is counted, its error as 1 / √count.
fn of_student(student: &Student, rule: Rule, family: usize) -> Option<String> {
    let [error, df] = student.error?;
    let at = ERROR / family.max(1) as f64;
    let now = student.count as f64;
    let first = |power: &dyn Fn([f64; 2]) -> Option<f64>| {
        (student.count.max(3)..=MOST_SEEDS).find(|count| {
            let more = *count as f64;
            let with = [error * (now / more).sqrt(), df + more - now];
            power(with).is_some_and(|power| power >= POWER)
        })
    };
    let scaled = |margin: f64| match rule.is_of_ratio() {
        true => margin.ln(),
        false => margin,
    };
    let (needed, of) = match (rule, rule.margin()) {
        (Rule::Within { .. } | Rule::WithinFactor { .. } | Rule::NotBelow { .. }, Some(margin)) => {
            (
                first(&|with| power_of_equivalence(0.0, scaled(margin), with, at)),
                "if there is no difference".to_owned(),
            )
        }
        (_, Some(margin)) => {
            let of = match rule.is_of_ratio() {
                true => margin * margin,
                false => 2.0 * margin,
            };
            let needed = first(&|with| power_of_difference(scaled(of), with, at));
            (needed, format!("if the truth is {of:.3}"))
        }
        (_, None) => (
            first(&|with| power_of_difference(student.mean.abs(), with, at)),
            "if the truth is what is seen".to_owned(),
        ),
    };
    let what = student.counted();
    Some(match needed {
        Some(needed) => format!("{of}, about {needed} {what} in all"),
        None => format!("{of}, more than {MOST_SEEDS} {what}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::Scale;

    #[test]
    fn more_seeds_are_named_where_they_are_enough() {
        let words = |error: f64| {
            let student = Student::new(0.02, [error, 4.0], Scale::Straight, 5);
            settling(&Effect::Student(student), Rule::Above { margin: None }, 1).unwrap()
        };
        // By R: power.t.test(delta = 0.02, sd = 0.01 * sqrt(5), power = 0.8, type = "one.sample")
        // gives n = 11.8.
        assert_eq!(
            words(0.01),
            "if the truth is what is seen, about 12 seeds in all"
        );
        assert!(words(0.1).ends_with("more than 50 seeds"));
    }
}
