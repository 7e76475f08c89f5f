//! A study from a look at a folder or table: what it is believed to be, said and written down.

use std::path::Path;

use audit::{Subject, patient_pattern};
use images::{Dataset, Depth, Stored, Task};
use sources::Noted;
use sources::look::{Looked, look};
use study::{RECIPES, StudySpec, open_source, parse};

/// Pictures that are decoded to choose the size.
const DECODED: usize = 40;
/// What pictures are brought to where they are larger, in pixels.
const LARGEST: usize = 224;
/// The least that is written, in pixels.
const SMALLEST: usize = 16;

/// The text of a study about the data at `path`, an absolute path. Says what is believed.
pub fn from_data(path: &Path) -> anyhow::Result<String> {
    let (data, read) = match by_recipe(path) {
        Some(found) => found,
        None => by_look(path)?,
    };
    let (data, read) = with_patients(data, read)?;
    let Noted { dataset, notes, .. } = &read;
    let size = size(dataset);
    let data = match is_deep(dataset) {
        false => data,
        true => data.replace("size = 64", "range = \"used\"  # black and white by the samples of training pictures: they are deeper than 8 bits\nsize = 64"),
    };
    let text = format!(
        "{}{}",
        data.replace("size = 64", &format!("size = {size}")),
        REST
    );
    say!("{}", believed(dataset));
    notes.iter().for_each(|note| say!("  {note}"));
    Ok(text)
}

/// With the pattern by which file names tell patients, where the data name none.
fn with_patients(data: String, read: Noted) -> anyhow::Result<(String, Noted)> {
    let Some((pattern, fits_all)) = patient_pattern(&Subject::undecoded(&read.dataset)) else {
        return Ok((data, read));
    };
    let own = if fits_all { "" } else { ", blank = \"own\"" };
    say!("patients are visible in file names, by the pattern {pattern}");
    let line = format!(
        "patient = {{ pattern = '{pattern}'{own} }}  # visible in file names: make sure that they are patients"
    );
    let data = data.replace("size = 64", &format!("{line}\nsize = 64"));
    let read = opened(&data)?;
    Ok((data, read))
}

/// The recipe that reads the data, with its study.
fn by_recipe(path: &Path) -> Option<(String, Noted)> {
    if !path.is_dir() {
        return None;
    }
    for recipe in RECIPES {
        // Without a source or layout of its own a recipe says nothing that tells data apart.
        if !["source =", "layout =", "patient ="]
            .iter()
            .any(|key| recipe.text.contains(key))
        {
            continue;
        }
        for split in [
            "",
            "split = false       # the lists of the official split are not here\n",
        ] {
            let data = format!(
                "title = \"Does transfer help on our images?\"\n\n[data]\nsource = {}\nrecipe = \"{}\"  # transfusion data recipes {} shows its keys\n{split}size = 64\n",
                text(path),
                recipe.name,
                recipe.name
            );
            if let Some(read) = opened(&data)
                .ok()
                .filter(|read| fits(&read.dataset, recipe.text))
            {
                return Some((data, read));
            }
        }
    }
    None
}

/// Whether what a recipe says of classes is true of the data.
fn fits(dataset: &Dataset, recipe: &str) -> bool {
    let positive = recipe
        .lines()
        .find_map(|line| line.strip_prefix("positive = "));
    let class = positive.map(|class| class.trim_matches('"'));
    class.is_none_or(|class| {
        class.starts_with('>') || dataset.classes.iter().any(|known| known == class)
    })
}

/// What a look says, as a study.
fn by_look(path: &Path) -> anyhow::Result<(String, Noted)> {
    let looked = look(path)?;
    let data = written(&looked);
    let read = opened(&data)?;
    for open in &looked.open {
        say!("decide: {open}");
    }
    Ok((data, read))
}

