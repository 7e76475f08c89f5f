//! Pictures that are alike, side by side, for the eye.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};
use images::{Fit, Frame, Image, Range, Samples, Stored};

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
    let tile = tile.clamp(8, LARGEST);
    let rows: Vec<&[Image]> = groups
        .iter()
        .filter(|group| !group.is_empty())
        .take(ROWS)
        .map(|group| &group[..group.len().min(crate::finding::MEMBERS)])
        .collect();
    let columns = rows.iter().map(|row| row.len()).max()?;
    let step = tile + GAP;
    let extent = |count: usize| (count * step - GAP) as u32;
    let mut sheet = RgbImage::from_pixel(extent(columns), extent(rows.len()), Rgb([255; 3]));
    for (y, row) in rows.iter().enumerate() {
        for (x, picture) in row.iter().enumerate() {
            paste(
                &mut sheet,
                &planes(picture, tile),
                tile,
                [x * step, y * step],
            );
        }
    }
    let mut png = Cursor::new(Vec::new());
    sheet.write_to(&mut png, ImageFormat::Png).ok()?;
    Some(png.into_inner())
}

/// Red, green and blue of a picture in a tile, `[3, tile, tile]`, between 0 and 1; of deeper ones
/// than 8 bits, the darkest sample is black and the brightest white.
fn planes(picture: &Image, tile: usize) -> Vec<f32> {
    let frame = Frame {
        fit: Fit::Pad,
        ..Frame::new(tile, picture.channels)
    };
    let range = match &picture.samples {
        Samples::U8(_) => Range::Full,
        _ => match Stored::of(picture).extremes {
            [low, high] if high > low => Range::Between([low, high]),
            _ => Range::Full,
        },
    };
    let mut planes = vec![0.0; frame.samples()];
    frame.write_unit(&frame.apply(picture), range, &mut planes);
    planes.truncate(if picture.channels < 3 { 1 } else { 3 } * tile * tile);
    if picture.channels < 3 {
        planes = planes.repeat(3);
    }
    planes
}

fn paste(sheet: &mut RgbImage, planes: &[f32], tile: usize, [left, top]: [usize; 2]) {
    let plane = tile * tile;
    for at in 0..plane {
        let (x, y) = (left + at % tile, top + at / tile);
        let level = |channel: usize| (planes[channel * plane + at] * 255.0).round() as u8;
        sheet.put_pixel(x as u32, y as u32, Rgb(std::array::from_fn(level)));
    }
}
