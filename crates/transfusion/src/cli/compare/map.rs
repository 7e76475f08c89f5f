//! Every layer of one network beside every layer of another.

use std::collections::BTreeMap;
use std::path::Path;

use durable::write;
use report::{LayerMap, fixed};
use serde::Serialize;
use similarity::files::Datapoints;
use similarity::{Activations, Measured, Options};

use super::row;
use super::side::{self, NamedLayer, Side};
use crate::cli::exit::Exit;
use crate::cli::output::print_json;
use crate::cli::table::table;

/// A map of layers in JSON; `map[layer of a][layer of b][measure]`.
#[derive(Serialize)]
struct Told<'a> {
    a: Vec<side::Told<'a>>,
    b: Vec<side::Told<'a>>,
    convention: &'a str,
    convention_words: &'a str,
    draws: Draws,
    images: usize,
    measures: Vec<String>,
    map: Vec<Vec<Vec<row::Told<'a>>>>,
}

/// What the numbers of draws were.
#[derive(Serialize)]
pub struct Draws {
    positions: Option<usize>,
    permutations: usize,
    groups: usize,
    pairwise_datapoints: usize,
    budget: f64,
    seed: u64,
}

impl From<&Options> for Draws {
    fn from(options: &Options) -> Self {
        Self {
            positions: options.positions,
            permutations: options.permutations,
            groups: options.groups,
            pairwise_datapoints: options.pairwise_datapoints,
            budget: options.budget,
            seed: options.seed,
        }
    }
}

/// Compares all layers and prints the map of the first measure; findings where any asked measure
/// of any pair has no value.
pub fn compare(
    a: &Side,
    b: &Side,
    datapoints: &Datapoints,
    options: &Options,
    html: Option<&Path>,
    json: bool,
) -> anyhow::Result<Exit> {
    let map = similarity::layer_map(&activations(a), &activations(b), options)?;
    if let Some(path) = html {
        let page = LayerMap {
            a: a.path.display().to_string(),
            b: b.path.display().to_string(),
            layers_a: a.layers.iter().map(|layer| layer.name.clone()).collect(),
            layers_b: b.layers.iter().map(|layer| layer.name.clone()).collect(),
            datapoints: datapoints.words.clone(),
            images: a.layers[0].activations.shape().images,
            measures: &options.measures,
            map: &map,
        };
        write(path, page.html()?.as_bytes())?;
        say!("wrote {}", path.display());
    }
    if json {
        let told = Told {
            a: a.layers.iter().map(NamedLayer::told).collect(),
            b: b.layers.iter().map(NamedLayer::told).collect(),
            convention: datapoints.convention.name(),
            convention_words: &datapoints.words,
            draws: options.into(),
            images: a.layers[0].activations.shape().images,
            measures: options.measures.iter().map(ToString::to_string).collect(),
            map: map.iter().map(|row| told_row(row)).collect(),
        };
        print_json(&told)?;
    } else {
        print(a, b, datapoints, options, &map)?;
    }
    let is_whole = map.iter().flatten().flatten().all(|m| m.value.is_ok());
    Ok(if is_whole { Exit::Done } else { Exit::Findings })
}

fn activations(side: &Side) -> Vec<&dyn Activations> {
    let layers = side.layers.iter();
    layers.map(|l| &l.activations as &dyn Activations).collect()
}

fn told_row(row: &[Vec<Measured>]) -> Vec<Vec<row::Told<'_>>> {
    row.iter()
        .map(|pair| pair.iter().map(row::Told::from).collect())
        .collect()
}

fn print(
    a: &Side,
    b: &Side,
    datapoints: &Datapoints,
    options: &Options,
    map: &[Vec<Vec<Measured>>],
) -> anyhow::Result<()> {
    for (name, side) in [("A", a), ("B", b)] {
        for layer in &side.layers {
            output!("{name}  {}", layer.line());
        }
    }
    output!("datapoints are {}", datapoints.words);
    let Some(shown) = options.measures.first() else {
        return Ok(());
    };
    let header: Vec<&str> = std::iter::once("A \\ B")
        .chain(b.layers.iter().map(|layer| layer.name.as_str()))
        .collect();
    let rows = a.layers.iter().zip(map).map(|(layer, row)| {
        let cells = row.iter().map(|pair| match pair.first().map(|m| &m.value) {
            Some(Ok(value)) => fixed(*value, 3),
            _ => report::UNKNOWN.into(),
        });
        std::iter::once(layer.name.clone()).chain(cells).collect()
    });
    output!("{}", table(&header, 1, rows));
    output!("{shown}, layers of A down, layers of B across");
    if options.measures.len() > 1 {
        let others: Vec<String> = options.measures[1..]
            .iter()
            .map(ToString::to_string)
            .collect();
        output!("with --json or --html also {}", others.join(", "));
    }
    let mut reasons: BTreeMap<(String, String), usize> = BTreeMap::new();
    for measured in map.iter().flatten().flatten() {
        if let Err(reason) = &measured.value {
            *reasons
                .entry((measured.measure.to_string(), reason.to_string()))
                .or_default() += 1;
        }
    }
    for ((measure, reason), pairs) in reasons {
        output!("no {measure} in {pairs} pairs of layers: {reason}");
    }
    Ok(())
}
