//! Names at the ends of lines, pushed apart, with a leader from each end to its name.

use crate::colour::Ink;
use crate::drawing::{FONT, Item, Words};
use crate::font;
use crate::series::{Form, Series};

use super::frame::Frame;
use super::marks::{RADIUS, marker};

/// Room for a name at most.
const ROOM: f64 = 136.0;
/// Units between the baselines of two names.
const APART: f64 = 15.5;
/// From the end of the axes to a name.
const LEADER: f64 = 26.0;

/// Room to the right of the axes for the names of these series; none where they have no room
/// there or are no lines.
pub fn room(series: &[Series], height: f64) -> Option<f64> {
    let named = || series.iter().filter(|s| is_labelled(s));
    let are_lines = named().all(|s| s.has(Form::Line) || s.has(Form::Stairs));
    let widest = named()
        .map(|s| font::width(&s.name, FONT))
        .fold(0.0, f64::max);
    let count = named().count();
    let fits = widest <= ROOM && count as f64 * APART <= height;
    match count {
        0 => Some(12.0),
        _ if are_lines && fits => Some(LEADER + widest + 2.0),
        _ => None,
    }
}

fn is_labelled(series: &Series) -> bool {
    series.is_named && series.drawn().next().is_some()
}

/// The markers at the ends of lines that have none elsewhere, as the key shows them.
pub fn markers(series: &[Series], frame: &Frame, items: &mut Vec<Item>) {
    let lines = series
        .iter()
        .filter(|s| is_labelled(s) && !s.has(Form::Dots));
    for series in lines.filter(|s| s.has(Form::Line) || s.has(Form::Stairs)) {
        let mut within = series
            .drawn()
            .filter(|p| frame.x.has(p.x) && frame.y.has(p.y));
        if let Some(last) = within.next_back() {
            let look = series.look;
            items.push(marker(look.marker(), frame.place(last), RADIUS, look.ink()));
        }
    }
}

/// The names, each beside the last point of its line.
pub fn draw(series: &[Series], frame: &Frame, items: &mut Vec<Item>) {
    let area = frame.area;
    let mut ends: Vec<(&Series, [f64; 2])> = series
        .iter()
        .filter(|s| is_labelled(s))
        .filter_map(|s| {
            let last = s.drawn().rfind(|p| frame.x.has(p.x))?;
            let [x, y] = frame.place(last);
            Some((s, [x.min(area.right), y.clamp(area.top, area.bottom)]))
        })
        .collect();
    ends.sort_by(|(_, a), (_, b)| a[1].total_cmp(&b[1]));
    let wanted: Vec<f64> = ends.iter().map(|(_, place)| place[1]).collect();
    let heights = apart(&wanted, area.top - 4.0, area.bottom + 4.0);
    for ((series, end), height) in ends.iter().zip(heights) {
        let ink = series.look.ink();
        let x = area.right + LEADER;
        items.push(Item::Line {
            places: vec![*end, [x - 16.0, height], [x - 10.0, height]],
            ink: Ink::Behind,
            width: 1.0,
            dash: &[],
        });
        items.push(marker(series.look.marker(), *end, RADIUS, ink));
        items.push(marker(series.look.marker(), [x - 8.0, height], RADIUS, ink));
        items.push(Words::new(&series.name, [x, height + 4.5]).into());
    }
}

/// Heights as near as can be to those wanted, which rise, at least `APART` from each other and
/// within two ends: neighbours that touch share their mean place.
fn apart(wanted: &[f64], low: f64, high: f64) -> Vec<f64> {
    // Blocks of names that touch: the sum of places wanted for the first name, and the names.
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    let first = |(sum, count): (f64, usize)| {
        let length = (count - 1) as f64 * APART;
        (sum / count as f64).clamp(low, (high - length).max(low))
    };
    for height in wanted {
        blocks.push((*height, 1));
        while let [.., above, below] = blocks[..] {
            if first(above) + above.1 as f64 * APART <= first(below) {
                break;
            }
            blocks.truncate(blocks.len() - 2);
            let moved = below.0 - (below.1 * above.1) as f64 * APART;
            blocks.push((above.0 + moved, above.1 + below.1));
        }
    }
    let places = blocks.into_iter().flat_map(|block| {
        let from = first(block);
        (0..block.1).map(move |i| from + i as f64 * APART)
    });
    places.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_never_touch() {
        let wanted = [10.0, 11.0, 12.0, 80.0, 199.0, 200.0, 200.0];
        let found = apart(&wanted, 0.0, 200.0);
        assert_eq!(found.len(), wanted.len());
        assert!(
            found.windows(2).all(|w| w[1] - w[0] >= APART - 1e-9),
            "{found:?}"
        );
        assert!(
            found.iter().all(|h| (-1e-9..=200.0 + 1e-9).contains(h)),
            "{found:?}"
        );
        assert_eq!(found[3], 80.0);
    }
}
