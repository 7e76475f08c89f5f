//! Pretrained weights brought into the names and layouts of a network of the zoo.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::network::{Input, Network};
use crate::network_error::NetworkError;
use crate::parameter::{Kind, Parameter};
use crate::pattern::Pattern;
use crate::weights::{HostTensor, Weights};
use crate::zoo::{self, Choice, Dialect, Stem, Variant};

/// Tensors listed in an error message.
const LISTED: usize = 4;

/// Why a file's weights are not taken.
#[derive(Debug, Error)]
pub enum PretrainedError {
    /// No tensor of the network is in the file.
    #[error("none of the file's {tensors} tensors belongs to network `{network}`{}", fits.as_ref().map(|f| format!("; they fit `{f}`")).unwrap_or_default())]
    Foreign {
        /// The network asked for.
        network: String,
        /// Tensors in the file.
        tensors: usize,
        /// Label of a network that they fit without a rest.
        fits: Option<String>,
    },
    /// Tensors too many, too few, or of other shapes.
    #[error("the weights do not fit network `{network}`: {}{}; give weights of this network, choose the network they belong to, or allow it under [weights] (allow_missing, allow_unexpected, allow_mismatched)", problems.join(", "), fits.as_ref().map(|f| format!(" (they fit `{f}`)")).unwrap_or_default())]
    DoNotFit {
        /// The network asked for.
        network: String,
        /// What does not fit.
        problems: Vec<String>,
        /// Label of a network that they fit without a rest.
        fits: Option<String>,
    },
    /// Tensors with values from which nothing can be trained.
    #[error(
        "tensor `{tensor}` of network `{network}`: expected finite numbers, found {count} of {values} infinite or not a number{}; the file is damaged or of a network that diverged: fetch or export it again",
        match more { 0 => String::new(), more => format!(", and such in {more} further tensors") }
    )]
    NotFinite {
        /// The network asked for.
        network: String,
        /// The first such tensor, by our path.
        tensor: String,
        /// How many of its values are infinite or not a number.
        count: usize,
        /// How many values it has.
        values: usize,
        /// Further tensors with such values.
        more: usize,
    },
    /// The network cannot be built.
    #[error(transparent)]
    Network(#[from] NetworkError),
}

/// A tensor whose shape in the file is not that of the network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mismatch {
    /// Our path of the tensor.
    pub path: String,
    /// Extents by the network.
    pub expected: Vec<usize>,
    /// Extents in the file.
    pub found: Vec<usize>,
}

/// What may be wrong with a file, tensor by tensor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Allowance {
    /// Tensors of the network that the file may lack: they are drawn.
    pub missing: Vec<Pattern>,
    /// Tensors that the file may hold beyond the network: they are left out.
    pub unexpected: Vec<Pattern>,
    /// Tensors whose shape may differ: they are drawn.
    pub mismatched: Vec<Pattern>,
}

/// Pretrained weights under the paths of a network of the zoo.
#[derive(Clone, Debug)]
pub struct Pretrained {
    /// Which network of the zoo.
    pub choice: Choice,
    /// That network, with the channels, image size and classes that the weights have.
    pub network: Network,
    /// Whose names the file uses.
    pub dialect: Dialect,
    /// The tensors that fit, under the network's paths.
    pub weights: Weights,
    /// Paths of the network that the file lacks.
    pub missing: Vec<String>,
    /// Names in the file that the network lacks.
    pub unexpected: Vec<String>,
    /// Tensors of another shape.
    pub mismatched: Vec<Mismatch>,
    /// Label of another network that the file fits without a rest, where it does not fit this one.
    fits: Option<String>,
}

impl Pretrained {
    /// Weights that were made for `network` by us.
    pub fn of(choice: Choice, network: Network, weights: Weights) -> Self {
        let dialect = zoo::dialects(&choice.name).first();
        Self {
            dialect: *dialect.unwrap_or(&Dialect::Transfusion),
            choice,
            network,
            weights,
            missing: Vec::new(),
            unexpected: Vec::new(),
            mismatched: Vec::new(),
            fits: None,
        }
    }

    /// The tensors of `file` under the paths of the chosen network, in whichever dialect they fit
    /// best. Channels, classes and image size are those of the file's tensors.
    pub fn new(file: &Weights, choice: &Choice) -> Result<Self, PretrainedError> {
        zoo::network(choice, STANDARD, STANDARD_CLASSES)?;
        let mut best: Option<Self> = None;
        for choice in with_heads(choice) {
            for dialect in zoo::dialects(&choice.name) {
                let found = Self::in_dialect(file, &choice, *dialect)?;
                if best.as_ref().is_none_or(|best| found.rank() < best.rank()) {
                    best = Some(found);
                }
            }
        }
        match best {
            Some(found) if !found.weights.tensors.is_empty() => Ok(Self {
                fits: if found.problems() > 0 {
                    best_fit(file)
                } else {
                    None
                },
                ..found
            }),
            _ => Err(PretrainedError::Foreign {
                network: choice.label(),
                tensors: file.tensors.len(),
                fits: best_fit(file),
            }),
        }
    }

