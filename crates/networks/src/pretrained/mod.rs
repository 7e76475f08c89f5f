//! Pretrained weights brought into the names and layouts of a network of the zoo.

mod error;
mod layout;
mod part;
mod restated;

pub use error::PretrainedError;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use self::layout::{STANDARD, STANDARD_CLASSES, extents, fits, laid_out};
use self::part::Part;
use self::restated::{Restated, Tensors};
use crate::network::Network;
use crate::network_error::NetworkError;
use crate::parameter::Parameter;
use crate::pattern::Pattern;
use crate::zoo::{self, Choice, Dialect, Stem, Variant};
use checkpoints::{HostTensor, Weights};

/// Tensors listed in an error message.
const LISTED: usize = 4;

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
    /// What stands before every name in the file, with its last dot: `backbone.`; empty where nothing
    /// does.
    pub prefix: String,
    /// Whether the file has the numbers of the network's children for their names: `4.0.conv1.weight`
    /// for `layer1.0.conv1.weight`.
    pub is_numbered: bool,
    /// Names in the file that do not begin with the prefix: another network, a head.
    pub beside: Vec<String>,
    /// The tensors that fit, under the network's paths.
    pub weights: Weights,
    /// Paths of the network that the file lacks.
    pub missing: Vec<String>,
    /// Names in the file that the network lacks.
    pub unexpected: Vec<String>,
    /// Tensors of another shape.
    pub mismatched: Vec<Mismatch>,
    /// Tensors of the file that fit.
    matched: usize,
    /// Label of another network that the file fits without a rest, where it does not fit this one.
    fits: Option<String>,
    /// The file's names of the network's tensors, without their prefix; none where there is no file.
    names: Vec<String>,
}

impl Pretrained {
    /// Weights that were made for `network` by us.
    pub fn of(choice: Choice, network: Network, weights: Weights) -> Self {
        let dialect = zoo::dialects(&choice.name).first();
        Self {
            dialect: *dialect.unwrap_or(&Dialect::Transfusion),
            choice,
            network,
            matched: weights.tensors.len(),
            weights,
            prefix: String::new(),
            is_numbered: false,
            beside: Vec::new(),
            missing: Vec::new(),
            unexpected: Vec::new(),
            mismatched: Vec::new(),
            fits: None,
            names: Vec::new(),
        }
    }

    /// The tensors of `file` under the paths of the chosen network, in whichever dialect they fit
    /// best, and behind whichever prefix. Channels, classes and image size are those of the file's
    /// tensors.
    pub fn new(file: &Weights, choice: &Choice) -> Result<Self, PretrainedError> {
        Self::of_part(file, choice, None)
    }

    /// As [`Pretrained::new`], where a file holds a network more than once: that of `part`, words of
    /// its prefix in a row, such as `teacher` or `module.encoder_q`.
    pub fn of_part(
        file: &Weights,
        choice: &Choice,
        part: Option<&str>,
    ) -> Result<Self, PretrainedError> {
        zoo::network(choice, STANDARD, STANDARD_CLASSES)?;
        let restated = Restated::new(file);
        let file = &restated.tensors();
        let mut all = Vec::new();
        for choice in with_heads(choice) {
            for dialect in zoo::dialects(&choice.name) {
                all.extend(Self::in_dialect(file, &choice, *dialect, part)?);
            }
        }
        all.retain(|found| found.matched > 0);
        let least = all.iter().map(Self::rank).min();
        let network = choice.label();
        let Some(least) = least else {
            return Err(match part {
                Some(part) => PretrainedError::NoPart {
                    network,
                    part: part.into(),
                    parts: Self::prefixes(file, choice),
                },
                None => PretrainedError::Foreign {
                    network,
                    tensors: file.len(),
                    fits: best_fit(file),
                },
            });
        };
        all.retain(|found| found.rank() == least);
        let prefixes: BTreeSet<&String> = all.iter().map(|found| &found.prefix).collect();
        if prefixes.len() > 1 {
            return Err(PretrainedError::Several {
                network,
                parts: prefixes.into_iter().cloned().collect(),
            });
        }
        // One and more, as there is a least.
        let mut found = all.swap_remove(0);
        found.load(file);
        Ok(Self {
            fits: if found.problems() > 0 {
                best_fit(file)
            } else {
                None
            },
            ..found
        })
    }

