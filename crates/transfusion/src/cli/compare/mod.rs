//! `compare`: how alike two networks represent the same images, from files of activations.

mod check;
mod map;
mod pair;
mod row;
mod side;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use images::nearest_name;
use similarity::files::{Axes, Datapoints, readings};
use similarity::{Activations, Convention, Measure, Options};

use self::side::Side;
use super::exit::Exit;

/// Compare the activations of two networks on the same images: one pair of layers, or every layer
/// of A with every layer of B
///
/// A and B are .npy, .npz or .safetensors files, or folders of them (one layer a file). One array on
/// either side, or named with --layer-a and --layer-b, is compared with intervals and a null; several
/// make a map of layers. The exit code is 1 where an asked measure has no value.
#[derive(Debug, Args)]
pub struct Compare {
    /// Activations of the first network
    a: PathBuf,
    /// Activations of the second network on the same images in the same order
    b: PathBuf,
    /// Array of A [default: all]
    #[arg(long, value_name = "NAME")]
    layer_a: Option<String>,
    /// Array of B [default: all]
    #[arg(long, value_name = "NAME")]
    layer_b: Option<String>,
    /// What the axes mean, slowest first: nchw, nhwc, ntc (tokens), nc or cn (neurons × datapoints);
    /// several for arrays of different numbers of axes [default: told from the shapes]
    #[arg(long, value_delimiter = ',', value_parser = axes)]
    axes: Vec<Axes>,
    /// The same for B, where it differs [default: --axes]
    #[arg(long, value_delimiter = ',', value_parser = axes, value_name = "AXES")]
    axes_b: Vec<Axes>,
    /// What a datapoint is, where activations are maps [default: spatial]
    #[arg(long, value_enum)]
    convention: Option<ConventionName>,
    /// Measures by name, or all
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "debiased-cka,angular-procrustes,mean-cca,mutual-neighbours-10"
    )]
    measures: Vec<String>,
    /// Most positions taken from each map in the spatial convention [default: all]
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    positions: Option<usize>,
    /// Shuffles of the images of B behind the null [default: 99 for a pair, 0 for a map]
    #[arg(long, value_name = "N")]
    permutations: Option<usize>,
    /// Groups of images left out in turn for the intervals [default: 20 for a pair, 0 for a map]
    #[arg(long, value_name = "N")]
    groups: Option<usize>,
    /// Most operations that the nulls and the intervals of one comparison may each take; with less
    /// there are fewer of them, and a warning
    /// [default: 1e12]
    #[arg(long, value_name = "N", value_parser = operations)]
    budget: Option<f64>,
    /// Where all draws come from
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Write a page with a heat map of every measure; for several layers
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Test the measures on the layers instead: each with itself, as it is and shuffled
    #[arg(long)]
    check: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ConventionName {
    /// Every position of every image is a datapoint
    Spatial,
    /// Every image is a datapoint, all its values the dimensions
    Flattened,
    /// Every image is a datapoint, the channels' means over the positions the dimensions
    Pooled,
}

impl From<ConventionName> for Convention {
    fn from(name: ConventionName) -> Self {
        match name {
            ConventionName::Spatial => Self::Spatial,
            ConventionName::Flattened => Self::Flattened,
            ConventionName::Pooled => Self::Pooled,
        }
    }
}

fn axes(text: &str) -> Result<Axes, String> {
    text.parse().map_err(|error| format!("{error}"))
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count) if count > 0 => Ok(count),
        _ => Err("expected a whole number of at least 1".into()),
    }
}

fn operations(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(count) if count >= 0.0 => Ok(count),
        _ => Err("expected a number of at least 0, such as 1e12".into()),
    }
}

/// The measures of these names, each once.
fn measures(names: &[String]) -> anyhow::Result<Vec<Measure>> {
    let mut measures: Vec<Measure> = Vec::new();
    for name in names {
        let found = match name.as_str() {
            "all" => Measure::ALL.to_vec(),
            name => vec![measure(name)?],
        };
        for measure in found {
            if !measures.contains(&measure) {
                measures.push(measure);
            }
        }
    }
    Ok(measures)
}

fn measure(name: &str) -> anyhow::Result<Measure> {
    name.parse().map_err(|error: similarity::UnknownMeasure| {
        let known = Measure::ALL.map(|measure| measure.to_string());
        match nearest_name(name, known.iter().map(String::as_str)) {
            Some(nearest) => anyhow::anyhow!("{error}; did you mean `{nearest}`?"),
            None => error.into(),
        }
    })
}

impl Compare {
    pub fn run(self) -> anyhow::Result<Exit> {
        let measures = measures(&self.measures)?;
        let axes_b = match self.axes_b.is_empty() {
            true => self.axes.clone(),
            false => self.axes_b.clone(),
        };
        let a = side::chosen("A", &self.a, self.layer_a.as_deref())?;
        let b = side::chosen("B", &self.b, self.layer_b.as_deref())?;
        let [read_a, read_b] = readings(
            &side::shapes(&a, self.axes.clone()),
            &side::shapes(&b, axes_b),
        )?;
        let a = Side::open(a, read_a)?;
        let b = Side::open(b, read_b)?;
        let datapoints =
            Datapoints::choose(&a.seen(), &b.seen(), self.convention.map(Convention::from));
        let is_pair = a.layers.len() == 1 && b.layers.len() == 1;
        if is_pair && self.html.is_some() {
            anyhow::bail!(
                "--html draws maps of layers, but {} and {} are one array each; leave it out, or \
                 name files or folders with several arrays",
                a.layers[0].place(),
                b.layers[0].place()
            );
        }
        let usual = Options::default();
        let or_usual =
            |asked: Option<usize>, usual| asked.unwrap_or(if is_pair { usual } else { 0 });
        let options = Options {
            measures,
            convention: datapoints.convention,
            positions: self.positions,
            permutations: or_usual(self.permutations, usual.permutations),
            groups: or_usual(self.groups, usual.groups),
            budget: self.budget.unwrap_or(usual.budget),
            seed: self.seed,
            ..usual
        };
        if self.check {
            let layers: Vec<_> = a.layers.iter().chain(&b.layers).collect();
            return check::check(&layers, &options, self.json);
        }
        let layers = match is_pair {
            true => "layers".to_owned(),
            false => format!("{} × {} layers", a.layers.len(), b.layers.len()),
        };
        say!(
            "comparing {layers} on {} images by {} measures",
            a.layers[0].activations.shape().images,
            options.measures.len()
        );
        if is_pair {
            pair::compare(&a.layers[0], &b.layers[0], &datapoints, &options, self.json)
        } else {
            map::compare(
                &a,
                &b,
                &datapoints,
                &options,
                self.html.as_deref(),
                self.json,
            )
        }
    }
}
