/// How resampling patients moves numbers of seeds, as running sums: no resample is kept.
pub struct ResampledSums {
    seeds: usize,
    resamples: usize,
    /// Shape `[seeds, numbers]`: how far each was moved, summed.
    moved: Vec<f64>,
    /// `[numbers]`: how far the mean over seeds was moved, squared and summed.
    squares: Vec<f64>,
    /// `[numbers]`: how far seeds were moved from how far their mean was, squared and summed.
    within: Vec<f64>,
}

impl ResampledSums {
    pub fn new(seeds: usize, numbers: usize) -> Self {
        Self {
            seeds,
            resamples: 0,
            moved: vec![0.0; seeds * numbers],
            squares: vec![0.0; numbers],
            within: vec![0.0; numbers],
        }
    }

    /// Adds a resample: `resampled` in place of `values`, both `[seeds, numbers]`.
    pub fn add(&mut self, resampled: &[f64], values: &[f64]) {
        let (numbers, count) = (self.squares.len(), self.seeds as f64);
        self.resamples += 1;
        for at in 0..numbers {
            let places = || (at..self.moved.len()).step_by(numbers);
            let mean = places().map(|i| resampled[i] - values[i]).sum::<f64>() / count;
            self.squares[at] += mean * mean;
            for i in places() {
                let moved = resampled[i] - values[i];
                self.moved[i] += moved;
                self.within[at] += (moved - mean).powi(2);
            }
        }
    }

    /// Adds other resamples.
    pub fn extend(&mut self, others: &Self) {
        self.resamples += others.resamples;
        for (sums, others) in [
            (&mut self.moved, &others.moved),
            (&mut self.squares, &others.squares),
            (&mut self.within, &others.within),
        ] {
            sums.iter_mut()
                .zip(others)
                .for_each(|(sum, more)| *sum += more);
        }
    }

    /// Resamples added.
    pub fn resamples(&self) -> usize {
        self.resamples
    }

    /// Of a number: the variance of its mean over seeds across resamples, and the part of it in
    /// which seeds move against each other.
    pub fn variances(&self, at: usize) -> [f64; 2] {
        let (rows, count) = (self.resamples as f64, self.seeds as f64);
        let numbers = self.squares.len();
        let centres = (at..self.moved.len())
            .step_by(numbers)
            .map(|i| self.moved[i] / rows);
        let centre = centres.clone().sum::<f64>() / count;
        let apart: f64 = centres.map(|of_seed| (of_seed - centre).powi(2)).sum();
        let cleared = |variance: f64| if variance < 1e-15 { 0.0 } else { variance };
        let sampling = (self.squares[at] - rows * centre * centre) / (rows - 1.0);
        let noise = match self.seeds {
            1 => 0.0,
            _ => (self.within[at] - rows * apart) / (rows - 1.0) / (count - 1.0) / count,
        };
        [sampling, noise].map(cleared)
    }
}
