//! Evidence for an answer over a picture.

/// A grid of numbers over a picture: above 0 what speaks for an answer, below 0 what speaks against it.
#[derive(Clone, Debug, PartialEq)]
pub struct EvidenceMap {
    /// Rows and columns.
    pub grid: [usize; 2],
    /// By rows.
    pub values: Vec<f64>,
}

impl EvidenceMap {
    /// Spearman's correlation with `other` over all cells, by absolute value, as Adebayo et al. (2018,
    /// "Sanity checks for saliency maps") compare maps; none where either is constant or has a value
    /// that is no finite number.
    ///
    /// It says how alike two maps are in where they are strong, not whether either is right.
    pub fn correlation(&self, other: &Self) -> Option<f64> {
        let [of_self, of_other] = [self, other].map(|map| {
            let values = map.values.iter();
            values.map(|value| value.abs()).collect::<Vec<f64>>()
        });
        stats::spearman(&of_self, &of_other).ok()
    }

    /// What speaks for the answer in each pixel of a picture of `rows` × `columns`, between cells in
    /// proportion, as a share of the largest: in [0, 1], by rows. All 0 where nothing does.
    pub fn stretched(&self, [rows, columns]: [usize; 2]) -> Vec<f32> {
        let at = |y: usize, x: usize| self.values[y * self.grid[1] + x];
        let down: Vec<Between> = Between::all(self.grid[0], rows);
        let across: Vec<Between> = Between::all(self.grid[1], columns);
        let pixels = down.iter().flat_map(|y| {
            across.iter().map(move |x| {
                let upper = (1.0 - x.share) * at(y.low, x.low) + x.share * at(y.low, x.high);
                let lower = (1.0 - x.share) * at(y.high, x.low) + x.share * at(y.high, x.high);
                (1.0 - y.share) * upper + y.share * lower
            })
        });
        shares(pixels.collect())
    }
}

/// What of `values` is above 0, as shares of the largest.
pub(super) fn shares(values: Vec<f64>) -> Vec<f32> {
    let largest = values.iter().copied().filter(|v| v.is_finite());
    let largest = largest.fold(0.0, f64::max);
    let share = |value: f64| match largest > 0.0 && value.is_finite() {
        true => (value.max(0.0) / largest) as f32,
        false => 0.0,
    };
    values.into_iter().map(share).collect()
}

/// A pixel between two cells.
struct Between {
    low: usize,
    high: usize,
    /// Of the higher one.
    share: f64,
}

impl Between {
    /// Where the middle of each of `pixels` lies among the middles of `cells`.
    fn all(cells: usize, pixels: usize) -> Vec<Self> {
        let last = cells.saturating_sub(1);
        let one = |pixel: usize| {
            let middle = (pixel as f64 + 0.5) * cells as f64 / pixels as f64 - 0.5;
            let middle = middle.clamp(0.0, last as f64);
            let low = (middle as usize).min(last);
            Self {
                low,
                high: (low + 1).min(last),
                share: middle - low as f64,
            }
        };
        (0..pixels).map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(grid: [usize; 2], values: &[f64]) -> EvidenceMap {
        let values = values.to_vec();
        EvidenceMap { grid, values }
    }

    /// `scipy.stats.spearmanr([1, 2, 3, 4], [2, 1, 4, 3]).statistic` is 0.6.
    #[test]
    fn correlation_is_of_ranks_by_absolute_value() {
        let one = map([2, 2], &[1.0, -2.0, 3.0, -4.0]);
        assert_eq!(one.correlation(&one), Some(1.0));
        let other = map([2, 2], &[-2.0, 1.0, 4.0, 3.0]);
        let found = one.correlation(&other).unwrap();
        assert!((found - 0.6).abs() < 1e-12);
        assert_eq!(one.correlation(&map([2, 2], &[1.0; 4])), None);
        assert_eq!(one.correlation(&map([2, 2], &[f64::NAN; 4])), None);
    }

    /// `torch.nn.functional.interpolate(t, size=4, mode="bilinear")` of `[[0., 4.]]` gives
    /// 0, 1, 3, 4 in a row.
    #[test]
    fn pixels_lie_between_cells() {
        let found = map([1, 2], &[0.0, 4.0]).stretched([1, 4]);
        assert_eq!(found, [0.0, 0.25, 0.75, 1.0]);
        assert_eq!(map([1, 2], &[-1.0, -4.0]).stretched([1, 2]), [0.0, 0.0]);
    }
}
