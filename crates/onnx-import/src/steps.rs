//! A graph as steps, operator by operator.

use std::collections::{BTreeMap, BTreeSet};

use networks::zoo::{OwnLayer, own_shape};
use networks::{HostTensor, Shape};
use onnx_graph::{Argument, GraphRead};

use super::budget::Budget;
use super::constant::Constant;
use super::error::ImportError;
use super::node::Node;
use super::operators::OPERATORS;
use super::step::{Flow, Form, Step, Work};

/// Most steps.
const MOST_STEPS: usize = 10_000;

/// What has been read of a graph.
pub(crate) struct Steps<'a> {
    pub(crate) all: Vec<Step<'a>>,
    constants: BTreeMap<&'a str, Constant<'a>>,
    flows: BTreeMap<&'a str, Flow>,
    /// How often a name is read.
    uses: BTreeMap<&'a str, usize>,
    /// Steps that more than one operator reads.
    shared: BTreeSet<usize>,
    /// Concatenations by what they join.
    pub(crate) joined: BTreeMap<Vec<usize>, usize>,
    budget: Budget,
}

impl<'a> Steps<'a> {
    /// The steps from the input called `picture` to the result called `result`.
    pub(crate) fn read(
        graph: &'a GraphRead<'a>,
        picture: &'a str,
        (shape, form): (Shape, Form),
        result: &'a str,
        bytes: usize,
    ) -> Result<Self, ImportError> {
        let tensors = graph.tensors.iter();
        let mut steps = Self {
            all: Vec::new(),
            constants: tensors
                .map(|tensor| (tensor.name, Constant::Stored(tensor)))
                .collect(),
            flows: BTreeMap::new(),
            uses: BTreeMap::from([(result, 1)]),
            shared: BTreeSet::new(),
            joined: BTreeMap::new(),
            budget: Budget::of_file(bytes),
        };
        let root = steps.push(Step {
            work: Work::Picture,
            inputs: Vec::new(),
            shape,
            operator: "",
            node: picture,
            names: Vec::new(),
        })?;
        let border = None;
        steps.flows.insert(
            picture,
            Flow {
                step: root,
                form,
                border,
            },
        );
        let live = live(graph, result);
        for (_, node) in graph
            .nodes
            .iter()
            .enumerate()
            .filter(|(at, _)| live.contains(at))
        {
            for name in &node.inputs {
                *steps.uses.entry(name).or_default() += 1;
            }
        }
        for (at, node) in graph.nodes.iter().enumerate() {
            if live.contains(&at) {
                steps.node(Node(node))?;
            }
        }
        Ok(steps)
    }

    fn node(&mut self, node: Node<'a>) -> Result<(), ImportError> {
        if !matches!(node.0.domain, "" | "ai.onnx") {
            return Err(node.unknown());
        }
        for name in &node.0.inputs {
            let is_known = self.constants.contains_key(name) || self.flows.contains_key(name);
            if !name.is_empty() && !is_known {
                return Err(node.refused(
                    "inputs that the graph has, or that operators before it write",
                    format!("`{name}`"),
                ));
            }
            if let Some(flow) = self.flows.get(name)
                && self.uses.get(name).is_some_and(|uses| *uses > 1)
            {
                self.shared.insert(flow.step);
            }
        }
        if !node
            .0
            .inputs
            .iter()
            .any(|name| self.flows.contains_key(name))
        {
            return self.constant_node(node);
        }
        match node.operator() {
            "Conv" => self.convolution(node),
            "MaxPool" | "AveragePool" => self.pool(node),
            "GlobalAveragePool" | "ReduceMean" => self.mean(node),
            "Pad" => self.pad(node),
            "BatchNormalization" => self.batch_norm(node),
            "LayerNormalization" => self.layer_norm(node),
            "Gemm" => self.gemm(node),
            "MatMul" => self.matrix_product(node),
            "Concat" => self.concatenation(node),
            "Flatten" => self.flatten(node),
            "Reshape" => self.reshape(node),
            "Squeeze" | "Unsqueeze" => self.one_pixel(node),
            "Transpose" => self.transpose(node),
            "Shape" => self.extents(node),
            "Identity" | "Dropout" | "Cast" => {
                let flow = self.flow(node, 0)?;
                self.alias(node, flow);
                Ok(())
            }
            "Softmax" | "LogSoftmax" => {
                Err(node.refused("it behind the logits", "it inside of the network"))
            }
            _ => self.elementwise(node),
        }
    }

