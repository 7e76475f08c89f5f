//! Operators on numbers, one by one or two by two.

use networks::zoo::OwnLayer;
use networks::{HostTensor, Shape};

use super::constant::Constant;
use super::error::ImportError;
use super::function::{Elementary, Function, Operand};
use super::node::Node;
use super::step::{Flow, Form, Step, Work};
use super::steps::Steps;

impl<'a> Steps<'a> {
    pub(crate) fn elementwise(&mut self, node: Node<'a>) -> Result<(), ImportError> {
        let kind = self.elementary(node)?;
        let count = match kind {
            Elementary::Clip(..) | Elementary::HardSigmoid(..) => 1,
            _ => node.0.inputs.len(),
        };
        let mut operands = Vec::new();
        let mut flows: Vec<Flow> = Vec::new();
        let mut vector = None;
        for place in 0..count {
            if self.is_flow(node, place) {
                operands.push(Operand::Input(flows.len()));
                flows.push(self.flow(node, place)?);
                continue;
            }
            match self.constant(node, place).and_then(Constant::number) {
                Some(number) => operands.push(Operand::Number(number)),
                None => vector = Some(place),
            }
        }
        let Some(first) = flows.first().copied() else {
            return Err(node.refused("what the picture became", "constants"));
        };
        if let Some(place) = vector {
            return self.by_channel(node, kind, first, place);
        }
        if operands.is_empty() || operands.len() > 2 {
            return Err(node.refused("one or two inputs", operands.len().to_string()));
        }
        let shapes = flows.iter().map(|flow| self.shape(flow.step));
        let shape = shapes.clone().max_by_key(|shape| shape.pixels());
        let shape = shape.unwrap_or(Shape::vector(0));
        let fits = |found: Shape| {
            let is_factor = kind == Elementary::Mul && found == Shape::vector(shape.channels);
            found == shape || is_factor
        };
        let is_alike = flows.iter().all(|flow| flow.form == first.form);
        if !is_alike || !shapes.clone().all(fits) {
            let found: Vec<String> = flows
                .iter()
                .map(|flow| {
                    let Shape {
                        channels,
                        height,
                        width,
                    } = self.shape(flow.step);
                    format!(
                        "{} of {channels} channels, {height}×{width} pixels",
                        flow.form.name()
                    )
                })
                .collect();
            return Err(node.refused(
                "maps of one shape, or a map and a factor a channel",
                found.join(" and "),
            ));
        }
        let step = self.push(Step {
            work: Work::Function(Function { kind, operands }),
            inputs: flows.iter().map(|flow| flow.step).collect(),
            shape,
            operator: node.operator(),
            node: node.name(),
            names: self.names(node),
        })?;
        self.write(node, step, first.form);
        Ok(())
    }

    fn elementary(&self, node: Node<'a>) -> Result<Elementary, ImportError> {
        let bound = |place: usize, name: &str, without: f32| match self.constant(node, place) {
            Some(constant) => {
                let number = constant.number();
                number.ok_or_else(|| node.refused("bounds that are numbers", "others"))
            }
            None if self.is_flow(node, place) => {
                Err(node.refused("bounds that are numbers", "a map"))
            }
            None => Ok(f64::from(node.float(name, without)?)),
        };
        Ok(match node.operator() {
            "Clip" => Elementary::Clip(bound(1, "min", f32::MIN)?, bound(2, "max", f32::MAX)?),
            "HardSigmoid" => {
                let [alpha, beta] = [node.float("alpha", 0.2)?, node.float("beta", 0.5)?];
                Elementary::HardSigmoid(alpha.into(), beta.into())
            }
            "Gelu" => match node.word("approximate") {
                "" | "none" => Elementary::Gelu,
                other => return Err(node.refused("the exact form", format!("`{other}`"))),
            },
            other => Elementary::named(other).ok_or_else(|| node.unknown())?,
        })
    }

    /// A map and one number a channel: a bias of the layer before, or a learnt factor.
    fn by_channel(
        &mut self,
        node: Node<'a>,
        kind: Elementary,
        x: Flow,
        place: usize,
    ) -> Result<(), ImportError> {
        let channels = self.shape(x.step).channels;
        let shape = self
            .constant(node, place)
            .map(Constant::shape)
            .unwrap_or_default();
        // The axis of channels, counted from the end: shapes are joined there.
        let behind = match x.form {
            Form::Map => 2,
            Form::Last | Form::Vector | Form::Flat { .. } => 0,
        };
        let axis = shape.len().checked_sub(behind + 1);
        let is_by_channel = axis.is_some_and(|axis| {
            let mut extents = shape.iter().enumerate();
            extents.all(|(at, extent)| *extent == if at == axis { channels } else { 1 })
        });
        if !is_by_channel {
            let found = format!("constants {shape:?} beside {}", x.form.name());
            return Err(node.refused("one number, or one a channel", found));
        }
        let numbers = self.vector(node, place, channels)?;
        let names = self.names(node);
        let is_free = self.is_read_once(x.step);
        match kind {
            Elementary::Add if is_free => {
                let step = self.all.get_mut(x.step);
                let bias = match step.map(|step| (&mut step.work, &mut step.names)) {
                    Some((Work::Conv(conv, _, bias @ None), known)) => {
                        conv.bias = true;
                        known.extend(names);
                        Some(bias)
                    }
                    Some((Work::Linear(_, bias @ None), known)) => {
                        known.extend(names);
                        Some(bias)
                    }
                    _ => None,
                };
                let Some(bias) = bias else {
                    return Err(
                        node.refused("a convolution or matrix before a bias", "another layer")
                    );
                };
                *bias = Some(numbers);
                self.alias(node, x);
                Ok(())
            }
            Elementary::Mul => {
                let factors = HostTensor {
                    shape: vec![channels, 1, 1],
                    ..numbers
                };
                let layer = OwnLayer::Scale;
                let work = Work::Layer(layer.clone(), vec![("", factors)]);
                let step = self.push_layer(node, x.step, &layer, work)?;
                self.write(node, step, x.form);
                Ok(())
            }
            _ => Err(node.refused(
                "a bias behind a convolution or matrix, or a factor a channel",
                "another",
            )),
        }
    }
}
