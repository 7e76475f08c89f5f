//! How often what is concluded is false, and how many seeds it takes, where seeds are added until
//! all is decided and the truth is known.
//!
//! Prints the table of docs/statistics.md; it takes minutes, so it runs only when asked:
//!
//! ```text
//! cargo test --release -p decisions --test sequential -- --ignored --nocapture
//! ```

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod drawn;

use decisions::{Arms, Concludes, Futility, Sequential, Shares, Standing, corrected};
use drawn::Draw;
use rayon::prelude::*;
use stats::{Delong, Estimate, Outcome, normal_quantile};

/// How much of a score is the patient, seen alike by all networks.
const SHARED: f64 = 0.6;
const MARGIN: f64 = 0.02;
const LOOKS: [usize; 7] = [3, 4, 6, 8, 11, 15, 20];

/// Arms of known expected AUC on the same cases, three tenths of them positive.
struct Scenario {
    cases: usize,
    /// SD of an AUC between seeds.
    sd: f64,
    /// How much of a score is the patient as all seeds of one arm alone see it: what is left of the
    /// error of a difference however many seeds there are.
    of_arm: f64,
    /// Expected AUC of each arm, the baseline first.
    aucs: Vec<f64>,
}

/// What became of one fabricated study.
struct Found {
    is_false: bool,
    is_false_at_the_first: bool,
    seeds: usize,
    outcomes: Vec<Outcome>,
    at_the_end: Vec<Outcome>,
    futile: [usize; 2],
    covered: Vec<bool>,
}

/// One study: its patients, and seeds as they are trained.
struct Study<'a> {
    of: &'a Scenario,
    draw: Draw,
    labels: Vec<bool>,
    patients: Vec<f64>,
    patients_of_arm: Vec<Vec<f64>>,
    arms: Vec<Vec<(u64, Estimate)>>,
}

impl<'a> Study<'a> {
    fn new(of: &'a Scenario, number: usize) -> Self {
        let mut draw = Draw::new(number);
        let labels: Vec<bool> = (0..of.cases).map(|case| case % 10 < 3).collect();
        let patients: Vec<f64> = labels.iter().map(|_| draw.normal()).collect();
        let mut of_arm = |_: &f64| match of.of_arm > 0.0 {
            true => labels.iter().map(|_| draw.normal()).collect(),
            false => vec![0.0; of.cases],
        };
        Self {
            patients_of_arm: of.aucs.iter().map(&mut of_arm).collect(),
            patients,
            arms: vec![Vec::new(); of.aucs.len()],
            of,
            draw,
            labels,
        }
    }

    /// Φ(distance / √(2 + spread²)) is the mean AUC over seeds.
    fn train(&mut self, seeds: usize) {
        for seed in self.arms[0].len()..seeds {
            for (arm, auc) in self.of.aucs.iter().enumerate() {
                let z = normal_quantile(*auc);
                let density = (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt();
                let spread = self.of.sd / density * 2f64.sqrt();
                let distance = z * (2.0 + spread * spread).sqrt();
                let apart = distance + spread * self.draw.normal();
                let of_arm = self.of.of_arm;
                let score = |((label, patient), here): ((&bool, &f64), &f64)| {
                    let own = (1.0 - SHARED - of_arm).sqrt() * self.draw.normal();
                    let seen = SHARED.sqrt() * patient + of_arm.sqrt() * here;
                    own + seen + if *label { apart } else { 0.0 }
                };
                let cases = self.labels.iter().zip(&self.patients);
                let scores: Vec<f64> = cases.zip(&self.patients_of_arm[arm]).map(score).collect();
                let curve = Delong::new(&self.labels, &scores).unwrap();
                self.arms[arm].push((seed as u64, curve.estimate().unwrap()));
            }
        }
    }

    fn arms(&self) -> Arms<'_> {
        Arms::new(self.arms.iter().map(|seeds| (&seeds[..], 0)))
    }
}

impl Scenario {
    fn is_false(&self, pair: [usize; 2], outcome: Outcome) -> bool {
        let truth = self.aucs[pair[0]] - self.aucs[pair[1]];
        match outcome {
            Outcome::Better => truth <= 0.0,
            Outcome::Worse => truth >= 0.0,
            Outcome::Equivalent => truth.abs() >= MARGIN - 1e-12,
            Outcome::Undecided => false,
        }
    }

