//! The source task: name the shape and the texture of an object.

use std::f32::consts::{FRAC_PI_2, FRAC_PI_4};

use super::canvas::{Canvas, Colour, Paint, mix};
use super::mask::Mask;
use super::scene;
use super::shape::{Disc, Polygon, Shape};
use super::stream::Stream;
use super::texture::{Pattern, Texture};
use formats::image::Image;

/// The shapes, in the order of the classes.
#[derive(Clone, Copy, Debug)]
enum Outline {
    Disc,
    Square,
    Triangle,
    Star,
}

impl Outline {
    const ALL: [Self; 4] = [Self::Disc, Self::Square, Self::Triangle, Self::Star];

    /// Its part of the name of a class.
    fn name(self) -> &'static str {
        match self {
            Self::Disc => "disc",
            Self::Square => "square",
            Self::Triangle => "triangle",
            Self::Star => "star",
        }
    }
}

/// Drawn pictures of one object each. The class is shape × texture; colours, place,
/// size, tilt, light and background are independent of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Objects {
    /// Seed of every draw.
    pub seed: u64,
    /// Number of pictures.
    pub count: usize,
    /// Side of each square picture, in pixels: at least 1, made for 32 to 256.
    pub size: usize,
}

/// One labelled picture.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectExample {
    /// RGB picture of `size × size` pixels, 8-bit samples.
    pub image: Image,
    /// Index into [`Objects::classes`].
    pub class: usize,
}

impl Objects {
    /// Names of the 16 classes, such as `striped-disc`.
    pub fn classes() -> Vec<String> {
        let names = |outline: Outline| {
            Pattern::ALL.map(|pattern| format!("{}-{}", pattern.name(), outline.name()))
        };
        Outline::ALL.into_iter().flat_map(names).collect()
    }

    /// Number of pictures.
    pub fn len(&self) -> usize {
        self.count
    }

    /// True where there is no picture.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Picture `index`, in `0..len()`; the classes take turns.
    pub fn example(&self, index: usize) -> ObjectExample {
        let patterns = Pattern::ALL.len();
        let class = index % (Outline::ALL.len() * patterns);
        let (outline, pattern) = (
            Outline::ALL[class / patterns],
            Pattern::ALL[class % patterns],
        );
        let mut stream = Stream::named(self.seed, "object", index);
        let mut canvas = scene::paint(self.size, &mut stream);
        paint_object(&mut canvas, outline, pattern, &mut stream);
        let image = scene::photograph(canvas, &mut stream);
        ObjectExample { image, class }
    }
}

/// Paints the object at a random place, size and tilt.
fn paint_object(canvas: &mut Canvas, outline: Outline, pattern: Pattern, stream: &mut Stream) {
    let side = canvas.size as f32;
    let radius = side * stream.between(0.24, 0.38);
    let room = 0.5 - 0.8 * radius / side;
    let centre = [0.5 + stream.jitter(room), 0.5 + stream.jitter(room)].map(|c| c * side);
    let texture = Texture::draw(pattern, centre, 2.2 * radius, canvas.size, stream);
    // As in most photographs things stand about upright: a corner on top, a square flat.
    let top = stream.jitter(0.45) - FRAC_PI_2;
    // The factors give every shape the area of the disc, so that colour says nothing of it.
    match outline {
        Outline::Disc => fill(canvas, &Disc { centre, radius }, &texture, stream),
        Outline::Square => {
            let square = Polygon::regular(centre, 4, 1.253 * radius, top + FRAC_PI_4);
            fill(canvas, &square, &texture, stream);
        }
        Outline::Triangle => {
            let triangle = Polygon::regular(centre, 3, 1.555 * radius, top);
            fill(canvas, &triangle, &texture, stream);
        }
        Outline::Star => {
            let star = Polygon::star(centre, 5, 1.56 * radius, 0.686 * radius, top);
            fill(canvas, &star, &texture, stream);
        }
    }
}

/// Paints a shape in two random colours of a texture, lit from one side.
fn fill(canvas: &mut Canvas, shape: &impl Shape, texture: &Texture, stream: &mut Stream) {
    let (ground, figure) = scene::colour_pair(stream);
    let mut whole = Mask::empty(canvas.size);
    whole.stamp(shape, 1.0, 1.0);
    let (centre, radius) = shape.reach();
    let (sin, cos) = stream.angle().sin_cos();
    let shading = stream.between(0.0, 0.35) / radius;
    for (index, &coverage) in whole.coverage.iter().enumerate() {
        if coverage == 0.0 {
            continue;
        }
        let point = [
            (index % canvas.size) as f32 + 0.5,
            (index / canvas.size) as f32 + 0.5,
        ];
        let light = 1.0 + shading * ((point[0] - centre[0]) * cos + (point[1] - centre[1]) * sin);
        let colour: Colour = mix(ground, figure, texture.at(index, point)).map(|c| c * light);
        canvas.pixels[index] = mix(canvas.pixels[index], colour, coverage);
    }
    if stream.chance(0.4) {
        // A thin glint, as on anything glossy.
        let at = [
            centre[0] + 0.35 * radius * cos,
            centre[1] + 0.35 * radius * sin,
        ];
        canvas.draw(
            &Disc {
                centre: at,
                radius: 0.12 * radius,
            },
            0.2 * radius,
            0.5,
            Paint::Solid([1.0; 3]),
        );
    }
}
