//! Networks that are known by the names and shapes of their tensors alone.

use std::borrow::Cow;
use std::collections::BTreeSet;

use rand_chacha::ChaCha8Rng;

use super::step::{Habits, Step};
use super::{Action, InitialisationError, Policy};
use networks::{Draws, Kind, Parameter, Weights};

/// Tensors or names listed in an error message.
const LISTED: usize = 8;

/// The tensors of a network that the [zoo](networks::zoo) does not hold, in the order in which the
/// network registers them, which is nearly that in which images pass through it.
///
/// What a tensor is follows from its name and shape, as PyTorch modules have them:
///
/// | name | shape | is |
/// |---|---|---|
/// | `….running_mean`, `….running_var` | 1 axis | a running statistic |
/// | … `pos_embed`, `pos_embedding` | 3 axes | positions |
/// | … `cls_token`, `class_token`, `dist_token` | 3 axes | a class token |
/// | … `gamma`, `layer_scale` | any | factors of a layer scale |
/// | … `weight` | 3 to 5 axes | a convolution: filters along the first axis |
/// | … `weight` | 2 axes | a linear layer |
/// | … `weight` | 1 axis | the scale of a norm |
/// | … `bias` | 1 axis | the shift of a norm where the layer's weight has one axis, else a bias |
///
/// Weights that are drawn at random come from N(0, 2 / fan-out) in convolutions and uniformly from
/// ±1/√fan-in in linear layers, as in torchvision's ResNets.
#[derive(Clone, Debug, PartialEq)]
pub struct Foreign {
    parameters: Vec<Parameter>,
}

/// One tensor that was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    /// Its name.
    pub name: String,
    /// Row-major, of the shape that the tensor had.
    pub values: Vec<f32>,
    /// What was done.
    pub action: Action,
}

impl Foreign {
    /// `tensors`: names and shapes in their order. `head`: the first parts of the names of the
    /// classifier; where absent, it is the last linear layer.
    pub fn new(
        tensors: impl IntoIterator<Item = (String, Vec<usize>)>,
        head: Option<&[String]>,
    ) -> Result<Self, InitialisationError> {
        let tensors: Vec<(String, Vec<usize>)> = tensors.into_iter().collect();
        let vectors: BTreeSet<&str> = tensors
            .iter()
            .filter(|(_, shape)| shape.len() == 1)
            .map(|(name, _)| name.as_str())
            .collect();
        let mut parameters = Vec::with_capacity(tensors.len());
        let mut unknown = Vec::new();
        for (name, shape) in &tensors {
            match kind(name, shape, &vectors) {
                Some(kind) => {
                    parameters.push(Parameter::new(name.clone(), shape.clone(), kind));
                }
                None => unknown.push(format!("`{name}` {shape:?}")),
            }
        }
        if !unknown.is_empty() {
            let tensors = listed(&unknown);
            return Err(InitialisationError::UnknownTensors { tensors });
        }
        let last = parameters.iter().rfind(|p| p.kind == Kind::LinearWeight);
        let head = match head {
            Some(head) => head.to_vec(),
            None => last
                .map(|p| layer(&p.path).to_owned())
                .into_iter()
                .collect(),
        };
        for prefix in &head {
            if !parameters.iter().any(|p| begins(&p.path, prefix)) {
                return Err(unknown_prefix(prefix, &parameters));
            }
        }
        for parameter in &mut parameters {
            parameter.is_classifier = head.iter().any(|prefix| begins(&parameter.path, prefix));
        }
        Ok(Self { parameters })
    }

