//! `predict`: probabilities of pictures, and what they come to where the answers are known.

use std::io::{BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use clap::{Args, ValueEnum};
use images::Task;
use serde_json::{Map, Value, json};
use transfusion::classifier::{Answer, Classifier, Picture, find_pictures};
use transfusion::external::{External, Labelled, LabelledColumns};
use transfusion::record::Predictions;
use transfusion::terminal::{one_line, visible_json};

use super::device::DeviceOptions;
use super::exit::Exit;
use super::external_tables;
use super::output::{lose, print_json};

/// Classes up to which every probability is printed unless `--top` says otherwise.
const FEW_CLASSES: usize = 20;
/// Classes printed where there are more.
const TOP: usize = 5;

/// Judge pictures with an exported model, a run, or a pretrained network by name
///
/// Pictures that cannot be read are named on stderr and left out; the exit code is 1 then. With
/// --labels the model is measured on the pictures of a table as its study measured its own.
#[derive(Debug, Args)]
pub struct Predict {
    /// Exported model, run directory, weights file, or the name of known weights (`weights list`)
    model: String,
    /// Pictures: PNG or JPEG files, folders, or .csv tables
    #[arg(required_unless_present = "labels")]
    images: Vec<PathBuf>,
    /// Table of pictures whose answers are known: every metric of the study with its interval
    #[arg(long, value_name = "TABLE", conflicts_with_all = ["images", "top"])]
    labels: Option<PathBuf>,
    /// With --labels: column of the class or grade, by name; findings have a column each
    #[arg(long, default_value = "label", requires = "labels")]
    label_column: String,
    /// With --labels: column of the patient [default: `patient`, where there is one]
    #[arg(long, requires = "labels")]
    patient_column: Option<String>,
    /// With --labels: folder that the table's pictures are below [default: the table's]
    #[arg(long, requires = "labels")]
    root: Option<PathBuf>,
    /// With --labels: print JSON instead of tables
    #[arg(long, requires = "labels")]
    json: bool,
    /// How to print
    #[arg(long, value_enum, default_value = "csv")]
    format: Format,
    /// Print only the most probable classes, one row each
    #[arg(long)]
    top: Option<usize>,
    /// Column of a table that names the pictures
    #[arg(long, default_value = "image")]
    image_column: String,
    /// Write predictions to this file instead of stdout
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
            warn!("warning: {warning}");
        }
        if let Some(table) = &self.labels {
            return self.measure(table, &classifier);
        }
        let pictures = find_pictures(&self.images, &self.image_column)?;
        let failed = self.printer(&classifier)?.all(&pictures, |_, _| {});
        match failed {
            Err(e) if self.out.is_none() => {
                lose(e);
                Ok(Exit::Done)
            }
            failed => left_out(failed, pictures.len()),
        }
    }

    /// Measures the model on the pictures of a table.
    fn measure(&self, table: &Path, classifier: &Classifier) -> anyhow::Result<Exit> {
        ensure!(
            classifier.questions.is_some(),
            "{} has no question of its own to be measured by: expected an exported model or a run, found weights",
            self.model
        );
        let columns = LabelledColumns {
            image: self.image_column.clone(),
            label: self.label_column.clone(),
            patient: self.patient_column.clone(),
        };
        let beside = table.parent().unwrap_or(Path::new(""));
        let root = self.root.as_deref().unwrap_or(beside);
        let (task, classes) = (classifier.task, &classifier.classes);
        let labelled = Labelled::read(table, root, &columns, task, classes)?;
        let mut predictions = Predictions {
            images: Vec::new(),
            patients: Vec::new(),
            labels: Vec::new(),
            probabilities: Vec::new(),
            attributes: Vec::new(),
        };
        let keep = |place: usize, probabilities: &[f64]| {
            predictions
                .images
                .push(labelled.pictures[place].name.clone());
            predictions.patients.push(labelled.patients[place].clone());
            predictions.labels.push(labelled.labels[place].clone());
            predictions.attributes.push(Vec::new());
            predictions.probabilities.extend_from_slice(probabilities);
        };
        let failed = match &self.out {
            Some(_) => self.printer(classifier)?.all(&labelled.pictures, keep),
            None => Ok(judge(classifier, &labelled.pictures, keep)),
        };
        let exit = left_out(failed, labelled.pictures.len())?;
        let external = External::measure(classifier, &predictions, labelled.notes);
        if let Some(external) = external {
            match self.json {
                true => print_json(&external)?,
                false => external_tables::print(&external),
            }
        }
        Ok(exit)
    }

    fn printer<'a>(&self, classifier: &'a Classifier) -> anyhow::Result<Printer<'a>> {
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
        Ok(Printer {
            classifier,
            format: self.format,
            top,
            is_terminal: self.out.is_none() && std::io::stdout().is_terminal(),
            target: BufWriter::new(target),
        })
    }
}

