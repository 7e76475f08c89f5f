//! What the two eyes of one patient share.

use super::camera::Camera;
use super::canvas::{Colour, mix};
use super::stream::Stream;

/// Probability of each grade, 0 to 4, as in a screening set enriched for disease.
pub const GRADE_SHARES: [f32; 5] = [0.40, 0.15, 0.20, 0.15, 0.10];

/// Probability that the second eye is offered a neighbouring grade.
const DISCORDANCE: f32 = 0.6;

/// One person, photographed with one camera.
pub struct Patient {
    /// Grade of the left and of the right eye, 0 to 4.
    pub grades: [usize; 2],
    /// Reflectance of the healthy retina, linear light.
    pub retina: Colour,
    /// Strength of the pattern of choroidal vessels that shines through, 0 to 1.
    pub choroid: f32,
    /// Radius of the optic disc, in radii of the field.
    pub disc: f32,
    /// Factor on the width of every vessel, about 1.
    pub vessel_width: f32,
    /// The camera of the practice.
    pub camera: Camera,
}

impl Patient {
    /// The patient with the given index.
    pub fn draw(seed: u64, index: usize) -> Self {
        let mut grade = Stream::named(seed, "fundus grade", index);
        let mut body = Stream::named(seed, "fundus patient", index);
        let pigment = body.unit();
        let base = mix([0.84, 0.42, 0.20], [0.46, 0.20, 0.10], pigment);
        let hue = body.gains(0.14);
        Self {
            grades: draw_grades(&mut grade),
            retina: std::array::from_fn(|c| base[c] * hue[c]),
            choroid: body.between(0.1, 1.0),
            disc: body.between(0.12, 0.165),
            vessel_width: body.between(0.85, 1.2),
            camera: Camera::draw(&mut body),
        }
    }
}

/// The grades of two eyes. Each follows [`GRADE_SHARES`]: the second eye is one
/// Metropolis step away from the first, which leaves that distribution as it is.
fn draw_grades(stream: &mut Stream) -> [usize; 2] {
    let first = draw_grade(stream);
    let steps = stream.chance(DISCORDANCE);
    let offered = if stream.chance(0.5) {
        first.checked_add(1)
    } else {
        first.checked_sub(1)
    };
    let accept = stream.unit();
    match offered.filter(|&grade| steps && grade < GRADE_SHARES.len()) {
        Some(second) if accept * GRADE_SHARES[first] < GRADE_SHARES[second] => [first, second],
        _ => [first, first],
    }
}

fn draw_grade(stream: &mut Stream) -> usize {
    let draw = stream.unit();
    let mut below = 0.0;
    for (grade, share) in GRADE_SHARES.iter().enumerate() {
        below += share;
        if draw < below {
            return grade;
        }
    }
    GRADE_SHARES.len() - 1
}
