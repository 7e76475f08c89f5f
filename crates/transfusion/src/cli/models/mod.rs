//! `models`: the zoo with its costs, or the tensors of one network.

mod program;
mod tensors;

use std::path::Path;

use clap::Args;
use networks::zoo::{self, Choice, Padding, Stem};
use networks::{Input, Network, NetworkError};
use serde::Serialize;
use study::{BlockPatterns, own_network};

use self::program::{Purpose, program};
use self::tensors::{tensor_table, tensors};
use super::exit::Exit;
use super::output::print_json;
use super::table::{table, thousands};

/// List the networks, or the tensors of one of them
#[derive(Debug, Args)]
pub struct Models {
    /// The network whose tensors are listed, by block, or the .toml or .onnx file of one of your own [default: all networks with their costs]
    network: Option<String>,
    /// Edge of the square picture, in pixels, for the multiply-adds
    #[arg(long, default_value_t = 224)]
    size: usize,
    /// Classes of the head
    #[arg(long, default_value_t = 5)]
    classes: usize,
    /// Channels of the picture: 1 (grey) or 3 (RGB)
    #[arg(long, default_value_t = 3)]
    channels: usize,
    /// Padding of the CBR networks
    #[arg(long, value_parser = padding, default_value = "same")]
    padding: Padding,
    /// Stem of the ResNets
    #[arg(long, value_parser = stem, default_value = "imagenet")]
    stem: Stem,
    /// Block up to which widths are kept; those of every later block are divided
    #[arg(long, value_name = "BLOCK")]
    slim: Option<String>,
    /// What the widths behind --slim are divided by
    #[arg(long, value_name = "N")]
    divide: Option<usize>,
    /// Block behind which everything is left out but a new head
    #[arg(long, value_name = "BLOCK")]
    truncate: Option<String>,
    /// Print the program of the network instead: its buffers, its instructions and its peak
    #[arg(long, value_name = "PURPOSE", num_args = 0..=1, default_missing_value = "training")]
    #[arg(requires = "network", conflicts_with = "json")]
    program: Option<Purpose>,
    /// Pictures of a batch of the program
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u16).range(2..))]
    batch: u16,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Whether a network is named by its file.
fn is_file(name: &str) -> bool {
    [".toml", ".onnx"].iter().any(|end| name.ends_with(end))
}

fn padding(text: &str) -> Result<Padding, String> {
    match text {
        "same" => Ok(Padding::Same),
        "valid" => Ok(Padding::Valid),
        _ => Err("expected `same` or `valid`".into()),
    }
}

fn stem(text: &str) -> Result<Stem, String> {
    match text {
        "imagenet" => Ok(Stem::Imagenet),
        "small" => Ok(Stem::Small),
        _ => Err("expected `imagenet` or `small`".into()),
    }
}

#[derive(Serialize)]
struct Row {
    name: String,
    /// Trained numbers; none where the network cannot be built for the size, as below.
    parameters: Option<usize>,
    /// The paper's count; CBR only.
    parameters_paper_rule: Option<usize>,
    /// Multiply-adds of one picture; none where the network cannot read it.
    macs: Option<u64>,
    /// Edge of the picture, in pixels.
    size: usize,
    blocks: Vec<String>,
}

impl Models {
    pub fn run(self) -> anyhow::Result<Exit> {
        let input = Input::square(self.channels, self.size);
        if let Some(name) = &self.network {
            let choice = match is_file(name) {
                true => {
                    let choice = self.choice("");
                    let own = own_network(Path::new(name), &choice, &BlockPatterns::default())?;
                    for note in own.weights.iter().flat_map(|weights| &weights.notes) {
                        warn!("note: {note}");
                    }
                    own.choice
                }
                false => self.choice(name),
            };
            let network = zoo::network(&choice, input, self.classes)?;
            if let Some(purpose) = self.program {
                output!("{}", program(&network, purpose, self.batch.into())?);
                return Ok(Exit::Done);
            }
            let rows = tensors(&network);
            match self.json {
                true => print_json(&rows)?,
                false => output!("{}", tensor_table(&rows)),
            }
            return Ok(Exit::Done);
        }
        let mut rows = Vec::new();
        let mut refused = None;
        for name in zoo::names() {
            let is_cbr = name.starts_with("cbr-");
            let network = match zoo::network(&self.choice(name), input, self.classes) {
                Ok(network) => Some(network),
                Err(NetworkError::Size { .. }) => None,
                Err(error @ (NetworkError::Behind { .. } | NetworkError::Slim { .. })) => {
                    refused = refused.or(Some(error));
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let network = network.as_ref();
            let by_rule = network.filter(|_| is_cbr);
            rows.push(Row {
                name: name.into(),
                parameters: network.map(Network::parameter_count),
                parameters_paper_rule: by_rule.map(Network::parameter_count_paper_rule),
                macs: network.and_then(|n| n.cost().ok()).map(|c| c.macs),
                size: self.size,
                blocks: network.map_or(Vec::new(), |n| {
                    n.blocks.iter().map(|b| b.name.clone()).collect()
                }),
            });
        }
        if let (true, Some(error)) = (rows.is_empty(), refused) {
            return Err(error.into());
        }
        if self.json {
            print_json(&rows)?;
            return Ok(Exit::Done);
        }
        let macs = format!("MMAC at {} px", self.size);
        let header = [
            "network",
            "blocks",
            "parameters",
            "by the paper's rule",
            &macs,
        ];
        let count = |n: Option<usize>| n.map_or("–".into(), |n| thousands(n as u64));
        let rows = rows.into_iter().map(|r| {
            let blocks = match r.blocks.as_slice() {
                // Between its first and its last block every network counts from block1.
                [first, .., before, last] => format!("{first} … {before} {last}"),
                blocks => blocks.join(" "),
            };
            vec![
                r.name,
                blocks,
                count(r.parameters),
                count(r.parameters_paper_rule),
                r.macs
                    .map_or("not this size".into(), |m| format!("{:.1}", m as f64 / 1e6)),
            ]
        });
        output!("{}", table(&header, 2, rows));
        Ok(Exit::Done)
    }

    /// A network with the options that apply to it.
    fn choice(&self, name: &str) -> Choice {
        let mut choice = Choice {
            slim: self.slim.clone(),
            divide: self.divide,
            truncate: self.truncate.clone(),
            ..Choice::named(name)
        };
        if name.starts_with("cbr-") {
            choice.padding = Some(self.padding);
        } else if name.starts_with("resnet") {
            choice.stem = Some(self.stem);
        }
        choice
    }
}
