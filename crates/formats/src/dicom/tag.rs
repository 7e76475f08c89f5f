//! Attributes by their tags (PS3.6).

/// Group and element of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Tag(pub(crate) u16, pub(crate) u16);

impl Tag {
    pub(crate) const TRANSFER_SYNTAX: Self = Self(0x0002, 0x0010);
    pub(crate) const MODALITY: Self = Self(0x0008, 0x0060);
    pub(crate) const MANUFACTURER: Self = Self(0x0008, 0x0070);
    pub(crate) const INSTITUTION: Self = Self(0x0008, 0x0080);
    pub(crate) const MODEL: Self = Self(0x0008, 0x1090);
    pub(crate) const PATIENT_ID: Self = Self(0x0010, 0x0020);
    pub(crate) const PATIENT_SEX: Self = Self(0x0010, 0x0040);
    pub(crate) const PATIENT_AGE: Self = Self(0x0010, 0x1010);
    pub(crate) const VIEW_POSITION: Self = Self(0x0018, 0x5101);
    pub(crate) const STUDY: Self = Self(0x0020, 0x000d);
    pub(crate) const SERIES: Self = Self(0x0020, 0x000e);
    pub(crate) const LATERALITY: Self = Self(0x0020, 0x0060);
    pub(crate) const IMAGE_LATERALITY: Self = Self(0x0020, 0x0062);
    pub(crate) const SAMPLES: Self = Self(0x0028, 0x0002);
    pub(crate) const PHOTOMETRIC: Self = Self(0x0028, 0x0004);
    pub(crate) const PLANAR: Self = Self(0x0028, 0x0006);
    pub(crate) const FRAMES: Self = Self(0x0028, 0x0008);
    pub(crate) const ROWS: Self = Self(0x0028, 0x0010);
    pub(crate) const COLUMNS: Self = Self(0x0028, 0x0011);
    pub(crate) const PIXEL_SPACING: Self = Self(0x0028, 0x0030);
    pub(crate) const ASPECT: Self = Self(0x0028, 0x0034);
    pub(crate) const BITS_ALLOCATED: Self = Self(0x0028, 0x0100);
    pub(crate) const BITS_STORED: Self = Self(0x0028, 0x0101);
    pub(crate) const HIGH_BIT: Self = Self(0x0028, 0x0102);
    pub(crate) const REPRESENTATION: Self = Self(0x0028, 0x0103);
    pub(crate) const PADDING: Self = Self(0x0028, 0x0120);
    pub(crate) const PADDING_LIMIT: Self = Self(0x0028, 0x0121);
    pub(crate) const BURNED_IN: Self = Self(0x0028, 0x0301);
    pub(crate) const WINDOW_CENTER: Self = Self(0x0028, 0x1050);
    pub(crate) const WINDOW_WIDTH: Self = Self(0x0028, 0x1051);
    pub(crate) const INTERCEPT: Self = Self(0x0028, 0x1052);
    pub(crate) const SLOPE: Self = Self(0x0028, 0x1053);
    pub(crate) const VOI_FUNCTION: Self = Self(0x0028, 0x1056);
    pub(crate) const PALETTE_RED: Self = Self(0x0028, 0x1101);
    pub(crate) const PALETTE_RED_DATA: Self = Self(0x0028, 0x1201);
    pub(crate) const PALETTE_RED_SEGMENTS: Self = Self(0x0028, 0x1221);
    pub(crate) const LOSSY: Self = Self(0x0028, 0x2110);
    pub(crate) const MODALITY_LUT: Self = Self(0x0028, 0x3000);
    pub(crate) const LUT_DESCRIPTOR: Self = Self(0x0028, 0x3002);
    pub(crate) const LUT_DATA: Self = Self(0x0028, 0x3006);
    pub(crate) const VOI_LUT: Self = Self(0x0028, 0x3010);
    pub(crate) const FRAME_VOI: Self = Self(0x0028, 0x9132);
    pub(crate) const VALUE_TRANSFORMATION: Self = Self(0x0028, 0x9145);
    pub(crate) const SHARED_GROUPS: Self = Self(0x5200, 0x9229);
    pub(crate) const FRAME_GROUPS: Self = Self(0x5200, 0x9230);
    pub(crate) const EXTENDED_OFFSETS: Self = Self(0x7fe0, 0x0001);
    pub(crate) const FLOAT_PIXELS: Self = Self(0x7fe0, 0x0008);
    pub(crate) const DOUBLE_PIXELS: Self = Self(0x7fe0, 0x0009);
    pub(crate) const PIXELS: Self = Self(0x7fe0, 0x0010);
    pub(crate) const ITEM: Self = Self(0xfffe, 0xe000);
    pub(crate) const ITEM_END: Self = Self(0xfffe, 0xe00d);
    pub(crate) const SEQUENCE_END: Self = Self(0xfffe, 0xe0dd);

    /// The attribute of the next colour: red, green, blue lie side by side.
    pub(crate) fn of_colour(self, colour: u16) -> Self {
        Self(self.0, self.1 + colour)
    }
}