    /// Makes every tensor: those up to and including the last one whose name is `up_to`, or begins
    /// with it, by `policy`, the others by `rest`; all by `policy` where `up_to` is absent. The
    /// classifier is drawn at random. `pretrained` holds what policies read, under the same names
    /// and in the same shapes; `stream` gives the random stream of a tensor by its name.
    pub fn initialise(
        &self,
        policy: Policy,
        up_to: Option<&str>,
        rest: Policy,
        pretrained: &Weights,
        stream: &dyn Fn(&str) -> ChaCha8Rng,
    ) -> Result<Vec<Made>, InitialisationError> {
        let end = match up_to {
            None => self.parameters.len(),
            Some(prefix) => match self
                .parameters
                .iter()
                .rposition(|p| begins(&p.path, prefix))
            {
                Some(last) => last + 1,
                None => return Err(unknown_prefix(prefix, &self.parameters)),
            },
        };
        for policy in [policy, rest] {
            if policy == Policy::UnitVariance {
                let reason = "scales weights on a batch of images";
                let policy = policy.word();
                return Err(InitialisationError::NotByTensor { policy, reason });
            }
        }
        let is_first = |p: &Parameter| p.kind == Kind::ConvWeight && p.shape.len() == 4;
        let first = self.parameters.iter().position(is_first);
        let habits = Habits {
            draws: Draws::RESNET,
            reversed: false,
        };
        let mut steps = Vec::with_capacity(self.parameters.len());
        let mut problems = Vec::new();
        for (place, parameter) in self.parameters.iter().enumerate() {
            let policy = match (parameter.is_classifier, place < end) {
                (true, _) => Policy::Random,
                (false, true) => policy,
                (false, false) => rest,
            };
            let is_first = first == Some(place);
            let reads = policy.reads_weights() && (is_first || !is_bank(policy));
            let wanted = match (reads, pretrained.tensors.get(&parameter.path)) {
                (false, _) => None,
                (true, Some(tensor)) if tensor.shape == parameter.shape => {
                    Some((Cow::Borrowed(&tensor.values[..]), None))
                }
                (true, found) => {
                    problems.push(match found {
                        None => format!("`{}` is missing", parameter.path),
                        Some(tensor) => format!(
                            "`{}` has shape {:?} instead of {:?}",
                            parameter.path, tensor.shape, parameter.shape
                        ),
                    });
                    continue;
                }
            };
            steps.push(Step::new(
                habits,
                parameter.clone(),
                policy,
                wanted,
                is_first,
            ));
        }
        if !problems.is_empty() {
            return Err(InitialisationError::DoNotFit {
                network: "state dict".into(),
                problems: listed(&problems),
            });
        }
        let made = steps.into_iter().map(|step| Made {
            values: step.values(habits, &mut stream(&step.parameter.path)),
            name: step.parameter.path,
            action: step.action,
        });
        Ok(made.collect())
    }
}

fn is_bank(policy: Policy) -> bool {
    matches!(policy, Policy::Gabor { .. })
}

/// What a tensor is; `vectors` are the names of all that have one axis.
fn kind(name: &str, shape: &[usize], vectors: &BTreeSet<&str>) -> Option<Kind> {
    let last = name.rsplit_once('.').map_or(name, |(_, last)| last);
    let ends = |words: &[&str]| words.iter().any(|word| last.ends_with(word));
    Some(match shape.len() {
        _ if ends(&["gamma", "layer_scale"]) => Kind::LayerScale,
        1 if last == "weight" && layer(name).ends_with(".grn") => Kind::ResponseScale,
        1 if last == "running_mean" => Kind::RunningMean,
        1 if last == "running_var" => Kind::RunningVariance,
        1 if ends(&["weight"]) => Kind::NormScale,
        1 if ends(&["bias"]) => {
            let weight = format!("{}weight", name.strip_suffix("bias")?);
            match vectors.contains(weight.as_str()) {
                true => Kind::NormShift,
                false => Kind::Bias,
            }
        }
        2 if ends(&["weight"]) => Kind::LinearWeight,
        2 if last == "relative_position_bias_table" => Kind::RelativePositions,
        3 if ends(&["pos_embed", "pos_embedding"]) => Kind::Positions,
        3 if ends(&["cls_token", "class_token", "dist_token"]) => Kind::ClassToken,
        3..=5 if ends(&["weight"]) => Kind::ConvWeight,
        _ => return None,
    })
}

/// Whether a name is `prefix`, or goes on after it and a dot.
fn begins(name: &str, prefix: &str) -> bool {
    let rest = name.strip_prefix(prefix);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn layer(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(layer, _)| layer)
}

fn unknown_prefix(prefix: &str, parameters: &[Parameter]) -> InitialisationError {
    let first = |p: &Parameter| format!("`{}`", p.path.split('.').next().unwrap_or_default());
    let mut known: Vec<String> = parameters.iter().map(first).collect();
    known.dedup();
    InitialisationError::UnknownPrefix {
        prefix: prefix.into(),
        known: listed(&known),
    }
}

fn listed(all: &[String]) -> String {
    let mut listed = all[..all.len().min(LISTED)].join(", ");
    if all.len() > LISTED {
        listed.push_str(&format!(" and {} more", all.len() - LISTED));
    }
    listed
}
