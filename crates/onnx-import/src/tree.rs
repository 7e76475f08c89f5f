//! Steps as a tree of lists: what lies between a value and the place where ways from it meet.

use std::collections::BTreeSet;

use networks::Shape;
use networks::zoo::OwnLayer;

use super::dominators::Dominators;
use super::error::ImportError;
use super::function::{Elementary, Function, Operand, points, recognised};
use super::step::{Step, Work};

/// Most lists inside of lists: plans are JSON, whose readers stop somewhere.
const MOST_DEEP: usize = 12;
/// Most operators that one function is written in, and most values among them that are tried as its input.
const MOST_OF_FUNCTION: usize = 64;
const MOST_SOURCES: usize = 16;

/// One layer.
pub(crate) enum Tree {
    /// What one step computes.
    Step(usize),
    /// A function that several steps compute, the last of them `step`.
    Function { layer: OwnLayer, step: usize },
    /// A sum of two lists.
    Residual {
        body: Vec<Tree>,
        shortcut: Vec<Tree>,
        step: usize,
    },
    /// Channels of lists, one behind the other.
    Branches { lists: Vec<Vec<Tree>>, step: usize },
    /// A factor a channel.
    Gate { list: Vec<Tree>, step: usize },
    /// Two lists, number by number.
    Product {
        factors: [Vec<Tree>; 2],
        step: usize,
    },
}

impl Tree {
    /// The step that makes its result.
    pub(crate) fn step(&self) -> usize {
        match self {
            Self::Step(step)
            | Self::Function { step, .. }
            | Self::Residual { step, .. }
            | Self::Branches { step, .. }
            | Self::Gate { step, .. }
            | Self::Product { step, .. } => *step,
        }
    }

    /// Adds all its steps, its own last.
    pub(crate) fn steps(&self, into: &mut Vec<usize>) {
        let lists: Vec<&Vec<Self>> = match self {
            Self::Step(_) | Self::Function { .. } => Vec::new(),
            Self::Residual { body, shortcut, .. } => vec![body, shortcut],
            Self::Branches { lists, .. } => lists.iter().collect(),
            Self::Gate { list, .. } => vec![list],
            Self::Product { factors, .. } => factors.iter().collect(),
        };
        for tree in lists.into_iter().flatten() {
            tree.steps(into);
        }
        into.push(self.step());
    }
}

/// The layers from the picture to the step `result`.
pub(crate) fn tree(steps: &[Step], result: usize) -> Result<Vec<Tree>, ImportError> {
    let mut growing = Growing {
        steps,
        dominators: Dominators::new(steps),
        used: BTreeSet::new(),
    };
    growing.list(0, result, 0)
}

struct Growing<'s, 'a> {
    steps: &'s [Step<'a>],
    dominators: Dominators,
    /// Steps that have their place.
    used: BTreeSet<usize>,
}

/// A function that was told: what it reads, and every step of it.
struct Found {
    source: usize,
    layer: Option<OwnLayer>,
    steps: BTreeSet<usize>,
}

impl<'s, 'a> Growing<'s, 'a> {
    /// The layers that make `to` of `from`, through which every way to `to` leads.
    fn list(&mut self, from: usize, to: usize, depth: usize) -> Result<Vec<Tree>, ImportError> {
        let mut found = Vec::new();
        let mut at = to;
        while at != from {
            let step = self.step(at)?;
            if depth > MOST_DEEP {
                return Err(refused(
                    step,
                    format!("at most {MOST_DEEP} branches inside of branches"),
                    "more",
                ));
            }
            match &step.work {
                Work::Picture => {
                    return Err(refused(step, "a way from the picture", "none"));
                }
                Work::Conv(..) | Work::Linear(..) | Work::Layer(..) => {
                    self.take(at)?;
                    found.push(Tree::Step(at));
                    at = step.inputs.first().copied().unwrap_or(0);
                }
                Work::Function(function) => match self.function(from, at) {
                    Some(told) => {
                        for step in told.steps {
                            self.take(step)?;
                        }
                        let step = at;
                        found.extend(told.layer.map(|layer| Tree::Function { layer, step }));
                        at = told.source;
                    }
                    None => {
                        self.take(at)?;
                        found.push(self.meeting(function.kind, at, depth)?);
                        at = self.dominators.of(at);
                    }
                },
                Work::Concatenation => {
                    self.take(at)?;
                    let source = self.dominators.of(at);
                    let lists = self.branches(source, &step.inputs, depth)?;
                    found.push(Tree::Branches { lists, step: at });
                    at = source;
                }
            }
        }
        found.reverse();
        Ok(found)
    }

    fn step(&self, at: usize) -> Result<&'s Step<'a>, ImportError> {
        self.steps.get(at).ok_or_else(|| ImportError::Graph {
            expected: "a way from the picture to the result".into(),
            found: "none".into(),
        })
    }

    /// Every step has one place in a tree.
    fn take(&mut self, at: usize) -> Result<(), ImportError> {
        match self.used.insert(at) {
            true => Ok(()),
            false => Err(refused(
                self.step(at)?,
                "branches that begin at one place and meet at another, one inside of the other",
                "a result that is read from several branches",
            )),
        }
    }