/// The `[data]` of what was looked at, every key with its reason.
fn written(looked: &Looked) -> String {
    let mut data = String::from("title = \"Does transfer help on our images?\"\n\n[data]\n");
    for open in &looked.open {
        data.push_str(&format!("# decide: {}\n", one_line(open)));
    }
    data.push_str(&format!("source = {}\n", text(&looked.source)));
    let task = match looked.task {
        Task::Multiclass => "multiclass",
        Task::Multilabel => "multilabel",
        Task::Ordinal => "ordinal",
    };
    data.push_str(&format!("task = \"{task}\"\n"));
    for key in &looked.keys {
        data.push_str(&format!(
            "{} = {}  # {}\n",
            key.name,
            key.value,
            one_line(&key.why)
        ));
    }
    data.push_str("size = 64\n");
    data
}

/// A text that a comment can hold: names of folders and cells may hold anything.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// Reads labels and finds pictures as the study would.
fn opened(data: &str) -> anyhow::Result<Noted> {
    let whole = format!("{data}{REST}");
    let spec: StudySpec = parse(&whole, Path::new("study.toml"))?;
    open_source(&spec.data, Path::new("."))
}

/// A path as a TOML text.
fn text(path: &Path) -> String {
    toml::Value::String(path.display().to_string()).to_string()
}

/// The size that suits the pictures: that of the median one, at most [`LARGEST`].
fn size(dataset: &Dataset) -> usize {
    let step = (dataset.len() / DECODED).max(1);
    let mut sides: Vec<usize> = (0..dataset.len())
        .step_by(step)
        .filter_map(|index| dataset.image(index).ok())
        .map(|image| image.width.min(image.height))
        .collect();
    sides.sort_unstable();
    let median = sides.get(sides.len() / 2).copied().unwrap_or(64);
    median.clamp(SMALLEST, LARGEST)
}

/// Whether pictures are deeper than 8 bits, all of them as far as a look tells.
fn is_deep(dataset: &Dataset) -> bool {
    let step = (dataset.len() / DECODED).max(1);
    let mut depths = (0..dataset.len())
        .step_by(step)
        .filter_map(|index| dataset.image(index).ok())
        .map(|image| Stored::of(&image).depth)
        .peekable();
    depths.peek().is_some() && depths.all(|depth| depth != Depth::Eight)
}

/// What the data are taken for, in a few lines.
fn believed(dataset: &Dataset) -> String {
    let patients = dataset
        .examples
        .iter()
        .filter_map(|example| example.patient.as_deref());
    let patients: std::collections::BTreeSet<&str> = patients.collect();
    let patients = match patients.len() {
        0 => "patients unknown".to_owned(),
        count => format!("{count} patients"),
    };
    let shown: Vec<&str> = dataset
        .classes
        .iter()
        .take(20)
        .map(String::as_str)
        .collect();
    let kind = match dataset.task {
        Task::Multiclass => "classes",
        Task::Multilabel => "findings",
        Task::Ordinal => "grades",
    };
    let attributes = match dataset.attributes.is_empty() {
        true => String::new(),
        false => format!("; {}", dataset.attributes.join(", ")),
    };
    format!(
        "{} pictures, {patients}; {kind}: {}{attributes}",
        dataset.len(),
        shown.join(", ")
    )
}

/// The rest of the study: small enough for a first evening.
const REST: &str = r#"augment = { flip_horizontal = true }   # remove it where left and right mean something
# allow_leaks = "reason"     # to go on although something is in two parts of the data
# [data.test.other-site]     # further test sets, reported apart: source = "…" and the same keys
# [weights]                  # pretrained weights by model (transfusion weights list), for init "transfer" and "mean-var"
# resnet18 = "resnet18.safetensors"

[grid]
model = ["cbr-small"]        # transfusion models
init  = ["random"]           # add "mean-var", "transfer" with [weights]
seeds = 5

[train]
max_steps  = 1000
eval_every = 50
batch_size = 32
lr         = 1e-3
schedule   = "cosine"

[compare]
baseline = "random"
margin   = 0.02              # AUC difference that would not matter to you
"#;
