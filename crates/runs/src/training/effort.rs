//! Time and energy that a run takes, over all interruptions.

use std::thread::available_parallelism;
use std::time::Instant;

use record::CheckpointState;

use crate::energy::Meter;

/// Counts from the last time it was asked.
pub struct Effort {
    since: Instant,
    meter: Meter,
}

impl Effort {
    pub fn start() -> Self {
        Self {
            since: Instant::now(),
            meter: Meter::start(),
        }
    }

    /// Adds what passed since the last call: seconds, and of the joules that the machine's processors
    /// drew as large a share as the run has of their threads. Once they could not be read they stay
    /// unknown: a sum that lacks a part is no sum.
    pub fn add_to(&mut self, state: &mut CheckpointState) {
        let is_first = state.seconds == 0.0;
        state.seconds += self.since.elapsed().as_secs_f64();
        self.since = Instant::now();
        let threads = available_parallelism().map_or(1, |count| count.get());
        let share = (rayon::current_num_threads() as f64 / threads as f64).min(1.0);
        let before = match is_first {
            true => Some(0.0),
            false => state.joules,
        };
        state.joules = before
            .zip(self.meter.joules())
            .map(|(sum, more)| sum + share * more);
    }
}
