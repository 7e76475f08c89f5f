//! Things that are in the picture whatever the grade.

use super::canvas::{Canvas, Paint};
use super::shape::{Disc, Ellipse, Stroke};
use super::stream::Stream;
use super::view::View;

/// Paints pale soft drusen and brown pigment spots on the retina.
pub fn paint_spots(canvas: &mut Canvas, view: &View, stream: &mut Stream) {
    for _ in 0..stream.count(4.0) {
        let centre = view.pixel(stream.within(0.85));
        let radius = view.length(stream.between(0.03, 0.065), 1.0);
        let strength = stream.between(0.4, 1.0);
        canvas.draw(
            &Disc { centre, radius },
            1.6 * radius,
            strength,
            Paint::Filter([1.12, 1.28, 1.3]),
        );
    }
    for _ in 0..stream.count(3.0) {
        let (sin, cos) = stream.angle().sin_cos();
        let radius = view.length(stream.between(0.03, 0.09), 1.0);
        let axes = [radius, radius * stream.between(0.5, 1.0)];
        let spot = Ellipse {
            centre: view.pixel(stream.within(0.9)),
            axes,
            along: [cos, sin],
        };
        canvas.draw(
            &spot,
            1.5 * radius,
            stream.between(0.3, 0.9),
            Paint::Filter([0.62, 0.62, 0.66]),
        );
    }
}

/// Paints grey dust on the lens, and glare of the nerve fibres and the lens.
pub fn paint_dust(canvas: &mut Canvas, view: &View, stream: &mut Stream) {
    for _ in 0..stream.count(3.0) {
        let centre = view.pixel(stream.within(0.95));
        let radius = view.length(stream.between(0.012, 0.03), 0.6);
        let strength = stream.between(0.3, 1.0);
        canvas.draw(
            &Disc { centre, radius },
            1.0,
            strength,
            Paint::Filter([0.45, 0.5, 0.55]),
        );
    }
    for _ in 0..stream.count(2.0) {
        let from = stream.within(0.8);
        let way = stream.within(0.3);
        let streak = Stroke {
            from: view.pixel(from),
            to: view.pixel([from[0] + way[0], from[1] + way[1]]),
            radius: view.length(stream.between(0.01, 0.03), 0.5),
        };
        let softness = view.length(0.08, 1.5);
        canvas.draw(
            &streak,
            softness,
            stream.between(0.3, 0.9),
            Paint::Filter([1.2, 1.35, 1.5]),
        );
    }
}
