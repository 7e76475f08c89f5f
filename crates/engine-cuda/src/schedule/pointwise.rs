//! Functions of single numbers, sums of maps, and factors and biases of channels.

use engine::BufferId;
use kernels::Activation;

use super::builder::Builder;
use super::launch::{Argument, Place, flag, int};
use super::pool::image_sums;
use super::tile::{Tile, both};

/// A map as blocks share it.
fn tile(b: &Builder, x: BufferId) -> Tile {
    let map = b.map(x);
    Tile::new(b, map.values_per_channel(), map.channels)
}

/// A bias for every channel.
pub fn add_bias(b: &mut Builder, x: BufferId, bias: BufferId, y: BufferId) {
    let tile = tile(b, x);
    let arguments = [x, bias, y].map(|id| b.of(id));
    tile.launch_each(b, both!("add_bias"), &arguments);
}

/// Sums of `x`, or of `x dy`, for every channel.
fn channel_sums(b: &mut Builder, x: BufferId, dy: Option<BufferId>, to: BufferId) {
    let tile = tile(b, x);
    let x = b.of(x);
    let dy = dy.map_or(Argument::At(Place::Nowhere), |id| b.of(id));
    let to = [b.of(to)];
    tile.sums(b, to, |b, parts, sums| {
        let arguments = [&[x, dy], &sums[..], &tile.extents()].concat();
        tile.launch(b, both!("column_sums"), parts, arguments);
    });
}

/// Sums over images and pixels.
pub fn bias_gradient(b: &mut Builder, dy: BufferId, db: BufferId) {
    if !b.is_float(dy) {
        return channel_sums(b, dy, None, db);
    }
    let map = b.map(dy);
    let arguments = vec![
        b.of(dy),
        b.of(db),
        int(map.values_per_channel()),
        int(map.channels),
    ];
    let blocks = Builder::blocks(map.channels);
    b.launch("column_sums_float", blocks, arguments);
}

/// A function's number as kernels know it.
fn number(function: Activation) -> Argument {
    int(match function {
        Activation::Relu => 0,
        Activation::Relu6 => 1,
        Activation::Silu => 2,
        Activation::Gelu => 3,
        Activation::Sigmoid => 4,
        Activation::HardSwish => 5,
        Activation::HardSigmoid => 6,
        Activation::QuickGelu => 7,
    })
}

/// Launches what works on all numbers of a map alike.
fn launch_all(
    b: &mut Builder,
    kernel: &'static str,
    operands: &[BufferId],
    how: Option<Argument>,
    of: BufferId,
) {
    let len = b.program.buffer(of).len();
    let mut arguments: Vec<Argument> = operands.iter().map(|id| b.of(*id)).collect();
    arguments.extend(how);
    arguments.push(int(len));
    let blocks = Builder::blocks(len.div_ceil(b.maps.wide()));
    b.launch(kernel, blocks, arguments);
}

/// A function of every number.
pub fn activate(b: &mut Builder, function: Activation, x: BufferId, y: BufferId) {
    launch_all(b, "activate", &[x, y], Some(number(function)), x);
}

/// From what the function keeps.
pub fn activate_gradient(
    b: &mut Builder,
    function: Activation,
    kept: BufferId,
    dy: BufferId,
    dx: BufferId,
) {
    let operands = [kept, dy, dx];
    launch_all(
        b,
        "activate_gradient",
        &operands,
        Some(number(function)),
        dy,
    );
}

/// The sum of two maps.
pub fn add(b: &mut Builder, first: BufferId, second: BufferId, y: BufferId) {
    launch_all(b, "add", &[first, second, y], Some(flag(false)), y);
}

/// The sum of two maps, then ReLU.
pub fn add_relu(b: &mut Builder, first: BufferId, second: BufferId, y: BufferId) {
    launch_all(b, "add", &[first, second, y], Some(flag(true)), y);
}

/// The product of two maps, number by number.
pub fn multiply(b: &mut Builder, first: BufferId, second: BufferId, y: BufferId) {
    launch_all(b, "multiply", &[first, second, y], None, y);
}

/// Whether there is one factor for every channel, a weight, and not for every channel of each image,
/// a map.
fn is_of_channels(b: &Builder, factors: BufferId) -> bool {
    b.is_float(factors)
}

/// Factors of channels.
pub fn scale(b: &mut Builder, x: BufferId, factors: BufferId, y: BufferId) {
    let (tile, plane) = (tile(b, x), b.map(x).plane());
    let is_of_channels = is_of_channels(b, factors);
    let arguments = [x, factors, y].map(|id| b.of(id));
    match is_of_channels {
        true => tile.launch_each(b, both!("scale_channels"), &arguments),
        false => {
            let arguments = [&arguments[..], &[int(plane)]].concat();
            tile.launch_each(b, both!("scale_images"), &arguments);
        }
    }
}

/// Sums of products, over what each factor has multiplied.
pub fn factors_gradient(b: &mut Builder, x: BufferId, dy: BufferId, dfactors: BufferId) {
    match is_of_channels(b, dfactors) {
        true => channel_sums(b, x, Some(dy), dfactors),
        false => image_sums(b, x, Some(dy), 1.0, dfactors),
    }
}
