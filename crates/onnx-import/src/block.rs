//! Where a network is cut into named blocks.

use std::collections::BTreeSet;

use networks::{Pattern, Shape};

use super::error::ImportError;

/// Name of the last block.
pub(crate) const HEAD: &str = "head";

/// Names of blocks, each with patterns of the names that its operators, their results or their tensors have
/// in the file. Where there is none, a block begins wherever maps become smaller.
#[derive(Clone, Debug, Default)]
pub struct BlockPatterns(pub Vec<(String, Vec<Pattern>)>);

/// One layer of the outermost list.
pub(crate) struct Item<'a> {
    /// What the file calls it and all inside.
    pub(crate) names: Vec<&'a str>,
    /// What enters and leaves it.
    pub(crate) shapes: [Shape; 2],
    /// Whether it owns tensors.
    pub(crate) has_tensors: bool,
}

/// Blocks by name, and how many of the items each has.
pub(crate) fn cut(
    items: &[Item],
    patterns: &BlockPatterns,
) -> Result<Vec<(String, usize)>, ImportError> {
    match patterns.0.is_empty() {
        true => Ok(by_size(items)),
        false => by_name(items, patterns),
    }
}

fn by_size(items: &[Item]) -> Vec<(String, usize)> {
    let mut counts: Vec<usize> = Vec::new();
    let mut has_tensors = false;
    for item in items {
        let [before, after] = item.shapes.map(Shape::pixels);
        match counts.last_mut() {
            Some(count) if after >= before || !has_tensors => *count += 1,
            _ => {
                counts.push(1);
                has_tensors = false;
            }
        }
        has_tensors |= item.has_tensors;
    }
    // A last block without tensors is the end of the one before.
    if !has_tensors
        && counts.len() > 1
        && let Some(count) = counts.pop()
        && let Some(last) = counts.last_mut()
    {
        *last += count;
    }
    let name = |(index, count): (usize, usize)| match index {
        0 => ("stem".into(), count),
        index => (format!("block{index}"), count),
    };
    counts.into_iter().enumerate().map(name).collect()
}

fn by_name(
    items: &[Item],
    BlockPatterns(patterns): &BlockPatterns,
) -> Result<Vec<(String, usize)>, ImportError> {
    let mut blocks: Vec<(String, usize)> = Vec::new();
    let mut unnamed = 0;
    for item in items {
        let found: BTreeSet<&str> = patterns
            .iter()
            .filter(|(_, patterns)| item.names.iter().any(|name| is_any(patterns, name)))
            .map(|(block, _)| block.as_str())
            .collect();
        let mut found = found.into_iter();
        let block = found.next();
        if let (Some(block), Some(other)) = (block, found.next()) {
            return Err(ImportError::Blocks {
                expected: "every layer in one block".into(),
                found: format!("`{}` in `{block}` and `{other}`", example(item)),
            });
        }
        let is_known = block.is_some_and(|block| blocks.iter().any(|(known, _)| known == block));
        match (block, blocks.last_mut()) {
            (None, None) => unnamed += 1,
            (None, Some((_, count))) => *count += 1,
            (Some(block), Some((last, count))) if last == block => *count += 1,
            (Some(block), _) if is_known => {
                return Err(ImportError::Blocks {
                    expected: format!("all layers of `{block}` behind each other"),
                    found: format!("`{}` behind another block", example(item)),
                });
            }
            (Some(block), _) => blocks.push((block.into(), 1 + std::mem::take(&mut unnamed))),
        }
    }
    let is_missing = |block: &&(String, Vec<Pattern>)| {
        block.0 != HEAD && blocks.iter().all(|(known, _)| *known != block.0)
    };
    match patterns.iter().find(is_missing) {
        None => Ok(blocks),
        Some((block, _)) => Err(ImportError::Blocks {
            expected: format!(
                "patterns of `{block}` that name layers, such as `{}`",
                items.first().map_or("", example)
            ),
            found: "none that do".into(),
        }),
    }
}

/// A name as it is, or as a path with dots.
fn is_any(patterns: &[Pattern], name: &str) -> bool {
    let plain = name.trim_start_matches('/');
    let dotted = plain.replace('/', ".");
    let mut patterns = patterns.iter();
    patterns.any(|pattern| {
        [name, plain, &dotted]
            .iter()
            .any(|name| pattern.matches(name))
    })
}

fn example<'a>(item: &Item<'a>) -> &'a str {
    item.names.first().copied().unwrap_or_default()
}
