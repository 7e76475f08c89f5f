//! Layers with tensors of their own but for convolutions: norms and products with matrices.

use networks::HostTensor;
use networks::zoo::{Epsilon, NormKind, OwnConv, OwnLayer, OwnNorm};

use super::constant::turned;
use super::error::ImportError;
use super::node::{Node, pair};
use super::step::{Flow, Form, Work};
use super::steps::Steps;

impl<'a> Steps<'a> {
    pub(crate) fn batch_norm(&mut self, node: Node<'a>) -> Result<(), ImportError> {
        let x = self.flow(node, 0)?;
        if !matches!(x.form, Form::Map | Form::Vector) {
            return Err(node.refused(Form::Map.name(), x.form.name()));
        }
        if node.int("training_mode", 0)? != 0 {
            return Err(node.refused(
                "a network that was exported for inference",
                "one for training",
            ));
        }
        let channels = self.shape(x.step).channels;
        let mut tensors = Vec::new();
        for (place, name) in ["weight", "bias", "running_mean", "running_var"]
            .into_iter()
            .enumerate()
        {
            tensors.push((name, self.vector(node, place + 1, channels)?));
        }
        let layer = norm(node, NormKind::BatchNorm)?;
        let step = self.push_layer(node, x.step, &layer, Work::Layer(layer.clone(), tensors))?;
        self.write(node, step, x.form);
        Ok(())
    }

    pub(crate) fn layer_norm(&mut self, node: Node<'a>) -> Result<(), ImportError> {
        let x = self.flow(node, 0)?;
        let axis = node.int("axis", -1)?;
        let is_last = axis == -1 || axis == x.form.rank() - 1;
        if !matches!(x.form, Form::Last | Form::Vector) || !is_last || node.0.outputs.len() > 1 {
            return Err(node.refused("a norm over the channels of every pixel", "another"));
        }
        let channels = self.shape(x.step).channels;
        let scale = self.vector(node, 1, channels)?;
        let shift = match node.0.input(2) {
            Some(_) => self.vector(node, 2, channels)?,
            None => HostTensor {
                shape: vec![channels],
                values: vec![0.0; channels],
            },
        };
        let layer = norm(node, NormKind::LayerNorm)?;
        let tensors = vec![("weight", scale), ("bias", shift)];
        let step = self.push_layer(node, x.step, &layer, Work::Layer(layer.clone(), tensors))?;
        self.write(node, step, x.form);
        Ok(())
    }

    pub(crate) fn gemm(&mut self, node: Node<'a>) -> Result<(), ImportError> {
        let x = self.flow(node, 0)?;
        let factors = [node.float("alpha", 1.0)?, node.float("beta", 1.0)?];
        if factors != [1.0; 2] || node.int("transA", 0)? != 0 {
            return Err(node.refused("W x + b", "factors before it"));
        }
        let weight = self.tensor(node, 1)?;
        let weight = match node.int("transB", 0)? {
            0 => turned(weight),
            _ => weight,
        };
        let bias = self.optional_tensor(node, 2)?;
        self.linear(node, x, weight, bias)
    }

    pub(crate) fn matrix_product(&mut self, node: Node<'a>) -> Result<(), ImportError> {
        let x = self.flow(node, 0)?;
        if self.is_flow(node, 1) {
            return Err(node.refused("a matrix of the file", "another map, as attention has it"));
        }
        let weight = turned(self.tensor(node, 1)?);
        self.linear(node, x, weight, None)
    }

    /// `W x + b` with the weight `[out, in]`.
    fn linear(
        &mut self,
        node: Node<'a>,
        x: Flow,
        weight: HostTensor,
        bias: Option<HostTensor>,
    ) -> Result<(), ImportError> {
        let shape = self.shape(x.step);
        let read = match x.form {
            Form::Flat { .. } => shape.elements(),
            Form::Map | Form::Last | Form::Vector => shape.channels,
        };
        let [features, into] = weight.shape[..] else {
            return Err(node.refused("a matrix", format!("{:?}", weight.shape)));
        };
        let biases = bias.as_ref().map_or(features, |bias| bias.values.len());
        if into != read || biases != features || x.form == Form::Map {
            let expected = format!("a matrix for {read} features, over channels");
            return Err(node.refused(expected, format!("{:?} of {}", weight.shape, x.form.name())));
        }
        let bias = bias.map(|bias| HostTensor {
            shape: vec![features],
            ..bias
        });
        let Form::Flat { is_last } = x.form else {
            let layer = OwnLayer::Linear(features);
            let step = self.push_layer(node, x.step, &layer, Work::Linear(weight, bias))?;
            self.write(node, step, x.form);
            return Ok(());
        };
        // Of a whole map it is a convolution whose window is the map.
        let values = match is_last {
            true => channels_first(&weight.values, shape.channels, shape.pixels()),
            false => weight.values,
        };
        let weight = HostTensor {
            shape: vec![features, shape.channels, shape.height, shape.width],
            values,
        };
        let conv = OwnConv {
            channels: features,
            kernel: pair([shape.height, shape.width]),
            stride: None,
            padding: Some(pair([0; 2])),
            dilation: None,
            groups: None,
            bias: bias.is_some(),
        };
        let layer = OwnLayer::Conv(conv.clone());
        let step = self.push_layer(node, x.step, &layer, Work::Conv(conv, weight, bias))?;
        self.write(node, step, Form::Vector);
        Ok(())
    }
}

/// Rows of `pixels × channels` numbers as rows of `channels × pixels`.
fn channels_first(values: &[f32], channels: usize, pixels: usize) -> Vec<f32> {
    let rows = values.chunks_exact((channels * pixels).max(1));
    let turned = rows.flat_map(|row| {
        (0..channels).flat_map(move |channel| row.iter().skip(channel).step_by(channels))
    });
    turned.copied().collect()
}

fn norm(node: Node, kind: NormKind) -> Result<OwnLayer, ImportError> {
    let found = node.float("epsilon", 1e-5)?;
    Ok(match kind {
        NormKind::BatchNorm if found == 1e-5 => OwnLayer::BatchNorm,
        NormKind::LayerNorm if found == 1e-6 => OwnLayer::LayerNorm,
        kind => {
            // The shortest decimal: 0.001 rather than 0.0010000000474974513.
            let decimal: f64 = found.to_string().parse().unwrap_or_default();
            let epsilon = Epsilon::try_from(decimal);
            let epsilon = epsilon
                .map_err(|_| node.refused("an epsilon above 0 and at most 1", found.to_string()))?;
            OwnLayer::Norm(OwnNorm { kind, epsilon })
        }
    })
}
