//! The first convolution's filters as pictures, before and after training.

use super::error::ReportError;
use super::illustrations::FilterSheet;
use super::number;
use super::palette::Palette;
use super::picture;
use images::FilterGrid;
use stats::weight_change::{Movement, correlation};

/// Width of a sheet on the page, in pixels, that whole multiples of its own come close to.
const SHEET_WIDTH: usize = 240;

/// The filters of one arm.
pub struct FilterFigure {
    /// Label of the arm.
    pub arm: String,
    /// Number of the colour of its initialisation.
    pub colour: usize,
    /// Seed of the run.
    pub seed: u64,
    /// `64 filters of 5 × 5, 3 channels`.
    pub shape: String,
    /// The two sheets and their numbers; none where the weights do not fit the shape.
    pub sheets: Option<Sheets>,
}

/// Two sheets.
pub struct Sheets {
    /// URI of the filters at initialisation.
    pub before: String,
    /// URI of the filters of the best checkpoint.
    pub after: String,
    /// Width on the page, in pixels.
    pub width: usize,
    /// Height on the page, in pixels.
    pub height: usize,
    /// Mean Pearson correlation of each filter with its start.
    pub correlation: String,
    /// ‖after − before‖ / ‖before‖ over all filters.
    pub movement: String,
}

impl FilterFigure {
    /// The figure of one sheet.
    pub fn new(sheet: &FilterSheet, palette: &Palette) -> Result<Self, ReportError> {
        let [filters, channels, height, width] = sheet.shape;
        let channel_word = if channels == 1 { "channel" } else { "channels" };
        Ok(Self {
            arm: sheet.arm.clone(),
            colour: palette.colour(&sheet.init),
            seed: sheet.seed,
            shape: format!("{filters} filters of {width} × {height}, {channels} {channel_word}"),
            sheets: fits(sheet).then(|| Sheets::new(sheet)).transpose()?,
        })
    }
}

/// Whether the weights are as many as the shape says, at least one, and drawable.
fn fits(sheet: &FilterSheet) -> bool {
    let count = sheet
        .shape
        .iter()
        .try_fold(1_usize, |product, side| product.checked_mul(*side));
    let [_, _, height, width] = sheet.shape;
    count
        .is_some_and(|count| count > 0 && sheet.before.len() == count && sheet.after.len() == count)
        && height.max(width) <= 64
}

impl Sheets {
    fn new(sheet: &FilterSheet) -> Result<Self, ReportError> {
        let grid = FilterGrid::new(sheet.shape);
        let enlarged = (SHEET_WIDTH / grid.width()).max(1);
        Ok(Self {
            before: picture::data_uri(&grid.png(&sheet.before, 1)?),
            after: picture::data_uri(&grid.png(&sheet.after, 1)?),
            width: grid.width() * enlarged,
            height: grid.height() * enlarged,
            correlation: number::metric(mean_correlation(sheet)),
            movement: number::metric(Movement::between(&sheet.before, &sheet.after).relative()),
        })
    }
}

/// Mean over filters of the [`correlation`] of a filter's weights after training with those before;
/// filters without variance are left out.
fn mean_correlation(sheet: &FilterSheet) -> Option<f64> {
    let size = sheet.shape[1..].iter().product();
    let pairs = sheet.before.chunks(size).zip(sheet.after.chunks(size));
    number::mean(pairs.filter_map(|(before, after)| correlation(before, after)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(shape: [usize; 4], before: Vec<f32>, after: Vec<f32>) -> FilterSheet {
        let name = || String::from("a");
        FilterSheet {
            arm: name(),
            model: name(),
            init: name(),
            seed: 0,
            shape,
            before,
            after,
        }
    }

    #[test]
    fn filters_without_variance_are_left_out_of_the_mean() {
        let before = vec![1.0, -1.0, 2.0, 2.0];
        let opposite = sheet([2, 1, 1, 2], before, vec![-1.0, 1.0, 0.0, 3.0]);
        assert_eq!(mean_correlation(&opposite), Some(-1.0));
    }

    #[test]
    fn weights_that_do_not_fit_are_not_drawn() {
        assert!(!fits(&sheet([2, 3, 5, 5], vec![0.0; 10], vec![0.0; 10])));
        assert!(!fits(&sheet([0, 3, 5, 5], Vec::new(), Vec::new())));
        assert!(!fits(&sheet([usize::MAX, 3, 5, 5], Vec::new(), Vec::new())));
        assert!(fits(&sheet(
            [1, 3, 5, 5],
            vec![f32::NAN; 75],
            vec![0.0; 75]
        )));
    }
}
