//! The vessel tree: random walks that leave the optic disc and branch.

use super::canvas::{Canvas, Paint};
use super::mask::Mask;
use super::patient::Patient;
use super::retina::Landmarks;
use super::shape::{Stroke, length};
use super::stream::Stream;
use super::view::View;

/// Length of one step of the walk, in radii of the field.
const STEP: f32 = 0.05;
/// Width below which a branch ends, in radii of the field.
const THINNEST: f32 = 0.012;

/// The tip of a growing vessel, in eye coordinates.
struct Tip {
    at: [f32; 2],
    /// Direction of growth, in radians; 0 points to the nose, a quarter turn downwards.
    heading: f32,
    /// Turn towards the macula at each step, in radians.
    bend: f32,
    /// Width, in radii of the field.
    width: f32,
}

/// Paints the arteries over the veins.
pub fn paint(
    canvas: &mut Canvas,
    patient: &Patient,
    landmarks: &Landmarks,
    view: &View,
    stream: &mut Stream,
) {
    let darkness = stream.between(0.75, 1.0);
    let kinds = [
        (0.046, 0.85, [0.54, 0.26, 0.28]),
        (0.034, 0.7, [0.76, 0.36, 0.33]),
    ];
    for (width, opacity, filter) in kinds {
        let mut mask = Mask::empty(canvas.size);
        for quadrant in 0..4 {
            let tip = trunk(quadrant, width * patient.vessel_width, landmarks, stream);
            grow(tip, landmarks, view, &mut mask, stream);
        }
        canvas.draw_mask(&mask, opacity * darkness, Paint::Filter(filter));
    }
}

/// The first tip of one of the four arcades: upper or lower, temporal or nasal.
fn trunk(quadrant: usize, width: f32, landmarks: &Landmarks, stream: &mut Stream) -> Tip {
    let down = [1.0, -1.0][quadrant % 2];
    let temporal = quadrant < 2;
    // The temporal arcades leave steeply and arch around the macula.
    let (slope, bend) = if temporal {
        (stream.between(1.75, 2.0), 0.062)
    } else {
        (stream.between(0.6, 1.2), -0.01)
    };
    Tip {
        at: [
            landmarks.disc[0] + stream.jitter(0.03),
            landmarks.disc[1] + stream.jitter(0.03),
        ],
        heading: down * slope,
        bend: down * (bend + stream.jitter(0.015)),
        width: if temporal { width } else { 0.75 * width },
    }
}

/// Walks from `tip` to the rim of the field, with all its branches.
fn grow(tip: Tip, landmarks: &Landmarks, view: &View, mask: &mut Mask, stream: &mut Stream) {
    let mut tips = vec![tip];
    while let Some(mut tip) = tips.pop() {
        while length(tip.at) < 1.05 && tip.width > THINNEST {
            tip.heading += tip.bend + stream.jitter(0.22);
            let (sin, cos) = tip.heading.sin_cos();
            let next = [tip.at[0] + STEP * cos, tip.at[1] + STEP * sin];
            let macula = [next[0] - landmarks.fovea[0], next[1] - landmarks.fovea[1]];
            if length(macula) < 0.13 {
                break;
            }
            let radius = view.length(tip.width / 2.0, 0.0);
            // Thinner than a pixel, a vessel is as faint as the share that it covers.
            let opacity = (2.0 * radius).min(1.0);
            mask.stamp(
                &Stroke {
                    from: view.pixel(tip.at),
                    to: view.pixel(next),
                    radius: radius.max(0.5),
                },
                1.0,
                opacity,
            );
            tip.at = next;
            tip.width *= 0.985;
            if stream.chance(0.16) {
                tips.push(branch(&mut tip, stream));
            }
        }
    }
}

/// Splits a branch off `tip`, which goes on a little thinner and the other way.
fn branch(tip: &mut Tip, stream: &mut Stream) -> Tip {
    let side = if stream.chance(0.5) { 1.0 } else { -1.0 };
    let turn = side * stream.between(0.4, 0.9);
    let split = Tip {
        at: tip.at,
        heading: tip.heading + turn,
        bend: -0.02 * side,
        width: tip.width * stream.between(0.5, 0.75),
    };
    tip.heading -= 0.2 * turn;
    tip.width *= 0.92;
    split
}