    /// A sum or product of two ways from one place.
    fn meeting(&mut self, kind: Elementary, at: usize, depth: usize) -> Result<Tree, ImportError> {
        let step = self.step(at)?;
        let is_meeting = matches!(kind, Elementary::Add | Elementary::Mul);
        let ([first, second], true) = (&step.inputs[..], is_meeting) else {
            return Err(refused(
                step,
                "a function that networks here have: ReLU, ReLU6, SiLU, GELU, QuickGELU, sigmoid, hard swish or hard sigmoid",
                "another function",
            ));
        };
        let inputs = [*first, *second];
        let shapes = inputs.map(|input| self.shape(input));
        let source = self.dominators.of(at);
        let mut lists = Vec::new();
        for input in inputs {
            lists.push(self.list(source, input, depth + 1)?);
        }
        let step = self.step(at)?;
        let (Some(right), Some(left)) = (lists.pop(), lists.pop()) else {
            return Err(refused(step, "two ways", "another number"));
        };
        match kind {
            Elementary::Add if !(left.is_empty() && right.is_empty()) => {
                let is_turned = left.is_empty() || (!right.is_empty() && left.len() < right.len());
                let (body, shortcut) = match is_turned {
                    true => (right, left),
                    false => (left, right),
                };
                Ok(Tree::Residual {
                    body,
                    shortcut,
                    step: at,
                })
            }
            Elementary::Mul => {
                let is_alike = shapes[0] == shapes[1];
                let [of_left, of_right] = shapes.map(Shape::pixels);
                let (list, whole) =
                    match (of_left > of_right) || (of_left == of_right && left.is_empty()) {
                        true => (right, left),
                        false => (left, right),
                    };
                let is_gate = whole.is_empty() && !list.is_empty() && of_left.min(of_right) == 1;
                match is_gate {
                    true => Ok(Tree::Gate { list, step: at }),
                    false if is_alike => Ok(Tree::Product {
                        factors: [list, whole],
                        step: at,
                    }),
                    false => Err(refused(
                        step,
                        "a map times another of its extents, or times a factor a channel that is made of it",
                        "another product",
                    )),
                }
            }
            _ => Err(refused(
                step,
                "a sum or a product where branches meet",
                "another function",
            )),
        }
    }

    /// The ways from `source` to each of `inputs`. Neighbours that part later are joined by themselves first.
    fn branches(
        &mut self,
        source: usize,
        inputs: &[usize],
        depth: usize,
    ) -> Result<Vec<Vec<Tree>>, ImportError> {
        let mut groups: Vec<(usize, Vec<usize>)> = Vec::new();
        for input in inputs {
            let last = groups.last_mut();
            let joined = last.filter(|(common, _)| {
                let common = self.dominators.common(*common, *input);
                common != source
            });
            match joined {
                Some((common, group)) => {
                    *common = self.dominators.common(*common, *input);
                    group.push(*input);
                }
                None => groups.push((*input, vec![*input])),
            }
        }
        let mut lists = Vec::new();
        let mut passes = 0;
        for (common, group) in groups {
            let mut list = self.list(source, common, depth + 1)?;
            if let [_, _, ..] = group[..] {
                let step = group.last().copied().unwrap_or(0);
                let lists = self.branches(common, &group, depth + 1)?;
                list.push(Tree::Branches { lists, step });
            }
            passes += usize::from(list.is_empty());
            lists.push(list);
        }
        match passes > 1 {
            true => Err(refused(
                self.step(source)?,
                "a map once among joined maps",
                "it twice",
            )),
            false => Ok(lists),
        }
    }

    fn shape(&self, at: usize) -> Shape {
        self.steps
            .get(at)
            .map_or(Shape::vector(0), |step| step.shape)
    }

    /// The function that ends at `at`, of the last value before it of which it is one that networks have.
    fn function(&self, from: usize, at: usize) -> Option<Found> {
        let mut source = self.dominators.of(at);
        for _ in 0..MOST_SOURCES {
            let steps = self.between(source, at)?;
            if let Some(layer) = self.told(source, at, &steps) {
                return Some(Found {
                    source,
                    layer,
                    steps,
                });
            }
            let is_function = matches!(self.steps.get(source)?.work, Work::Function(_));
            if source == from || !is_function {
                return None;
            }
            source = self.dominators.of(source);
        }
        None
    }

    /// The steps behind `source` that `at` depends on, itself among them, if all are functions.
    fn between(&self, source: usize, at: usize) -> Option<BTreeSet<usize>> {
        let mut steps = BTreeSet::new();
        let mut wanted = vec![at];
        while let Some(next) = wanted.pop() {
            if next == source || !steps.insert(next) {
                continue;
            }
            let step = self.steps.get(next)?;
            if !matches!(step.work, Work::Function(_)) || steps.len() > MOST_OF_FUNCTION {
                return None;
            }
            wanted.extend(&step.inputs);
        }
        Some(steps)
    }

    fn told(&self, source: usize, at: usize, steps: &BTreeSet<usize>) -> Option<Option<OwnLayer>> {
        let is_alike = steps
            .iter()
            .all(|step| self.shape(*step) == self.shape(source));
        if !is_alike {
            return None;
        }
        let value = |point: f64| {
            let mut values = std::collections::BTreeMap::from([(source, point)]);
            for number in steps {
                let step = self.steps.get(*number)?;
                let Work::Function(Function { kind, operands }) = &step.work else {
                    return None;
                };
                let of = |operand: &Operand| match operand {
                    Operand::Number(number) => Some(*number),
                    Operand::Input(place) => values.get(step.inputs.get(*place)?).copied(),
                };
                let numbers: Vec<f64> = operands.iter().map(of).collect::<Option<_>>()?;
                let value = kind.of(&numbers);
                values.insert(*number, value);
            }
            values.get(&at).copied()
        };
        let values: Vec<f64> = points().into_iter().map(value).collect::<Option<_>>()?;
        recognised(&values)
    }
}

fn refused(step: &Step, expected: impl Into<String>, found: impl Into<String>) -> ImportError {
    ImportError::Refused {
        operator: step.operator.into(),
        node: step.node.into(),
        expected: expected.into(),
        found: found.into(),
    }
}