    /// Our path and the file's name of every tensor of the network, from the input to the head.
    pub fn names(&self) -> Result<Vec<(String, String)>, NetworkError> {
        let Network { input, classes, .. } = self.network;
        let theirs = zoo::network_in(&self.choice, input, classes, self.dialect)?.parameters();
        let names = theirs.iter().map(|theirs| self.dialect.tensor(theirs));
        let ours = self.network.parameters().into_iter().map(|ours| ours.path);
        Ok(ours.zip(names).collect())
    }

    /// Every network of the zoo of which the file holds tensors, the best first.
    pub fn candidates(file: &Weights) -> Vec<Self> {
        let choices = zoo::names().into_iter().flat_map(variants);
        let mut all: Vec<Self> = choices
            .filter_map(|choice| Self::new_quietly(file, &choice))
            .collect();
        all.sort_by_key(Self::rank);
        all
    }

    fn new_quietly(file: &Weights, choice: &Choice) -> Option<Self> {
        let fits = zoo::dialects(&choice.name)
            .iter()
            .filter_map(|dialect| Self::in_dialect(file, choice, *dialect).ok());
        fits.filter(|fit| !fit.weights.tensors.is_empty())
            .min_by_key(Self::rank)
    }

    /// Tensors that do not fit, and how many do: smaller is better.
    fn rank(&self) -> (usize, usize) {
        (self.problems(), usize::MAX - self.weights.tensors.len())
    }

    /// Tensors that are missing, unexpected or of another shape.
    pub fn problems(&self) -> usize {
        self.missing.len() + self.unexpected.len() + self.mismatched.len()
    }

    /// Refuses what no pattern of `allowance` allows, and values that are infinite or not a number.
    /// A classifier may always be missing or of another shape, because no rule loads it.
    pub fn check(&self, allowance: &Allowance) -> Result<(), PretrainedError> {
        let classifier: BTreeSet<String> = self
            .network
            .parameters()
            .into_iter()
            .filter(|p| p.is_classifier)
            .map(|p| p.path)
            .collect();
        let refused = |path: &str, allowed: &[Pattern]| !allowed.iter().any(|p| p.matches(path));
        let missing = self
            .missing
            .iter()
            .filter(|p| !classifier.contains(*p) && refused(p, &allowance.missing))
            .map(|p| format!("`{p}` is missing"));
        let unexpected = self
            .unexpected
            .iter()
            .filter(|p| refused(p, &allowance.unexpected))
            .map(|p| format!("`{p}` is unexpected"));
        let mismatched = self
            .mismatched
            .iter()
            .filter(|m| !classifier.contains(&m.path) && refused(&m.path, &allowance.mismatched))
            .map(|m| {
                let Mismatch {
                    path,
                    expected,
                    found,
                } = m;
                format!("`{path}` has shape {found:?} instead of {expected:?}")
            });
        let mut problems: Vec<String> = missing.chain(mismatched).chain(unexpected).collect();
        if problems.is_empty() {
            return self.check_values();
        }
        let more = problems.len().saturating_sub(LISTED);
        problems.truncate(LISTED);
        if more > 0 {
            problems.push(format!("and {more} more"));
        }
        Err(PretrainedError::DoNotFit {
            network: self.choice.label(),
            problems,
            fits: self.fits.clone(),
        })
    }

    /// Training would end at its first step, and blame the learning rate.
    fn check_values(&self) -> Result<(), PretrainedError> {
        let broken = |(path, tensor): (_, &HostTensor)| {
            let count = tensor.values.iter().filter(|v| !v.is_finite()).count();
            (count > 0).then_some((path, count, tensor.values.len()))
        };
        let mut broken = self.weights.tensors.iter().filter_map(broken);
        let Some((tensor, count, values)) = broken.next() else {
            return Ok(());
        };
        let tensor: &String = tensor;
        Err(PretrainedError::NotFinite {
            network: self.choice.label(),
            tensor: tensor.clone(),
            count,
            values,
            more: broken.count(),
        })
    }

    fn in_dialect(file: &Weights, choice: &Choice, dialect: Dialect) -> Result<Self, NetworkError> {
        let standard = zoo::network_in(choice, STANDARD, STANDARD_CLASSES, dialect)?;
        let (input, classes) = extents(file, &standard, dialect);
        let theirs = zoo::network_in(choice, input, classes, dialect)?;
        let network = zoo::network(choice, input, classes)?;
        let mut found = Self {
            choice: choice.clone(),
            dialect,
            weights: Weights::default(),
            missing: Vec::new(),
            unexpected: Vec::new(),
            mismatched: Vec::new(),
            network,
            fits: None,
        };
        let mut expected = BTreeSet::new();
        for (parameter, theirs) in found
            .network
            .parameters()
            .into_iter()
            .zip(theirs.parameters())
        {
            let name = dialect.tensor(&theirs);
            match file.tensors.get(&name) {
                None => found.missing.push(parameter.path),
                Some(tensor) => match laid_out(tensor, &parameter, dialect) {
                    Some(tensor) => {
                        found.weights.tensors.insert(parameter.path, tensor);
                    }
                    None => found.mismatched.push(Mismatch {
                        path: parameter.path,
                        expected: parameter.shape,
                        found: tensor.shape.clone(),
                    }),
                },
            }
            expected.insert(name);
        }
        let names = file.tensors.keys();
        found.unexpected = names
            .filter(|name| !expected.contains(*name))
            .cloned()
            .collect();
        Ok(found)
    }
}

