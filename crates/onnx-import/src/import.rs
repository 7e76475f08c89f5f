//! From the bytes of a file to a network and its weights.

use networks::onnx::read_metadata;
use networks::zoo::{self, Choice, OwnBlock, OwnLayer};
use networks::{HostTensor, Network, Weights};
use onnx_graph::read_graph;

use super::block::{BlockPatterns, HEAD, Item, cut};
use super::error::ImportError;
use super::output::{input, picture, result};
use super::paths::Writing;
use super::step::{Step, Work};
use super::steps::Steps;
use super::tree::{Tree, tree};

/// A network of a file.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The network in words, under the name that was given.
    pub choice: Choice,
    /// It with the file's size of pictures and number of classes.
    pub network: Network,
    /// The file's tensors under the network's paths; without those of a classifier where the file has none
    /// that a new one takes the place of.
    pub weights: Weights,
    /// What became different, a sentence each without full stop.
    pub notes: Vec<String>,
}

/// What ends a network.
enum End {
    /// A linear layer of so many classes, which reads a vector.
    Classifier(HostTensor, Option<HostTensor>),
    /// A linear layer of so many classes that reads all pixels of a map.
    OfMap(usize),
    /// No linear layer.
    Features,
}

/// Reads the ONNX file `bytes` as a network called `name`, cut into blocks by `patterns`.
///
/// Memory is bounded by the length of the file.
pub fn import(bytes: &[u8], name: &str, patterns: &BlockPatterns) -> Result<Imported, ImportError> {
    let about = read_metadata(bytes)?;
    let graph = read_graph(bytes)?;
    let (picture_name, shape, form) = picture(&about, &graph)?;
    let result_name = result(&about, &graph)?;
    let of_picture = (shape, form);
    let mut steps = Steps::read(&graph, &picture_name, of_picture, result_name, bytes.len())?;
    let last = match steps.result(result_name) {
        Some(flow) if flow.border.is_none() => flow.step,
        _ => {
            return Err(ImportError::Graph {
                expected: "an output that depends on the input".into(),
                found: format!("`{result_name}`"),
            });
        }
    };
    let mut trees = tree(&steps.all, last)?;
    let convolutions = Convolutions::of(&steps.all);
    let reads_maps = steps.all.iter().any(is_of_whole_map(&steps.all));
    let end = end(&mut steps.all, &mut trees);
    let ends_flat = matches!(end, End::OfMap(_));
    let is_without_classifier = matches!(end, End::Features);
    let mean = match (&end, trees.last()) {
        (End::Classifier(..), Some(Tree::Step(at))) if is_mean(&steps.all, *at) => trees.pop(),
        _ => None,
    };
    let items: Vec<Item> = trees.iter().map(|tree| item(&steps.all, tree)).collect();
    let cuts = cut(&items, patterns)?;
    drop(items);
    let reached = trees
        .last()
        .map_or(shape, |tree| shape_of(&steps.all, tree.step()));
    let mut writing = Writing {
        steps: &mut steps.all,
        weights: Weights::default(),
    };
    let mut blocks = Vec::new();
    let mut trees = trees.as_slice();
    for (block, count) in cuts {
        let (these, others) = trees.split_at(count.min(trees.len()));
        let layers = writing.layers(&block, these);
        blocks.push(OwnBlock {
            name: block,
            layers,
        });
        trees = others;
    }
    if blocks.last().is_none_or(|block| block.name != HEAD) {
        blocks.push(OwnBlock {
            name: HEAD.into(),
            layers: Vec::new(),
        });
    }
    let mut classes = 2;
    let mut notes = convolutions.notes(name);
    if let Some(head) = blocks.last_mut() {
        // Of larger pictures a layer over a whole map leaves more than one pixel.
        if mean.is_some() || reads_maps || reached.pixels() != 1 {
            head.layers.push(OwnLayer::GlobalAverage);
        }
        let path = format!("{HEAD}.{}", head.layers.len());
        head.layers.push(OwnLayer::Classifier);
        match end {
            End::Classifier(weight, bias) => {
                classes = weight.shape.first().copied().unwrap_or(0);
                let zeros = || HostTensor {
                    shape: vec![classes],
                    values: vec![0.0; classes],
                };
                writing.weight_and_bias(&path, weight, Some(bias.unwrap_or_else(zeros)));
            }
            End::OfMap(found) => classes = found,
            End::Features => {}
        }
    }
    if ends_flat {
        notes.push(format!(
            "the last linear layer of `{name}` reads all pixels of a map; the new head reads their mean"
        ));
    }
    if is_without_classifier {
        notes.push(format!(
            "`{name}` ends without a linear layer: the new head reads its last {} channels; where these are \
             scores of classes, cut the file off before them",
            reached.channels
        ));
    }
    let weights = writing.weights;
    let choice = Choice {
        blocks: Some(blocks),
        ..Choice::named(name)
    };
    let network = zoo::network(&choice, input(shape), classes)?;
    network.cost()?;
    for parameter in network.parameters() {
        let found = weights.tensors.get(&parameter.path);
        let is_there = found.is_some_and(|tensor| tensor.shape == parameter.shape);
        if !is_there && !parameter.is_classifier {
            return Err(ImportError::Graph {
                expected: format!(
                    "a tensor {:?} of layer `{}`",
                    parameter.shape, parameter.path
                ),
                found: found.map_or("none".into(), |tensor| format!("{:?}", tensor.shape)),
            });
        }
    }
    Ok(Imported {
        choice,
        network,
        weights,
        notes,
    })
}

