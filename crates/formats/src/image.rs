//! One decoded picture.

/// Samples of a picture at the bit depth it was stored with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Samples {
    /// 8 bits a sample, 0 to 255.
    U8(Vec<u8>),
    /// 16 bits a sample, 0 to 65,535.
    U16(Vec<u16>),
}

/// One decoded picture of shape `[height, width, channels]`, rows from the top,
/// channels interleaved; one channel is grey, three are red, green, blue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Columns, in pixels.
    pub width: usize,
    /// Rows, in pixels.
    pub height: usize,
    /// 1 (grey) or 3 (RGB).
    pub channels: usize,
    /// `height × width × channels` samples.
    pub samples: Samples,
}

impl Image {
    /// A picture of 8-bit samples; `samples` has shape `[height, width, channels]`.
    pub fn from_u8(width: usize, height: usize, channels: usize, samples: Vec<u8>) -> Self {
        assert_eq!(samples.len(), width * height * channels);
        Self {
            width,
            height,
            channels,
            samples: Samples::U8(samples),
        }
    }

    /// Bytes that the samples occupy.
    pub fn bytes(&self) -> usize {
        match &self.samples {
            Samples::U8(s) => s.len(),
            Samples::U16(s) => 2 * s.len(),
        }
    }

    /// Writes the samples as `[channels, height, width]`, each between 0 and 1, to `out`, which
    /// has `channels × height × width` elements.
    pub fn write_unit(&self, out: &mut [f32]) {
        match &self.samples {
            Samples::U8(samples) => self.write_planes(samples, |s| f32::from(s) / 255.0, out),
            Samples::U16(samples) => self.write_planes(samples, |s| f32::from(s) / 65_535.0, out),
        }
    }

    fn write_planes<S: Copy>(&self, samples: &[S], unit: impl Fn(S) -> f32, out: &mut [f32]) {
        let plane = self.width * self.height;
        for (at, pixel) in samples.chunks_exact(self.channels).enumerate() {
            for (channel, &sample) in pixel.iter().enumerate() {
                out[channel * plane + at] = unit(sample);
            }
        }
    }
}
