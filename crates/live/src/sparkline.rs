//! A curve in few points.

use serde::Serialize;

/// Most points that are kept.
const MOST: usize = 64;

/// A curve over steps, thinned evenly to at most 64 points; the last value is not always among them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Sparkline {
    points: Vec<[f32; 2]>,
    /// Every so many values one is kept.
    #[serde(skip)]
    every: u32,
    /// Values seen since the last that was kept.
    #[serde(skip)]
    passed: u32,
}

impl Sparkline {
    /// Adds a value.
    pub fn push(&mut self, step: u64, value: f64) {
        self.passed += 1;
        if self.passed < self.every {
            return;
        }
        self.passed = 0;
        self.points.push([step as f32, value as f32]);
        if self.points.len() > MOST {
            let mut place = 0;
            self.points.retain(|_| {
                place += 1;
                place % 2 == 1
            });
            self.every = self.every.max(1) * 2;
        }
    }

    /// Step and value of each point.
    pub fn points(&self) -> &[[f32; 2]] {
        &self.points
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, Sparkline};

    #[test]
    fn a_long_curve_is_thinned_evenly_and_keeps_its_ends() {
        let mut line = Sparkline::default();
        (0..10_000).for_each(|step| line.push(step, step as f64 / 10_000.0));
        let points = line.points();
        assert!(
            (MOST / 2..=MOST).contains(&points.len()),
            "{}",
            points.len()
        );
        assert_eq!(points[0], [0.0, 0.0]);
        assert!(points[points.len() - 1][0] > 9_600.0);
        let gaps: Vec<f32> = points
            .windows(2)
            .map(|pair| pair[1][0] - pair[0][0])
            .collect();
        assert!(gaps.iter().all(|gap| *gap == gaps[0]), "{gaps:?}");
    }
}
