//! cargo fuzz run tiff
#![no_main]

use formats::{FrameChoice, Reading, decode_with};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut file = b"II*\0".to_vec();
    file.extend(bytes);
    for frame in [FrameChoice::Middle, FrameChoice::All] {
        let reading = Reading {
            frame,
            ..Reading::default()
        };
        if let Ok(decoded) = decode_with(&file, &reading) {
            let image = decoded.image;
            let samples = image.width * image.height * image.channels;
            assert_eq!(image.samples.len(), samples);
        }
    }
});