/// What networks are built for until a file's own extents are known.
const STANDARD: Input = Input::square(3, 224);
const STANDARD_CLASSES: usize = 1000;

/// The choice itself, and where it has one the same network with its auxiliary head: published
/// files hold it whether or not it is wanted.
fn with_heads(choice: &Choice) -> Vec<Choice> {
    let mut all = vec![choice.clone()];
    let auxiliary = Choice {
        auxiliary: Some(true),
        ..choice.clone()
    };
    if choice.auxiliary.is_none() && zoo::network(&auxiliary, STANDARD, 2).is_ok() {
        all.push(auxiliary);
    }
    all
}

/// A name with every combination of options that changes its tensors.
fn variants(name: &str) -> Vec<Choice> {
    let plain = Choice::named(name);
    let stem = Choice {
        stem: Some(Stem::Small),
        ..plain.clone()
    };
    let variant = Choice {
        variant: Some(Variant::Keras),
        ..plain.clone()
    };
    let auxiliary = Choice {
        auxiliary: Some(true),
        ..plain.clone()
    };
    let all = [plain, stem, variant, auxiliary].into_iter();
    all.filter(|choice| zoo::network(choice, STANDARD, 2).is_ok())
        .collect()
}

/// Label of the network that the file fits without a rest.
fn best_fit(file: &Weights) -> Option<String> {
    let best = Pretrained::candidates(file).into_iter().next()?;
    (best.problems() == 0).then(|| best.choice.label())
}

/// The channels, image size and classes that a file's tensors have.
fn extents(file: &Weights, standard: &Network, dialect: Dialect) -> (Input, usize) {
    let parameters = standard.parameters();
    let extent = |parameter: &Parameter, axis: usize| {
        let tensor = file.tensors.get(&dialect.tensor(parameter))?;
        let axes = dialect.axes(parameter.kind);
        let at = axes.iter().position(|a| *a == axis).unwrap_or(axis);
        tensor
            .shape
            .get(at)
            .copied()
            .filter(|n| (1..=65_536).contains(n))
    };
    let first = parameters.iter().find(|p| p.kind == Kind::ConvWeight);
    let last = parameters
        .iter()
        .rfind(|p| p.kind == Kind::LinearWeight && p.is_classifier);
    let positions = parameters.iter().find(|p| p.kind == Kind::Positions);
    let size = positions.and_then(|p| {
        let edge = |tokens: usize| (tokens - 1).isqrt();
        let patch = STANDARD.height / edge(p.shape[1]);
        Some(edge(extent(p, 1)?) * patch)
    });
    let channels = first.and_then(|p| extent(p, 1));
    let size = size.filter(|s| (1..=4096).contains(s));
    let input = Input::square(
        channels.unwrap_or(STANDARD.channels),
        size.unwrap_or(STANDARD.height),
    );
    let classes = last.and_then(|p| extent(p, 0)).unwrap_or(STANDARD_CLASSES);
    (input, classes)
}

/// The tensor with the axes of our parameter, if it has as many numbers along each. Axes of
/// extent 1 may be more or fewer.
fn laid_out(tensor: &HostTensor, parameter: &Parameter, dialect: Dialect) -> Option<HostTensor> {
    let axes = dialect.axes(parameter.kind);
    let tensor = match axes.len() == tensor.shape.len() {
        true => transposed(tensor, axes),
        false if axes.is_empty() => tensor.clone(),
        false => return None,
    };
    let long = |shape: &[usize]| {
        shape
            .iter()
            .copied()
            .filter(|n| *n != 1)
            .collect::<Vec<_>>()
    };
    (long(&tensor.shape) == long(&parameter.shape)).then(|| HostTensor {
        shape: parameter.shape.clone(),
        values: tensor.values,
    })
}

/// The tensor whose axis `axes[i]` is the given tensor's axis `i`.
fn transposed(tensor: &HostTensor, axes: &[usize]) -> HostTensor {
    let mut shape = vec![0; axes.len()];
    for (extent, axis) in tensor.shape.iter().zip(axes) {
        shape[*axis] = *extent;
    }
    let mut strides = vec![1; axes.len()];
    for axis in (0..axes.len().saturating_sub(1)).rev() {
        strides[axis] = strides[axis + 1] * shape[axis + 1];
    }
    let mut values = vec![0.0; tensor.values.len()];
    let mut place = vec![0; axes.len()];
    for value in &tensor.values {
        let at: usize = place
            .iter()
            .zip(axes)
            .map(|(i, axis)| i * strides[*axis])
            .sum();
        values[at] = *value;
        for axis in (0..place.len()).rev() {
            place[axis] += 1;
            if place[axis] < tensor.shape[axis] {
                break;
            }
            place[axis] = 0;
        }
    }
    HostTensor { shape, values }
}