    /// What stands before the names of the network, wherever it is in the file.
    fn prefixes(file: &Tensors, choice: &Choice) -> Vec<String> {
        let dialects = zoo::dialects(&choice.name).iter();
        let found =
            dialects.filter_map(|dialect| Self::in_dialect(file, choice, *dialect, None).ok());
        let found = found.flatten().filter(|found| found.matched > 0);
        let prefixes: BTreeSet<String> = found.map(|found| found.prefix).collect();
        prefixes
            .into_iter()
            .filter(|prefix| !prefix.is_empty())
            .collect()
    }

    /// Our path and the file's name of every tensor of the network, from the input to the head.
    pub fn names(&self) -> Result<Vec<(String, String)>, NetworkError> {
        let ours = self.network.parameters().into_iter().map(|ours| ours.path);
        if !self.names.is_empty() {
            let named = |name: &String| format!("{}{name}", self.prefix);
            return Ok(ours.zip(self.names.iter().map(named)).collect());
        }
        let Network { input, classes, .. } = self.network;
        let theirs = zoo::network_in(&self.choice, input, classes, self.dialect)?.parameters();
        let names = theirs.iter().map(|theirs| self.dialect.tensor(theirs));
        Ok(ours.zip(names).collect())
    }

    /// Every network of the zoo of which the file holds tensors, the best first; of one that is there
    /// more than once, one. They come without their values.
    pub fn candidates(file: &Weights) -> Vec<Self> {
        Self::candidates_in(file, None)
    }

    /// The same in a part of the file; see [`Pretrained::of_part`].
    pub fn candidates_in(file: &Weights, part: Option<&str>) -> Vec<Self> {
        Self::candidates_among(&Restated::new(file).tensors(), part)
    }

    fn candidates_among(file: &Tensors, part: Option<&str>) -> Vec<Self> {
        let choices = zoo::names().into_iter().flat_map(variants);
        let mut all: Vec<Self> = choices
            .filter_map(|choice| Self::new_quietly(file, &choice, part))
            .collect();
        all.sort_by_key(Self::rank);
        all
    }

    fn new_quietly(file: &Tensors, choice: &Choice, part: Option<&str>) -> Option<Self> {
        let fits = zoo::dialects(&choice.name)
            .iter()
            .filter_map(|dialect| Self::in_dialect(file, choice, *dialect, part).ok())
            .flatten();
        fits.filter(|fit| fit.matched > 0).min_by_key(Self::rank)
    }

    /// Tensors that do not fit, and how many do: smaller is better.
    fn rank(&self) -> (usize, usize) {
        (self.problems(), usize::MAX - self.matched)
    }

