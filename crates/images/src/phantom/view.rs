//! How the eye lies in the picture.

/// The field of view of one photograph. Eye coordinates put the centre of the field
/// at the origin, its radius at 1, x towards the nose and y downwards.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Centre of the field, in pixels from the top left corner.
    pub centre: [f32; 2],
    /// Radius of the field, in pixels.
    pub radius: f32,
    /// 1 where the nose is on the right of the picture (right eye), -1 for the left eye.
    pub nasal: f32,
}

impl View {
    /// Pixel position of a point in eye coordinates.
    pub fn pixel(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        [
            self.centre[0] + self.nasal * self.radius * x,
            self.centre[1] + self.radius * y,
        ]
    }

    /// Eye coordinates of a pixel position.
    pub fn eye(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        [
            self.nasal * (x - self.centre[0]) / self.radius,
            (y - self.centre[1]) / self.radius,
        ]
    }

    /// Pixels of a length given in radii of the field, at least `floor` pixels, so that
    /// a small thing stays visible in a small picture.
    pub fn length(&self, radii: f32, floor: f32) -> f32 {
        (self.radius * radii).max(floor)
    }
}
