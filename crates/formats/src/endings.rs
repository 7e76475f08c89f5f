//! Endings of file names. They only help to find pictures: what a file is, its content tells.

/// Endings of pictures that are read, in lower case, without the dot.
pub const EXTENSIONS: &[&str] = &[
    "png", "jpg", "jpeg", "jpe", "jfif", "tif", "tiff", "webp", "bmp", "dib", "gif", "jp2", "j2k",
    "j2c", "jpc", "jpx", "dcm", "dicom", "dic", "ima",
];

/// Endings of picture-like files that are not read, with what they are and what to do.
pub const UNREAD: &[(&str, &str)] = &[
    ("heic", "HEIF photographs: convert to PNG or JPEG"),
    ("heif", "HEIF photographs: convert to PNG or JPEG"),
    ("avif", "AVIF pictures: convert to PNG"),
    ("jxl", "JPEG XL: convert to PNG"),
    ("svg", "vector drawings: render to PNG"),
    ("pdf", "documents: render or extract to PNG"),
    ("psd", "Photoshop documents: export as TIFF or PNG"),
    ("svs", "whole-slide images: cut into tiles first"),
    ("ndpi", "whole-slide images: cut into tiles first"),
    ("mrxs", "whole-slide images: cut into tiles first"),
    ("scn", "whole-slide images: cut into tiles first"),
    ("bif", "whole-slide images: cut into tiles first"),
    ("vsi", "whole-slide images: cut into tiles first"),
    ("czi", "microscopy files: export as TIFF"),
    ("lif", "microscopy files: export as TIFF"),
    ("nd2", "microscopy files: export as TIFF"),
    ("oib", "microscopy files: export as TIFF"),
    ("nii", "NIfTI volumes: write slices as 16-bit PNG or TIFF"),
    (
        "hdr",
        "Analyze or NIfTI headers: write slices as 16-bit PNG or TIFF",
    ),
    (
        "mha",
        "MetaImage volumes: write slices as 16-bit PNG or TIFF",
    ),
    (
        "mhd",
        "MetaImage headers: write slices as 16-bit PNG or TIFF",
    ),
    ("nrrd", "NRRD volumes: write slices as 16-bit PNG or TIFF"),
    ("nhdr", "NRRD headers: write slices as 16-bit PNG or TIFF"),
    (
        "mgz",
        "FreeSurfer volumes: write slices as 16-bit PNG or TIFF",
    ),
    ("exr", "OpenEXR pictures: convert to floating-point TIFF"),
    ("pgm", "Netpbm pictures: convert to PNG"),
    ("ppm", "Netpbm pictures: convert to PNG"),
    ("pnm", "Netpbm pictures: convert to PNG"),
    ("tga", "Targa pictures: convert to PNG"),
    ("ico", "icons: convert to PNG"),
    ("dng", "camera raw: develop to TIFF"),
    ("cr2", "camera raw: develop to TIFF"),
    ("nef", "camera raw: develop to TIFF"),
    ("arw", "camera raw: develop to TIFF"),
    ("mp4", "video: write frames as PNG"),
    ("avi", "video: write frames as PNG"),
    ("mov", "video: write frames as PNG"),
];

/// Whether a name's ending, without the dot and in either case, is one of [`EXTENSIONS`].
pub fn is_picture_ending(ending: &str) -> bool {
    EXTENSIONS
        .iter()
        .any(|known| known.eq_ignore_ascii_case(ending))
}

/// What a picture-like file that is not read is, by its ending, and what to do with it.
pub fn unread(ending: &str) -> Option<&'static str> {
    UNREAD
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(ending))
        .map(|&(_, remedy)| remedy)
}
