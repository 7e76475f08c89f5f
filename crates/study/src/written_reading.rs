//! Which frame and which window of a file is the picture, as written.

use formats::{FrameChoice, Reading, Window};
use serde::Deserialize;

use super::bounds;
use super::error::StudyError;
use super::source_keys::SourceKeys;

/// Which frame of a file of several.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "\"first\", \"middle\", \"all\" or the number of a frame, from 0"
)]
pub enum WrittenFrame {
    /// By word.
    Word(FrameWord),
    /// By number, from 0.
    Number(usize),
}

/// A frame by word.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FrameWord {
    /// The first.
    First,
    /// The one in the middle.
    Middle,
    /// Each a channel.
    All,
}

/// Which grey values of a DICOM file are black and white.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "\"file\", \"none\", the number of a window of the file, from 0, or [centre, width]"
)]
pub enum WrittenWindow {
    /// By word.
    Word(WindowWord),
    /// The file's window of this number, from 0.
    Number(usize),
    /// Centre and width, in the units after the modality LUT.
    Given([f64; 2]),
}

/// A window by word.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WindowWord {
    /// The file's first.
    File,
    /// The whole range of the stored bits.
    None,
}

/// How files are read; takes its own of the keys.
pub(crate) fn reading(keys: &mut SourceKeys) -> Result<Reading, StudyError> {
    let frame = match keys.frame.take() {
        None | Some(WrittenFrame::Word(FrameWord::Middle)) => FrameChoice::Middle,
        Some(WrittenFrame::Word(FrameWord::First)) => FrameChoice::First,
        Some(WrittenFrame::Word(FrameWord::All)) => FrameChoice::All,
        Some(WrittenFrame::Number(number)) => {
            bounds::FRAME.whole(number as u64)?;
            FrameChoice::Number(number)
        }
    };
    let window = match keys.window.take() {
        None | Some(WrittenWindow::Word(WindowWord::File)) => Window::File,
        Some(WrittenWindow::Word(WindowWord::None)) => Window::None,
        Some(WrittenWindow::Number(number)) => {
            bounds::WINDOW.whole(number as u64)?;
            Window::Number(number)
        }
        Some(WrittenWindow::Given([center, width])) => {
            bounds::WINDOW_CENTRE.number(center)?;
            bounds::WINDOW_WIDTH.number(width)?;
            Window::Given { center, width }
        }
    };
    Ok(Reading { frame, window })
}
