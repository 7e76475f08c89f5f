//! The first convolution's filters as pictures, before and after training.

use super::ReportError;
use super::illustrations::FilterSheet;
use super::number;
use super::palette::Palette;
use super::picture;
use image::{ExtendedColorType, ImageEncoder as _, codecs::png::PngEncoder};

/// Filters shown at most.
const FILTERS_SHOWN: usize = 256;
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
        let grid = Grid::new(sheet.shape);
        let enlarged = (SHEET_WIDTH / grid.width()).max(1);
        Ok(Self {
            before: picture::data_uri(&grid.png(&sheet.before)?),
            after: picture::data_uri(&grid.png(&sheet.after)?),
            width: grid.width() * enlarged,
            height: grid.height() * enlarged,
            correlation: number::metric(mean_correlation(sheet)),
            movement: number::metric(relative_movement(&sheet.before, &sheet.after)),
        })
    }
}

/// Filters side by side with gaps of one pixel.
struct Grid {
    shown: usize,
    columns: usize,
    channels: usize,
    filter_height: usize,
    filter_width: usize,
}

impl Grid {
    fn new([filters, channels, filter_height, filter_width]: [usize; 4]) -> Self {
        let shown = filters.min(FILTERS_SHOWN);
        let columns = if shown > 64 { 16 } else { shown.min(8) };
        Self {
            shown,
            columns,
            channels,
            filter_height,
            filter_width,
        }
    }

    fn width(&self) -> usize {
        self.columns * (self.filter_width + 1) - 1
    }

    fn height(&self) -> usize {
        self.shown.div_ceil(self.columns) * (self.filter_height + 1) - 1
    }

    /// RGBA with clear gaps. Every filter is scaled by its own largest magnitude, so that zero is
    /// middle grey; three channels are red, green and blue, any other number is averaged.
    fn png(&self, weights: &[f32]) -> Result<Vec<u8>, image::ImageError> {
        let area = self.filter_height * self.filter_width;
        let mut pixels = vec![0_u8; self.width() * self.height() * 4];
        for (place, filter) in weights
            .chunks(self.channels * area)
            .take(self.shown)
            .enumerate()
        {
            let top = place / self.columns * (self.filter_height + 1);
            let left = place % self.columns * (self.filter_width + 1);
            let colours = self.colours(filter);
            let largest = colours
                .iter()
                .flatten()
                .fold(0.0_f32, |largest, value| largest.max(value.abs()));
            for (pixel, colour) in colours.iter().enumerate() {
                let row = top + pixel / self.filter_width;
                let column = left + pixel % self.filter_width;
                let start = (row * self.width() + column) * 4;
                for (channel, &value) in colour.iter().enumerate() {
                    pixels[start + channel] = level(value, largest);
                }
                pixels[start + 3] = u8::MAX;
            }
        }
        let mut png = Vec::new();
        PngEncoder::new(&mut png).write_image(
            &pixels,
            self.width() as u32,
            self.height() as u32,
            ExtendedColorType::Rgba8,
        )?;
        Ok(png)
    }

    /// Red, green and blue per pixel, in the unit of the weights.
    fn colours(&self, filter: &[f32]) -> Vec<[f32; 3]> {
        let area = self.filter_height * self.filter_width;
        let at = |channel: usize, pixel: usize| {
            let value = filter[channel * area + pixel];
            if value.is_finite() { value } else { 0.0 }
        };
        (0..area)
            .map(|pixel| match self.channels {
                3 => [at(0, pixel), at(1, pixel), at(2, pixel)],
                channels => {
                    let sum: f32 = (0..channels).map(|channel| at(channel, pixel)).sum();
                    [sum / channels as f32; 3]
                }
            })
            .collect()
    }
}

/// −`largest` is 0, zero is 128, `largest` is 255.
fn level(value: f32, largest: f32) -> u8 {
    let share = if largest > 0.0 { value / largest } else { 0.0 };
    (127.5 + 127.5 * share).round() as u8
}

/// Mean over filters of the Pearson correlation of a filter's weights after training with those
/// before; filters without variance are left out. Not a test of whether two filters see the same:
/// a filter that another one has taken the place of counts as changed.
fn mean_correlation(sheet: &FilterSheet) -> Option<f64> {
    let size = sheet.shape[1..].iter().product();
    let pairs = sheet.before.chunks(size).zip(sheet.after.chunks(size));
    number::mean(pairs.filter_map(|(before, after)| correlation(before, after)))
}

fn correlation(first: &[f32], second: &[f32]) -> Option<f64> {
    let centred = |values: &[f32]| -> Vec<f64> {
        let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / values.len() as f64;
        values.iter().map(|v| f64::from(*v) - mean).collect()
    };
    let (first, second) = (centred(first), centred(second));
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let spread = (product(&first, &first) * product(&second, &second)).sqrt();
    (spread > 0.0 && spread.is_finite()).then(|| product(&first, &second) / spread)
}

/// ‖after − before‖ / ‖before‖, Euclidean over all weights; none for weights that start at zero.
fn relative_movement(before: &[f32], after: &[f32]) -> Option<f64> {
    let square = |value: f64| value * value;
    let start: f64 = before.iter().map(|value| square(f64::from(*value))).sum();
    let moved: f64 = before
        .iter()
        .zip(after)
        .map(|(b, a)| square(f64::from(*a) - f64::from(*b)))
        .sum();
    let movement = (moved / start).sqrt();
    movement.is_finite().then_some(movement)
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
    fn filters_are_scaled_one_by_one_around_grey() {
        let grid = Grid::new([2, 1, 1, 2]);
        let png = grid.png(&[1.0, -1.0, 0.0, 8.0]).unwrap();
        let pixels = image::load_from_memory(&png).unwrap().into_rgba8();
        assert_eq!(pixels.dimensions(), (5, 1));
        let shades: Vec<[u8; 2]> = pixels.pixels().map(|pixel| [pixel[0], pixel[3]]).collect();
        assert_eq!(
            shades,
            [[255, 255], [0, 255], [0, 0], [128, 255], [255, 255]]
        );
    }

    #[test]
    fn movement_and_correlation_follow_their_formulas() {
        let opposite = sheet([1, 1, 1, 2], vec![1.0, -1.0], vec![-1.0, 1.0]);
        assert_eq!(mean_correlation(&opposite), Some(-1.0));
        assert_eq!(
            relative_movement(&opposite.before, &opposite.after),
            Some(2.0)
        );
        assert_eq!(relative_movement(&[0.0], &[1.0]), None);
        assert_eq!(correlation(&[1.0, 1.0], &[1.0, 2.0]), None);
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
