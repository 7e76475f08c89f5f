//! Self-attention within windows.

use engine::BufferId;
use kernels::WindowAttention;

use super::attention::Extents;
use super::builder::{BLOCKS, Builder};
use super::launch::{Argument, int};
use super::sums::add_parts;

/// Attention of the tokens of every window to each other, with `table` added to the scores.
///
/// # Panics
/// Panics if a head has more than 128 features.
pub fn window_attention(b: &mut Builder, of: &WindowAttention, [qkv, table, y]: [BufferId; 3]) {
    let extents = extents(of);
    let choice = [
        ("window_attention_wide", 128),
        ("window_attention_64", 64),
        ("window_attention_128", 32),
    ];
    let operands = [b.of(qkv), b.of(y)];
    let table = of_table(b, of, table);
    extents.launch(b, choice, &operands, &table);
}

/// The gradients of [`window_attention`].
///
/// # Panics
/// Panics if a head has more than 128 features.
pub fn window_attention_gradient(
    b: &mut Builder,
    of: &WindowAttention,
    [qkv, table, dy, dqkv, dtable]: [BufferId; 5],
) {
    let extents = extents(of);
    let [tops, slopes] = extents.statistics(b);
    let read = [b.of(qkv), b.of(dy), tops, slopes];
    let of_table = of_table(b, of, table);
    let choice = [
        ("window_attention_statistics_wide", 128),
        ("window_attention_statistics_64", 64),
        ("window_attention_statistics_128", 32),
    ];
    extents.launch(b, choice, &read, &of_table);
    let operands = [&read[..], &[b.of(dqkv)]].concat();
    let choice = [
        ("window_attention_query_gradient_wide", 128),
        ("window_attention_query_gradient_64", 32),
        ("window_attention_query_gradient_128", 16),
    ];
    extents.launch(b, choice, &operands, &of_table);
    let choice = [
        ("window_attention_key_gradient_wide", 128),
        ("window_attention_key_gradient_64", 32),
        ("window_attention_key_gradient_128", 16),
    ];
    extents.launch(b, choice, &operands, &of_table);
    let scores = score_sums(b, of, read, &of_table);
    let arguments = vec![scores, b.of(dtable), int(of.windows.edge), int(of.heads)];
    let blocks = Builder::blocks(b.program.buffer(dtable).len());
    b.launch("window_table_gradient", blocks, arguments);
}

/// Every window is a sequence.
fn extents(of: &WindowAttention) -> Extents {
    let windows = of.batch * of.windows.count();
    Extents::new(windows, of.windows.tokens(), of.heads, of.features)
}

/// What kernels are told of the table and of the windows.
fn of_table(b: &Builder, of: &WindowAttention, table: BufferId) -> Vec<Argument> {
    let [down, right] = of.windows.grid();
    let extents = [of.windows.edge, down, right, of.windows.shift].map(int);
    [&[b.of(table)][..], &extents].concat()
}

/// Gradients of the scores `[heads, tokens, tokens]`, added up over all windows of all images: first over
/// parts of them, in parallel.
fn score_sums(
    b: &mut Builder,
    of: &WindowAttention,
    read: [Argument; 4],
    of_table: &[Argument],
) -> Argument {
    let (kernel, edge) = match of.features {
        ..=64 => ("window_score_sums_64", 32),
        _ => ("window_score_sums_128", 16),
    };
    let tokens = of.windows.tokens();
    let tiles = tokens.div_ceil(edge).pow(2);
    let windows = of.batch * of.windows.count();
    let parts = (BLOCKS / (of.heads * tiles)).clamp(1, windows);
    let parts = windows.div_ceil(windows.div_ceil(parts));
    let scores = of.heads * tokens * tokens;
    let by_part = b.scratch(parts * scores * size_of::<f32>());
    let extents = [windows, parts, tokens, of.heads, of.features].map(int);
    let arguments = [&read[..], &[by_part], &extents, of_table].concat();
    b.launch(kernel, [(parts * of.heads * tiles) as u32, 1], arguments);
    match parts {
        1 => by_part,
        _ => {
            let sums = b.scratch(scores * size_of::<f32>());
            add_parts(b, [by_part], [sums], parts, scores);
            sums
        }
    }
}
