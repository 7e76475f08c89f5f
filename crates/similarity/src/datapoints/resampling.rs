//! Small maps on the grid of larger ones.

/// Where one row or column of the larger grid lies between two of the smaller.
#[derive(Clone, Copy, Debug)]
struct Tap {
    low: usize,
    high: usize,
    /// Weight of `high`, in `[0, 1)`.
    share: f64,
}

/// Bilinear interpolation of maps `[height, width, channels]` on a larger grid.
///
/// Row `i` of the larger grid lies at row `i · from / to` of the smaller, clamped to its last: the
/// grid of the SVCCA tutorials (`linspace(0, from, to, endpoint=False)` with `interp2d`), not the
/// half-pixel centres of image libraries.
#[derive(Clone, Debug)]
pub(crate) struct Resampling {
    width: usize,
    rows: Vec<Tap>,
    columns: Vec<Tap>,
}

fn taps(from: usize, to: usize) -> Vec<Tap> {
    (0..to)
        .map(|index| {
            let low = (index * from / to).min(from - 1);
            let high = (low + 1).min(from - 1);
            let share = if high == low {
                0.0
            } else {
                (index * from % to) as f64 / to as f64
            };
            Tap { low, high, share }
        })
        .collect()
}

impl Resampling {
    /// From maps of `(height, width)` to others, none of them 0.
    pub fn new(from: (usize, usize), to: (usize, usize)) -> Self {
        Self {
            width: from.1,
            rows: taps(from.0, to.0),
            columns: taps(from.1, to.1),
        }
    }

    /// Adds the channels at `position` of the larger grid to `into`.
    pub fn append<T: Copy + Into<f64>>(
        &self,
        map: &[T],
        channels: usize,
        position: usize,
        into: &mut Vec<f64>,
    ) {
        let row = self.rows[position / self.columns.len()];
        let column = self.columns[position % self.columns.len()];
        let at = |y: usize, x: usize| &map[(y * self.width + x) * channels..][..channels];
        let corners = [
            at(row.low, column.low),
            at(row.low, column.high),
            at(row.high, column.low),
            at(row.high, column.high),
        ];
        into.extend((0..channels).map(|channel| {
            let [a, b, c, d] = corners.map(|corner| corner[channel].into());
            let top = a + column.share * (b - a);
            let bottom = c + column.share * (d - c);
            top + row.share * (bottom - top)
        }));
    }
}