    /// Adds a step; gives its number.
    pub(crate) fn push(&mut self, step: Step<'a>) -> Result<usize, ImportError> {
        if self.all.len() >= MOST_STEPS {
            return Err(ImportError::Graph {
                expected: format!("at most {MOST_STEPS} operators on maps"),
                found: "more".into(),
            });
        }
        self.all.push(step);
        Ok(self.all.len() - 1)
    }

    /// Adds a step of `node` that reads `input` and makes what `layer` makes; gives its number.
    pub(crate) fn push_layer(
        &mut self,
        node: Node<'a>,
        input: usize,
        layer: &OwnLayer,
        work: Work,
    ) -> Result<usize, ImportError> {
        let shape = own_shape(layer, self.shape(input), node.name())?;
        self.push(Step {
            work,
            inputs: vec![input],
            shape,
            operator: node.operator(),
            node: node.name(),
            names: self.names(node),
        })
    }

    /// Every name by which the file knows what a node computes.
    pub(crate) fn names(&self, node: Node<'a>) -> Vec<&'a str> {
        let inputs = node.0.inputs.iter().copied();
        let tensors = inputs.filter(|name| self.constants.contains_key(name));
        let own = [node.0.name, node.output()].into_iter();
        own.chain(tensors).filter(|name| !name.is_empty()).collect()
    }

    pub(crate) fn shape(&self, step: usize) -> Shape {
        self.all
            .get(step)
            .map_or(Shape::vector(0), |step| step.shape)
    }

    /// What a node reads at a place: something that depends on the picture, with its zeros around it.
    pub(crate) fn bordered(&self, node: Node<'a>, place: usize) -> Result<Flow, ImportError> {
        let name = node.input(place)?;
        let found = self.flows.get(name).copied();
        found.ok_or_else(|| {
            let place = place + 1;
            node.refused(
                format!("what the picture became as input {place}"),
                "constants",
            )
        })
    }

    /// The same without zeros around it.
    pub(crate) fn flow(&self, node: Node<'a>, place: usize) -> Result<Flow, ImportError> {
        let flow = self.bordered(node, place)?;
        match flow.border {
            None => Ok(flow),
            Some(_) => Err(node.refused("a convolution or pool behind `Pad`", node.operator())),
        }
    }

    /// The same in one form.
    pub(crate) fn flow_in(
        &self,
        node: Node<'a>,
        place: usize,
        form: Form,
    ) -> Result<Flow, ImportError> {
        let flow = self.bordered(node, place)?;
        match flow.form == form {
            true => Ok(flow),
            false => Err(node.refused(form.name(), flow.form.name())),
        }
    }

    /// What a node reads at a place, if that depends on the picture.
    pub(crate) fn is_flow(&self, node: Node<'a>, place: usize) -> bool {
        let name = node.0.input(place);
        name.is_some_and(|name| self.flows.contains_key(name))
    }

    /// Whether nothing else reads what a step makes.
    pub(crate) fn is_read_once(&self, step: usize) -> bool {
        !self.shared.contains(&step)
    }

    pub(crate) fn constant(&self, node: Node<'a>, place: usize) -> Option<&Constant<'a>> {
        node.0
            .input(place)
            .and_then(|name| self.constants.get(name))
    }

    /// The numbers at a place; `None` where nothing is.
    pub(crate) fn optional_tensor(
        &mut self,
        node: Node<'a>,
        place: usize,
    ) -> Result<Option<HostTensor>, ImportError> {
        let Some(name) = node.0.input(place) else {
            return Ok(None);
        };
        let expected = || {
            let place = place + 1;
            node.refused(
                format!("numbers of the file as input {place}"),
                "what is computed",
            )
        };
        let constant = self.constants.get(name).ok_or_else(expected)?;
        let tensor = constant.tensor(&mut self.budget)?;
        tensor.ok_or_else(expected).map(Some)
    }

    /// The numbers at a place.
    pub(crate) fn tensor(
        &mut self,
        node: Node<'a>,
        place: usize,
    ) -> Result<HostTensor, ImportError> {
        node.input(place)?;
        let found = self.optional_tensor(node, place)?;
        found.ok_or_else(|| node.refused("numbers of the file", "none"))
    }

    /// Numbers at a place, one for each of `count`.
    pub(crate) fn vector(
        &mut self,
        node: Node<'a>,
        place: usize,
        count: usize,
    ) -> Result<HostTensor, ImportError> {
        let tensor = self.tensor(node, place)?;
        match tensor.values.len() == count {
            true => Ok(HostTensor {
                shape: vec![count],
                ..tensor
            }),
            false => Err(node.refused(
                format!("{count} numbers, one a channel, as input {}", place + 1),
                format!("{:?}", tensor.shape),
            )),
        }
    }

    /// Axes that a node is told, as an argument or as input 2.
    pub(crate) fn axes(&self, node: Node<'a>, rank: i64) -> Result<Option<Vec<i64>>, ImportError> {
        let told = match node.ints("axes") {
            Some(axes) => Some(axes.to_vec()),
            None if node.0.input(1).is_some() => {
                let whole = self.constant(node, 1).and_then(Constant::whole);
                let known = whole.and_then(|all| all.into_iter().collect::<Option<Vec<i64>>>());
                Some(known.ok_or_else(|| node.refused("axes that are known", "others"))?)
            }
            None => None,
        };
        let from_front = |axis: i64| {
            if axis < 0 {
                axis.saturating_add(rank)
            } else {
                axis
            }
        };
        Ok(told.map(|axes| {
            let mut axes: Vec<i64> = axes.into_iter().map(from_front).collect();
            axes.sort_unstable();
            axes
        }))
    }

    /// What a node writes is `flow`.
    pub(crate) fn alias(&mut self, node: Node<'a>, flow: Flow) {
        self.flows.insert(node.output(), flow);
    }

    /// What a node writes is what a step makes.
    pub(crate) fn write(&mut self, node: Node<'a>, step: usize, form: Form) {
        let border = None;
        self.alias(node, Flow { step, form, border });
    }

    /// What a node writes is known.
    pub(crate) fn known(&mut self, node: Node<'a>, constant: Constant<'a>) {
        self.constants.insert(node.output(), constant);
    }

    /// The step that makes the value of a name.
    pub(crate) fn result(&self, name: &str) -> Option<Flow> {
        self.flows.get(name).copied()
    }

    /// A node that reads no picture.
    fn constant_node(&mut self, node: Node<'a>) -> Result<(), ImportError> {
        if node.operator() == "Constant" {
            let constant = match (node.0.argument("value"), node.0.argument("value_float")) {
                (Some(Argument::Tensor(stored)), _) => Constant::Stored(stored),
                (_, Some(Argument::Float(number))) => Constant::Made(HostTensor {
                    shape: Vec::new(),
                    values: vec![*number],
                }),
                _ => match (node.0.argument("value_int"), node.0.argument("value_ints")) {
                    (Some(Argument::Int(number)), _) => Constant::Whole(vec![Some(*number)]),
                    (_, Some(Argument::Ints(numbers))) => {
                        Constant::Whole(numbers.iter().copied().map(Some).collect())
                    }
                    _ => return Err(node.refused("a tensor or numbers", "another value")),
                },
            };
            self.known(node, constant);
            return Ok(());
        }
        if self.whole_node(node)? {
            return Ok(());
        }
        let constant = match node.operator() {
            "Identity" | "Cast" => self.tensor(node, 0)?,
            "Transpose" => {
                let matrix = self.tensor(node, 0)?;
                let is_turned = node.ints("perm").is_none_or(|perm| perm == [1, 0]);
                if matrix.shape.len() != 2 || !is_turned {
                    return Err(
                        node.refused("a matrix of constants", format!("{:?}", matrix.shape))
                    );
                }
                super::constant::turned(matrix)
            }
            "Reshape" | "Squeeze" | "Unsqueeze" => {
                return Err(node.refused("constants in the shape that they are used in", "others"));
            }
            known if OPERATORS.contains(&known) => {
                return Err(node.refused("an operator that reads a map", "one of constants alone"));
            }
            _ => return Err(node.unknown()),
        };
        self.known(node, Constant::Made(constant));
        Ok(())
    }
}

/// Numbers of the nodes that `result` depends on.
fn live(graph: &GraphRead, result: &str) -> BTreeSet<usize> {
    let mut writers = BTreeMap::new();
    for (at, node) in graph.nodes.iter().enumerate() {
        for output in node.outputs.iter().filter(|name| !name.is_empty()) {
            writers.entry(*output).or_insert(at);
        }
    }
    let mut live = BTreeSet::new();
    let mut wanted = vec![result];
    while let Some(name) = wanted.pop() {
        if let Some(at) = writers.get(name)
            && live.insert(*at)
        {
            wanted.extend(graph.nodes[*at].inputs.iter().copied());
        }
    }
    live
}
