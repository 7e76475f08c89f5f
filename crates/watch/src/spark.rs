//! A curve in one line of characters.

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A curve of `width` characters at most, on a scale of its own; empty for fewer than two values.
pub(crate) fn spark(points: &[[f32; 2]], width: usize) -> String {
    let values: Vec<f32> = points
        .iter()
        .map(|point| point[1])
        .filter(|v| v.is_finite())
        .collect();
    if values.len() < 2 {
        return String::new();
    }
    let low = values.iter().copied().fold(f32::INFINITY, f32::min);
    let high = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let width = width.min(values.len());
    let bar = |place: usize| {
        let value = values[place * (values.len() - 1) / (width - 1).max(1)];
        let share = if high > low {
            (value - low) / (high - low)
        } else {
            0.5
        };
        BARS[((share * 8.0) as usize).min(7)]
    };
    (0..width).map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::spark;

    #[test]
    fn a_curve_ends_as_it_ends() {
        let rising: Vec<[f32; 2]> = (0..50).map(|i| [i as f32, i as f32]).collect();
        assert_eq!(spark(&rising, 8), "▁▂▃▄▅▆▇█");
        assert_eq!(spark(&rising[..2], 8), "▁█");
        assert_eq!(spark(&[[0.0, 1.0], [1.0, 1.0]], 8), "▅▅");
        assert_eq!(spark(&rising[..1], 8), "");
        assert_eq!(spark(&[[0.0, f32::NAN], [1.0, 1.0]], 8), "");
    }
}
