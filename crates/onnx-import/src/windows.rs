//! What slides over a map: convolutions, pools, and zeros around.

use networks::zoo::{OwnConv, OwnLayer, OwnPool, OwnWindow, own_shape};
use networks::{Shape, same_border};

use super::error::ImportError;
use super::node::{Node, pair, pair_unless};
use super::step::{Flow, Form, Step, Work};
use super::steps::Steps;

/// A window and its step, in pixels.
#[derive(Clone, Copy)]
struct Window {
    extent: [usize; 2],
    stride: [usize; 2],
}

impl<'a> Steps<'a> {
    pub(crate) fn convolution(&mut self, node: Node<'a>) -> Result<(), ImportError> {
        let x = self.flow_in(node, 0, Form::Map)?;
        let weight = self.tensor(node, 1)?;
        let bias = self.optional_tensor(node, 2)?;
        let [channels, per_group, rows, columns] = weight.shape[..] else {
            let found = format!("weights {:?}", weight.shape);
            return Err(node.refused("a convolution over rows and columns", found));
        };
        let kernel = [rows, columns];
        let [stride, dilation] = [node.counts("strides", 1)?, node.counts("dilations", 1)?];
        let groups = node.count("group", node.int("group", 1)?)?;
        let read = self.shape(x.step).channels;
        let biases = bias.as_ref().map_or(channels, |bias| bias.values.len());
        if per_group.checked_mul(groups) != Some(read) || biases != channels {
            let expected = format!("weights for {read} channels in {groups} groups");
            return Err(node.refused(expected, format!("{:?}", weight.shape)));
        }
        if stride.contains(&0)
            || dilation.contains(&0)
            || kernel.iter().any(|n| *n == 0 || *n > 1 << 16)
        {
            return Err(node.refused("a kernel, strides and dilations of 1 to 65536", "others"));
        }
        let reach = [0, 1].map(|axis| dilation[axis] * (kernel[axis] - 1) + 1);
        let window = Window {
            extent: reach,
            stride,
        };
        let (input, padding) = self.padded(node, x, window)?;
        let conv = OwnConv {
            channels,
            kernel: pair(kernel),
            stride: pair_unless(stride, 1),
            padding: Some(pair(padding)),
            dilation: pair_unless(dilation, 1),
            groups: (groups != 1).then_some(groups),
            bias: bias.is_some(),
        };
        let layer = OwnLayer::Conv(conv.clone());
        let step = self.push_layer(node, input, &layer, Work::Conv(conv, weight, bias))?;
        self.write(node, step, Form::Map);
        Ok(())
    }

    /// The map that a window slides over, and the zeros on both sides of it that are the window's own.
    fn padded(
        &mut self,
        node: Node<'a>,
        x: Flow,
        window: Window,
    ) -> Result<(usize, [usize; 2]), ImportError> {
        let shape = self.shape(x.step);
        let same = same_border(shape, window.extent, window.stride);
        let told = told_border(node, same)?;
        let border = x.border.unwrap_or([0; 4]);
        let all = [0, 1, 2, 3].map(|side| told[side] + border[side]);
        let [top, bottom, left, right] = all;
        if top == bottom && left == right {
            return Ok((x.step, [top, left]));
        }
        if all != same {
            let found = format!("{top}, {bottom}, {left} and {right}");
            return Err(node.refused(
                "as many zeros at the top as at the bottom and left as right, or as TensorFlow's `SAME` has them",
                found,
            ));
        }
        Ok((self.push_same(node, x.step, window)?, [0; 2]))
    }

    fn push_same(
        &mut self,
        node: Node<'a>,
        input: usize,
        window: Window,
    ) -> Result<usize, ImportError> {
        let layer = OwnLayer::PadSame(OwnWindow {
            window: pair(window.extent),
            stride: pair_unless(window.stride, 1),
        });
        self.push_layer(node, input, &layer, Work::Layer(layer.clone(), Vec::new()))
    }

