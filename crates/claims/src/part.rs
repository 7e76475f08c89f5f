//! The parts of a claim, before and after they are corrected as one family.

use decisions::FEWEST_SEEDS;
use serde::{Deserialize, Serialize};
use stats::{StatsError, holm};

use crate::effect::Effect;
use crate::rule::{Outcome, Rule};
use crate::settling::settling;

/// Why something cannot be judged, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lack(pub(crate) String);

impl From<StatsError> for Lack {
    fn from(error: StatsError) -> Self {
        Self(error.to_string())
    }
}

/// A part of a claim as it is asked.
pub(crate) struct Asked {
    /// What is estimated.
    pub(crate) what: String,
    /// Name of the study, or of several.
    pub(crate) study: String,
    /// When it agrees.
    pub(crate) rule: Rule,
    /// What is found, or why nothing is.
    pub(crate) found: Result<Effect, Lack>,
}

/// A part of a claim with what comes of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// What is estimated.
    pub what: String,
    /// Name of the study, or of several with commas.
    pub study: String,
    /// When it agrees.
    pub rule: Rule,
    /// The effect; none where there is nothing to judge by.
    pub value: Option<f64>,
    /// Its 95% interval, by itself.
    pub interval: Option<[f64; 2]>,
    /// Seeds behind it; of a line over networks, networks.
    pub count: usize,
    /// p value that is small where the part agrees, by itself.
    pub p_agrees: Option<f64>,
    /// p value that is small where it contradicts, by itself.
    pub p_disagrees: Option<f64>,
    /// `p_agrees` as one of all parts of the claim (Holm).
    pub p_agrees_corrected: Option<f64>,
    /// `p_disagrees` as one of all parts of the claim.
    pub p_disagrees_corrected: Option<f64>,
    /// What it comes to, by the corrected p values.
    pub outcome: Outcome,
    /// Why there is no outcome or no interval, where there is none.
    pub reason: Option<String>,
    /// What would settle it; none where it is settled.
    pub settles: Option<String>,
}

/// Corrects the parts of one claim as one family.
pub(crate) fn corrected(asked: Vec<Asked>) -> Vec<Part> {
    let p = |of: fn(Rule, &Effect) -> Option<f64>| -> Vec<Option<f64>> {
        let found = asked.iter();
        let values = found.map(|part| of(part.rule, part.found.as_ref().ok()?));
        values.collect()
    };
    let (agrees, disagrees) = (p(Rule::p_agrees), p(Rule::p_disagrees));
    let family = agrees.iter().flatten().count();
    let adjusted = |p: &[Option<f64>]| holm(p).unwrap_or_else(|_| vec![None; p.len()]);
    let (agrees_corrected, disagrees_corrected) = (adjusted(&agrees), adjusted(&disagrees));
    let parts = asked.into_iter().enumerate();
    parts
        .map(|(place, asked)| {
            let part = Part {
                what: asked.what,
                study: asked.study,
                rule: asked.rule,
                value: None,
                interval: None,
                count: 0,
                p_agrees: agrees[place],
                p_disagrees: disagrees[place],
                p_agrees_corrected: agrees_corrected[place],
                p_disagrees_corrected: disagrees_corrected[place],
                outcome: Outcome::NotRun,
                reason: None,
                settles: None,
            };
            match asked.found {
                Err(Lack(why)) => Part {
                    reason: Some(why),
                    ..part
                },
                Ok(effect) => told(part, &effect, family),
            }
        })
        .collect()
}

fn told(part: Part, effect: &Effect, family: usize) -> Part {
    let interval = effect.interval();
    let outcome = Outcome::from_p(part.p_agrees_corrected, part.p_disagrees_corrected);
    let is_open = outcome == Outcome::Undecided;
    let reason = match (interval, effect.count()) {
        (Some(_), _) => None,
        (None, count) if count < FEWEST_SEEDS => Some(format!(
            "no interval: of {count}, and at least {FEWEST_SEEDS} seeds are needed"
        )),
        (None, _) => Some("no interval: nothing varied".into()),
    };
    Part {
        value: Some(effect.value()),
        interval,
        count: effect.count(),
        settles: settling(effect, part.rule, family).filter(|_| is_open),
        outcome,
        reason,
        ..part
    }
}

/// What a claim comes to: it disagrees if a part does, and agrees if all do.
pub(crate) fn together(parts: &[Part]) -> Outcome {
    let all = |outcome| parts.iter().all(|part| part.outcome == outcome);
    if parts.iter().any(|part| part.outcome == Outcome::Disagrees) {
        return Outcome::Disagrees;
    }
    match () {
        () if all(Outcome::NotRun) => Outcome::NotRun,
        () if all(Outcome::Agrees) => Outcome::Agrees,
        () => Outcome::Undecided,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::{Scale, Student};

    fn asked(mean: Option<f64>) -> Asked {
        let found =
            mean.map(|mean| Effect::Student(Student::new(mean, [0.01, 9.0], Scale::Straight, 10)));
        Asked {
            what: "a part".into(),
            study: "s".into(),
            rule: Rule::Above { margin: None },
            found: found.ok_or(Lack("no study".into())),
        }
    }

    fn outcomes(means: &[Option<f64>]) -> (Vec<Outcome>, Outcome) {
        let parts = corrected(means.iter().map(|mean| asked(*mean)).collect());
        (
            parts.iter().map(|part| part.outcome).collect(),
            together(&parts),
        )
    }

    #[test]
    fn parts_are_one_family() {
        use Outcome::{Agrees, Disagrees, NotRun, Undecided};
        // Alone p = 0.032; as one of three it is not enough.
        assert_eq!(outcomes(&[Some(0.0253)]).1, Agrees);
        let (parts, whole) = outcomes(&[Some(0.0253), Some(0.001), Some(0.1)]);
        assert_eq!(
            (parts, whole),
            (vec![Undecided, Undecided, Agrees], Undecided)
        );
        assert_eq!(outcomes(&[Some(0.1), Some(-0.1)]).1, Disagrees);
        assert_eq!(outcomes(&[Some(0.1), None]).0, [Agrees, NotRun]);
        assert_eq!(outcomes(&[Some(0.1), None]).1, Undecided);
        assert_eq!(outcomes(&[None]).1, NotRun);
        assert_eq!(outcomes(&[]).1, NotRun);
        let open = corrected(vec![asked(Some(0.005))]);
        assert!(
            open[0]
                .settles
                .as_deref()
                .is_some_and(|words| words.contains("seeds"))
        );
    }
}
