//! What is added to the scores of a window.

use crate::scratch::Scratch;
use crate::windows::Windows;

/// Added to the score of two tokens that are no neighbours in the map.
const APART: f32 = -100.0;

/// The biases of one head, `[key][query]`, for every kind of window: those of the last row and
/// column hold pixels of opposite borders of a rolled map.
pub(super) struct Biases<'a> {
    windows: &'a Windows,
    all: Scratch,
}

impl<'a> Biases<'a> {
    /// Numbers of all kinds.
    pub(super) fn len(windows: &Windows) -> usize {
        let is_rolled = windows.shifts() != [0; 2];
        windows.tokens().pow(2) * if is_rolled { 4 } else { 1 }
    }

    /// Those of head `head` of `heads`, from the table of them all.
    pub(super) fn of(windows: &'a Windows, table: &[f32], [head, heads]: [usize; 2]) -> Self {
        let (edge, tokens) = (windows.edge, windows.tokens());
        let mut all = Scratch::new(Self::len(windows));
        // Whether a token comes from the opposite border.
        let is_over = |place: usize| place >= edge - windows.shift.min(edge);
        for (kind, bias) in all.chunks_mut(tokens * tokens).enumerate() {
            let [is_last_row, is_last_column] = [kind & 1 > 0, kind & 2 > 0];
            for (at, value) in bias.iter_mut().enumerate() {
                let [key, query] = [at / tokens, at % tokens];
                let [rows, columns] = [[query / edge, key / edge], [query % edge, key % edge]];
                let are_apart = |[a, b]: [usize; 2]| is_over(a) != is_over(b);
                let is_apart =
                    (is_last_row && are_apart(rows)) || (is_last_column && are_apart(columns));
                let own = table[distance(edge, query, key) * heads + head];
                *value = own + if is_apart { APART } else { 0.0 };
            }
        }
        Self { windows, all }
    }

    /// Those of a window.
    pub(super) fn bias(&self, window: usize) -> &[f32] {
        let ([rows, columns], shifts) = (self.windows.grid(), self.windows.shifts());
        let is_last = [
            window / columns + 1 == rows,
            window % columns + 1 == columns,
        ];
        let is_rolled = [0, 1].map(|axis| is_last[axis] && shifts[axis] > 0);
        let kind = usize::from(is_rolled[0]) + 2 * usize::from(is_rolled[1]);
        let len = self.windows.tokens().pow(2);
        &self.all[kind * len..][..len]
    }
}

/// Row of the table for a query and a key.
fn distance(edge: usize, query: usize, key: usize) -> usize {
    let along = |from: usize, to: usize| from + edge - 1 - to;
    along(query / edge, key / edge) * (2 * edge - 1) + along(query % edge, key % edge)
}

/// Gradients of biases `[key][query]` summed by distance, `(2 edge − 1)²` of them.
pub(super) fn distances(edge: usize, dbias: &[f32]) -> Vec<f64> {
    let tokens = edge * edge;
    let mut sums = vec![0.0; (2 * edge - 1).pow(2)];
    for (at, gradient) in dbias.iter().enumerate() {
        sums[distance(edge, at % tokens, at / tokens)] += f64::from(*gradient);
    }
    sums
}
