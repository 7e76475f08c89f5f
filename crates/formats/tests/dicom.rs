//! From stored values to grey levels and RGB, rule by rule.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod made;

use formats::dicom::{TransferSyntax, steps, tags};
use formats::{Format, FrameChoice, ImageError, Reading, Samples, Window, decode_with};
use made::Made;

fn levels(file: &[u8], window: Window) -> Vec<u16> {
    let reading = Reading {
        window,
        ..Reading::default()
    };
    match decode_with(file, &reading).unwrap().image.samples {
        Samples::U16(levels) => levels,
        other => panic!("grey of 16 bits, found {other:?}"),
    }
}

fn colours(file: &[u8]) -> Vec<u8> {
    match decode_with(file, &Reading::default())
        .unwrap()
        .image
        .samples
    {
        Samples::U8(samples) => samples,
        other => panic!("colour of 8 bits, found {other:?}"),
    }
}

/// −129, 65 and 193 Hounsfield units under the abdominal window of width 400 and centre 40:
/// PS3.3, C.11.2.1.2.1 gives `((x − 39.5) / 399 + 0.5) × 255` = 19.8, 143.8 and 225.6.
#[test]
fn a_window_of_hounsfield_units() {
    let file = Made::grey(1, 5, 16, 12, false)
        .window("40", "400")
        .rescale("1", "-1024")
        .pixels16(&[895, 1089, 1217, 0, 4095])
        .plain();
    let steps = steps(&file, 0, Window::File).unwrap();
    assert_eq!(steps.stored, [895, 1089, 1217, 0, 4095]);
    assert_eq!(steps.modality, [-129.0, 65.0, 193.0, -1024.0, 3071.0]);
    let eight: Vec<f64> = steps.voi.iter().map(|v| (v * 255.0).round()).collect();
    assert_eq!(eight, [20.0, 144.0, 226.0, 0.0, 255.0]);
    let sixteen = |x: f64| (((x - 39.5) / 399.0 + 0.5) * 65_535.0 + 0.5).floor() as u16;
    let expected = [sixteen(-129.0), sixteen(65.0), sixteen(193.0), 0, 65_535];
    assert_eq!(levels(&file, Window::File), expected);
    let given = Window::Given {
        center: 40.0,
        width: 400.0,
    };
    assert_eq!(levels(&file, given), expected);
}

#[test]
fn the_borders_of_the_three_functions() {
    let made = |function: &str| {
        Made::grey(1, 5, 16, 12, true)
            .window("0\\10", "4\\1")
            .text(0x0028, 0x1056, b"CS", function)
            .pixels16(&[65_533, 65_534, 0, 1, 2])
            .plain()
    };
    let voi = |function: &str| steps(&made(function), 0, Window::File).unwrap().voi;
    // Stored values are −3, −2, 0, 1, 2.
    assert_eq!(voi("LINEAR")[..2], [0.0, 0.0]);
    assert_eq!(voi("LINEAR")[2..], [0.5 / 3.0 + 0.5, 1.0, 1.0]);
    assert_eq!(voi("LINEAR_EXACT"), [0.0, 0.0, 0.5, 0.75, 1.0]);
    let sigmoid = voi("SIGMOID");
    assert_eq!(sigmoid[2], 0.5);
    assert_eq!(sigmoid[4], 1.0 / (1.0 + (-2.0f64).exp()));
    // The second window has a width of 1: a step at 9.5.
    let second = steps(&made("LINEAR"), 0, Window::Number(1)).unwrap();
    assert_eq!(second.voi, [0.0; 5]);
    let third = steps(&made("LINEAR"), 0, Window::Number(2)).unwrap_err();
    assert!(
        third.to_string().contains("window 2 of a file of 2"),
        "{third}"
    );
}

#[test]
fn without_a_window_the_bits_in_use_span_the_levels() {
    let cells = [0, 2048, 4095];
    let made = |signed| Made::grey(1, 3, 16, 12, signed).pixels16(&cells);
    let expected = [0, (2048.0 * 65_535.0 / 4095.0 + 0.5) as u16, 65_535];
    assert_eq!(levels(&made(false).plain(), Window::File), expected);
    // Signed: 0, −2048, −1.
    let low = |x: f64| ((x + 2048.0) * 65_535.0 / 4095.0 + 0.5) as u16;
    let expected = [low(0.0), 0, low(-1.0)];
    assert_eq!(levels(&made(true).plain(), Window::File), expected);
    // A negative slope turns the grey scale round.
    let falling = made(false).rescale("-2", "100").plain();
    assert_eq!(levels(&falling, Window::None)[0], 65_535);
}