    pub(crate) fn pool(&mut self, node: Node<'a>) -> Result<(), ImportError> {
        let x = self.flow_in(node, 0, Form::Map)?;
        let kernel: [usize; 2] = node.counts("kernel_shape", 0)?;
        let stride: [usize; 2] = node.counts("strides", 1)?;
        let dilation: [usize; 2] = node.counts("dilations", 1)?;
        if kernel.contains(&0) || stride.contains(&0) || dilation != [1; 2] {
            return Err(node.refused("windows and strides from 1, without dilation", "others"));
        }
        let window = Window {
            extent: kernel,
            stride,
        };
        let shape = self.shape(x.step);
        let is_mean = node.operator() == "AveragePool";
        let ceil = node.int("ceil_mode", 0)? != 0;
        let told = told_border(node, same_border(shape, kernel, stride))?;
        let (input, border) = match x.border {
            None => (x.step, told),
            Some(zeros) => self.pool_behind_zeros(node, x, (zeros, told), window)?,
        };
        let shape = self.shape(input);
        if is_mean && border == [0; 4] && kernel == [shape.height, shape.width] {
            return self.global_average(node, input, Form::Map);
        }
        let [top, bottom, left, right] = border;
        let of = |padding: [usize; 2], ceil| OwnPool {
            window: pair(kernel),
            stride: Some(pair(stride)),
            padding: pair_unless(padding, 0),
            ceil,
        };
        let layer = |pool| match is_mean {
            true => OwnLayer::AveragePool(pool),
            false => OwnLayer::MaxPool(pool),
        };
        let plain = layer(of([top, left], false));
        let wide = layer(of([top, left], true));
        let [plain_shape, wide_shape] =
            [&plain, &wide].map(|layer| own_shape(layer, shape, node.name()));
        let is_even = top == bottom && left == right;
        // Windows that lie where the file has them, though what they reach behind the map is told otherwise.
        let chosen = match (plain_shape, wide_shape) {
            (Ok(found), Ok(wide)) if is_even && (!ceil || found == wide) => plain,
            (_, Ok(_)) if is_even && ceil && !is_mean => wide,
            (_, Ok(found)) if !is_mean && !ceil && found == outputs(shape, window, border) => wide,
            (Err(error), _) => return Err(error.into()),
            _ => {
                return Err(node.refused(
                    "windows that reach as far behind the map as before it",
                    format!("a border of {top}, {bottom}, {left} and {right}"),
                ));
            }
        };
        if is_mean && border != [0; 4] && node.int("count_include_pad", 0)? == 0 {
            return Err(node.refused(
                "means that count the border (count_include_pad = 1)",
                "others",
            ));
        }
        let step = self.push_layer(
            node,
            input,
            &chosen,
            Work::Layer(chosen.clone(), Vec::new()),
        )?;
        self.write(node, step, Form::Map);
        Ok(())
    }

    /// A pool counts zeros around a map as numbers of the map: where they are the least that it holds, its
    /// own border is as good.
    fn pool_behind_zeros(
        &mut self,
        node: Node<'a>,
        x: Flow,
        (zeros, told): ([usize; 4], [usize; 4]),
        window: Window,
    ) -> Result<(usize, [usize; 4]), ImportError> {
        if told == [0; 4] && zeros == same_border(self.shape(x.step), window.extent, window.stride)
        {
            return Ok((self.push_same(node, x.step, window)?, told));
        }
        let is_mean = node.operator() == "AveragePool";
        let is_positive = match self.all.get(x.step).map(|step| &step.work) {
            Some(Work::Function(function)) => function.kind.is_never_negative(),
            _ => false,
        };
        match (told == [0; 4]) && is_positive && !is_mean {
            true => Ok((x.step, zeros)),
            false => Err(node.refused("a pool with the border as its own", "zeros by `Pad`")),
        }
    }

    pub(crate) fn pad(&mut self, node: Node<'a>) -> Result<(), ImportError> {
        let x = self.bordered(node, 0)?;
        let whole = self
            .constant(node, 1)
            .and_then(super::constant::Constant::whole);
        let pads: Option<Vec<i64>> = match node.ints("pads") {
            Some(pads) => Some(pads.to_vec()),
            None => whole.and_then(|all| all.into_iter().collect()),
        };
        let value = self
            .constant(node, 2)
            .map(super::constant::Constant::number);
        let is_zero =
            value.is_none_or(|value| value == Some(0.0)) && node.float("value", 0.0)? == 0.0;
        let axes = x.form.pixels();
        let (Some(pads), Some([rows, columns]), true) = (pads, axes, is_zero) else {
            return Err(node.refused("zeros around a map", "another border"));
        };
        if !matches!(node.word("mode"), "" | "constant")
            || pads.len() != 8
            || node.0.input(3).is_some()
        {
            return Err(node.refused("zeros on the sides of a map", "another border"));
        }
        let at = |axis: i64| pads.get(axis as usize).copied().unwrap_or(0);
        let others = (0..4).filter(|axis| *axis != rows && *axis != columns);
        if others
            .into_iter()
            .any(|axis| at(axis) != 0 || at(axis + 4) != 0)
        {
            return Err(node.refused("zeros around rows and columns", "zeros elsewhere"));
        }
        let told = [rows, rows + 4, columns, columns + 4];
        let before = x.border.unwrap_or([0; 4]);
        let mut border = [0; 4];
        for (side, axis) in told.into_iter().enumerate() {
            border[side] = before[side] + node.count("pads", at(axis))?;
        }
        self.alias(
            node,
            Flow {
                border: Some(border),
                ..x
            },
        );
        Ok(())
    }

