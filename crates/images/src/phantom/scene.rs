//! What stands around an object: background, clutter, light and camera.

use super::canvas::{Canvas, Colour, Paint, mix};
use super::cloud::Cloud;
use super::shape::{Disc, Polygon, Stroke, turned};
use super::stream::Stream;
use formats::image::Image;

/// A background: a gradient with smooth texture, strewn with clutter.
pub fn paint(size: usize, stream: &mut Stream) -> Canvas {
    let side = size as f32;
    let (first, second) = (colour(stream), colour(stream));
    let (sin, cos) = stream.angle().sin_cos();
    let cells = 4 + stream.below(20);
    let cloud = Cloud::draw(cells, stream);
    let roughness = stream.between(0.05, 0.3);
    let mut canvas = Canvas::filled(size, |[x, y]| {
        // Gradient and texture are turned alike; 0.7 keeps the corners on the lattice.
        let place = turned([x / side - 0.5, y / side - 0.5], [cos, sin]);
        let share = 0.5 + 0.6 * place[0];
        let texture = 1.0 + roughness * cloud.at(place.map(|c| 0.5 + 0.7 * c));
        mix(first, second, share).map(|c| c * texture)
    });
    for _ in 0..stream.count(5.0) {
        clutter(&mut canvas, stream);
    }
    canvas
}

/// One small thing in a random colour.
fn clutter(canvas: &mut Canvas, stream: &mut Stream) {
    let side = canvas.size as f32;
    let paint = Paint::Solid(colour(stream));
    let opacity = stream.between(0.3, 0.9);
    let centre = [stream.unit() * side, stream.unit() * side];
    let radius = (side * stream.between(0.01, 0.08)).max(0.6);
    match stream.below(3) {
        0 => canvas.draw(&Disc { centre, radius }, 1.0, opacity, paint),
        1 => {
            let corners = 3 + stream.below(4);
            let turn = stream.angle();
            canvas.draw(
                &Polygon::regular(centre, corners, radius, turn),
                1.0,
                opacity,
                paint,
            );
        }
        _ => {
            let way = stream.within(0.5 * side);
            let to = [centre[0] + way[0], centre[1] + way[1]];
            canvas.draw(
                &Stroke {
                    from: centre,
                    to,
                    radius: 0.25 * radius + 0.3,
                },
                1.0,
                opacity,
                paint,
            );
        }
    }
}

/// Two colours that differ in brightness, in random order.
pub fn colour_pair(stream: &mut Stream) -> (Colour, Colour) {
    loop {
        let (first, second) = (colour(stream), colour(stream));
        let difference = first.iter().sum::<f32>() - second.iter().sum::<f32>();
        if difference.abs() > 0.7 {
            return (first, second);
        }
    }
}

/// A random colour, neither black nor white.
fn colour(stream: &mut Stream) -> Colour {
    std::array::from_fn(|_| stream.between(0.08, 0.92))
}

/// Lights the scene unevenly and takes the picture: blur, exposure, noise, 8 bits.
pub fn photograph(mut canvas: Canvas, stream: &mut Stream) -> Image {
    let side = canvas.size as f32;
    let tilt = stream.within(0.6);
    canvas.light(|[x, y]| 1.0 + tilt[0] * (x / side - 0.5) + tilt[1] * (y / side - 0.5));
    canvas.blur(0.25 + side * stream.between(0.0, 0.005));
    let exposure = stream.between(0.7, 1.15);
    canvas.scale(stream.gains(0.1).map(|gain| gain * exposure));
    canvas.add_noise(0.005, stream.between(0.0, 0.035), stream);
    canvas.to_image()
}
