//! The values of one frame of a DICOM file after each step, for `checks/formats/pydicom_files.py`:
//! a line of frames, rows, columns and samples, then the lengths and little-endian numbers of
//! stored values (i64), modality values (f64), VOI levels (f64) and RGB (u8).
//!
//!     cargo run --release -p formats --example dicom_steps -- FILE FRAME

use std::io::Write as _;
use std::path::Path;

use formats::decode::{MAX_FILE_BYTES, read_bounded};
use formats::dicom::steps;
use formats::{ImageError, Window};

fn main() -> std::process::ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(path), Some(frame)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: dicom_steps FILE FRAME");
        return 2.into();
    };
    match write(Path::new(&path), frame.parse().unwrap_or(0)) {
        Ok(()) => 0.into(),
        Err(error) => {
            eprintln!("{error}");
            1.into()
        }
    }
}

fn write(path: &Path, frame: usize) -> Result<(), ImageError> {
    let bytes = read_bounded(path, MAX_FILE_BYTES)?;
    let steps = steps(&bytes, frame, Window::File)?;
    let mut out = format!(
        "{} {} {} {}\n",
        steps.frames, steps.rows, steps.columns, steps.samples
    )
    .into_bytes();
    let mut part = |length: usize, bytes: Vec<u8>| {
        out.extend((length as u64).to_le_bytes());
        out.extend(bytes);
    };
    let le = |values: &[f64]| values.iter().flat_map(|v| v.to_le_bytes()).collect();
    let stored = steps.stored.iter().flat_map(|v| v.to_le_bytes()).collect();
    part(steps.stored.len(), stored);
    part(steps.modality.len(), le(&steps.modality));
    part(steps.voi.len(), le(&steps.voi));
    part(steps.rgb.len(), steps.rgb);
    std::io::stdout()
        .write_all(&out)
        .map_err(|e| ImageError::Io(e.to_string()))
}
