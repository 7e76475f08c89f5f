//! One layer beside another: every measure with its uncertainty.

use serde::Serialize;
use similarity::files::Datapoints;
use similarity::{Compared, Options};

use super::side::{self, NamedLayer};
use super::{map, row};
use crate::cli::exit::Exit;
use crate::cli::output::print_json;
use crate::cli::table::{table, thousands};

/// The comparison of a pair in JSON.
#[derive(Serialize)]
struct Told<'a> {
    a: side::Told<'a>,
    b: side::Told<'a>,
    convention: &'a str,
    convention_words: &'a str,
    draws: map::Draws,
    images: usize,
    datapoints: u64,
    dimensions: Sides<'a>,
    measured: Vec<row::Told<'a>>,
    warnings: &'a [String],
}

#[derive(Serialize)]
struct Sides<'a> {
    a: &'a similarity::Side,
    b: &'a similarity::Side,
}

/// Compares a pair and prints the result; findings where an asked measure has no value.
pub fn compare(
    a: &NamedLayer,
    b: &NamedLayer,
    datapoints: &Datapoints,
    options: &Options,
    json: bool,
) -> anyhow::Result<Exit> {
    let compared = similarity::compare(&a.activations, &b.activations, options)?;
    if json {
        let told = Told {
            a: a.told(),
            b: b.told(),
            convention: datapoints.convention.name(),
            convention_words: &datapoints.words,
            draws: options.into(),
            images: compared.images,
            datapoints: compared.datapoints,
            dimensions: Sides {
                a: &compared.a,
                b: &compared.b,
            },
            measured: compared.measured.iter().map(row::Told::from).collect(),
            warnings: &compared.warnings,
        };
        print_json(&told)?;
    } else {
        print(a, b, datapoints, options, &compared)?;
    }
    let is_whole = compared.measured.iter().all(|m| m.value.is_ok());
    Ok(if is_whole { Exit::Done } else { Exit::Findings })
}

fn print(
    a: &NamedLayer,
    b: &NamedLayer,
    datapoints: &Datapoints,
    options: &Options,
    compared: &Compared,
) -> anyhow::Result<()> {
    output!("A  {}", a.line());
    output!("B  {}", b.line());
    output!("datapoints are {}", datapoints.words);
    let rows = compared.measured.iter().map(row::cells);
    output!("{}", table(&row::HEADER, 1, rows));
    for measured in &compared.measured {
        if let Err(reason) = &measured.value {
            output!("no {}: {reason}", measured.measure);
        }
    }
    output!(
        "{} datapoints from {} images",
        thousands(compared.datapoints),
        thousands(compared.images as u64)
    );
    for (name, side) in [("A", &compared.a), ("B", &compared.b)] {
        let mut line = format!(
            "{name} has {} dimensions",
            thousands(side.dimensions as u64)
        );
        for (count, what) in [
            (side.constant, "constant, left out"),
            (
                side.dependent,
                "dependent on the others, left out of CCA and regression",
            ),
        ] {
            if count > 0 {
                line.push_str(&format!("; {} {what}", thousands(count as u64)));
            }
        }
        output!("{line}");
    }
    let intervals = compared.measured.iter().filter_map(|m| m.interval);
    if let Some(groups) = intervals.map(|interval| interval.groups).max() {
        output!("interval: {groups} groups of images left out in turn");
    }
    output!("floor: what independent Gaussian data of these sizes would give");
    if options.permutations > 0 {
        output!(
            "null: the images of B shuffled {} times; p: the share at least as alike",
            options.permutations
        );
    }
    for warning in &compared.warnings {
        output!("warning: {warning}");
    }
    Ok(())
}
