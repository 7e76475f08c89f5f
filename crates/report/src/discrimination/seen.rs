//! The arms that are drawn, and how each is told from the others.

use figures::Look;
use record::results::{ArmDiscrimination, ArmResult, Discrimination, Results};

use crate::evidence::shown_arm;
use crate::palette::Palette;

/// Arms that share a pair of axes.
const TOGETHER: usize = 4;

/// The recommended arm, what it is compared with, and those of the highest mean AUC.
pub struct Seen<'a> {
    /// Drawn arms, the most important first.
    pub arms: Vec<SeenArm<'a>>,
    /// The names of all arms in a table, by the order of the told ones.
    pub names: Vec<String>,
    /// Number of the arm of the baseline initialisation among the told ones.
    pub reference: Option<usize>,
}

/// A drawn arm.
pub struct SeenArm<'a> {
    /// Its name in a drawing.
    pub name: String,
    /// Its label.
    pub label: &'a str,
    /// Colour, marker and dash.
    pub look: Look,
    /// Its numbers.
    pub told: &'a ArmDiscrimination,
    /// The arm in the results.
    pub arm: &'a ArmResult,
}

impl<'a> Seen<'a> {
    /// The arms of a study with curves.
    pub fn new(results: &'a Results, told: &'a Discrimination, palette: &Palette) -> Self {
        let first = shown_arm(results);
        let reference = first.and_then(|arm| results.baseline_of(arm));
        let mut order: Vec<&ArmResult> = first.into_iter().chain(reference).collect();
        let mut others: Vec<&ArmResult> = results.arms.iter().collect();
        let auc = |arm: &ArmResult| arm.auc.map_or(f64::NEG_INFINITY, |auc| auc.value);
        others.sort_by(|a, b| auc(b).total_cmp(&auc(a)));
        order.extend(others);
        let mut arms: Vec<SeenArm> = Vec::new();
        for arm in order {
            let is_new = arms.iter().all(|seen| seen.label != arm.label);
            let own = told.arms.iter().find(|one| one.label == arm.label);
            let Some(own) = own.filter(|_| is_new && arms.len() < TOGETHER) else {
                continue;
            };
            let mut look = Look::of(palette.index(&arm.setup()));
            while arms.iter().any(|seen| seen.look == look) && look != look.dashed().dashed() {
                look = look.dashed();
            }
            if arms.iter().any(|seen| seen.look == look) {
                look = Look::of(results.arms.len() + arms.len());
            }
            arms.push(SeenArm {
                name: name(results, arm),
                label: &arm.label,
                look,
                told: own,
                arm,
            });
        }
        let named = |one: &ArmDiscrimination| {
            let arm = results.arms.iter().find(|arm| arm.label == one.label);
            arm.map_or_else(|| one.label.clone(), |arm| name(results, arm))
        };
        let place = |arm: &ArmResult| told.arms.iter().position(|one| one.label == arm.label);
        Self {
            names: told.arms.iter().map(named).collect(),
            reference: reference.and_then(place),
            arms,
        }
    }
}

/// What distinguishes an arm in this study: its setup, where all arms have one network and size.
fn name(results: &Results, arm: &ArmResult) -> String {
    let is_like =
        |other: &ArmResult| other.model == arm.model && other.train_size == arm.train_size;
    match results.arms.iter().all(is_like) {
        true => arm.setup(),
        false => arm.label.clone(),
    }
}
