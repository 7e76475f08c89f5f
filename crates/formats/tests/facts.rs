//! What files tell besides their samples.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use formats::dicom::TransferSyntax;
use formats::{
    Colour, Decoded, Format, FrameChoice, Image, ImageError, Kind, Reading, Samples, decode,
    decode_with, decoders, endings, is_picture_ending, kind_by_signature,
};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");

fn golden(name: &str) -> Vec<u8> {
    std::fs::read(format!("{GOLDEN}/{name}")).unwrap()
}

fn read(name: &str) -> Decoded {
    decode_with(&golden(name), &Reading::default()).unwrap()
}

fn frame(name: &str, frame: FrameChoice) -> Result<Decoded, ImageError> {
    let reading = Reading {
        frame,
        ..Reading::default()
    };
    decode_with(&golden(name), &reading)
}

#[test]
fn depth_and_colour_are_those_of_the_file() {
    let cases = [
        ("grey1.png", "PNG", 1, Colour::Grey),
        ("palette.png", "PNG", 8, Colour::Palette),
        ("rgb16.png", "PNG", 16, Colour::Rgb),
        ("grey.jpg", "JPEG", 8, Colour::Grey),
        ("full_chroma.jpg", "JPEG", 8, Colour::Ybr),
        ("no_transform.jpg", "JPEG", 8, Colour::Rgb),
        ("inks.jpg", "JPEG", 8, Colour::Cmyk),
        ("float.tif", "TIFF", 32, Colour::Grey),
        ("white_is_zero16.tif", "TIFF", 16, Colour::GreyInverted),
        ("bands.tif", "TIFF", 8, Colour::Bands),
        ("palette.tif", "TIFF", 8, Colour::Palette),
        ("lossless.webp", "WebP", 8, Colour::Rgb),
        ("lossy.webp", "WebP", 8, Colour::Ybr),
        ("rgb.bmp", "BMP", 8, Colour::Rgb),
        ("palette.gif", "GIF", 8, Colour::Palette),
        ("grey16.jp2", "JPEG 2000", 16, Colour::Grey),
    ];
    for (name, format, bits, colour) in cases {
        let facts = read(name).facts;
        let found = (facts.format.to_string(), facts.bits, facts.colour);
        assert_eq!(found, (format.to_owned(), bits, colour), "{name}");
    }
    assert!(read("rgba.png").facts.alpha_dropped);
    assert!(read("rgba.tif").facts.alpha_dropped);
    assert!(!read("rgb8.png").facts.alpha_dropped);
    let maximum = read("grey12_in_16.png").facts.maximum.unwrap();
    assert!((2000..4096).contains(&maximum), "{maximum}");
}

#[test]
fn the_quality_is_the_one_that_was_written() {
    let cases = [
        ("grey.jpg", 90),
        ("half_chroma.jpg", 85),
        ("quarter_chroma.jpg", 75),
        ("progressive.jpg", 80),
        ("inks.jpg", 95),
    ];
    for (name, quality) in cases {
        assert_eq!(read(name).facts.jpeg_quality, Some(quality), "{name}");
    }
}

#[test]
fn every_orientation_shows_the_same_scene() {
    let upright = read("turned1.png").image;
    for orientation in 1..=8u8 {
        let turned = read(&format!("turned{orientation}.png"));
        assert_eq!(turned.facts.orientation, orientation);
        let exchanged = orientation >= 5;
        let (width, height) = (turned.image.width, turned.image.height);
        let expected = if exchanged {
            (upright.height, upright.width)
        } else {
            (upright.width, upright.height)
        };
        assert_eq!((width, height), expected);
    }
    assert_eq!(read("turned6.jpg").facts.orientation, 6);
    assert_eq!(read("turned6.tif").facts.orientation, 6);
    assert_eq!(read("turned8.webp").facts.orientation, 8);
}

#[test]
fn frames_are_counted_and_chosen() {
    let pages = read("pages.tif");
    assert_eq!(
        (pages.facts.frames.count, pages.facts.frames.read),
        (5, Some(2))
    );
    let all = frame("pages.tif", FrameChoice::All).unwrap();
    assert_eq!((all.image.channels, all.facts.frames.read), (5, None));
    let (Samples::U8(stack), Samples::U8(middle)) = (&all.image.samples, &pages.image.samples)
    else {
        panic!("8 bits");
    };
    assert!(stack.iter().skip(2).step_by(5).eq(middle));
    let last = frame("pages.tif", FrameChoice::Number(4)).unwrap();
    assert_eq!(last.facts.frames.read, Some(4));
    let error = frame("pages.tif", FrameChoice::Number(5)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "frame 5 of a file of 5; frames are 0 to 4"
    );
    assert_eq!(read("animated.gif").facts.frames.count, 2);
    assert_eq!(read("animated.webp").facts.frames.count, 3);
    assert!(frame("animated.gif", FrameChoice::All).is_err());
}

#[test]
fn floating_point_is_clamped_only_when_written_as_levels() {
    let samples = vec![-1.0, 0.25, 7.0, f32::NAN];
    let image = Image {
        width: 2,
        height: 2,
        channels: 1,
        samples: Samples::F32(samples),
    };
    let mut unit = [9.0; 4];
    image.write_unit(&mut unit);
    assert_eq!(unit, [0.0, 0.25, 1.0, 0.0]);
    assert_eq!(image.bytes(), 16);
}

#[test]
fn what_is_neither_grey_nor_rgb_is_refused_unless_asked_for() {
    let found = |name: &str| decode(&golden(name)).unwrap_err().to_string();
    assert!(found("bands.tif").starts_with("TIFF with 5 channels: not read; save it"));
    assert!(found("float.tif").starts_with("TIFF with floating-point"));
    assert!(decode(&golden("rgb16.tif")).is_ok());
}

#[test]
fn content_tells_and_names_help() {
    assert_eq!(kind_by_signature(&golden("big.tif")), Some(Kind::Tiff));
    assert_eq!(kind_by_signature(&golden("grey.j2k")), Some(Kind::Jpeg2000));
    assert_eq!(kind_by_signature(b"BM is the beginning of a text"), None);
    let mut dual = golden("grey8_raw.tif");
    dual.resize(132, 0);
    dual[128..132].copy_from_slice(b"DICM");
    assert_eq!(kind_by_signature(&dual), Some(Kind::Dicom));
    assert!(is_picture_ending("DCM") && !is_picture_ending("csv"));
    assert!(endings::unread("NII").unwrap().contains("NIfTI"));
    let error = decode(b"PK\x03\x04 and more").unwrap_err().to_string();
    assert!(error.ends_with("found a ZIP archive"), "{error}");
    let format = Format::Dicom(TransferSyntax::JpegLossless);
    assert_eq!(format.to_string(), "DICOM, JPEG lossless");
}

#[test]
fn the_recorded_decoders_are_those_in_use() {
    let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock");
    let lock = std::fs::read_to_string(lock).unwrap();
    assert_eq!(decoders::decoders().count(), 9);
    for (name, version) in decoders::decoders() {
        let entry = format!("name = \"{name}\"\nversion = \"{version}\"");
        assert!(
            lock.contains(&entry),
            "{name} {version} is not in Cargo.lock"
        );
    }
}
