//! The learning rate by step.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

/// Learning rate as a function of the step, after a linear warm-up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    lr: f64,
    warmup_steps: u64,
    shape: Shape,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Shape {
    Constant,
    Cosine { steps: u64 },
    Steps { factor: f64, at: Vec<u64> },
}

impl Schedule {
    /// The same rate throughout.
    pub fn constant(lr: f64) -> Self {
        Self {
            lr,
            warmup_steps: 0,
            shape: Shape::Constant,
        }
    }

    /// Half a cosine from `lr` to 0 over `steps` steps (Loshchilov & Hutter 2017, no restarts).
    pub fn cosine(lr: f64, steps: u64) -> Self {
        Self {
            lr,
            warmup_steps: 0,
            shape: Shape::Cosine { steps },
        }
    }

    /// `lr`, times `factor` once for each of `at` that has been reached.
    pub fn steps(lr: f64, factor: f64, at: Vec<u64>) -> Self {
        Self {
            lr,
            warmup_steps: 0,
            shape: Shape::Steps { factor, at },
        }
    }

    /// The same after a linear rise from `lr / warmup_steps` over `warmup_steps` steps.
    pub fn with_warmup(self, warmup_steps: u64) -> Self {
        Self {
            warmup_steps,
            ..self
        }
    }

    /// Whether the rate falls by half a cosine.
    pub fn is_cosine(&self) -> bool {
        matches!(self.shape, Shape::Cosine { .. })
    }

    /// The highest rate.
    pub fn peak(&self) -> f64 {
        self.lr
    }

    /// What becomes of the rate, to be read right after it: ` throughout`, `, falling to 0 by half a
    /// cosine over 2000 steps, after a linear rise over 100 steps`.
    pub fn describe(&self) -> String {
        let shape = match &self.shape {
            Shape::Constant => " throughout".to_owned(),
            Shape::Cosine { steps } => {
                format!(", falling to 0 by half a cosine over {steps} steps")
            }
            Shape::Steps { factor, at } => {
                let at: Vec<String> = at.iter().map(u64::to_string).collect();
                format!(
                    ", multiplied by {factor} at each of the steps {}",
                    at.join(", ")
                )
            }
        };
        match self.warmup_steps {
            0 => shape,
            steps => format!("{shape}, after a linear rise over {steps} steps"),
        }
    }

    /// Learning rate of step `step`, counted from 0.
    pub fn lr(&self, step: u64) -> f64 {
        if step < self.warmup_steps {
            return self.lr * (step + 1) as f64 / self.warmup_steps as f64;
        }
        match &self.shape {
            Shape::Constant => self.lr,
            Shape::Cosine { steps } => {
                let span = steps.saturating_sub(self.warmup_steps).max(1) as f64;
                let done = (step - self.warmup_steps) as f64 / span;
                self.lr * 0.5 * (1.0 + (PI * done.min(1.0)).cos())
            }
            Shape::Steps { factor, at } => {
                let falls = at.iter().filter(|&&a| a <= step).count();
                self.lr * factor.powi(falls as i32)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_by_step() {
        let warm = Schedule::constant(0.1).with_warmup(4);
        assert_eq!(
            [0, 1, 3, 4, 99].map(|s| warm.lr(s)),
            [0.025, 0.05, 0.1, 0.1, 0.1]
        );
        let cosine = Schedule::cosine(0.2, 100);
        assert_eq!(cosine.lr(0), 0.2);
        assert!((cosine.lr(50) - 0.1).abs() < 1e-12);
        assert!(cosine.lr(99) < 1e-4 && cosine.lr(100) == 0.0);
        let steps = Schedule::steps(1.0, 0.1, vec![10, 20]);
        assert_eq!([9, 10, 19].map(|s| steps.lr(s)), [1.0, 0.1, 0.1]);
        assert!((steps.lr(20) - 0.01).abs() < 1e-15);
    }
}
