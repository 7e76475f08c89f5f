//! Resizing is Pillow's in every bit; shapes and channels come to the frame as they should.
//!
//! `resize.txt` holds what Pillow makes of 500 drawn pictures; `resize.py` wrote it. The grey
//! levels at the end are those of Pillow's `convert("L")`.

use images::{Fit, Frame, Image, Range, Resampling, Samples, Size, resize};
use sha2::{Digest as _, Sha256};

const GOLDEN: &str = include_str!("resize.txt");

/// Words of xorshift64, as in `resize.py`.
fn words(count: usize, seed: u64) -> Vec<u32> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut word = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u32
    };
    (0..count).map(|_| word()).collect()
}

fn picture(mode: &str, width: usize, height: usize, seed: u64) -> Image {
    let channels = if mode == "RGB" { 3 } else { 1 };
    let words = words(width * height * channels, seed).into_iter();
    let samples = match mode {
        "L" | "RGB" => Samples::U8(words.map(|w| (w >> 24) as u8).collect()),
        "I;16" => Samples::U16(words.map(|w| (w >> 16) as u16).collect()),
        "F" => Samples::F32(words.map(|w| w as f32 / 1_048_576.0 - 1024.0).collect()),
        other => panic!("mode {other}"),
    };
    Image {
        width,
        height,
        channels,
        samples,
    }
}

fn digest(samples: &Samples) -> String {
    let bytes: Vec<u8> = match samples {
        Samples::U8(samples) => samples.clone(),
        Samples::U16(samples) => samples.iter().flat_map(|s| s.to_le_bytes()).collect(),
        Samples::F32(samples) => samples.iter().flat_map(|s| s.to_le_bytes()).collect(),
    };
    format!("{:x}", Sha256::digest(bytes))[..16].to_string()
}

#[test]
fn every_bit_is_pillows() {
    let (mut place, mut seed) = ((String::new(), String::new()), 0);
    for line in GOLDEN.lines() {
        let [mode, filter, sides @ .., golden] = &line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let same = place == (mode.to_string(), filter.to_string());
        seed = if same { seed + 1 } else { 1 };
        place = (mode.to_string(), filter.to_string());
        let sides: Vec<usize> = sides.iter().map(|side| side.parse().unwrap()).collect();
        let [width, height, to_width, to_height] = sides[..] else {
            panic!("{line}")
        };
        let resampling = match *filter {
            "bicubic" => Resampling::Bicubic,
            _ => Resampling::Bilinear,
        };
        let size = Size {
            height: to_height,
            width: to_width,
        };
        let resized = resize(&picture(mode, width, height, seed), size, resampling);
        assert_eq!(digest(&resized.samples), *golden, "{line}");
    }
    assert!(GOLDEN.lines().count() > 500);
}

#[test]
fn channels_are_resized_on_their_own() {
    let planes: Vec<Image> = (1..=5).map(|seed| picture("L", 23, 17, seed)).collect();
    let all: Vec<Samples> = planes.iter().map(|plane| plane.samples.clone()).collect();
    let stack = Image {
        channels: 5,
        samples: Samples::interleave(&all),
        ..planes[0].clone()
    };
    for (height, width) in [(9, 40), (40, 9)] {
        let size = Size { height, width };
        let each = |plane: &Image| resize(plane, size, Resampling::Bicubic).samples;
        let apart: Vec<Samples> = planes.iter().map(each).collect();
        let together = resize(&stack, size, Resampling::Bicubic);
        assert_eq!(together.samples, Samples::interleave(&apart));
    }
}

#[test]
fn grey_agrees_with_pillow_and_rgb_replicates_grey() {
    let mut samples = Vec::new();
    for (y, x) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        for k in 0..3 {
            samples.push(((x * 7 + y * 13 + k * 29 + (x * y) % 11 * 5) * 977 % 256) as u8);
        }
    }
    let grey = Frame::new(2, 1).apply(&Image::from_u8(2, 2, 3, samples));
    assert_eq!(grey.samples, Samples::U8(LUMA.into()));
    let back = Frame::new(2, 3).apply(&Image::from_u8(2, 2, 1, vec![1, 2, 3, 4]));
    let tripled = vec![1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4];
    assert_eq!(back.samples, Samples::U8(tripled));
}

/// Levels of a framed picture.
fn framed(image: &Image, height: usize, width: usize, fit: Fit, range: Range) -> Vec<u8> {
    let frame = Frame {
        fit,
        ..Frame::new(Size { height, width }, 1)
    };
    let mut unit = vec![0.5; frame.samples()];
    frame.write_unit(&frame.apply(image), range, &mut unit);
    unit.iter().map(|u| (u * 255.0).round() as u8).collect()
}

#[test]
fn padding_and_cropping_keep_the_aspect() {
    let wide = Image::from_u8(4, 2, 1, vec![10, 20, 30, 40, 50, 60, 70, 80]);
    assert_eq!(
        framed(&wide, 4, 4, Fit::Pad, Range::Full),
        [0, 0, 0, 0, 10, 20, 30, 40, 50, 60, 70, 80, 0, 0, 0, 0]
    );
    assert_eq!(
        framed(&wide, 2, 2, Fit::Crop, Range::Full),
        [20, 30, 60, 70]
    );
    // The same shape as the frame is left alone by all three.
    for fit in [Fit::Stretch, Fit::Pad, Fit::Crop] {
        let same = framed(&wide, 2, 4, fit, Range::Full);
        assert_eq!(same, [10, 20, 30, 40, 50, 60, 70, 80]);
    }
    // A frame that is wider than the picture.
    let tall = Image::from_u8(2, 3, 1, vec![1, 2, 3, 4, 5, 6]);
    let padded = framed(&tall, 3, 5, Fit::Pad, Range::Full);
    assert_eq!(padded, [0, 1, 2, 0, 0, 0, 3, 4, 0, 0, 0, 5, 6, 0, 0]);
    assert_eq!(framed(&tall, 1, 2, Fit::Crop, Range::Full), [3, 4]);
}

#[test]
fn black_is_where_the_range_begins_also_in_margins() {
    let wide = Image {
        width: 4,
        height: 2,
        channels: 1,
        samples: Samples::F32(vec![
            -1000.0,
            -500.0,
            0.0,
            500.0,
            1000.0,
            2000.0,
            -2000.0,
            f32::NAN,
        ]),
    };
    let levels = framed(&wide, 4, 4, Fit::Pad, Range::Between([-1000.0, 1000.0]));
    assert_eq!(
        levels,
        [0, 0, 0, 0, 0, 64, 128, 191, 255, 255, 0, 0, 0, 0, 0, 0]
    );
}

#[test]
fn pictures_of_no_extent_and_extreme_shapes_are_framed() {
    for (width, height) in [(1, 4000), (4000, 1), (1, 1)] {
        let image = picture("RGB", width, height, 1);
        for fit in [Fit::Stretch, Fit::Pad, Fit::Crop] {
            let frame = Frame {
                fit,
                ..Frame::new(8, 3)
            };
            let mut unit = vec![0.0; frame.samples()];
            frame.write_unit(&frame.apply(&image), Range::Full, &mut unit);
            assert!(unit.iter().all(|u| (0.0..=1.0).contains(u)));
        }
    }
}

const LUMA: [u8; 4] = [112, 115, 119, 67];
