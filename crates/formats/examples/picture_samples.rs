//! The samples of pictures, for comparisons and benchmarks: for each file a line of height,
//! width, channels and sample type, then little-endian samples; or, after `time ROUNDS`, the
//! seconds that decoding all files took in each round.
//!
//!     cargo run --release -p formats --example picture_samples -- FILE…

use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use formats::decode::{MAX_FILE_BYTES, read_bounded};
use formats::{Image, ImageError, Reading, Samples, decode_with};
use mimalloc::MiMalloc;

/// The allocator of the program that we time a part of.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> std::process::ExitCode {
    let names: Vec<String> = std::env::args().skip(1).collect();
    let result = match names.split_first() {
        Some((word, rest)) if word == "time" => time(rest),
        _ => names.iter().try_for_each(|name| write(Path::new(name))),
    };
    match result {
        Ok(()) => 0.into(),
        Err(error) => {
            eprintln!("{error}");
            1.into()
        }
    }
}

fn io(error: impl ToString) -> ImageError {
    ImageError::Io(error.to_string())
}

/// One round a line of input, so that another program can take turns.
fn time(names: &[String]) -> Result<(), ImageError> {
    let files: Vec<Vec<u8>> = names
        .iter()
        .map(|name| read_bounded(Path::new(name), MAX_FILE_BYTES))
        .collect::<Result<_, _>>()?;
    for line in std::io::stdin().lines() {
        line.map_err(io)?;
        let start = Instant::now();
        for file in &files {
            std::hint::black_box(decode_with(file, &Reading::default())?);
        }
        println!("{}", start.elapsed().as_secs_f64());
    }
    Ok(())
}

fn write(path: &Path) -> Result<(), ImageError> {
    let bytes = read_bounded(path, MAX_FILE_BYTES)?;
    let image = decode_with(&bytes, &Reading::default())?.image;
    let Image {
        width,
        height,
        channels,
        ..
    } = image;
    let (kind, body) = match &image.samples {
        Samples::U8(s) => ("u8", s.clone()),
        Samples::U16(s) => ("u16", s.iter().flat_map(|v| v.to_le_bytes()).collect()),
        Samples::F32(s) => ("f32", s.iter().flat_map(|v| v.to_le_bytes()).collect()),
    };
    let mut out = std::io::stdout().lock();
    writeln!(out, "{height} {width} {channels} {kind}").map_err(io)?;
    out.write_all(&body).map_err(io)
}
