//! A few pictures side by side, for the eye.

use std::io::Cursor;

use image::{ImageFormat, RgbImage};
use rand::seq::SliceRandom as _;

use crate::dataset::Dataset;
use crate::frame::{Fit, Frame, Range};
use formats::image::Image;
use streams::stream;

/// Pixels between two pictures.
const GAP: usize = 2;

/// Draws up to `count` pictures out of `candidates` side by side, each `tile` pixels square with its
/// aspect kept, black and white by `range`, as an encoded PNG (RGB, 8 bits a sample). Of two
/// channels the first is shown, of more than three the first three. `seed` chooses which pictures.
/// Unreadable ones are passed over; none if no picture is left.
pub fn contact_sheet(
    dataset: &Dataset,
    candidates: &[usize],
    count: usize,
    tile: usize,
    range: Range,
    seed: u64,
) -> Option<Vec<u8>> {
    let tile = tile.max(1);
    let mut order = candidates.to_vec();
    order.shuffle(&mut stream(seed, "contact sheet", 0));
    let readable = order
        .into_iter()
        .filter_map(|index| dataset.image(index).ok());
    let tiles: Vec<Vec<f32>> = readable
        .take(count)
        .map(|image| planes(&image, tile, range))
        .collect();
    if tiles.is_empty() {
        return None;
    }
    let step = tile + GAP;
    let width = tiles.len() * step - GAP;
    let mut sheet = RgbImage::from_pixel(width as u32, tile as u32, image::Rgb([255; 3]));
    for (position, planes) in tiles.iter().enumerate() {
        paste(&mut sheet, planes, tile, position * step);
    }
    let mut png = Cursor::new(Vec::new());
    sheet
        .write_to(&mut png, ImageFormat::Png)
        .expect("an RGB picture in memory is encoded");
    Some(png.into_inner())
}

/// Red, green and blue of a picture in a tile, `[3, tile, tile]`, between 0 and 1.
fn planes(image: &Image, tile: usize, range: Range) -> Vec<f32> {
    let frame = Frame {
        fit: Fit::Pad,
        ..Frame::new(tile, image.channels)
    };
    let mut planes = vec![0.0; frame.samples()];
    frame.write_unit(&frame.apply(image), range, &mut planes);
    match image.channels {
        3.. => planes.truncate(3 * tile * tile),
        _ => {
            planes.truncate(tile * tile);
            planes = planes.repeat(3);
        }
    }
    planes
}

fn paste(sheet: &mut RgbImage, planes: &[f32], tile: usize, left: usize) {
    let plane = tile * tile;
    for at in 0..plane {
        let (x, y) = (left + at % tile, at / tile);
        let colour =
            std::array::from_fn(|channel| (planes[channel * plane + at] * 255.0).round() as u8);
        sheet.put_pixel(x as u32, y as u32, image::Rgb(colour));
    }
}
