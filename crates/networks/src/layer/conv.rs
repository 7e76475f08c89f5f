//! Convolutions.

use onnx_graph::{Attribute, ints};

use super::kind::{Contents, Cost, LayerKind, NetworkError, Shape, Site, Value, Width};
use super::mismatch::expect_channels;
use super::window::window_count;
use crate::parameter::{Kind, Parameter};

/// How a convolution walks over its input, rows first, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvGeometry {
    /// Step between neighbouring outputs, at least 1.
    pub stride: [usize; 2],
    /// Zeros added on both sides.
    pub padding: [usize; 2],
    /// Distance between neighbouring taps of the kernel, at least 1.
    pub dilation: [usize; 2],
    /// Independent groups of channels, at least 1; divides both channel counts.
    pub groups: usize,
}

/// A convolution: weight `[channels_out, channels_in / groups, kernel, kernel]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conv {
    /// Parameter path of the layer; its weight is `<path>.weight`.
    pub path: String,
    /// Channels read.
    pub channels_in: usize,
    /// Channels written.
    pub channels_out: usize,
    /// Kernel height and width, in pixels.
    pub kernel: [usize; 2],
    /// Stride, zero padding, dilation and groups.
    pub geometry: ConvGeometry,
    /// Whether it adds `<path>.bias` `[channels_out]`.
    pub bias: bool,
}

impl Conv {
    /// A square convolution of stride 1 without bias, padded so that maps keep their size where
    /// `kernel` is odd.
    pub fn new(path: String, channels: [usize; 2], kernel: usize) -> Self {
        Self {
            path,
            channels_in: channels[0],
            channels_out: channels[1],
            kernel: [kernel; 2],
            geometry: ConvGeometry {
                stride: [1; 2],
                padding: [kernel / 2; 2],
                dilation: [1; 2],
                groups: 1,
            },
            bias: false,
        }
    }

    /// The same with another stride.
    pub fn stride(mut self, stride: usize) -> Self {
        self.geometry.stride = [stride; 2];
        self
    }

    /// The same with other zeros on each side.
    pub fn padding(mut self, padding: usize) -> Self {
        self.geometry.padding = [padding; 2];
        self
    }

    /// The same with one kernel per channel.
    pub fn depthwise(mut self) -> Self {
        self.geometry.groups = self.channels_in;
        self
    }

    /// The same with a bias.
    pub fn with_bias(mut self) -> Self {
        self.bias = true;
        self
    }

    /// Whether it has one kernel per channel and more channels than one.
    pub fn is_depthwise(&self) -> bool {
        self.geometry.groups > 1 && self.geometry.groups == self.channels_in
    }

    /// The shape that leaves it when `input` enters.
    fn output(&self, input: Shape) -> Result<Shape, NetworkError> {
        let size = |n: usize, i: usize| {
            let geometry = &self.geometry;
            let (stride, padding) = (geometry.stride[i], geometry.padding[i]);
            window_count(n, self.kernel[i], stride, padding, geometry.dilation[i])
        };
        match (size(input.height, 0), size(input.width, 1)) {
            (Some(height), Some(width)) => Ok(Shape {
                channels: self.channels_out,
                height,
                width,
            }),
            _ => Err(NetworkError::MapTooSmall {
                layer: self.path.clone(),
                height: input.height,
                width: input.width,
                kernel: self.kernel,
            }),
        }
    }

    /// Multiply-adds of one number that it writes, without the bias.
    fn macs_per_output(&self) -> usize {
        self.channels_in / self.geometry.groups * self.kernel[0] * self.kernel[1]
    }
}

impl LayerKind for Conv {
    fn name(&self) -> &str {
        &self.path
    }

    fn width(&self, _: usize) -> Width {
        Width {
            channels: self.channels_out,
            is_chosen: !self.is_depthwise(),
        }
    }

    fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError> {
        expect_channels(&self.path, self.channels_in, input)?;
        let output = self.output(input)?;
        Ok(cost.written(output, output.elements() * self.macs_per_output()))
    }

    fn contents(&self) -> Contents<'_> {
        let [rows, columns] = self.kernel;
        let inputs = self.channels_in / self.geometry.groups;
        let shape = vec![self.channels_out, inputs, rows, columns];
        let weight = Parameter::new(format!("{}.weight", self.path), shape, Kind::ConvWeight);
        let shape = vec![self.channels_out];
        let bias = || Parameter::new(format!("{}.bias", self.path), shape, Kind::Bias);
        Contents::Tensors(
            std::iter::once(weight)
                .chain(self.bias.then(bias))
                .collect(),
        )
    }

    fn onnx(&self, site: &mut Site<'_, '_>, _: [Shape; 2], x: Value, _: Vec<Value>) -> Value {
        let geometry = &self.geometry;
        let [rows, columns] = geometry.padding;
        let attributes = vec![
            ("kernel_shape", ints(self.kernel)),
            ("strides", ints(geometry.stride)),
            ("pads", ints([rows, columns, rows, columns])),
            ("dilations", ints(geometry.dilation)),
            ("group", Attribute::Int(geometry.groups as i64)),
        ];
        site.operator("Conv", x, attributes)
    }
}
