//! Outlines, as signed distances in pixels.

/// A region of the plane; positions and distances are in pixels.
pub trait Shape {
    /// Distance from `[x, y]` to the outline, negative inside.
    fn distance(&self, point: [f32; 2]) -> f32;

    /// A centre and a radius that hold the whole region.
    fn reach(&self) -> ([f32; 2], f32);

    /// Share of the pixel at `point` that is covered, 0 to 1: the edge is a ramp
    /// `softness` pixels wide (1 is anti-aliasing alone).
    fn coverage(&self, point: [f32; 2], softness: f32) -> f32 {
        (0.5 - self.distance(point) / softness).clamp(0.0, 1.0)
    }
}

/// A disc.
pub struct Disc {
    /// Centre, in pixels.
    pub centre: [f32; 2],
    /// Radius, in pixels.
    pub radius: f32,
}

impl Shape for Disc {
    fn distance(&self, point: [f32; 2]) -> f32 {
        length(minus(point, self.centre)) - self.radius
    }

    fn reach(&self) -> ([f32; 2], f32) {
        (self.centre, self.radius)
    }
}

/// An ellipse turned by an angle.
pub struct Ellipse {
    /// Centre, in pixels.
    pub centre: [f32; 2],
    /// The two half axes, in pixels.
    pub axes: [f32; 2],
    /// Unit vector along the first axis.
    pub along: [f32; 2],
}

impl Shape for Ellipse {
    fn distance(&self, point: [f32; 2]) -> f32 {
        let p = turned(minus(point, self.centre), self.along);
        let scaled = [p[0] / self.axes[0], p[1] / self.axes[1]];
        let slope = length([scaled[0] / self.axes[0], scaled[1] / self.axes[1]]);
        if slope == 0.0 {
            return -self.axes[0].min(self.axes[1]);
        }
        // First-order distance: value of the implicit function over its gradient.
        let level = length(scaled);
        level * (level - 1.0) / slope
    }

    fn reach(&self) -> ([f32; 2], f32) {
        (self.centre, self.axes[0].max(self.axes[1]))
    }
}

/// A straight stroke with round ends.
pub struct Stroke {
    /// One end, in pixels.
    pub from: [f32; 2],
    /// The other end, in pixels.
    pub to: [f32; 2],
    /// Half of the width, in pixels.
    pub radius: f32,
}

impl Shape for Stroke {
    fn distance(&self, point: [f32; 2]) -> f32 {
        distance_to_segment(point, self.from, self.to) - self.radius
    }

    fn reach(&self) -> ([f32; 2], f32) {
        let centre = [
            (self.from[0] + self.to[0]) / 2.0,
            (self.from[1] + self.to[1]) / 2.0,
        ];
        (centre, length(minus(self.to, centre)) + self.radius)
    }
}

/// A simple polygon.
pub struct Polygon {
    /// Centre of the circle that holds it, in pixels.
    pub centre: [f32; 2],
    /// Radius of that circle, in pixels.
    pub radius: f32,
    /// Corners in order, in pixels.
    pub corners: Vec<[f32; 2]>,
}

impl Polygon {
    /// A star with corners at alternating radii `outer` and `inner` (pixels), first
    /// corner at `angle` (radians); with `inner == outer` a regular polygon of
    /// `2 × points` corners.
    pub fn star(centre: [f32; 2], points: usize, outer: f32, inner: f32, angle: f32) -> Self {
        let step = std::f32::consts::PI / points as f32;
        let corners = (0..2 * points).map(|i| {
            corner(
                centre,
                if i % 2 == 0 { outer } else { inner },
                angle + step * i as f32,
            )
        });
        Self {
            centre,
            radius: outer,
            corners: corners.collect(),
        }
    }

    /// A regular polygon with corners at `radius` (pixels), the first at `angle` (radians).
    pub fn regular(centre: [f32; 2], corners: usize, radius: f32, angle: f32) -> Self {
        let step = std::f32::consts::TAU / corners as f32;
        let corners = (0..corners).map(|i| corner(centre, radius, angle + step * i as f32));
        Self {
            centre,
            radius,
            corners: corners.collect(),
        }
    }
}

impl Shape for Polygon {
    fn distance(&self, point: [f32; 2]) -> f32 {
        let mut nearest = f32::INFINITY;
        let mut inside = false;
        let mut from = self.corners[self.corners.len() - 1];
        for &to in &self.corners {
            nearest = nearest.min(distance_to_segment(point, from, to));
            // Even-odd rule: count the edges that a ray to the right crosses.
            if (from[1] > point[1]) != (to[1] > point[1]) {
                let crossing =
                    from[0] + (point[1] - from[1]) / (to[1] - from[1]) * (to[0] - from[0]);
                inside ^= point[0] < crossing;
            }
            from = to;
        }
        if inside { -nearest } else { nearest }
    }

    fn reach(&self) -> ([f32; 2], f32) {
        (self.centre, self.radius)
    }
}

/// `a - b`.
pub fn minus(a: [f32; 2], b: [f32; 2]) -> [f32; 2] {
    [a[0] - b[0], a[1] - b[1]]
}

/// Euclidean length.
pub fn length(v: [f32; 2]) -> f32 {
    (v[0] * v[0] + v[1] * v[1]).sqrt()
}

/// `v` in the frame whose first axis is the unit vector `along`.
pub fn turned(v: [f32; 2], along: [f32; 2]) -> [f32; 2] {
    [
        v[0] * along[0] + v[1] * along[1],
        v[1] * along[0] - v[0] * along[1],
    ]
}

fn corner(centre: [f32; 2], radius: f32, angle: f32) -> [f32; 2] {
    let (sin, cos) = angle.sin_cos();
    [centre[0] + radius * cos, centre[1] + radius * sin]
}

fn distance_to_segment(point: [f32; 2], from: [f32; 2], to: [f32; 2]) -> f32 {
    let p = minus(point, from);
    let along = minus(to, from);
    let square = along[0] * along[0] + along[1] * along[1];
    let share = if square > 0.0 {
        ((p[0] * along[0] + p[1] * along[1]) / square).clamp(0.0, 1.0)
    } else {
        0.0
    };
    length([p[0] - share * along[0], p[1] - share * along[1]])
}
