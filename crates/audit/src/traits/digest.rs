//! Digests by which equal files and equal pixels are found.

use formats::image::{Image, Samples};
use sha2::{Digest as _, Sha256};

/// The first 16 bytes of a SHA-256: a collision among a million pictures has odds below 10⁻²⁶.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 16]);

impl Digest {
    /// Of the bytes of a file.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self::first_half(Sha256::new().chain_update(bytes))
    }

    /// Of decoded pixels with their shape and depth. RGB whose three channels are equal
    /// everywhere has the digest of the same picture in grey.
    pub fn of_pixels(image: &Image) -> Self {
        let mut hash = Sha256::new();
        hash.update((image.width as u64).to_le_bytes());
        hash.update((image.height as u64).to_le_bytes());
        match &image.samples {
            Samples::U8(samples) => {
                hash.update([8]);
                add(&mut hash, samples, image.channels, |sample| [sample]);
            }
            Samples::U16(samples) => {
                hash.update([16]);
                add(&mut hash, samples, image.channels, u16::to_le_bytes);
            }
            Samples::F32(samples) => {
                hash.update([32]);
                add(&mut hash, samples, image.channels, f32::to_le_bytes);
            }
        }
        Self::first_half(hash)
    }

    fn first_half(hash: Sha256) -> Self {
        let whole = hash.finalize();
        Self(std::array::from_fn(|at| whole[at]))
    }
}

/// Samples that are turned into bytes at a time.
const CHUNK: usize = 4096;

fn add<S: Copy + PartialEq, const N: usize>(
    hash: &mut Sha256,
    samples: &[S],
    channels: usize,
    bytes: impl Fn(S) -> [u8; N],
) {
    let channels = channels.max(1);
    let grey = samples
        .chunks(channels)
        .all(|pixel| pixel.iter().all(|sample| *sample == pixel[0]));
    let step = if grey { channels } else { 1 };
    hash.update([if grey { 1 } else { channels as u8 }]);
    let mut buffer = Vec::with_capacity(CHUNK * N);
    for chunk in samples.chunks(CHUNK * step) {
        buffer.clear();
        buffer.extend(chunk.iter().step_by(step).flat_map(|&sample| bytes(sample)));
        hash.update(&buffer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grey_stored_as_rgb_is_the_same_picture_and_another_shape_is_not() {
        let grey: Vec<u8> = (0..12).collect();
        let rgb: Vec<u8> = grey.iter().flat_map(|&s| [s; 3]).collect();
        let of =
            |w, h, c, samples: &[u8]| Digest::of_pixels(&Image::from_u8(w, h, c, samples.to_vec()));
        assert_eq!(of(4, 3, 1, &grey), of(4, 3, 3, &rgb));
        assert_ne!(of(4, 3, 1, &grey), of(3, 4, 1, &grey));
        assert_ne!(of(4, 3, 1, &grey), of(2, 2, 3, &grey));
        let mut other = rgb.clone();
        other[35] += 1;
        assert_ne!(of(4, 3, 3, &rgb), of(4, 3, 3, &other));
    }
}
