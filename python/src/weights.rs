//! The weights of a state dict, made as a study makes them.

use initialisation::{
    Action, Foreign, Initialisation, InputAdaptation, Made, Policy, Source, initialise as made,
};
use networks::zoo::Choice;
use networks::{Allowance, HostTensor, Pretrained, Selection, Weights};
use numpy::{IntoPyArray as _, PyArray1, PyReadonlyArrayDyn, PyUntypedArrayMethods as _};
use pyo3::prelude::*;
use streams::stream;

use crate::refused;

/// Names and arrays, in their order.
type Tensors<'py> = Vec<(String, PyReadonlyArrayDyn<'py, f32>)>;

/// Label of the network, and of every tensor its name, its values and what was done.
type Told<'py> = (
    Option<String>,
    Vec<(String, Bound<'py, PyArray1<f32>>, String)>,
);

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The words of all policies.
#[pyfunction]
pub fn policies() -> Vec<&'static str> {
    Policy::words().collect()
}

/// What becomes of a state dict.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Asked {
    policy: String,
    up_to: Option<String>,
    rest: String,
    seed: u64,
    network: Option<String>,
    head: Option<Vec<String>>,
    keep: Vec<String>,
    by_tensor: bool,
}

/// Makes every tensor of `tensors`, reading those of `source`, or of `tensors` themselves.
#[pyfunction]
pub fn initialise<'py>(
    py: Python<'py>,
    tensors: Tensors<'py>,
    source: Option<Tensors<'py>>,
    asked: Asked,
) -> PyResult<Told<'py>> {
    let target = host(&tensors)?;
    let source = source.map(|source| host(&source)).transpose()?;
    let order: Vec<String> = tensors.iter().map(|(name, _)| name.clone()).collect();
    let (network, all) = py
        .detach(|| make(&order, &target, source.as_ref(), &asked))
        .map_err(refused)?;
    let all = all.into_iter().map(|made| {
        let values = made.values.into_pyarray(py);
        (made.name, values, told(made.action))
    });
    Ok((network, all.collect()))
}

fn host(tensors: &Tensors<'_>) -> PyResult<Weights> {
    let mut weights = Weights::default();
    for (name, array) in tensors {
        let tensor = HostTensor {
            shape: array.shape().to_vec(),
            values: array.as_slice()?.to_vec(),
        };
        weights.tensors.insert(name.clone(), tensor);
    }
    Ok(weights)
}

fn make(
    order: &[String],
    target: &Weights,
    source: Option<&Weights>,
    asked: &Asked,
) -> Result<(Option<String>, Vec<Made>), Failure> {
    let policies = [policy(&asked.policy)?, policy(&asked.rest)?];
    if let Some(choice) = recognised(target, asked)? {
        if asked.head.is_some() {
            return Err(format!(
                "these are the tensors of `{}`, whose classifier is known; leave `head` out, or \
                 name what is to stay as it is with `keep`",
                choice.label()
            )
            .into());
        }
        let made = of_zoo(&choice, order, target, source, asked, policies)?;
        return Ok((Some(choice.label()), made));
    }
    let stays = |name: &str| asked.keep.iter().any(|prefix| begins(name, prefix));
    let moves = order.iter().filter(|name| !stays(name));
    let shape = |name: &String| Some((name.clone(), target.tensors.get(name)?.shape.clone()));
    let foreign = Foreign::new(moves.filter_map(shape), asked.head.as_deref())?;
    let streams = |name: &str| stream(asked.seed, &format!("init/{name}"), 0);
    let up_to = asked.up_to.as_deref();
    let [policy, rest] = policies;
    let source = source.unwrap_or(target);
    let made = foreign.initialise(policy, up_to, rest, source, &streams)?;
    Ok((None, made))
}

/// The network of the zoo that the tensors are of, without a rest.
fn recognised(target: &Weights, asked: &Asked) -> Result<Option<Choice>, Failure> {
    if asked.by_tensor {
        return Ok(None);
    }
    // Names and shapes tell; values would only be copied, many times.
    let bare = |(name, tensor): (&String, &HostTensor)| {
        let (shape, values) = (tensor.shape.clone(), Vec::new());
        (name.clone(), HostTensor { shape, values })
    };
    let shapes = Weights {
        tensors: target.tensors.iter().map(bare).collect(),
    };
    let found = match &asked.network {
        Some(name) => {
            let found = Pretrained::new(&shapes, &Choice::named(name))?;
            found.check(&Allowance::default())?;
            Some(found)
        }
        None => Pretrained::candidates(&shapes).into_iter().next(),
    };
    Ok(found
        .filter(|found| found.problems() == 0)
        .map(|found| found.choice))
}