    pub(crate) fn mean(&mut self, node: Node<'a>) -> Result<(), ImportError> {
        let x = self.flow(node, 0)?;
        if node.operator() == "GlobalAveragePool" {
            let x = self.flow_in(node, 0, Form::Map)?;
            return self.global_average(node, x.step, x.form);
        }
        let axes = self.axes(node, x.form.rank())?;
        match (axes, x.form.pixels()) {
            (Some(axes), Some(pixels)) if axes == pixels => {}
            _ => return Err(node.refused("a mean over rows and columns", "another")),
        }
        let form = match node.int("keepdims", 1)? {
            0 => Form::Vector,
            _ => x.form,
        };
        self.global_average(node, x.step, form)
    }

    fn global_average(
        &mut self,
        node: Node<'a>,
        input: usize,
        form: Form,
    ) -> Result<(), ImportError> {
        let mut step = input;
        if self.shape(input).pixels() != 1 {
            let layer = OwnLayer::GlobalAverage;
            step = self.push_layer(node, input, &layer, Work::Layer(layer.clone(), Vec::new()))?;
        }
        self.write(node, step, form);
        Ok(())
    }

    pub(crate) fn concatenation(&mut self, node: Node<'a>) -> Result<(), ImportError> {
        let flows: Vec<Flow> = (0..node.0.inputs.len())
            .map(|place| self.flow(node, place))
            .collect::<Result<_, _>>()?;
        let first = *flows.first().ok_or_else(|| node.refused("maps", "none"))?;
        let shape = self.shape(first.step);
        let axis = node.int("axis", 1)?;
        let axis = if axis < 0 {
            axis.saturating_add(first.form.rank())
        } else {
            axis
        };
        let is_alike = flows.iter().all(|flow| {
            let found = self.shape(flow.step);
            flow.form == first.form && (found.height, found.width) == (shape.height, shape.width)
        });
        if !is_alike
            || matches!(first.form, Form::Flat { .. })
            || axis != first.form.channels() as i64
        {
            return Err(node.refused("maps of one size, channels behind channels", "others"));
        }
        let asked: Vec<usize> = flows.iter().map(|flow| flow.step).collect();
        if asked.len() == 1 {
            self.alias(node, first);
            return Ok(());
        }
        // DenseNets join everything so far again and again: what has been joined is taken as one.
        let mut inputs = asked.clone();
        for count in (2..asked.len()).rev() {
            if let Some(joined) = self.joined.get(&asked[..count]) {
                inputs = [&[*joined], &asked[count..]].concat();
                break;
            }
        }
        let channels = asked.iter().map(|step| self.shape(*step).channels);
        let channels = channels.fold(0_usize, usize::saturating_add);
        if channels > 1 << 16 {
            return Err(node.refused("at most 65536 channels", channels.to_string()));
        }
        let step = self.push(Step {
            work: Work::Concatenation,
            inputs,
            shape: Shape { channels, ..shape },
            operator: node.operator(),
            node: node.name(),
            names: self.names(node),
        })?;
        self.joined.insert(asked, step);
        self.write(node, step, first.form);
        Ok(())
    }
}

/// The border that a node is told: top, bottom, left, right. `same`: what TensorFlow's `SAME` has.
fn told_border(node: Node, same: [usize; 4]) -> Result<[usize; 4], ImportError> {
    let [top, bottom, left, right] = same;
    match node.word("auto_pad") {
        "" | "NOTSET" => {
            let [top, left, bottom, right] = node.counts("pads", 0)?;
            Ok([top, bottom, left, right])
        }
        "VALID" => Ok([0; 4]),
        "SAME_UPPER" => Ok(same),
        "SAME_LOWER" => Ok([bottom, top, right, left]),
        other => Err(node.refused("`auto_pad` that is known", format!("`{other}`"))),
    }
}

/// The shape that a pool leaves with a border of top, bottom, left and right.
fn outputs(shape: Shape, window: Window, [top, bottom, left, right]: [usize; 4]) -> Shape {
    let count = |n: usize, axis: usize| {
        let beyond = n.saturating_sub(window.extent[axis]);
        beyond / window.stride[axis] + 1
    };
    Shape {
        channels: shape.channels,
        height: count(shape.height + top + bottom, 0),
        width: count(shape.width + left + right, 1),
    }
}