    fn study(&self, number: usize) -> Found {
        let share = Shares::of(Concludes {
            on_speed: true,
            on_the_best: true,
            on_test_sets: false,
        })
        .differences;
        let pairs: Vec<[usize; 2]> = (1..self.aucs.len()).map(|arm| [arm, 0]).collect();
        let mut study = Study::new(self, number);
        let mut looks = Sequential::new(&LOOKS, &pairs, MARGIN, share);
        while let Some(seeds) = looks.next() {
            study.train(seeds);
            looks.look(&study.arms());
        }
        let decided = |(pair, standing)| match standing {
            Standing::Decided { seeds, .. } => (pair, outcome(standing), seeds),
            Standing::Open | Standing::Futile(_) => (pair, Outcome::Undecided, 0),
        };
        let told: Vec<_> = looks.standings().map(decided).collect();
        let futile = [Futility::Patients, Futility::Seeds].map(|why| {
            let is_it = |(_, standing)| standing == Standing::Futile(why);
            looks.standings().filter(|s| is_it(*s)).count()
        });
        let level = 1.0 - 0.05 * looks.ratio();
        let covered = pairs.iter().map(|pair| {
            let interval = study.arms().contrast(*pair).unwrap().interval(level);
            interval.is_some_and(|i| i.contains(self.aucs[pair[0]] - self.aucs[pair[1]]))
        });
        let covered = covered.collect();
        let seeds = looks.seeds().unwrap();
        let is_false = |at: &dyn Fn(usize) -> bool| {
            let mut told = told.iter();
            told.any(|(pair, outcome, seeds)| at(*seeds) && self.is_false(*pair, *outcome))
        };
        let (is_false, is_false_at_the_first) = (is_false(&|_| true), is_false(&|s| s == LOOKS[0]));
        study.train(LOOKS[6]);
        let arms = study.arms();
        let contrasts: Vec<_> = pairs.iter().map(|p| arms.contrast(*p).unwrap()).collect();
        let after = corrected(&contrasts.iter().collect::<Vec<_>>(), MARGIN, share).unwrap();
        let fixed = contrasts.iter().zip(after);
        Found {
            is_false,
            is_false_at_the_first,
            seeds,
            outcomes: told.iter().map(|(_, outcome, _)| *outcome).collect(),
            at_the_end: fixed.map(|(c, p)| p.outcome(c.difference.mean)).collect(),
            futile,
            covered,
        }
    }

    fn row(&self, studies: usize) -> String {
        let found: Vec<Found> = (0..studies)
            .into_par_iter()
            .map(|n| self.study(n))
            .collect();
        let percent = |held: usize, of: usize| format!("{:.1}", 100.0 * held as f64 / of as f64);
        let count =
            |is: &dyn Fn(&Found) -> bool| percent(found.iter().filter(|f| is(f)).count(), studies);
        let comparisons = studies * (self.aucs.len() - 1);
        let right = |of: fn(&Found) -> &Vec<Outcome>| {
            let all = found.iter().flat_map(|f| of(f).iter().enumerate());
            let is_right = |(place, outcome): &(usize, &Outcome)| {
                **outcome != Outcome::Undecided && !self.is_false([place + 1, 0], **outcome)
            };
            percent(all.filter(is_right).count(), comparisons)
        };
        let futile = |place: usize| {
            let all: usize = found.iter().map(|f| f.futile[place]).sum();
            percent(all, comparisons)
        };
        let covered = found
            .iter()
            .flat_map(|f| &f.covered)
            .filter(|c| **c)
            .count();
        let seeds: usize = found.iter().map(|f| f.seeds).sum();
        let apart: Vec<String> = self.aucs[1..]
            .iter()
            .map(|auc| format!("{:+.3}", auc - self.aucs[0]))
            .collect();
        format!(
            "| {} | {} | {} | {} | {} | {} | {:.1} | {} | {} | {} | {} | {} |",
            apart.join(", "),
            self.cases,
            self.of_arm,
            self.sd,
            count(&|f| f.is_false),
            count(&|f| f.is_false_at_the_first),
            seeds as f64 / studies as f64,
            right(|f| &f.outcomes),
            right(|f| &f.at_the_end),
            futile(0),
            futile(1),
            percent(covered, comparisons),
        )
    }
}

fn outcome(standing: Standing) -> Outcome {
    match standing {
        Standing::Decided { outcome, .. } => outcome,
        Standing::Open | Standing::Futile(_) => Outcome::Undecided,
    }
}

fn scenario(cases: usize, sd: f64, aucs: &[f64]) -> Scenario {
    let aucs = aucs.to_vec();
    Scenario {
        cases,
        sd,
        of_arm: 0.2,
        aucs,
    }
}