fn policy(word: &str) -> Result<Policy, Failure> {
    let word = match word {
        "transfer" => "load",
        word => word,
    };
    let found = Policy::named(word);
    let policy = found.ok_or_else(|| {
        let known: Vec<&str> = Policy::words().collect();
        format!("unknown policy `{word}`; policies are {}", known.join(", "))
    })?;
    match policy {
        Policy::UnitVariance => Err(format!(
            "`{word}` scales weights on a batch of images, which a state dict does not have; \
             choose another policy, such as orthogonal"
        )
        .into()),
        policy => Ok(policy),
    }
}

/// As a study does it, by the zoo's network.
fn of_zoo(
    choice: &Choice,
    order: &[String],
    target: &Weights,
    source: Option<&Weights>,
    asked: &Asked,
    [policy, rest]: [Policy; 2],
) -> Result<Vec<Made>, Failure> {
    let known = Pretrained::new(target, choice)?;
    let names = known.names()?;
    let whole = match policy {
        Policy::Gabor { .. } => Selection::from("conv1"),
        _ => Selection::all(),
    };
    let rules = match &asked.up_to {
        None => vec![(whole, policy)],
        Some(up_to) => {
            let chosen = until(up_to, order, &known, &names)?;
            vec![(chosen, policy), (Selection::all(), rest)]
        }
    };
    let init = Initialisation::of(asked.policy.as_str(), rules);
    let other = source.map(|source| Pretrained::new(source, choice));
    let other = other.transpose()?;
    let pretrained = other.as_ref().unwrap_or(&known);
    let source = match init.needs_weights() {
        true => {
            pretrained.check(&Allowance::default())?;
            Some(Source {
                pretrained,
                input: InputAdaptation::default(),
            })
        }
        false => None,
    };
    let streams = |path: &str| stream(asked.seed, &format!("init/{path}"), 0);
    let (mut weights, report) = made(&known.network, &init, source, &streams)?;
    let made = names.into_iter().zip(report.tensors);
    Ok(made
        .filter_map(|((path, name), told)| {
            Some(Made {
                name,
                values: weights.tensors.remove(&path)?.values,
                action: told.action,
            })
        })
        .collect())
}

/// The tensors up to a block, or up to the last name that begins with a prefix.
fn until(
    up_to: &str,
    order: &[String],
    known: &Pretrained,
    names: &[(String, String)],
) -> Result<Selection, Failure> {
    if known.network.block_index(up_to).is_some() {
        return Ok(Selection::up_to(up_to));
    }
    let Some(last) = order.iter().rposition(|name| begins(name, up_to)) else {
        let blocks = known.network.blocks.iter().map(|block| block.name.as_str());
        let blocks: Vec<&str> = blocks.collect();
        return Err(format!(
            "`{up_to}` is neither a block of `{}` ({}) nor the beginning of a tensor's name",
            known.choice.label(),
            blocks.join(", ")
        )
        .into());
    };
    let within = &order[..=last];
    let chosen = names.iter().filter(|(_, name)| within.contains(name));
    let terms: Vec<String> = chosen.map(|(path, _)| exactly(path)).collect();
    Ok(serde_json::from_value(terms.into())?)
}

/// A term that selects one path and no block.
fn exactly(path: &str) -> String {
    match path.contains('.') {
        true => path.into(),
        false => format!("{path}*"),
    }
}

fn begins(name: &str, prefix: &str) -> bool {
    let rest = name.strip_prefix(prefix);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// What was done to a tensor, in a word.
fn told(action: Action) -> String {
    match action {
        Action::Loaded => "loaded".into(),
        Action::Adapted { how } => format!("loaded, {how}"),
        Action::Rescaled { mean, std } => format!("drawn from N({mean:.4}, {std:.4}²)"),
        Action::RescaledByChannel { .. } => "drawn by channel".into(),
        Action::Shuffled => "shuffled".into(),
        Action::Resampled => "resampled".into(),
        Action::Knockoff => "knockoff".into(),
        Action::Gabor { .. } => "gabor".into(),
        Action::UnitVariance { .. } | Action::Drawn => "drawn".into(),
    }
}
