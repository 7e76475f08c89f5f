//! How many labels an initialisation saves.

use super::cell::Cell;
use super::section::{Row, Section, Sheet, columns};
use crate::number::{count, fixed};
use crate::palette::Palette;
use figures::{Axis, Figure, Form, Point, Series};
use record::results::{ArmResult, Results, SavingResult};

/// The section; none where the study has a single training size.
pub fn section(results: &Results, palette: &Palette) -> Option<Section> {
    if results.label_efficiency.is_empty() {
        return None;
    }
    let mut keys: Vec<(&str, &str)> = Vec::new();
    for arm in &results.arms {
        let key = (arm.model.as_str(), &*arm.regime);
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let plots = keys.iter().enumerate().filter_map(|(number, key)| {
        let of_key = |arm: &&ArmResult| (arm.model.as_str(), &*arm.regime) == *key;
        plot(
            results,
            palette,
            &format!("labels-{}", number + 1),
            key.0,
            &results.arms.iter().filter(of_key).collect::<Vec<_>>(),
        )
    });
    let rows = results.label_efficiency.iter().flat_map(|efficiency| {
        efficiency.savings.iter().map(|saving| Row {
            id: None,
            colour: Some(palette.colour(&efficiency.init)),
            name: format!("{}, {}", efficiency.model, efficiency.init),
            is_marked: false,
            cells: vec![Cell::new(count(saving.train_size as u64)), factor(saving)],
        })
    });
    Some(Section {
        id: "labels",
        word: "Labels",
        title: "How many labels does it save?",
        note: format!(
            "Test AUC against training pictures, means over seeds with 95% intervals. With n labels an arm is as good as {} with k × n: its mean, read on the baseline's curve, which is taken as rising and straight in the logarithm of n. The interval resamples seeds and adds the error of the test pictures. “≥” and “≤”: beyond the sizes that were trained.",
            results.baseline
        ),
        plots: plots.collect(),
        sheets: vec![Sheet {
            caption: String::new(),
            is_folded: false,
            columns: columns(["Arm", "Labels", "Worth so many times the baseline's"]),
            rows: rows.collect(),
        }],
    })
}

fn factor(saving: &SavingResult) -> Cell {
    let sign = saving.bound.sign();
    let small = match (saving.low, saving.high) {
        (Some(low), Some(high)) => format!("{} to {}", fixed(low, 1), fixed(high, 1)),
        (Some(low), None) => format!("{} or more", fixed(low, 1)),
        (None, Some(high)) => format!("{} or less", fixed(high, 1)),
        (None, None) => "no bound".into(),
    };
    Cell::with(format!("{sign}{}×", fixed(saving.factor, 1)), small)
}

fn plot(
    results: &Results,
    palette: &Palette,
    id: &str,
    model: &str,
    arms: &[&ArmResult],
) -> Option<Figure> {
    let mut inits: Vec<&str> = Vec::new();
    for arm in arms {
        if !inits.contains(&arm.init.as_str()) {
            inits.push(&arm.init);
        }
    }
    let lines = inits.into_iter().map(|init| {
        let mut of_init: Vec<&&ArmResult> = arms.iter().filter(|arm| arm.init == init).collect();
        of_init.sort_by_key(|arm| arm.train_size);
        let points = of_init.iter().filter_map(|arm| {
            let auc = arm.auc?;
            Some(Point::new(arm.train_size as f64, auc.value).between(auc.interval()))
        });
        let points: Vec<Point> = points.collect();
        let forms = [Form::Line, Form::Intervals, Form::Dots];
        Series::new(init, palette.look(init), forms, points)
    });
    Figure::new(
        id,
        model,
        format!(
            "Test AUC by number of training pictures: the further left of {} a line reaches the same height, the more labels are saved.",
            results.baseline
        ),
        [
            Axis::logarithmic("training pictures"),
            Axis::straight("test AUC").digits(3),
        ],
    )
    .with_all(lines)
    .drawable()
}
