//! One decoded picture.

/// Most channels of one picture: frames of a stack read as channels.
pub const MAX_CHANNELS: usize = 64;

/// Samples of a picture at the bit depth it was stored with.
#[derive(Clone, Debug, PartialEq)]
pub enum Samples {
    /// 8 bits a sample, 0 to 255.
    U8(Vec<u8>),
    /// 16 bits a sample, 0 to 65,535.
    U16(Vec<u16>),
    /// Values as a floating-point file stores them, in its own unit: 1 is not white, and whoever
    /// wants grey levels has to give a range.
    F32(Vec<f32>),
}

impl Samples {
    /// How many samples.
    pub fn len(&self) -> usize {
        match self {
            Self::U8(s) => s.len(),
            Self::U16(s) => s.len(),
            Self::F32(s) => s.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Planes of one depth and one length, interleaved sample by sample. Planes of another depth
    /// than the first are left out.
    pub fn interleave(planes: &[Self]) -> Self {
        fn weave<S: Copy>(planes: &[&[S]]) -> Vec<S> {
            let length = planes.iter().map(|plane| plane.len()).min().unwrap_or(0);
            (0..length)
                .flat_map(|at| planes.iter().map(move |plane| plane[at]))
                .collect()
        }
        macro_rules! weave_as {
            ($kind:ident) => {{
                let same: Vec<_> = planes
                    .iter()
                    .filter_map(|plane| match plane {
                        Self::$kind(samples) => Some(samples.as_slice()),
                        _ => None,
                    })
                    .collect();
                Self::$kind(weave(&same))
            }};
        }
        match planes.first() {
            None | Some(Self::U8(_)) => weave_as!(U8),
            Some(Self::U16(_)) => weave_as!(U16),
            Some(Self::F32(_)) => weave_as!(F32),
        }
    }
}

/// One decoded picture of shape `[height, width, channels]`, rows from the top,
/// channels interleaved; one channel is grey, three are red, green, blue, another number are the
/// frames of a stack or the bands of a TIFF.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    /// Columns, in pixels.
    pub width: usize,
    /// Rows, in pixels.
    pub height: usize,
    /// 1 to [`MAX_CHANNELS`].
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
            Samples::F32(s) => 4 * s.len(),
        }
    }

    /// Writes the samples as `[channels, height, width]`, each between 0 and 1, to `out`, which
    /// has `channels × height × width` elements. Floating-point samples are clamped to 0 and 1
    /// (not a number becomes 0): bring them to that range first.
    pub fn write_unit(&self, out: &mut [f32]) {
        match &self.samples {
            Samples::U8(samples) => self.write_planes(samples, |s| f32::from(s) / 255.0, out),
            Samples::U16(samples) => self.write_planes(samples, |s| f32::from(s) / 65_535.0, out),
            Samples::F32(samples) => {
                let unit = |s: f32| if s.is_nan() { 0.0 } else { s.clamp(0.0, 1.0) };
                self.write_planes(samples, unit, out);
            }
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
