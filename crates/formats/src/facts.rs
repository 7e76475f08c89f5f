//! What a file tells about its picture besides the samples.

use std::fmt;

use serde::Serialize;

use crate::dicom::transfer_syntax::TransferSyntax;

/// What a file is, by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Format {
    /// Portable Network Graphics.
    Png,
    /// JPEG (ITU-T T.81).
    Jpeg,
    /// TIFF or BigTIFF.
    Tiff,
    /// WebP.
    WebP,
    /// Windows bitmap.
    Bmp,
    /// GIF.
    Gif,
    /// JPEG 2000, a JP2 file or a bare codestream.
    Jpeg2000,
    /// DICOM, with the encoding of its pixels.
    Dicom(TransferSyntax),
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Png => f.write_str("PNG"),
            Self::Jpeg => f.write_str("JPEG"),
            Self::Tiff => f.write_str("TIFF"),
            Self::WebP => f.write_str("WebP"),
            Self::Bmp => f.write_str("BMP"),
            Self::Gif => f.write_str("GIF"),
            Self::Jpeg2000 => f.write_str("JPEG 2000"),
            Self::Dicom(syntax) => write!(f, "DICOM, {}", syntax.name()),
        }
    }
}

/// Colour as the file stores it; what is decoded is grey or RGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Colour {
    /// Grey, black is zero.
    Grey,
    /// Grey, white is zero (TIFF, DICOM's MONOCHROME1); inverted when decoded.
    GreyInverted,
    /// Indices into a palette; expanded when decoded.
    Palette,
    /// Red, green, blue.
    Rgb,
    /// Luma and two chroma (YCbCr, DICOM's YBR); RGB when decoded.
    Ybr,
    /// Cyan, magenta, yellow, black; RGB when decoded, without a colour profile.
    Cmyk,
    /// CIE L*a*b*.
    Lab,
    /// Several bands without a meaning as colour.
    Bands,
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Grey => "grey",
            Self::GreyInverted => "grey, white is zero",
            Self::Palette => "palette",
            Self::Rgb => "RGB",
            Self::Ybr => "YBR",
            Self::Cmyk => "CMYK",
            Self::Lab => "L*a*b*",
            Self::Bands => "bands",
        })
    }
}

/// How many frames a file has, and which was decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Frames {
    /// Frames of the file.
    pub count: usize,
    /// The frame decoded, from 0; `None` when all were.
    pub read: Option<usize>,
}

impl Frames {
    /// The one frame of a file of one.
    pub const ONE: Self = Self {
        count: 1,
        read: Some(0),
    };
}

/// What a file tells about its picture besides the samples.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Facts {
    /// What the file is, by its content.
    pub format: Format,
    /// Bits of one sample that the file declares (DICOM: bits stored).
    pub bits: u32,
    /// Colour as stored.
    pub colour: Colour,
    /// The EXIF orientation that was applied, 1 to 8; 1 is none.
    pub orientation: u8,
    /// How many frames, and which was decoded.
    pub frames: Frames,
    /// Whether an alpha channel was dropped.
    pub alpha_dropped: bool,
    /// Greatest sample of a 16-bit picture: 4095 or less where 12 bits lie in 16.
    pub maximum: Option<u16>,
    /// Quality of a JPEG on the scale of the Independent JPEG Group's encoder, 1 to 100, as its
    /// luminance quantisation table tells.
    pub jpeg_quality: Option<u8>,
    /// Height and width of one pixel where the file says that pixels are not square.
    pub pixel_aspect: Option<(f64, f64)>,
    /// What a DICOM file says besides.
    pub dicom: Option<DicomFacts>,
}

impl Facts {
    /// Facts of a picture of one frame of which nothing but the essential is known.
    pub(crate) fn new(format: Format, bits: u32, colour: Colour) -> Self {
        Self {
            format,
            bits,
            colour,
            orientation: 1,
            frames: Frames::ONE,
            alpha_dropped: false,
            maximum: None,
            jpeg_quality: None,
            pixel_aspect: None,
            dicom: None,
        }
    }
}

/// What a DICOM file says besides its picture.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DicomFacts {
    /// Attributes of interest, by the short names of [`tags`](crate::dicom::tags).
    pub tags: Vec<(&'static str, String)>,
    /// Photometric Interpretation as the file spells it.
    pub photometric: String,
    /// What turned values into grey levels, in words: `window 40/400`, `VOI LUT`, `whole range`.
    pub window: String,
    /// Windows and VOI LUTs that the file offers.
    pub windows: usize,
    /// Burned In Annotation: whether text is drawn into the pixels; `None` where it is not said.
    pub burned_in: Option<bool>,
    /// Names of attributes present that identify a person.
    pub identifying: Vec<&'static str>,
    /// Pixels that the file declares as padding.
    pub padding_pixels: usize,
    /// Whether the pixels went through lossy compression at some time (Lossy Image Compression).
    pub lossy: Option<bool>,
}
