//! Convolutions as products of matrices that are read where they lie.

use engine::BufferId;
use kernels::ConvShape;

use super::builder::Builder;
use super::depthwise;
use super::geometry::{add_weight_parts, geometry};
use super::launch::{Argument, Place, int};
use super::maps::MapType;
use super::packed::Order;

/// Blocks from which on larger tiles are taken, and up to which a sum is split into parts: about two
/// for each multiprocessor of a large device.
const ENOUGH: usize = 256;
/// Tiles of a sum that a part has at least.
const LEAST: usize = 8;

/// How a product is cut into tiles.
struct Tiling {
    kernel: &'static str,
    rows: usize,
    columns: usize,
}

const fn tiling(kernel: &'static str, rows: usize, columns: usize) -> Tiling {
    Tiling {
        kernel,
        rows,
        columns,
    }
}

/// `y` of a convolution without bias.
pub fn conv(b: &mut Builder<'_>, shape: &ConvShape, x: BufferId, w: BufferId, y: BufferId) {
    if depthwise::is_meant(shape) {
        return depthwise::conv(b, shape, x, w, y);
    }
    let weight = b.packed(w, shape.groups, Order::Forward);
    product(b, shape, Order::Forward, x, weight, y);
}

/// The gradient of what a convolution reads.
pub fn conv_input_gradient(
    b: &mut Builder<'_>,
    shape: &ConvShape,
    w: BufferId,
    dy: BufferId,
    dx: BufferId,
) {
    if depthwise::is_meant(shape) {
        return depthwise::conv_input_gradient(b, shape, w, dy, dx);
    }
    let weight = b.packed(w, shape.groups, Order::Backward);
    product(b, shape, Order::Backward, dy, weight, dx);
}

/// The gradient of the weight of a convolution.
pub fn conv_weight_gradient(
    b: &mut Builder<'_>,
    shape: &ConvShape,
    x: BufferId,
    dy: BufferId,
    dw: BufferId,
) {
    if depthwise::is_meant(shape) {
        return depthwise::conv_weight_gradient(b, shape, x, dy, dw);
    }
    let [outs, ins] = [shape.channels_out, shape.channels_in].map(|all| all / shape.groups);
    let taps = shape.kernel[0] * shape.kernel[1];
    let is_wide = b.is_wide(outs) && b.is_wide(ins);
    let tiling = match is_wide {
        false => tiling("weight_gradient_64x64", 64, 64),
        true if taps * ins <= 64 => tiling("weight_gradient_64x64_wide", 64, 64),
        // Twice the sums in registers pay on tensor cores only.
        true if outs > 64 && b.maps == MapType::Bf16 => {
            tiling("weight_gradient_128x128_wide", 128, 128)
        }
        true => tiling("weight_gradient_64x128_wide", 64, 128),
    };
    let rows = outs.div_ceil(tiling.rows);
    let columns = (taps * ins).div_ceil(tiling.columns);
    let [height, width] = shape.output();
    let depth = (shape.batch * height * width).div_ceil(4 * b.maps.wide());
    let parts = parts(2 * ENOUGH, rows * columns * shape.groups, depth);
    let partial = b.scratch(parts * shape.weight_len() * 4);
    let mut arguments = vec![b.of(x), b.of(dy), partial];
    arguments.extend(geometry(shape, Order::Forward, [rows, columns], parts));
    let grid = [(rows * columns) as u32, (shape.groups * parts) as u32];
    b.launch(tiling.kernel, grid, arguments);
    add_weight_parts(b, shape, partial, parts, dw);
}

/// One implicit product: a convolution or, in the backward order, the gradient of what it reads.
fn product(
    b: &mut Builder<'_>,
    shape: &ConvShape,
    order: Order,
    from: BufferId,
    weight: Argument,
    to: BufferId,
) {
    let [outs, ins] = [shape.channels_out, shape.channels_in].map(|all| all / shape.groups);
    let [height, width] = shape.output();
    let taps = shape.kernel[0] * shape.kernel[1];
    // Pixels of the largest phase (see gather.cu), and what is summed over in it.
    let (phases, pixels, depth, channels, columns) = match order {
        Order::Forward => (1, height * width, taps * ins, ins, outs),
        Order::Backward => {
            let [rows, columns] = shape.stride;
            let pixels = shape.height.div_ceil(rows) * shape.width.div_ceil(columns);
            let phases = rows * columns;
            (phases, pixels, taps.div_ceil(phases) * outs, outs, ins)
        }
    };
    let pixels = shape.batch * pixels;
    let of = |tiling: &Tiling| {
        [
            pixels.div_ceil(tiling.rows),
            columns.div_ceil(tiling.columns),
        ]
    };
    let blocks = |tiling: &Tiling| of(tiling).iter().product::<usize>() * phases * shape.groups;
    let choice = match b.is_wide(channels) {
        true => vec![
            tiling("product_128x128_wide", 128, 128),
            tiling("product_128x64_wide", 128, 64),
            tiling("product_64x64_wide", 64, 64),
        ],
        false => vec![
            tiling("product_128x64", 128, 64),
            tiling("product_64x64", 64, 64),
        ],
    };
    // Twice the sums in registers pay on tensor cores only.
    let most = if b.maps == MapType::Bf16 { 128 } else { 64 };
    let is_fit = |tiling: &&Tiling| {
        let is_smallest = tiling.rows == 64;
        let is_filled = tiling.columns == 64 || columns > 64 && tiling.columns <= most;
        is_smallest || is_filled && blocks(tiling) >= ENOUGH
    };
    let Some(tiling) = choice.iter().find(is_fit) else {
        return;
    };
    let parts = parts(ENOUGH, blocks(tiling), depth.div_ceil(4 * b.maps.wide()));
    let len = match order {
        Order::Forward => shape.output_len(),
        Order::Backward => shape.input_len(),
    };
    let partial = match parts {
        1 => Argument::At(Place::Nowhere),
        _ => b.scratch(parts * len * 4),
    };
    let [rows, along] = of(tiling);
    let mut arguments = vec![b.of(from), weight, b.of(to), partial];
    arguments.extend(geometry(shape, order, [rows, along], parts));
    let grid = [
        (rows * along * phases) as u32,
        (shape.groups * parts) as u32,
    ];
    b.launch(tiling.kernel, grid, arguments);
    if parts > 1 {
        let arguments = vec![partial, b.of(to), int(parts), int(len)];
        b.launch("add_map_parts", Builder::blocks(len), arguments);
    }
}

/// Into how many parts a sum over `depth` tiles is split for `wanted` blocks, where one part has
/// `blocks`. None is empty.
fn parts(wanted: usize, blocks: usize, depth: usize) -> usize {
    let parts = (wanted / blocks.max(1)).min(depth / LEAST).max(1);
    depth.div_ceil(depth.div_ceil(parts).max(1)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_split_only_where_blocks_are_few_and_no_part_is_empty() {
        assert_eq!(parts(256, 256, 1000), 1);
        assert_eq!(parts(256, 32, 1000), 8);
        assert_eq!(parts(256, 1, 7), 1);
        assert_eq!(parts(256, 1, 0), 1);
        for depth in 1..300 {
            let parts = parts(256, 3, depth);
            assert!(
                (parts - 1) * depth.div_ceil(parts) < depth,
                "{depth}: {parts}"
            );
        }
    }
}
