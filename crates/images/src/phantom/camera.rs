//! From light to samples: what the camera adds.

use super::canvas::{Canvas, Colour};
use super::shape::{Disc, Shape as _};
use super::stream::Stream;
use super::view::View;
use formats::image::Image;

/// Standard deviation of the noise that does not depend on light, linear light.
const READ_NOISE: f32 = 0.004;

/// The camera of one practice.
#[derive(Clone, Copy, Debug)]
pub struct Camera {
    /// Gain of each channel: its white balance.
    pub balance: Colour,
    /// Radius of the field of view, in sides of the picture.
    pub field: f32,
    /// Standard deviation of the blur of the lens, in sides of the picture.
    pub blur: f32,
    /// Shot noise: standard deviation at full light, linear light.
    pub noise: f32,
    /// Light lost at the rim of the field, 0 to 1.
    pub vignette: f32,
}

impl Camera {
    /// A random camera.
    pub fn draw(stream: &mut Stream) -> Self {
        Self {
            balance: stream.gains(0.12),
            field: stream.between(0.455, 0.49),
            blur: stream.between(0.001, 0.006),
            noise: stream.between(0.006, 0.024),
            vignette: stream.between(0.15, 0.5),
        }
    }

    /// How this camera meets one eye: where the field lies in a picture of `size` pixels.
    pub fn view(&self, size: usize, nasal: f32, stream: &mut Stream) -> View {
        let side = size as f32;
        let slack = 0.5 - self.field;
        let centre = [0.5 + stream.jitter(slack), 0.5 + stream.jitter(slack)];
        View {
            centre: centre.map(|c| c * side),
            radius: self.field * side,
            nasal,
        }
    }

    /// Lights the retina unevenly and cuts it to the field of view.
    pub fn illuminate(&self, canvas: &mut Canvas, view: &View, stream: &mut Stream) {
        let spot = stream.within(0.3);
        let tilt = stream.within(0.22);
        let field = Disc {
            centre: view.centre,
            radius: view.radius,
        };
        canvas.light(|point| {
            let [x, y] = view.eye(point);
            let (dx, dy) = (x - spot[0], y - spot[1]);
            let light = 1.0 - self.vignette * (dx * dx + dy * dy) + tilt[0] * x + tilt[1] * y;
            light.max(0.05) * field.coverage(point, 1.0)
        });
    }

    /// Exposes one photograph: blur, exposure, white balance, tone, noise, 8 bits.
    pub fn expose(&self, mut canvas: Canvas, stream: &mut Stream) -> Image {
        let focus = stream.between(0.9, 1.3);
        // A sharp lens still has the pixel grid: about a quarter of a pixel of blur.
        canvas.blur(0.25 + self.blur * focus * canvas.size as f32);
        let exposure = stream.between(0.75, 1.2);
        let shift = stream.gains(0.05);
        canvas.scale(std::array::from_fn(|c| {
            self.balance[c] * exposure * shift[c]
        }));
        // A toe or shoulder that keeps black and white where they are.
        let tone = stream.jitter(0.2);
        canvas.tone(|value| value * (1.0 + tone * (1.0 - value)));
        canvas.add_noise(READ_NOISE, self.noise, stream);
        canvas.to_image()
    }
}
