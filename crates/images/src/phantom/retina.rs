//! The healthy retina: background, macula and optic disc.

use super::canvas::{Canvas, Paint, mix};
use super::cloud::Cloud;
use super::patient::Patient;
use super::shape::{Disc, Ellipse, length, minus};
use super::stream::Stream;
use super::view::View;

/// Where the landmarks of one eye lie, in eye coordinates.
pub struct Landmarks {
    /// Centre of the optic disc.
    pub disc: [f32; 2],
    /// Radius of the optic disc.
    pub disc_radius: f32,
    /// Centre of the macula.
    pub fovea: [f32; 2],
}

impl Landmarks {
    /// Landmarks of an eye that looks about straight ahead.
    pub fn draw(patient: &Patient, stream: &mut Stream) -> Self {
        let gaze = stream.within(0.12);
        Self {
            disc: [
                0.5 + gaze[0] + stream.jitter(0.03),
                gaze[1] + stream.jitter(0.04),
            ],
            disc_radius: patient.disc,
            fovea: [gaze[0] - 0.2, gaze[1] + 0.07 + stream.jitter(0.03)],
        }
    }

    /// True where `point` lies on the optic disc or within `margin` of it.
    pub fn on_disc(&self, point: [f32; 2], margin: f32) -> bool {
        length(minus(point, self.disc)) < self.disc_radius + margin
    }
}

/// Paints the retina of one eye, without vessels.
pub fn paint(
    size: usize,
    patient: &Patient,
    landmarks: &Landmarks,
    view: &View,
    stream: &mut Stream,
) -> Canvas {
    let patches = Cloud::draw(4, stream);
    let choroid = Cloud::draw(14, stream);
    let grain = Cloud::draw(40, stream);
    let stretch = stream.between(0.45, 1.0);
    let macula = stream.between(0.25, 0.5);
    let mut canvas = Canvas::filled(size, |point| {
        let eye = view.eye(point);
        let square = [0.5 + 0.5 * eye[0], 0.5 + 0.5 * eye[1]];
        let texture = 0.07 * patches.at(square)
            + 0.13 * patient.choroid * choroid.at([square[0] * stretch, square[1]])
            + 0.05 * grain.at(square);
        let [dx, dy] = minus(eye, landmarks.fovea);
        let dip = (1.0 - (dx * dx + dy * dy) / 0.07).max(0.0);
        let shade = (1.0 + texture) * (1.0 - macula * dip * dip);
        // Pigment of the macula takes more of the green and blue.
        let tint = mix([1.0; 3], [1.0, 0.85, 0.75], dip);
        std::array::from_fn(|c| patient.retina[c] * shade * tint[c])
    });
    paint_disc(&mut canvas, landmarks, view, stream);
    canvas
}

/// A bright, slightly upright disc with a paler cup and a soft halo.
fn paint_disc(canvas: &mut Canvas, landmarks: &Landmarks, view: &View, stream: &mut Stream) {
    let centre = view.pixel(landmarks.disc);
    let radius = view.radius * landmarks.disc_radius;
    let (sin, cos) = stream.jitter(0.3).sin_cos();
    let halo = Disc {
        centre,
        radius: 1.2 * radius,
    };
    canvas.draw(&halo, radius, 0.5, Paint::Filter([1.15, 1.25, 1.2]));
    let oval = stream.between(1.02, 1.18);
    let rim = Ellipse {
        centre,
        axes: [radius, radius * oval],
        along: [cos, sin],
    };
    let pallor = stream.between(0.85, 1.1);
    canvas.draw(
        &rim,
        0.25 * radius + 0.8,
        0.85,
        Paint::Solid([0.98 * pallor, 0.72 * pallor, 0.42 * pallor]),
    );
    let cup = Disc {
        centre,
        radius: radius * stream.between(0.3, 0.55),
    };
    canvas.draw(
        &cup,
        0.4 * radius + 0.5,
        0.8,
        Paint::Solid([1.0, 0.88, 0.66]),
    );
}
