//! A few pictures side by side, for the eye.

use std::io::Cursor;

use image::{ImageFormat, RgbImage};
use rand::seq::SliceRandom as _;

use crate::dataset::Dataset;
use crate::frame::{Fit, Frame};
use formats::image::{Image, Samples};
use streams::stream;

/// Pixels between two pictures.
const GAP: usize = 2;

/// Draws up to `count` pictures out of `candidates` side by side, each `tile` pixels square with its
/// aspect kept, as an encoded PNG (RGB, 8 bits a sample). `seed` chooses which. Unreadable pictures
/// are passed over; none if no picture is left.
pub fn contact_sheet(
    dataset: &Dataset,
    candidates: &[usize],
    count: usize,
    tile: usize,
    seed: u64,
) -> Option<Vec<u8>> {
    let frame = Frame {
        size: tile.max(1),
        channels: 3,
        fit: Fit::Pad,
    };
    let mut order = candidates.to_vec();
    order.shuffle(&mut stream(seed, "contact sheet", 0));
    let readable = order
        .into_iter()
        .filter_map(|index| dataset.image(index).ok());
    let pictures: Vec<Image> = readable
        .take(count)
        .map(|image| frame.apply(&image))
        .collect();
    if pictures.is_empty() {
        return None;
    }
    let step = frame.size + GAP;
    let width = pictures.len() * step - GAP;
    let mut sheet = RgbImage::from_pixel(width as u32, frame.size as u32, image::Rgb([255; 3]));
    for (position, picture) in pictures.iter().enumerate() {
        paste(&mut sheet, picture, position * step);
    }
    let mut png = Cursor::new(Vec::new());
    sheet
        .write_to(&mut png, ImageFormat::Png)
        .expect("an RGB picture in memory is encoded");
    Some(png.into_inner())
}

fn paste(sheet: &mut RgbImage, picture: &Image, left: usize) {
    let eight_bits = |at: usize| match &picture.samples {
        Samples::U8(samples) => samples[at],
        Samples::U16(samples) => (samples[at] >> 8) as u8,
        Samples::F32(samples) => (samples[at].clamp(0.0, 1.0) * 255.0).round() as u8,
    };
    for at in 0..picture.width * picture.height {
        let (x, y) = (left + at % picture.width, at / picture.width);
        let colour = std::array::from_fn(|channel| eight_bits(3 * at + channel));
        sheet.put_pixel(x as u32, y as u32, image::Rgb(colour));
    }
}
