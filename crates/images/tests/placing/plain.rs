//! What a device does that places pictures, in plain words.

/// Pictures as they are stored.
pub struct Stored<'a> {
    /// Rows, columns, channels.
    pub extents: [usize; 3],
    /// What each sample means, between 0 and 1.
    pub units: &'a [f32],
    /// Of each channel.
    pub mean: &'a [f32],
    /// Of each channel.
    pub std: &'a [f32],
}

/// Where the pixels of a picture come from.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// Left and right, top and bottom.
    pub mirrors: [bool; 2],
    /// Sine and cosine.
    pub turn: Option<[f32; 2]>,
    /// Columns, rows.
    pub shift: [i32; 2],
}

impl Stored<'_> {
    /// `samples` `[row][column][channel]`, placed and normalised: `[channels, height, width]`.
    pub fn place(&self, samples: &[u16], way: Way) -> Vec<f32> {
        let [height, width, channels] = self.extents;
        let mut placed = Vec::new();
        for channel in 0..channels {
            let at = |row: f32, column: f32| {
                let inside = |v: f32, side: usize| v >= 0.0 && v < side as f32;
                match inside(row, height) && inside(column, width) {
                    true => {
                        let pixel = row as usize * width + column as usize;
                        self.units[usize::from(samples[pixel * channels + channel])]
                    }
                    false => 0.0,
                }
            };
            for row in 0..height {
                for column in 0..width {
                    let [x, y] = self.source(row, column, way);
                    let [left, top] = [x.floor(), y.floor()];
                    let [u, v] = [x - left, y - top];
                    let across = |row| at(row, left) * (1.0 - u) + at(row, left + 1.0) * u;
                    let unit = match u == 0.0 && v == 0.0 {
                        true => at(top, left),
                        false => across(top) * (1.0 - v) + across(top + 1.0) * v,
                    };
                    placed.push((unit - self.mean[channel]) / self.std[channel]);
                }
            }
        }
        placed
    }

    /// The point, column and row, that a pixel comes from.
    fn source(&self, row: usize, column: usize, way: Way) -> [f32; 2] {
        let sides = [self.extents[1], self.extents[0]].map(|side| side as f32 - 1.0);
        let centre = sides.map(|side| side / 2.0);
        let away = [
            column as f32 + way.shift[0] as f32 - centre[0],
            row as f32 + way.shift[1] as f32 - centre[1],
        ];
        let turned = match way.turn {
            None => away,
            Some([sin, cos]) => [cos * away[0] - sin * away[1], sin * away[0] + cos * away[1]],
        };
        std::array::from_fn(|axis| {
            let at = turned[axis] + centre[axis];
            match way.mirrors[axis] {
                true => sides[axis] - at,
                false => at,
            }
        })
    }
}