/// Takes the classifier off, if the network ends with one.
fn end(steps: &mut [Step], trees: &mut Vec<Tree>) -> End {
    let Some(Tree::Step(at)) = trees.last() else {
        return End::Features;
    };
    let at = *at;
    let is_of_vector = steps
        .get(at)
        .and_then(|step| step.inputs.first())
        .is_some_and(|input| shape_of(steps, *input).pixels() == 1);
    let is_of_map = steps.get(at).is_some_and(is_of_whole_map(steps));
    let Some(step) = steps.get_mut(at) else {
        return End::Features;
    };
    let channels = step.shape.channels;
    let work = std::mem::replace(&mut step.work, Work::Picture);
    let found = match work {
        Work::Linear(weight, bias) if is_of_vector => End::Classifier(weight, bias),
        Work::Conv(conv, weight, bias)
            if is_of_vector && conv.groups.is_none() && weight.shape.ends_with(&[1, 1]) =>
        {
            let shape = weight.shape.get(..2).unwrap_or_default().to_vec();
            End::Classifier(HostTensor { shape, ..weight }, bias)
        }
        Work::Conv(..) if is_of_map => End::OfMap(channels),
        work => {
            step.work = work;
            return End::Features;
        }
    };
    trees.pop();
    found
}

/// Whether a step is a convolution whose window is a whole map of several pixels.
fn is_of_whole_map<'s>(steps: &'s [Step]) -> impl Fn(&Step) -> bool + use<'s> {
    let shapes: Vec<usize> = steps.iter().map(|step| step.shape.pixels()).collect();
    move |step| {
        let read = step.inputs.first().and_then(|input| shapes.get(*input));
        let pixels = read.copied().unwrap_or(1);
        matches!(&step.work, Work::Conv(conv, weight, _)
            if pixels > 1
                && conv.groups.is_none()
                && weight.shape.iter().skip(2).product::<usize>() == pixels
                && step.shape.pixels() == 1)
    }
}

fn is_mean(steps: &[Step], at: usize) -> bool {
    let step = steps.get(at);
    step.is_some_and(|step| matches!(step.work, Work::Layer(OwnLayer::GlobalAverage, _)))
}

fn shape_of(steps: &[Step], at: usize) -> networks::Shape {
    steps
        .get(at)
        .map_or(networks::Shape::vector(0), |step| step.shape)
}

fn item<'a>(steps: &[Step<'a>], tree: &Tree) -> Item<'a> {
    let mut inside = Vec::new();
    tree.steps(&mut inside);
    let inside: Vec<&Step> = inside.iter().filter_map(|at| steps.get(*at)).collect();
    let has_tensors = |step: &&Step| match &step.work {
        Work::Conv(..) | Work::Linear(..) => true,
        Work::Layer(_, tensors) => !tensors.is_empty(),
        Work::Picture | Work::Function(_) | Work::Concatenation => false,
    };
    let last = steps.get(tree.step());
    let after = shape_of(steps, tree.step());
    let before = match tree {
        Tree::Step(_) => last
            .and_then(|step| step.inputs.first())
            .map(|input| shape_of(steps, *input)),
        Tree::Function { .. } | Tree::Gate { .. } => Some(after),
        Tree::Residual { .. } | Tree::Branches { .. } | Tree::Product { .. } => {
            let inputs = inside.iter().flat_map(|step| &step.inputs);
            let first = inputs.min().copied();
            first.map(|first| shape_of(steps, first))
        }
    };
    Item {
        has_tensors: inside.iter().any(has_tensors),
        names: inside
            .iter()
            .flat_map(|step| step.names.iter().copied())
            .collect(),
        shapes: [before.unwrap_or(after), after],
    }
}

/// How many convolutions have a bias, and whether there is a batch norm.
struct Convolutions {
    with_bias: usize,
    all: usize,
    has_norms: bool,
}

impl Convolutions {
    fn of(steps: &[Step]) -> Self {
        let mut found = Self {
            with_bias: 0,
            all: 0,
            has_norms: false,
        };
        for step in steps {
            match &step.work {
                Work::Conv(_, _, bias) => {
                    found.all += 1;
                    found.with_bias += usize::from(bias.is_some());
                }
                Work::Layer(layer, _) => {
                    found.has_norms |= matches!(
                        layer,
                        OwnLayer::BatchNorm | OwnLayer::LayerNorm | OwnLayer::Norm(_)
                    );
                }
                _ => {}
            }
        }
        found
    }

    /// Exporters fold batch norms into the convolutions before them.
    fn notes(&self, name: &str) -> Vec<String> {
        match !self.has_norms && self.with_bias > 1 {
            false => Vec::new(),
            true => vec![format!(
                "`{name}` has no batch norm: {} of its {} convolutions have a bias, into which exporters fold it; it is trained without",
                self.with_bias, self.all
            )],
        }
    }
}
