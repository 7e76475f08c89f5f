//! The loss of SimSiam, and whether it has found the way to win without learning.

/// How well the predictions of a batch agree with the outputs of the other views.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// Minus the mean cosine: −1 where all agree.
    pub loss: f64,
    /// The gradient of the loss by the predictions, `[2 pictures, outputs]`.
    pub gradient: Vec<f32>,
    /// Standard deviation of the outputs over the batch, each output of length 1, as the mean over
    /// channels times √outputs: 1 where they are spread over the whole sphere, 0 where all are one.
    pub spread: f64,
}

/// How well `predictions` `[2 pictures, width]` agree with `outputs` of the same extents, the first
/// views of all pictures before the second ones:
///
/// loss = −½ mean cos(p₁, z₂) − ½ mean cos(p₂, z₁),
///
/// with the outputs z as constants: no gradient passes them. A vector of length 0 agrees with nothing.
pub fn agreement(outputs: &[f32], predictions: &[f32], width: usize) -> Agreement {
    let targets = units(outputs, width);
    let rows = targets.len() / width.max(1);
    let mut loss = 0.0;
    let mut gradient = vec![0.0; predictions.len()];
    let each = predictions
        .chunks_exact(width)
        .zip(gradient.chunks_exact_mut(width));
    for (row, (prediction, gradient)) in each.enumerate() {
        let other = (row + rows / 2) % rows;
        let target = &targets[other * width..(other + 1) * width];
        let length = length(prediction);
        if length == 0.0 {
            continue;
        }
        let dot: f64 = prediction
            .iter()
            .zip(target)
            .map(|(p, z)| f64::from(*p) * z)
            .sum();
        let cosine = dot / length;
        loss -= cosine / rows as f64;
        for ((g, p), z) in gradient.iter_mut().zip(prediction).zip(target) {
            let along = cosine * f64::from(*p) / length;
            *g = ((along - z) / (length * rows as f64)) as f32;
        }
    }
    Agreement {
        loss,
        gradient,
        spread: spread(&targets, width),
    }
}

/// Standard deviation over rows (n − 1), as the mean over channels, times √width.
fn spread(units: &[f64], width: usize) -> f64 {
    let rows = units.len() / width;
    if rows < 2 {
        return 0.0;
    }
    let of_channel = |channel: usize| {
        let column = || units.iter().skip(channel).step_by(width);
        let mean = column().sum::<f64>() / rows as f64;
        let squares: f64 = column().map(|value| (value - mean).powi(2)).sum();
        (squares / (rows - 1) as f64).sqrt()
    };
    let sum: f64 = (0..width).map(of_channel).sum();
    sum / width as f64 * (width as f64).sqrt()
}

/// Rows divided by their lengths; those of length 0 stay 0.
fn units(rows: &[f32], width: usize) -> Vec<f64> {
    let mut units = Vec::with_capacity(rows.len());
    for row in rows.chunks_exact(width) {
        let length = length(row);
        let factor = if length > 0.0 { 1.0 / length } else { 0.0 };
        units.extend(row.iter().map(|value| f64::from(*value) * factor));
    }
    units
}

fn length(row: &[f32]) -> f64 {
    row.iter()
        .map(|v| f64::from(*v).powi(2))
        .sum::<f64>()
        .sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers between −1 and 1 that repeat.
    fn numbers(count: usize, step: usize) -> Vec<f32> {
        (0..count)
            .map(|i| ((i * step + 7) % 97) as f32 / 48.5 - 1.0)
            .collect()
    }

    /// The gradient is that of the loss, by central differences.
    #[test]
    fn the_gradient_is_the_slope_of_the_loss() {
        let (outputs, mut predictions) = (numbers(4 * 5, 29), numbers(4 * 5, 41));
        let found = agreement(&outputs, &predictions, 5).gradient;
        for at in 0..predictions.len() {
            let value = predictions[at];
            let step = 1.0 / 128.0;
            let mut loss = |change: f32| {
                predictions[at] = value + change;
                agreement(&outputs, &predictions, 5).loss
            };
            let slope = (loss(step) - loss(-step)) / f64::from(2.0 * step);
            predictions[at] = value;
            assert!((slope - f64::from(found[at])).abs() < 1e-4, "{at}: {slope}");
        }
    }

    /// Outputs that are all alike are collapse; those of a normal distribution have a spread of 1.
    #[test]
    fn spread_tells_collapse() {
        let width = 64;
        let same: Vec<f32> = (0..32).flat_map(|_| numbers(width, 29)).collect();
        let collapsed = agreement(&same, &same, width);
        assert!(collapsed.spread < 1e-6, "{}", collapsed.spread);
        assert!((collapsed.loss + 1.0).abs() < 1e-6);

        let mut rng = streams::stream(0, "view", 0);
        use rand::RngExt as _;
        let drawn: Vec<f32> = (0..256 * width)
            .map(|_| (0..12).map(|_| rng.random::<f32>()).sum::<f32>() - 6.0)
            .collect();
        let spread = agreement(&drawn, &drawn, width).spread;
        assert!((0.95..1.05).contains(&spread), "{spread}");
    }

    #[test]
    fn a_vector_of_length_0_agrees_with_nothing() {
        let found = agreement(&[1.0, 0.0, 1.0, 0.0], &[0.0; 4], 2);
        assert_eq!(found.loss, 0.0);
        assert_eq!(found.gradient, [0.0; 4]);
    }
}