#[test]
fn monochrome1_is_inverted_after_the_window() {
    let made = |photometric: &str| {
        let mut made = Made::grey(1, 3, 16, 12, false).window("1000", "801");
        let at = made.body.windows(11).position(|w| w == b"MONOCHROME2");
        made.body[at.unwrap() + 10] = photometric.as_bytes()[10];
        made.pixels16(&[100, 950, 2000]).plain()
    };
    let bright = levels(&made("MONOCHROME2"), Window::File);
    let dark = levels(&made("MONOCHROME1"), Window::File);
    assert_eq!(bright[0], 0);
    assert_eq!(dark[0], 65_535);
    for (a, b) in bright.iter().zip(&dark) {
        assert_eq!(a + b, 65_535);
    }
}

#[test]
fn bits_outside_those_in_use_are_masked() {
    // 10 bits up to bit 11; an overlay lies in bit 15, something in the lowest two.
    let file = Made::grey(1, 3, 16, 10, false)
        .with_word(0x0028, 0x0102, 11)
        .pixels16(&[0x8003, 0x8fff, 0x0801])
        .plain();
    assert_eq!(
        steps(&file, 0, Window::File).unwrap().stored,
        [0, 1023, 512]
    );
    assert_eq!(levels(&file, Window::File)[1], 65_535);
    // The same picture large enough for the table of levels.
    let cells: Vec<u16> = (0..70_000u32).map(|at| (at % 65_536) as u16).collect();
    let large = Made::grey(280, 250, 16, 10, true)
        .with_word(0x0028, 0x0102, 11)
        .window("-100", "300")
        .pixels16(&cells)
        .plain();
    let one = Made::grey(1, 1, 16, 10, true)
        .with_word(0x0028, 0x0102, 11)
        .window("-100", "300");
    let all = levels(&large, Window::File);
    for cell in [0u16, 4, 0x07ff, 0x0800, 0x0f00, 0xffff] {
        let alone = one.clone().pixels16(&[cell]).plain();
        assert_eq!(levels(&alone, Window::File)[0], all[usize::from(cell)]);
    }
}

#[test]
fn entries_of_tables_are_unsigned() {
    let table = |bits, first: i16, entries: &[u16]| {
        Made::default()
            .words(
                0x0028,
                0x3002,
                b"SS",
                &[entries.len() as u16, first as u16, bits],
            )
            .words(0x0028, 0x3006, b"US", entries)
    };
    let file = Made::grey(1, 5, 16, 16, true)
        .item(0x0028, 0x3000, table(16, -1, &[0xffff, 7, 0x8000]))
        .pixels16(&[-5i16 as u16, -1i16 as u16, 0, 1, 9])
        .plain();
    let modality = steps(&file, 0, Window::File).unwrap().modality;
    assert_eq!(modality, [65_535.0, 65_535.0, 7.0, 32_768.0, 32_768.0]);
    // A VOI LUT of 12 bits goes before a window.
    let file = Made::grey(1, 4, 16, 12, false)
        .window("5", "10")
        .item(0x0028, 0x3010, table(12, 10, &[0, 4095, 1000]))
        .pixels16(&[0, 10, 11, 12])
        .plain();
    let third = (1000.0 * 65_535.0 / 4095.0 + 0.5f64) as u16;
    assert_eq!(levels(&file, Window::File), [0, 0, 65_535, third]);
    assert_eq!(levels(&file, Window::Number(1)), [0, 0, 65_535, third]);
    assert_eq!(levels(&file, Window::Number(0))[1..], [65_535; 3]);
}

#[test]
fn padding_is_background_and_counted() {
    let file = Made::grey(1, 4, 16, 16, true)
        .bytes(0x0028, 0x0120, b"SS", &(-2000i16).to_le_bytes())
        .window("0", "200")
        .pixels16(&[-2000i16 as u16, 500, 0, -2000i16 as u16])
        .plain();
    let decoded = decode_with(&file, &Reading::default()).unwrap();
    assert_eq!(decoded.facts.dicom.unwrap().padding_pixels, 2);
    let Samples::U16(levels) = decoded.image.samples else {
        panic!("grey of 16 bits");
    };
    assert_eq!((levels[0], levels[1]), (0, 65_535));
}

#[test]
fn frames_have_windows_of_their_own() {
    let window = |center: &str| Made::default().window(center, "2");
    let group = |center: &str| Made::default().item(0x0028, 0x9132, window(center));
    let mut frames = Vec::new();
    for center in ["10", "20", "30"] {
        let item = group(center).body;
        frames.extend([0xfe, 0xff, 0x00, 0xe0]);
        frames.extend((item.len() as u32).to_le_bytes());
        frames.extend(item);
    }
    let file = Made::grey(1, 2, 16, 8, false)
        .text(0x0028, 0x0008, b"IS", "3")
        .bytes(0x5200, 0x9230, b"SQ", &frames)
        .pixels16(&[9, 11, 11, 25, 29, 29])
        .plain();
    let read = |frame| {
        let reading = Reading {
            frame,
            ..Reading::default()
        };
        decode_with(&file, &reading)
    };
    let middle = read(FrameChoice::Middle).unwrap();
    assert_eq!(middle.facts.frames.read, Some(1));
    assert_eq!(middle.image.samples, Samples::U16(vec![0, 65_535]));
    let all = read(FrameChoice::All).unwrap().image;
    assert_eq!(all.channels, 3);
    let expected = vec![0, 0, 0, 65_535, 65_535, 0];
    assert_eq!(all.samples, Samples::U16(expected));
    assert!(matches!(
        read(FrameChoice::Number(3)),
        Err(ImageError::Choice { .. })
    ));
}

