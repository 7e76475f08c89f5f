//! The textures of objects: where the second colour shows.

use super::mask::Mask;
use super::shape::{Disc, minus, turned};
use super::stream::Stream;

/// The kinds of texture, in the order of the classes.
#[derive(Clone, Copy, Debug)]
pub enum Pattern {
    /// Straight bands.
    Striped,
    /// A chequerboard.
    Checked,
    /// Equal dots on a lattice.
    Spotted,
    /// Small dots of mixed size, strewn at random.
    Speckled,
}

impl Pattern {
    /// Every pattern.
    pub const ALL: [Self; 4] = [Self::Striped, Self::Checked, Self::Spotted, Self::Speckled];

    /// Its part of the name of a class.
    pub fn name(self) -> &'static str {
        match self {
            Self::Striped => "striped",
            Self::Checked => "checked",
            Self::Spotted => "spotted",
            Self::Speckled => "speckled",
        }
    }
}

/// A pattern of two colours over the picture.
pub enum Texture {
    /// Straight bands.
    Stripes(Lattice),
    /// A chequerboard.
    Checks(Lattice),
    /// Dots: regular ones or specks of mixed size.
    Dots(Mask),
}

/// A turned square lattice.
pub struct Lattice {
    /// A corner of a cell, in pixels.
    origin: [f32; 2],
    /// Unit vector along the first axis.
    along: [f32; 2],
    /// Period, in pixels.
    period: f32,
}

impl Texture {
    /// A random texture of the given pattern over the circle about `centre`; lengths in pixels.
    pub fn draw(
        pattern: Pattern,
        centre: [f32; 2],
        radius: f32,
        size: usize,
        stream: &mut Stream,
    ) -> Self {
        let side = size as f32;
        let (sin, cos) = stream.angle().sin_cos();
        let lattice = |period: f32, stream: &mut Stream| Lattice {
            origin: [
                centre[0] + stream.jitter(period),
                centre[1] + stream.jitter(period),
            ],
            along: [cos, sin],
            period,
        };
        match pattern {
            Pattern::Striped => Self::Stripes(lattice(side * stream.between(0.08, 0.14), stream)),
            Pattern::Checked => Self::Checks(lattice(side * stream.between(0.16, 0.24), stream)),
            Pattern::Spotted => {
                let lattice = lattice(side * stream.between(0.11, 0.16), stream);
                Self::Dots(lattice.spots(radius, size, stream))
            }
            Pattern::Speckled => Self::Dots(specks(centre, radius, size, stream)),
        }
    }

    /// Share of the second colour, 0 to 1, in the pixel `index` centred at `point`.
    pub fn at(&self, index: usize, point: [f32; 2]) -> f32 {
        match self {
            Self::Stripes(lattice) => {
                let [u, _] = lattice.waves(point);
                (0.5 + u).clamp(0.0, 1.0)
            }
            Self::Checks(lattice) => {
                let [u, v] = lattice
                    .waves(point)
                    .map(|wave| (0.5 + wave).clamp(0.0, 1.0));
                u + v - 2.0 * u * v
            }
            Self::Dots(mask) => mask.coverage[index],
        }
    }
}

impl Lattice {
    /// Signed distances, in pixels, to the nearest band edge along both axes.
    fn waves(&self, point: [f32; 2]) -> [f32; 2] {
        turned(minus(point, self.origin), self.along).map(|c| {
            let phase = c / self.period;
            ((phase - phase.floor() - 0.5).abs() - 0.25) * self.period
        })
    }

    /// One dot of equal size in each cell within `radius` pixels of the origin.
    fn spots(&self, radius: f32, size: usize, stream: &mut Stream) -> Mask {
        let mut mask = Mask::empty(size);
        let dot = self.period * stream.between(0.24, 0.34);
        let reach = (radius / self.period).ceil() as i32;
        let [cos, sin] = self.along;
        for row in -reach..=reach {
            for column in -reach..=reach {
                let (u, v) = (column as f32 * self.period, row as f32 * self.period);
                let centre = [
                    self.origin[0] + u * cos - v * sin,
                    self.origin[1] + u * sin + v * cos,
                ];
                mask.stamp(
                    &Disc {
                        centre,
                        radius: dot,
                    },
                    1.0,
                    1.0,
                );
            }
        }
        mask
    }
}

/// Small dots of mixed size and strength, strewn at random.
fn specks(centre: [f32; 2], radius: f32, size: usize, stream: &mut Stream) -> Mask {
    let mut mask = Mask::empty(size);
    let side = size as f32;
    let density = stream.between(0.6, 1.4);
    // So many that about a ninth of the area is covered.
    let count = (density * 380.0 * (radius / side) * (radius / side)) as usize;
    for _ in 0..count {
        let offset = stream.within(radius);
        let dot = (side * stream.between(0.011, 0.024)).max(0.65);
        let at = [centre[0] + offset[0], centre[1] + offset[1]];
        mask.stamp(
            &Disc {
                centre: at,
                radius: dot,
            },
            1.0,
            stream.between(0.7, 1.0),
        );
    }
    mask
}
