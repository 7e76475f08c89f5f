//! Traits as bytes, for pictures that are kept without the bytes of their files.

use super::fields::Fields;
use super::{Digest, Look, Signature, Traits};

/// Version of notes: raised whenever traits mean something else.
const VERSION: u8 = 1;

/// Every signature, in the order of its number in notes.
const SIGNATURES: [Signature; 8] = [
    Signature::Png,
    Signature::Jpeg,
    Signature::Tiff,
    Signature::Bmp,
    Signature::Gif,
    Signature::Webp,
    Signature::Dicom,
    Signature::Other,
];

impl Traits {
    /// The traits as some 700 bytes, from which [`of_note`](Self::of_note) makes them again, bit for
    /// bit.
    pub fn note(&self) -> Vec<u8> {
        let signature = SIGNATURES.iter().position(|known| *known == self.signature);
        let mut note = vec![VERSION];
        note.extend(self.file.0);
        note.extend(self.pixels.0);
        note.extend(self.width.to_le_bytes());
        note.extend(self.height.to_le_bytes());
        note.extend([self.channels, self.depth]);
        note.extend(self.mean.to_le_bytes());
        note.extend(self.spread.to_le_bytes());
        note.extend(self.file_bytes.to_le_bytes());
        note.push(signature.unwrap_or(SIGNATURES.len() - 1) as u8);
        // No quality is 0.
        note.push(self.jpeg_quality.unwrap_or(0));
        if let Some(look) = &self.look {
            look.append(&mut note);
        }
        note
    }

    /// The traits of a note; none where it is no note of this version.
    pub fn of_note(note: &[u8]) -> Option<Self> {
        let mut fields = Fields(note);
        let [version] = fields.take()?;
        if version != VERSION {
            return None;
        }
        let (file, pixels) = (Digest(fields.take()?), Digest(fields.take()?));
        let width = u32::from_le_bytes(fields.take()?);
        let height = u32::from_le_bytes(fields.take()?);
        let [channels, depth] = fields.take()?;
        let mean = f32::from_le_bytes(fields.take()?);
        let spread = f32::from_le_bytes(fields.take()?);
        let file_bytes = u64::from_le_bytes(fields.take()?);
        let [signature, quality] = fields.take()?;
        let look = match fields.0.is_empty() {
            true => None,
            false => Some(Look::taken(&mut fields)?),
        };
        let traits = Self {
            file,
            pixels,
            look,
            width,
            height,
            channels,
            depth,
            mean,
            spread,
            file_bytes,
            signature: *SIGNATURES.get(usize::from(signature))?,
            jpeg_quality: Some(quality).filter(|quality| *quality > 0),
        };
        fields.0.is_empty().then_some(traits)
    }
}

#[cfg(test)]
mod tests {
    use formats::Image;

    use super::*;

    #[test]
    fn traits_come_back_from_their_note() {
        let noise = |at: u32| (at.wrapping_mul(2_654_435_761) >> 24) as u8;
        let pictures = [
            Image::from_u8(30, 40, 3, (0..3600).map(noise).collect()),
            Image::from_u8(8, 8, 1, vec![7; 64]),
        ];
        for (image, bytes) in pictures.iter().zip([&b"\xff\xd8\xff"[..], b"GIF8"]) {
            let traits = Traits::of(bytes, image);
            let note = traits.note();
            assert_eq!(Traits::of_note(&note), Some(traits));
            for count in 0..note.len() {
                let cut = Traits::of_note(&note[..count]);
                assert!(cut.is_none_or(|cut| cut.look.is_none()));
            }
            assert_eq!(Traits::of_note(&[&note[..], &[0]].concat()), None);
        }
    }
}
