//! What kind of file its first bytes say it is.

/// The kind of a picture file, by content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signature {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// TIFF of either byte order.
    Tiff,
    /// BMP.
    Bmp,
    /// GIF.
    Gif,
    /// WebP.
    Webp,
    /// DICOM with its preamble.
    Dicom,
    /// None of these; samples of an array, for example.
    Other,
}

impl Signature {
    /// Of a file that begins with `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        let at = |start: usize, word: &[u8]| bytes.get(start..start + word.len()) == Some(word);
        if at(0, b"\x89PNG\r\n\x1a\n") {
            Self::Png
        } else if at(0, b"\xff\xd8\xff") {
            Self::Jpeg
        } else if at(0, b"II*\0") || at(0, b"MM\0*") {
            Self::Tiff
        } else if at(0, b"GIF8") {
            Self::Gif
        } else if at(0, b"RIFF") && at(8, b"WEBP") {
            Self::Webp
        } else if at(128, b"DICM") {
            Self::Dicom
        } else if at(0, b"BM") && at(6, b"\0\0\0\0") {
            Self::Bmp
        } else {
            Self::Other
        }
    }

    /// As a reader knows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Tiff => "TIFF",
            Self::Bmp => "BMP",
            Self::Gif => "GIF",
            Self::Webp => "WebP",
            Self::Dicom => "DICOM",
            Self::Other => "other",
        }
    }

    /// The kind that an ending (in lower case, without its dot) promises; `None` if it promises none.
    pub fn promised_by(ending: &str) -> Option<Self> {
        Some(match ending {
            "png" => Self::Png,
            "jpg" | "jpeg" | "jpe" | "jfif" => Self::Jpeg,
            "tif" | "tiff" => Self::Tiff,
            "bmp" => Self::Bmp,
            "gif" => Self::Gif,
            "webp" => Self::Webp,
            "dcm" | "dicom" => Self::Dicom,
            _ => return None,
        })
    }
}
