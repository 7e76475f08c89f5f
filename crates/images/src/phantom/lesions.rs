//! The lesions that set the grade.

use super::canvas::{Canvas, Paint};
use super::retina::Landmarks;
use super::shape::{Disc, Ellipse, Stroke, length, minus};
use super::stream::Stream;
use super::view::View;

/// Mean number of lesions of each kind in one eye.
struct Burden {
    microaneurysms: f32,
    haemorrhages: f32,
    exudate_clusters: f32,
    tangles: f32,
}

/// The burden of grades 0 to 4, after the clinical scale of diabetic retinopathy: no
/// lesion; microaneurysms only; more of them with some haemorrhages and exudates; many
/// haemorrhages; new vessels on top.
const BURDENS: [Burden; 5] = [
    Burden {
        microaneurysms: 0.0,
        haemorrhages: 0.0,
        exudate_clusters: 0.0,
        tangles: 0.0,
    },
    Burden {
        microaneurysms: 3.5,
        haemorrhages: 0.0,
        exudate_clusters: 0.0,
        tangles: 0.0,
    },
    Burden {
        microaneurysms: 9.0,
        haemorrhages: 4.0,
        exudate_clusters: 1.5,
        tangles: 0.0,
    },
    Burden {
        microaneurysms: 12.0,
        haemorrhages: 10.0,
        exudate_clusters: 2.0,
        tangles: 0.0,
    },
    Burden {
        microaneurysms: 14.0,
        haemorrhages: 12.0,
        exudate_clusters: 2.5,
        tangles: 2.0,
    },
];

/// Filter of blood at full strength.
const BLOOD: Paint = Paint::Filter([0.55, 0.26, 0.30]);

/// Paints the lesions of `grade` (0 to 4), then scales each channel so that its mean
/// over the picture is what it was: the grade shows in the texture and nowhere else.
pub fn paint(
    canvas: &mut Canvas,
    grade: usize,
    landmarks: &Landmarks,
    view: &View,
    stream: &mut Stream,
) {
    let before = canvas.mean();
    let burden = &BURDENS[grade];
    for _ in 0..count(burden.microaneurysms, stream) {
        microaneurysm(canvas, place(landmarks, stream), view, stream);
    }
    for _ in 0..count(burden.haemorrhages, stream) {
        let at = place(landmarks, stream);
        if stream.chance(0.65) {
            blot(canvas, at, view, stream);
        } else {
            flame(canvas, at, landmarks, view, stream);
        }
    }
    for _ in 0..count(burden.exudate_clusters, stream) {
        exudates(canvas, place(landmarks, stream), landmarks, view, stream);
    }
    for _ in 0..count(burden.tangles, stream) {
        tangle(canvas, place(landmarks, stream), view, stream);
    }
    let after = canvas.mean();
    canvas.scale(std::array::from_fn(|c| {
        if after[c] > 0.0 {
            (before[c] / after[c]) as f32
        } else {
            1.0
        }
    }));
}

/// A random count of at least 1 where any is expected: a grade is what was seen.
fn count(mean: f32, stream: &mut Stream) -> usize {
    if mean > 0.0 {
        stream.count(mean).max(1)
    } else {
        0
    }
}

/// A place on the retina off the optic disc, in eye coordinates.
fn place(landmarks: &Landmarks, stream: &mut Stream) -> [f32; 2] {
    loop {
        let point = stream.within(0.88);
        if !landmarks.on_disc(point, 0.05) {
            return point;
        }
    }
}

/// A tiny dark red dot.
fn microaneurysm(canvas: &mut Canvas, at: [f32; 2], view: &View, stream: &mut Stream) {
    let radius = view.length(stream.between(0.016, 0.026), 0.6);
    canvas.draw(
        &Disc {
            centre: view.pixel(at),
            radius,
        },
        1.0,
        stream.between(0.4, 0.8),
        BLOOD,
    );
}

/// A dark red blot of irregular outline: a few discs that overlap.
fn blot(canvas: &mut Canvas, at: [f32; 2], view: &View, stream: &mut Stream) {
    let radius = stream.between(0.022, 0.05);
    let strength = stream.between(0.3, 0.6);
    for _ in 0..3 {
        let offset = stream.within(0.7 * radius);
        let centre = view.pixel([at[0] + offset[0], at[1] + offset[1]]);
        let radius = view.length(radius * stream.between(0.6, 1.0), 0.7);
        canvas.draw(
            &Disc { centre, radius },
            1.0 + 0.2 * radius,
            strength,
            BLOOD,
        );
    }
}

/// A dark red streak along the nerve fibres, which run to the optic disc.
fn flame(
    canvas: &mut Canvas,
    at: [f32; 2],
    landmarks: &Landmarks,
    view: &View,
    stream: &mut Stream,
) {
    let centre = view.pixel(at);
    let fibre = minus(view.pixel(landmarks.disc), centre);
    let distance = length(fibre).max(1.0);
    let along = fibre.map(|c| c / distance);
    let axes = [
        view.length(stream.between(0.045, 0.085), 1.5),
        view.length(stream.between(0.014, 0.024), 0.6),
    ];
    canvas.draw(
        &Ellipse {
            centre,
            axes,
            along,
        },
        1.0 + 0.3 * axes[1],
        stream.between(0.45, 0.8),
        BLOOD,
    );
}

/// A cluster of small yellow spots with sharp edges.
fn exudates(
    canvas: &mut Canvas,
    at: [f32; 2],
    landmarks: &Landmarks,
    view: &View,
    stream: &mut Stream,
) {
    let spread = stream.between(0.07, 0.16);
    for _ in 0..3 + stream.below(7) {
        let offset = stream.within(spread);
        let point = [at[0] + offset[0], at[1] + offset[1]];
        if landmarks.on_disc(point, 0.0) {
            continue;
        }
        let radius = view.length(stream.between(0.010, 0.026), 0.55);
        canvas.draw(
            &Disc {
                centre: view.pixel(point),
                radius,
            },
            1.0,
            stream.between(0.4, 0.9),
            Paint::Filter([1.25, 1.75, 1.6]),
        );
    }
}

/// A tangle of fine new vessels: a few walks that curl about one point.
fn tangle(canvas: &mut Canvas, at: [f32; 2], view: &View, stream: &mut Stream) {
    let radius = view.length(0.008, 0.45);
    let step = 0.03;
    for _ in 0..5 {
        let offset = stream.within(0.05);
        let mut point = [at[0] + offset[0], at[1] + offset[1]];
        let mut heading = stream.angle();
        let curl = if stream.chance(0.5) { 0.55 } else { -0.55 };
        for _ in 0..9 {
            heading += curl + stream.jitter(0.5);
            let (sin, cos) = heading.sin_cos();
            let next = [point[0] + step * cos, point[1] + step * sin];
            canvas.draw(
                &Stroke {
                    from: view.pixel(point),
                    to: view.pixel(next),
                    radius,
                },
                1.0,
                0.45,
                BLOOD,
            );
            point = next;
        }
    }
}