    /// Tensors of the file that fit.
    pub fn matched(&self) -> usize {
        self.matched
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

    /// The network in every part of the file that may hold it, with names as they are and with its
    /// children by number.
    fn in_dialect(
        file: &Tensors,
        choice: &Choice,
        dialect: Dialect,
        part: Option<&str>,
    ) -> Result<Vec<Self>, NetworkError> {
        if !dialect.may_hold(choice) {
            return Ok(Vec::new());
        }
        let standard = zoo::network_in(choice, STANDARD, STANDARD_CLASSES, dialect)?;
        let mut all = Vec::new();
        for children in zoo::children(choice, dialect) {
            let named = |parameter: &Parameter| children.name(&dialect.tensor(parameter));
            let names: Vec<String> = standard.parameters().iter().map(named).collect();
            let mut parts = Part::all(file, names.iter().map(String::as_str), part);
            if parts.is_empty() && part.is_none() && children.is_by_name() {
                parts.push(Part::whole(file));
            }
            for part in parts {
                let (input, classes) = extents(&part, &standard, dialect, named);
                let theirs = zoo::network_in(choice, input, classes, dialect)?;
                let network = zoo::network(choice, input, classes)?;
                let names = theirs.parameters();
                let names = names.iter().map(named).collect();
                all.push(Self {
                    is_numbered: !children.is_by_name(),
                    ..Self::in_part(&part, choice, dialect, network, names)
                });
            }
        }
        Ok(all)
    }

    /// The tensors of a part under the paths of `network`, whose tensors the file calls `names`.
    fn in_part(
        part: &Part,
        choice: &Choice,
        dialect: Dialect,
        network: Network,
        names: Vec<String>,
    ) -> Self {
        let mut found = Self {
            choice: choice.clone(),
            dialect,
            prefix: part.prefix.into(),
            is_numbered: false,
            beside: part.beside.iter().map(ToString::to_string).collect(),
            weights: Weights::default(),
            matched: 0,
            missing: Vec::new(),
            unexpected: Vec::new(),
            mismatched: Vec::new(),
            network,
            fits: None,
            names: Vec::new(),
        };
        let mut expected = BTreeSet::new();
        let mut heads = BTreeSet::new();
        for (parameter, name) in found.network.parameters().into_iter().zip(&names) {
            match part.tensors.get(name.as_str()) {
                None => found.missing.push(parameter.path),
                Some(tensor) if fits(tensor, &parameter, dialect) => found.matched += 1,
                Some(tensor) => found.mismatched.push(Mismatch {
                    path: parameter.path,
                    expected: parameter.shape,
                    found: tensor.shape.clone(),
                }),
            }
            expected.insert(name.as_str());
            if let (true, Some((head, _))) = (parameter.is_classifier, name.rsplit_once('.')) {
                heads.insert(format!("{head}."));
            }
        }
        let is_of_head = |name: &str| heads.iter().any(|head| name.starts_with(head));
        let mut of_head = expected.iter().filter(|name| is_of_head(name));
        let has_classifier = of_head.any(|name| part.tensors.contains_key(*name));
        for (name, tensor) in &part.tensors {
            if expected.contains(name) {
                continue;
            }
            // What pretraining ended with in place of a classifier is no part of the network.
            let is_projector = !has_classifier && is_of_head(name);
            if is_projector || dialect.leaves_out(name, tensor) {
                found.beside.push(format!("{}{name}", part.prefix));
            } else {
                found.unexpected.push(name.to_string());
            }
        }
        found.names = names;
        found
    }

    /// Takes the values of the tensors that fit.
    fn load(&mut self, file: &Tensors) {
        for (parameter, name) in self.network.parameters().into_iter().zip(&self.names) {
            let tensor = file.get(format!("{}{name}", self.prefix).as_str());
            let tensor = tensor.and_then(|found| laid_out(found, &parameter, self.dialect));
            if let Some(tensor) = tensor {
                self.weights.tensors.insert(parameter.path, tensor);
            }
        }
    }
}

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
    let variant = |variant| Choice {
        variant: Some(variant),
        ..plain.clone()
    };
    let (old, new) = (variant(Variant::Keras), variant(Variant::KerasApplications));
    let auxiliary = Choice {
        auxiliary: Some(true),
        ..plain.clone()
    };
    let all = [plain, stem, old, new, auxiliary].into_iter();
    all.filter(|choice| zoo::network(choice, STANDARD, 2).is_ok())
        .collect()
}

/// Label of the network that the file fits without a rest.
fn best_fit(file: &Tensors) -> Option<String> {
    let best = Pretrained::candidates_among(file, None)
        .into_iter()
        .next()?;
    (best.problems() == 0).then(|| best.choice.label())
}
