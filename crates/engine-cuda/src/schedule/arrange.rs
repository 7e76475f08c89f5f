//! Moving numbers without changing them.

use engine::BufferId;
use kernels::Border;

use super::builder::Builder;
use super::launch::{Argument, int};
use super::tile::{Tile, both};

/// Channels in reverse order.
pub fn reverse_channels(b: &mut Builder, x: BufferId, y: BufferId) {
    let map = b.map(x);
    let rows = map.values_per_channel();
    let arguments = vec![b.of(x), b.of(y), int(rows), int(map.channels)];
    let blocks = Builder::blocks(rows * map.channels);
    b.launch("reverse_channels", blocks, arguments);
}

/// Pixels so far down and to the right in `from`.
fn move_pixels(b: &mut Builder, from: BufferId, to: BufferId, by: [Argument; 2]) {
    let [inner, outer] = [from, to].map(|id| b.map(id));
    let tile = Tile::new(b, outer.values_per_channel(), outer.channels);
    let extents = [inner.height, inner.width, outer.height, outer.width].map(int);
    let maps = [b.of(from), b.of(to)];
    let arguments = [&maps[..], &extents, &by].concat();
    tile.launch_each(b, both!("move_pixels"), &arguments);
}

fn back(count: usize) -> Argument {
    match int(count) {
        Argument::Int(count) => Argument::Int(-count),
        other => other,
    }
}

/// Zeros around.
pub fn pad(b: &mut Builder, border: &Border, x: BufferId, y: BufferId) {
    move_pixels(b, x, y, [back(border.top), back(border.left)]);
}

/// The border is taken off.
pub fn crop(b: &mut Builder, border: &Border, dy: BufferId, dx: BufferId) {
    move_pixels(b, dy, dx, [int(border.top), int(border.left)]);
}

/// The first token of every image.
pub fn first_token(b: &mut Builder, x: BufferId, y: BufferId) {
    let map = b.map(x);
    let extents = [map.plane(), map.batch, map.channels].map(int);
    let maps = [b.of(x), b.of(y)];
    let arguments = [&maps[..], &extents].concat();
    let blocks = Builder::blocks(map.batch * map.channels);
    b.launch("first_token", blocks, arguments);
}

/// Zeros for all other tokens.
pub fn first_token_gradient(b: &mut Builder, dy: BufferId, dx: BufferId) {
    let map = b.map(dx);
    let tile = Tile::new(b, map.values_per_channel(), map.channels);
    let arguments = [b.of(dy), b.of(dx), int(map.plane())];
    tile.launch_each(b, both!("first_token_gradient"), &arguments);
}

/// Copies between the channels of a part and those of the whole from `first` on.
fn copy_part(b: &mut Builder, part: BufferId, whole: BufferId, first: usize, is_joined: bool) {
    let map = b.map(part);
    let all = b.map(whole).channels;
    let is_wide = [map.channels, all, first]
        .iter()
        .all(|channels| b.is_wide(*channels));
    let tile = Tile::with(b, map.values_per_channel(), map.channels, is_wide);
    let [of_part, of_whole] = [[map.channels, 0], [all, first]].map(|pair| pair.map(int));
    let [part, whole] = [b.of(part), b.of(whole)];
    let arguments = match is_joined {
        true => [[part, whole], of_part, of_whole],
        false => [[whole, part], of_whole, of_part],
    };
    tile.launch_each(b, both!("copy_channels"), &arguments.concat());
}

/// Part by part.
pub fn concatenate(b: &mut Builder, parts: &[BufferId], y: BufferId) {
    let mut first = 0;
    for part in parts {
        copy_part(b, *part, y, first, true);
        first += b.map(*part).channels;
    }
}

/// Part by part.
pub fn split(b: &mut Builder, dy: BufferId, parts: &[BufferId]) {
    let mut first = 0;
    for part in parts {
        copy_part(b, *part, dy, first, false);
        first += b.map(*part).channels;
    }
}

/// Tokens before those of pixels and, of them, those without positions, both as kernels want them;
/// then registers and positions, or `other`, which is not looked at, where there are none.
fn first_tokens(
    b: &Builder,
    [tokens, pixels, channels]: [usize; 3],
    [registers, positions]: [Option<BufferId>; 2],
    other: BufferId,
) -> ([Argument; 2], [Argument; 2]) {
    let places = positions.map_or(0, |found| b.program.buffer(found).len() / channels);
    let counts = [tokens - pixels, tokens - places].map(int);
    (
        counts,
        [registers, positions].map(|found| b.of(found.unwrap_or(other))),
    )
}

/// Token by token of all images.
pub fn embed(
    b: &mut Builder,
    x: BufferId,
    class_token: BufferId,
    more: [Option<BufferId>; 2],
    y: BufferId,
) {
    let map = b.map(y);
    let extents = [map.plane(), b.map(x).plane(), map.channels];
    let (counts, [registers, positions]) = first_tokens(b, extents, more, class_token);
    let tile = Tile::new(b, map.values_per_channel(), map.channels);
    let operands = [b.of(x), b.of(class_token), registers, positions, b.of(y)];
    let arguments = [&operands[..], &counts, &[int(map.plane())]].concat();
    tile.launch_each(b, both!("embed"), &arguments);
}

/// Token by token, each summed over images.
pub fn embed_gradient(
    b: &mut Builder,
    [dy, dx]: [BufferId; 2],
    dclass_token: BufferId,
    more: [Option<BufferId>; 2],
) {
    let map = b.map(dy);
    let extents = [map.plane(), b.map(dx).plane(), map.channels];
    let (counts, [dregisters, dpositions]) = first_tokens(b, extents, more, dclass_token);
    let tile = Tile::new(b, map.plane(), map.channels);
    let operands = [
        b.of(dy),
        b.of(dx),
        b.of(dclass_token),
        dregisters,
        dpositions,
    ];
    let arguments = [&operands[..], &[int(map.batch)], &counts, &tile.extents()].concat();
    tile.launch(
        b,
        both!("embed_gradient"),
        tile.parts(1, usize::MAX),
        arguments,
    );
}
