//! Compressed pixels: which decoder, and what its samples mean.

use crate::dicom::cells::Cells;
use crate::dicom::layout::{Layout, Photometric};
use crate::dicom::rle;
use crate::dicom::transfer_syntax::TransferSyntax;
use crate::error::ImageError;
use crate::facts::Format;
use crate::jpeg::{self, Process};
use crate::jpeg2000;

/// Cells of one frame, and what they mean now: decoders undo some colour transforms.
pub(crate) struct Decompressed {
    pub(crate) cells: Cells,
    pub(crate) photometric: Photometric,
}

/// Decodes the bytes of one frame.
pub(crate) fn decode(
    bytes: &[u8],
    syntax: TransferSyntax,
    uid: &str,
    layout: &Layout,
) -> Result<Decompressed, ImageError> {
    let format = Format::Dicom(syntax);
    let found = match syntax {
        TransferSyntax::Rle => Decompressed {
            cells: rle::decode(bytes, layout)?,
            photometric: layout.photometric,
        },
        TransferSyntax::JpegBaseline
        | TransferSyntax::JpegExtended
        | TransferSyntax::JpegLossless
        | TransferSyntax::JpegLosslessFirstOrder => jpeg(bytes, layout, format)?,
        TransferSyntax::JpegLsLossless | TransferSyntax::JpegLsNear => {
            jpeg_ls(bytes, layout, format)?
        }
        TransferSyntax::Jpeg2000 | TransferSyntax::Jpeg2000Lossless => {
            jpeg_2000(bytes, layout, format)?
        }
        other => return Err(unread(other, uid)),
    };
    let expected = layout.cells();
    if found.cells.len() == expected {
        Ok(found)
    } else {
        let reason = format!("{} samples decoded, {expected} declared", found.cells.len());
        Err(ImageError::damaged(format, reason))
    }
}

/// The error of a transfer syntax that is not read.
fn unread(syntax: TransferSyntax, uid: &str) -> ImageError {
    let remedy = match syntax {
        TransferSyntax::Video => "write frames as PNG, for example with `ffmpeg`",
        TransferSyntax::JpegXl => "convert it with the archive's export to uncompressed",
        _ => "convert it with `gdcmconv --raw IN OUT`",
    };
    ImageError::unsupported(
        Format::Dicom(syntax),
        format!("the transfer syntax {uid}"),
        remedy,
    )
}

/// The size is checked before the decoder works: a frame may claim another than the data set.
fn same_size(
    (width, height, components): (usize, usize, usize),
    layout: &Layout,
    format: Format,
) -> Result<(), ImageError> {
    let declared = (layout.columns, layout.rows, layout.samples);
    if (width, height, components) == declared {
        return Ok(());
    }
    let reason = format!(
        "a frame of {width}×{height} pixels of {components} samples, {}×{} of {} declared",
        layout.columns, layout.rows, layout.samples
    );
    Err(ImageError::damaged(format, reason))
}

fn jpeg(bytes: &[u8], layout: &Layout, format: Format) -> Result<Decompressed, ImageError> {
    let header = jpeg::Header::read(bytes)?;
    let size = (
        header.width.into(),
        header.height.into(),
        header.components.len(),
    );
    same_size(size, layout, format)?;
    if header.process != Process::Lossless && header.precision != 8 {
        return Err(ImageError::unsupported(
            format,
            format!("lossy samples of {} bits", header.precision),
            "convert it with `dcmdjpeg IN OUT` or `gdcmconv --raw IN OUT`",
        ));
    }
    let transformed = layout.samples == 3
        && header.process != Process::Lossless
        && layout.photometric != Photometric::Rgb;
    Ok(if transformed {
        Decompressed {
            cells: jpeg::rgb(bytes, &header)?.into(),
            photometric: Photometric::Rgb,
        }
    } else {
        Decompressed {
            cells: jpeg::stored(bytes, &header)?.into(),
            photometric: layout.photometric,
        }
    })
}

fn jpeg_ls(bytes: &[u8], layout: &Layout, format: Format) -> Result<Decompressed, ImageError> {
    if layout.samples != 1 {
        return Err(ImageError::unsupported(
            format,
            "several samples a pixel",
            "convert it with `dcmdjpls IN OUT` or `gdcmconv --raw IN OUT`",
        ));
    }
    let (columns, rows) = (layout.columns as u32, layout.rows as u32);
    let failed = |e: jpegls::CodecError| ImageError::damaged(format, e);
    let (samples, width, height) = jpegls::decode(bytes, columns, rows).map_err(failed)?;
    same_size((width as usize, height as usize, 1), layout, format)?;
    Ok(Decompressed {
        cells: Cells::U16(samples),
        photometric: layout.photometric,
    })
}

fn jpeg_2000(bytes: &[u8], layout: &Layout, format: Format) -> Result<Decompressed, ImageError> {
    // Boxes are not allowed here, and where they are they tell the same in other words.
    let (components, _, _) = jpeg2000::components(jpeg2000::codestream(bytes)?)?;
    let count = components.planes.len();
    same_size((components.width, components.height, count), layout, format)?;
    // Two's complement of the codestream's bits; the data set's bits in use mask the rest.
    let offset = if components.signed {
        1i32 << (components.bits - 1)
    } else {
        0
    };
    let cells = components.interleaved(count, |v| ((v + 0.5) as i32 - offset) as u16);
    Ok(Decompressed {
        cells: Cells::U16(cells),
        photometric: match layout.photometric {
            Photometric::YbrJpeg2000 => Photometric::Rgb,
            other => other,
        },
    })
}
