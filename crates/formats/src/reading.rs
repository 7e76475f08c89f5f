//! What a caller may choose about one file: which frame, which window.

use serde::{Deserialize, Serialize};

/// Which frame of a file of several: pages of a TIFF, frames of a GIF, WebP or DICOM file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FrameChoice {
    /// The first.
    First,
    /// The one in the middle: number `count / 2`, from 0.
    #[default]
    Middle,
    /// The frame of this number, from 0.
    Number(usize),
    /// Every frame, one channel each: grey pictures of at most
    /// [`MAX_CHANNELS`](crate::image::MAX_CHANNELS) frames.
    All,
}

/// Which grey values of a DICOM file become black and white. Other formats have no window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Window {
    /// The file's first VOI LUT, else its first window, else as [`Window::None`].
    #[default]
    File,
    /// The file's window of this number, from 0; its VOI LUTs follow its windows.
    Number(usize),
    /// None: the whole range that the stored bits may hold.
    None,
    /// This one, in the units after the modality LUT (for CT: Hounsfield units).
    Given {
        /// Value in the middle.
        center: f64,
        /// Extent from black to white; at least 1.
        width: f64,
    },
}

/// How a file is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Reading {
    /// Which frame.
    pub frame: FrameChoice,
    /// Which window.
    pub window: Window,
}
