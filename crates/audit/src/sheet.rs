//! Pictures that are alike, side by side, for the eye.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};
use images::{Fit, Frame, Image, Samples};

/// Pixels between two pictures.
const GAP: usize = 2;
/// Most rows of a sheet.
const ROWS: usize = 100;
/// Most pixels of a tile along each side.
const LARGEST: usize = 512;

/// One row for each group, its pictures from left to right, each in a square of `tile` pixels (8
/// to 512) with its aspect kept, as an encoded PNG (RGB, 8 bits a sample). At most 100 rows of six
/// pictures; none if there is no picture.
pub fn sheet(groups: &[Vec<Image>], tile: usize) -> Option<Vec<u8>> {
    let frame = Frame {
        size: tile.clamp(8, LARGEST),
        channels: 3,
        fit: Fit::Pad,
    };
    let rows: Vec<&[Image]> = groups
        .iter()
        .filter(|group| !group.is_empty())
        .take(ROWS)
        .map(|group| &group[..group.len().min(crate::finding::MEMBERS)])
        .collect();
    let columns = rows.iter().map(|row| row.len()).max()?;
    let step = frame.size + GAP;
    let extent = |count: usize| (count * step - GAP) as u32;
    let mut sheet = RgbImage::from_pixel(extent(columns), extent(rows.len()), Rgb([255; 3]));
    for (y, row) in rows.iter().enumerate() {
        for (x, picture) in row.iter().enumerate() {
            paste(&mut sheet, &frame.apply(picture), x * step, y * step);
        }
    }
    let mut png = Cursor::new(Vec::new());
    sheet.write_to(&mut png, ImageFormat::Png).ok()?;
    Some(png.into_inner())
}

fn paste(sheet: &mut RgbImage, picture: &Image, left: usize, top: usize) {
    let eight_bits = |at: usize| match &picture.samples {
        Samples::U8(samples) => samples[at],
        Samples::U16(samples) => (samples[at] >> 8) as u8,
    };
    for at in 0..picture.width * picture.height {
        let (x, y) = (left + at % picture.width, top + at / picture.width);
        let colour = std::array::from_fn(|channel| eight_bits(3 * at + channel));
        sheet.put_pixel(x as u32, y as u32, Rgb(colour));
    }
}