#[test]
fn colour_becomes_rgb() {
    let planes = [1, 2, 3, 4, 5, 6];
    let planar = Made::colour(1, 2, "RGB").word(0x0028, 0x0006, 1);
    assert_eq!(
        colours(&planar.pixels8(&planes).plain()),
        [1, 3, 5, 2, 4, 6]
    );
    let ybr = Made::colour(1, 2, "YBR_FULL").pixels8(&[76, 85, 255, 150, 44, 21]);
    assert_eq!(colours(&ybr.plain()), [254, 0, 0, 0, 255, 1]);
    // Two lumas share their chroma.
    let halved = Made::colour(1, 2, "YBR_FULL_422").pixels8(&[10, 200, 128, 128]);
    assert_eq!(colours(&halved.plain()), [10, 10, 10, 200, 200, 200]);
    let table = |made: Made, colour: u16, entries: &[u16]| {
        let descriptor = [entries.len() as u16, 1, 16];
        made.words(0x0028, 0x1101 + colour, b"US", &descriptor)
            .words(0x0028, 0x1201 + colour, b"OW", entries)
    };
    let mut palette = Made::grey(1, 3, 8, 8, false);
    let at = palette.body.windows(11).position(|w| w == b"MONOCHROME2");
    let at = at.unwrap();
    palette
        .body
        .splice(at - 2..at + 12, *b"\x0e\0PALETTE COLOR ");
    for (colour, entries) in [[0x1000, 0x2000], [0x3000, 0x4000], [0x5000, 0xffff]]
        .iter()
        .enumerate()
    {
        palette = table(palette, colour as u16, entries);
    }
    let file = palette.pixels8(&[0, 1, 2]).plain();
    let (first, second) = ([0x10, 0x30, 0x50], [0x20, 0x40, 0xff]);
    assert_eq!(colours(&file), [first, first, second].concat());
}

#[test]
fn attributes_are_told_without_pixels() {
    let file = Made::grey(1, 1, 16, 12, false)
        .text(0x0028, 0x0301, b"CS", "YES")
        .text(0x0028, 0x0034, b"IS", "2\\1")
        .pixels16(&[1])
        .plain();
    let expected = [("patient", "P-7".to_owned()), ("modality", "CT".to_owned())];
    assert_eq!(tags(&file).unwrap().len(), 2);
    for tag in expected {
        assert!(tags(&file).unwrap().contains(&tag));
    }
    let facts = decode_with(&file, &Reading::default()).unwrap().facts;
    assert_eq!(facts.pixel_aspect, Some((2.0, 1.0)));
    let dicom = facts.dicom.unwrap();
    assert_eq!(dicom.burned_in, Some(true));
    assert_eq!(dicom.identifying, ["PatientID"]);
    assert_eq!(facts.format.to_string(), "DICOM, explicit little endian");
}

#[test]
fn a_data_set_without_preamble_is_read() {
    let made = Made::grey(1, 2, 16, 12, false).pixels16(&[0, 4095]);
    let length = Made::default().bytes(0x0008, 0x0000, b"UL", &[4, 0, 0, 0]);
    let bare = [length.body, made.body].concat();
    let decoded = decode_with(&bare, &Reading::default()).unwrap();
    assert_eq!(decoded.image.samples, Samples::U16(vec![0, 65_535]));
    let format = Format::Dicom(TransferSyntax::ExplicitLittle);
    assert_eq!(decoded.facts.format, format);
}

#[test]
fn what_is_not_read_is_named() {
    let made = Made::grey(1, 2, 16, 12, false).fragments(&[b"....."]);
    let file = made.file("1.2.840.10008.1.2.4.202");
    let error = decode_with(&file, &Reading::default())
        .unwrap_err()
        .to_string();
    for part in [
        "high-throughput JPEG 2000",
        "1.2.840.10008.1.2.4.202",
        "gdcmconv --raw",
    ] {
        assert!(error.contains(part), "`{part}` in: {error}");
    }
    let report = Made::default().text(0x0008, 0x0060, b"CS", "SR").plain();
    assert!(decode_with(&report, &Reading::default()).is_err());
}