#[test]
fn one_look_is_the_design_with_as_many_seeds() {
    let scenario = scenario(400, 0.01, &[0.80, 0.80, 0.85, 0.92]);
    let pairs = [[1, 0], [2, 0], [3, 0]];
    for number in 0..5 {
        let mut study = Study::new(&scenario, number);
        study.train(5);
        let mut looks = Sequential::new(&[5], &pairs, MARGIN, 0.05);
        assert_eq!((looks.seeds(), looks.next()), (None, Some(5)));
        looks.look(&study.arms());
        assert!(looks.is_over() && (looks.ratio() - 1.0).abs() < 1e-9);
        let arms = study.arms();
        let contrasts = pairs.map(|pair| arms.contrast(pair).unwrap());
        let at_once = corrected(&contrasts.each_ref(), MARGIN, 0.05).unwrap();
        for ((_, standing), (contrast, p)) in looks.standings().zip(contrasts.iter().zip(at_once)) {
            assert_eq!(outcome(standing), p.outcome(contrast.difference.mean));
        }
    }
}

#[test]
fn what_a_look_decided_stays() {
    let (far, near) = (
        scenario(400, 0.0, &[0.7, 0.95]),
        scenario(400, 0.0, &[0.7, 0.7]),
    );
    let mut looks = Sequential::new(&[3, 6], &[[1, 0]], MARGIN, 0.05);
    let mut study = Study::new(&far, 1);
    study.train(3);
    looks.look(&study.arms());
    let first: Vec<_> = looks.standings().collect();
    assert_eq!(outcome(first[0].1), Outcome::Better);
    assert!(looks.is_over() && looks.next().is_none());
    let mut other = Study::new(&near, 2);
    other.train(6);
    looks.look(&other.arms());
    assert_eq!(looks.standings().collect::<Vec<_>>(), first);
}

#[test]
fn few_patients_are_no_matter_of_seeds() {
    // 40 patients tell nothing within 0.02; 2,000 do, unless training varies by far more. Where two
    // arms look different by chance there is hope that they are.
    for (cases, sd, expected) in [
        (40, 0.01, Some(Futility::Patients)),
        (2000, 0.05, Some(Futility::Seeds)),
        (2000, 0.001, None),
    ] {
        let scenario = scenario(cases, sd, &[0.8, 0.8]);
        let futility = |number: &usize| {
            let mut study = Study::new(&scenario, *number);
            study.train(10);
            let contrast = study.arms().contrast([1, 0]).unwrap();
            Futility::of(&contrast, MARGIN, 20, 0.02) == expected
        };
        let right = (0..11).filter(futility).count();
        assert!(right > 6, "{right} of 11 with {cases} cases, SD {sd}");
    }
    // Two seeds are no reason to give up, and equal scores no reason to go on.
    let scenario = scenario(40, 0.01, &[0.8, 0.8]);
    let mut study = Study::new(&scenario, 3);
    study.train(2);
    let contrast = study.arms().contrast([1, 0]).unwrap();
    assert_eq!(Futility::of(&contrast, MARGIN, 20, 0.02), None);
    study.train(3);
    study.arms[1] = study.arms[0].clone();
    let contrast = study.arms().contrast([1, 0]).unwrap();
    let nothing = Some(Futility::NothingVaries);
    assert_eq!(Futility::of(&contrast, MARGIN, 20, 0.02), nothing);
}

#[test]
#[ignore = "minutes; prints a table"]
fn any_false_outcome_over_all_looks() {
    println!(
        "| true differences | cases | of the arm | seed SD | any false | of these at 3 seeds | seeds | decided rightly | with 20 seeds | futile by patients | by seeds | covered |"
    );
    println!("|{}", "---|".repeat(12));
    let number = |name| -> Option<f64> { std::env::var(name).ok()?.parse().ok() };
    let (studies_asked, only) = (number("STUDIES"), number("OF_ARM"));
    let of_arm = [(300, 0.0, 2000), (2000, 0.0, 1000), (300, 0.2, 1000)];
    for apart in [[0.0, 0.0], [0.05, 0.05], [0.02, 0.02], [0.0, 0.05]] {
        for (cases, of_arm, studies) in of_arm {
            if only.is_some_and(|share| share != of_arm) {
                continue;
            }
            for sd in [0.0, 0.01, 0.03] {
                let scenario = Scenario {
                    cases,
                    sd,
                    of_arm,
                    aucs: vec![0.85, 0.85 + apart[0], 0.85 + apart[1]],
                };
                println!(
                    "{}",
                    scenario.row(studies_asked.map_or(studies, |asked| asked as usize))
                );
            }
        }
    }
}