/// How predictions end of which `failed` of `all` pictures could not be judged.
fn left_out(failed: std::io::Result<usize>, all: usize) -> anyhow::Result<Exit> {
    Ok(match failed.context("cannot write predictions")? {
        0 => Exit::Done,
        failed => {
            warn!("{failed} of {all} pictures were left out");
            Exit::Findings
        }
    })
}

/// Judges every picture, hands its place and probabilities on, and returns how many could not be
/// judged, which are named.
fn judge(
    classifier: &Classifier,
    pictures: &[Picture],
    mut to: impl FnMut(usize, &[f64]),
) -> usize {
    let mut failed = 0;
    let size = classifier.batch_size();
    for (number, batch) in pictures.chunks(size).enumerate() {
        for (place, (picture, judged)) in batch.iter().zip(classifier.judge(batch)).enumerate() {
            match judged {
                Ok(probabilities) => to(number * size + place, &probabilities),
                Err(reason) => {
                    failed += 1;
                    warn!("{}: {reason}; left out", picture.path.display());
                }
            }
        }
    }
    failed
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
    /// Prints every picture, hands its place and probabilities on, and returns how many could not be
    /// judged.
    fn all(
        &mut self,
        pictures: &[Picture],
        mut to: impl FnMut(usize, &[f64]),
    ) -> std::io::Result<usize> {
        self.header()?;
        let mut written = Ok(());
        let mut failed = 0;
        let size = self.classifier.batch_size();
        for (number, batch) in pictures.chunks(size).enumerate() {
            failed += judge(self.classifier, batch, |place, probabilities| {
                to(number * size + place, probabilities);
                if written.is_ok() {
                    written = self.picture(&batch[place].name, probabilities);
                }
            });
            std::mem::replace(&mut written, Ok(()))?;
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
                if let Some(questions) = &self.classifier.questions {
                    let names = questions.names(self.classifier.task, &self.classifier.classes);
                    for name in names {
                        cells.push(format!("P({name})"));
                        cells.push(format!("threshold({name})"));
                        cells.push(format!("positive({name})"));
                        cells.push(format!("rescaled P({name})"));
                    }
                    cells.push("temperature".into());
                }
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
                let number = |number: Option<f64>| number.map_or(String::new(), |n| n.to_string());
                if let Some(answers) = self.answers(probabilities) {
                    for answer in answers {
                        let positive = answer.is_positive.map(|is| u8::from(is).to_string());
                        cells.push(answer.probability.to_string());
                        cells.push(number(answer.threshold));
                        cells.push(positive.unwrap_or_default());
                        cells.push(number(answer.rescaled));
                    }
                    cells.push(number(self.temperature()));
                }
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
                if let Some(answers) = self.answers(probabilities) {
                    let answers = answers.into_iter().map(|answer| {
                        json!({
                            "question": answer.question,
                            "probability": answer.probability,
                            "threshold": answer.threshold,
                            "positive": answer.is_positive,
                            "rescaled": answer.rescaled,
                        })
                    });
                    line["questions"] = Value::Array(answers.collect());
                    line["temperature"] = json!(self.temperature());
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

    /// The answers to the study's own questions, where the model has some.
    fn answers(&self, probabilities: &[f64]) -> Option<Vec<Answer>> {
        let Classifier { task, classes, .. } = self.classifier;
        let questions = self.classifier.questions.as_ref()?;
        Some(questions.answers(*task, classes, probabilities))
    }

    /// The temperature that rescales; none where none was fitted.
    fn temperature(&self) -> Option<f64> {
        let choices = self.classifier.questions.as_ref()?.choices.as_ref()?;
        Some(choices.temperature?.value)
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
