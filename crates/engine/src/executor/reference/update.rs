//! What moves weights.

use regimes::Rule;

use crate::descent::Descent;

/// `gradient + strength (w − start)`; without a start, `+ strength w`.
pub(super) fn pull(strength: f64, w: &[f64], start: Option<&[f64]>, gradient: &[f64]) -> Vec<f64> {
    let start = |place: usize| start.map_or(0.0, |start| start[place]);
    let values = gradient.iter().zip(w).enumerate();
    values
        .map(|(place, (gradient, w))| gradient + strength * (w - start(place)))
        .collect()
}

/// The weight and its moments after update `number`, from 1, at learning rate `lr`.
pub(super) fn update(
    descent: &Descent,
    (lr, number): (f64, u64),
    gradient: &[f64],
    w: &[f64],
    moments: &[&[f64]],
) -> (Vec<f64>, Vec<Vec<f64>>) {
    let mut new_w = w.to_vec();
    let mut new: Vec<Vec<f64>> = moments.iter().map(|moment| moment.to_vec()).collect();
    let decay = descent.weight_decay;
    for (place, w) in new_w.iter_mut().enumerate() {
        match descent.rule {
            Rule::Sgd { momentum, nesterov } => {
                let g = gradient[place] + decay * *w;
                let v = &mut new[0][place];
                *v = momentum * *v + g;
                *w -= lr * if nesterov { g + momentum * *v } else { *v };
            }
            Rule::Adam {
                beta1,
                beta2,
                epsilon,
                decoupled,
            } => {
                let mut g = gradient[place];
                match decoupled {
                    true => *w -= lr * decay * *w,
                    false => g += decay * *w,
                }
                let mut mixed = |which: usize, beta: f64, value: f64| {
                    let moment = &mut new[which][place];
                    *moment = beta * *moment + (1.0 - beta) * value;
                    *moment / (1.0 - beta.powf(number as f64))
                };
                let (mean, square) = (mixed(0, beta1, g), mixed(1, beta2, g * g));
                *w -= lr * mean / (square.sqrt() + epsilon);
            }
        }
    }
    (new_w, new)
}
