//! How a DICOM file encodes its data set and its pixels (PS3.5, section 10 and annex A).

use std::fmt;

use serde::Serialize;

/// The transfer syntaxes that are known by name; [`TransferSyntax::is_read`] tells which are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum TransferSyntax {
    /// Implicit VR Little Endian.
    ImplicitLittle,
    /// Explicit VR Little Endian.
    ExplicitLittle,
    /// Explicit VR Big Endian (retired).
    ExplicitBig,
    /// Deflated Explicit VR Little Endian.
    Deflated,
    /// RLE Lossless.
    Rle,
    /// JPEG baseline, process 1.
    JpegBaseline,
    /// JPEG extended, processes 2 and 4: 8 or 12 bits.
    JpegExtended,
    /// JPEG lossless, process 14.
    JpegLossless,
    /// JPEG lossless, process 14, selection value 1.
    JpegLosslessFirstOrder,
    /// JPEG-LS lossless.
    JpegLsLossless,
    /// JPEG-LS near-lossless.
    JpegLsNear,
    /// JPEG 2000, lossless only.
    Jpeg2000Lossless,
    /// JPEG 2000.
    Jpeg2000,
    /// JPEG 2000 Part 2 multi-component (lossless or not).
    Jpeg2000Multicomponent,
    /// High-throughput JPEG 2000 (three syntaxes).
    HighThroughputJpeg2000,
    /// JPEG XL (three syntaxes).
    JpegXl,
    /// MPEG-2, MPEG-4 or HEVC video.
    Video,
    /// Any other.
    Other,
}

use TransferSyntax as T;

/// UID, syntax.
const SYNTAXES: &[(&str, TransferSyntax)] = &[
    ("1.2.840.10008.1.2", T::ImplicitLittle),
    ("1.2.840.10008.1.2.1", T::ExplicitLittle),
    ("1.2.840.10008.1.2.1.99", T::Deflated),
    ("1.2.840.10008.1.2.2", T::ExplicitBig),
    ("1.2.840.10008.1.2.5", T::Rle),
    ("1.2.840.10008.1.2.4.50", T::JpegBaseline),
    ("1.2.840.10008.1.2.4.51", T::JpegExtended),
    ("1.2.840.10008.1.2.4.57", T::JpegLossless),
    ("1.2.840.10008.1.2.4.70", T::JpegLosslessFirstOrder),
    ("1.2.840.10008.1.2.4.80", T::JpegLsLossless),
    ("1.2.840.10008.1.2.4.81", T::JpegLsNear),
    ("1.2.840.10008.1.2.4.90", T::Jpeg2000Lossless),
    ("1.2.840.10008.1.2.4.91", T::Jpeg2000),
    ("1.2.840.10008.1.2.4.92", T::Jpeg2000Multicomponent),
    ("1.2.840.10008.1.2.4.93", T::Jpeg2000Multicomponent),
    ("1.2.840.10008.1.2.4.110", T::JpegXl),
    ("1.2.840.10008.1.2.4.111", T::JpegXl),
    ("1.2.840.10008.1.2.4.112", T::JpegXl),
    ("1.2.840.10008.1.2.4.201", T::HighThroughputJpeg2000),
    ("1.2.840.10008.1.2.4.202", T::HighThroughputJpeg2000),
    ("1.2.840.10008.1.2.4.203", T::HighThroughputJpeg2000),
    ("1.2.840.10008.1.2.4.100", T::Video),
    ("1.2.840.10008.1.2.4.101", T::Video),
    ("1.2.840.10008.1.2.4.102", T::Video),
    ("1.2.840.10008.1.2.4.103", T::Video),
    ("1.2.840.10008.1.2.4.104", T::Video),
    ("1.2.840.10008.1.2.4.105", T::Video),
    ("1.2.840.10008.1.2.4.106", T::Video),
    ("1.2.840.10008.1.2.4.107", T::Video),
    ("1.2.840.10008.1.2.4.108", T::Video),
    // GE's private syntax: pixels in big endian, all else implicit little endian.
    ("1.2.840.113619.5.2", T::Other),
];

impl TransferSyntax {
    /// The syntax of a UID; [`TransferSyntax::Other`] where none is known.
    pub fn of(uid: &str) -> Self {
        SYNTAXES
            .iter()
            .find(|(known, _)| *known == uid)
            .map_or(Self::Other, |&(_, syntax)| syntax)
    }

    /// Name in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::ImplicitLittle => "implicit little endian",
            Self::ExplicitLittle => "explicit little endian",
            Self::ExplicitBig => "explicit big endian",
            Self::Deflated => "deflated",
            Self::Rle => "RLE lossless",
            Self::JpegBaseline => "JPEG baseline",
            Self::JpegExtended => "JPEG extended",
            Self::JpegLossless => "JPEG lossless",
            Self::JpegLosslessFirstOrder => "JPEG lossless, first order",
            Self::JpegLsLossless => "JPEG-LS lossless",
            Self::JpegLsNear => "JPEG-LS near-lossless",
            Self::Jpeg2000Lossless => "JPEG 2000 lossless",
            Self::Jpeg2000 => "JPEG 2000",
            Self::Jpeg2000Multicomponent => "JPEG 2000 multi-component",
            Self::HighThroughputJpeg2000 => "high-throughput JPEG 2000",
            Self::JpegXl => "JPEG XL",
            Self::Video => "video",
            Self::Other => "an unknown transfer syntax",
        }
    }

    /// Whether the pixels are a sequence of compressed fragments (PS3.5, A.4).
    pub fn is_encapsulated(self) -> bool {
        !matches!(
            self,
            Self::ImplicitLittle | Self::ExplicitLittle | Self::ExplicitBig | Self::Deflated
        )
    }

    /// Whether its pixels are read (JPEG extended at 8 bits, JPEG-LS at one sample a pixel).
    pub fn is_read(self) -> bool {
        !matches!(
            self,
            Self::Jpeg2000Multicomponent
                | Self::HighThroughputJpeg2000
                | Self::JpegXl
                | Self::Video
                | Self::Other
        )
    }
}

impl fmt::Display for TransferSyntax {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
