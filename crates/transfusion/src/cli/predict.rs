//! `predict`: probabilities of pictures.

use std::io::{BufWriter, IsTerminal as _, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use images::Task;
use serde_json::{Map, Value, json};
use transfusion::classifier::{Classifier, Picture, find_pictures};
use transfusion::terminal::{one_line, visible_json};

use super::device::DeviceOptions;
use super::exit::Exit;
use super::output::lose;

/// Classes up to which every probability is printed unless `--top` says otherwise.
const FEW_CLASSES: usize = 20;
/// Classes printed where there are more.
const TOP: usize = 5;

/// Judge pictures with an exported model, a run, or a pretrained network by name
///
/// Pictures that cannot be read are named on stderr and left out; the exit code is 1 then.
#[derive(Debug, Args)]
pub struct Predict {
    /// Exported model, run directory, weights file, or the name of known weights (`weights list`)
    model: String,
    /// Pictures: PNG or JPEG files, folders, or .csv tables
    #[arg(required = true)]
    images: Vec<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value = "csv")]
    format: Format,
    /// Print only the most probable classes, one row each
    #[arg(long)]
    top: Option<usize>,
    /// Column of a table that names the pictures
    #[arg(long, default_value = "image")]
    image_column: String,
    /// Write to this file instead of stdout
    #[arg(long)]
    out: Option<PathBuf>,
    #[command(flatten)]
    device: DeviceOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table with a header
    Csv,
    /// One JSON object a line
    Jsonl,
}

impl Predict {
    pub fn run(self) -> anyhow::Result<Exit> {
        let devices = self.device.open()?;
        let classifier = Classifier::open(&self.model, devices.first())?;
        for warning in &classifier.warnings {
            say!("warning: {warning}");
        }
        let pictures = find_pictures(&self.images, &self.image_column)?;
        let top = match self.top {
            None if classifier.classes.len() > FEW_CLASSES => Some(TOP),
            given => given.map(|k| k.clamp(1, classifier.classes.len())),
        };
        let target: Box<dyn Write> = match &self.out {
            None => Box::new(std::io::stdout()),
            Some(path) => Box::new(
                std::fs::File::create(path)
                    .with_context(|| format!("cannot write {}", path.display()))?,
            ),
        };
        let mut printer = Printer {
            classifier: &classifier,
            format: self.format,
            top,
            is_terminal: self.out.is_none() && std::io::stdout().is_terminal(),
            target: BufWriter::new(target),
        };
        let failed = printer.all(&pictures);
        match failed {
            Err(e) if self.out.is_none() => {
                lose(e);
                Ok(Exit::Done)
            }
            Err(e) => Err(e).context("cannot write predictions"),
            Ok(0) => Ok(Exit::Done),
            Ok(failed) => {
                say!("{failed} of {} pictures were left out", pictures.len());
                Ok(Exit::Findings)
            }
        }
    }
}

struct Printer<'a> {
    classifier: &'a Classifier,
    format: Format,
    top: Option<usize>,
    /// Whether a terminal shows the table; elsewhere names are as they are.
    is_terminal: bool,
    target: BufWriter<Box<dyn Write>>,
}

impl Printer<'_> {
    /// Prints every picture and returns how many could not be judged.
    fn all(&mut self, pictures: &[Picture]) -> std::io::Result<usize> {
        self.header()?;
        let mut failed = 0;
        for batch in pictures.chunks(self.classifier.batch_size()) {
            for (picture, judged) in batch.iter().zip(self.classifier.judge(batch)) {
                match judged {
                    Ok(probabilities) => self.picture(&picture.name, &probabilities)?,
                    Err(reason) => {
                        failed += 1;
                        say!("{}: {reason}; left out", picture.path.display());
                    }
                }
            }
            self.target.flush()?;
        }
        Ok(failed)
    }

    fn header(&mut self) -> std::io::Result<()> {
        if self.format == Format::Jsonl {
            return Ok(());
        }
        let mut cells = vec!["image".to_string()];
        match self.top {
            Some(_) => cells.extend(["rank", "index", "class", "probability"].map(String::from)),
            None => {
                if self.classifier.task != Task::Multilabel {
                    cells.push("predicted".into());
                }
                let classes = self.classifier.classes.iter();
                cells.extend(classes.map(|class| format!("probability:{class}")));
            }
        }
        self.row(&cells)
    }

    fn picture(&mut self, name: &str, probabilities: &[f64]) -> std::io::Result<()> {
        let classes = &self.classifier.classes;
        let mut order: Vec<usize> = (0..classes.len()).collect();
        order.sort_by(|a, b| probabilities[*b].total_cmp(&probabilities[*a]));
        let is_multilabel = self.classifier.task == Task::Multilabel;
        match (self.format, self.top) {
            (Format::Csv, None) => {
                let mut cells = vec![name.to_string()];
                if !is_multilabel {
                    cells.push(classes[order[0]].clone());
                }
                cells.extend(probabilities.iter().map(f64::to_string));
                self.row(&cells)
            }
            (Format::Csv, Some(top)) => {
                for (rank, index) in order.into_iter().take(top).enumerate() {
                    let class = self.classifier.classes[index].clone();
                    let (rank, probability) = (rank + 1, probabilities[index]);
                    let numbers = [rank.to_string(), index.to_string()];
                    let [rank, index] = numbers;
                    self.row(&[name.into(), rank, index, class, probability.to_string()])?;
                }
                Ok(())
            }
            (Format::Jsonl, None) => {
                let all: Map<_, _> = classes
                    .iter()
                    .cloned()
                    .zip(probabilities.iter().map(|p| json!(p)))
                    .collect();
                let mut line = json!({ "image": name, "probabilities": all });
                if !is_multilabel {
                    line["predicted"] = json!(classes[order[0]]);
                }
                self.line(&line)
            }
            (Format::Jsonl, Some(top)) => {
                let best = order.into_iter().take(top).map(|index| {
                    let (class, probability) = (&classes[index], probabilities[index]);
                    json!({ "index": index, "class": class, "probability": probability })
                });
                let best: Vec<_> = best.collect();
                self.line(&json!({ "image": name, "top": best }))
            }
        }
    }

    fn line(&mut self, value: &Value) -> std::io::Result<()> {
        writeln!(self.target, "{}", visible_json(&value.to_string()))
    }

    fn row(&mut self, cells: &[String]) -> std::io::Result<()> {
        let mut table = csv::Writer::from_writer(&mut self.target);
        let written = match self.is_terminal {
            true => table.write_record(cells.iter().map(|cell| one_line(cell).into_owned())),
            false => table.write_record(cells),
        };
        written.map_err(std::io::Error::from)?;
        table.flush()
    }
}
