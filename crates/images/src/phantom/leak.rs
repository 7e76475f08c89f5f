//! Colour, brightness and field of view tell neither the grade nor the class.

use super::patient::Patient;
use super::tests::samples;
use super::{Fundus, Objects};
use formats::image::Image;

/// Pixels are darker than this outside the field of view; 8-bit samples.
const BLACK: u8 = 24;

/// Means of red, green and blue, and the share of pixels in the field of view.
fn global(image: &Image) -> [f64; 4] {
    let pixels = samples(image).as_chunks::<3>().0;
    let mut sums = [0.0; 4];
    for pixel in pixels {
        for c in 0..3 {
            sums[c] += f64::from(pixel[c]);
        }
        sums[3] += f64::from(u8::from(pixel.iter().any(|&value| value > BLACK)));
    }
    sums.map(|sum| sum / pixels.len() as f64)
}

/// Probability that a positive outranks a negative, ties counting half.
fn auc(scores: &[f64], positive: &[bool]) -> f64 {
    let of = |wanted| {
        scores
            .iter()
            .zip(positive)
            .filter(move |&(_, &p)| p == wanted)
            .map(|(&s, _)| s)
    };
    let (mut wins, mut pairs) = (0.0, 0.0);
    for high in of(true) {
        for low in of(false) {
            wins += f64::from(u8::from(high > low)) + 0.5 * f64::from(u8::from(high == low));
            pairs += 1.0;
        }
    }
    wins / pairs
}

/// Ridge regression of 0/1 on the mean colour: weights fitted on the first half.
/// Returns the scores of the second half.
fn linear_scores(colours: &[[f64; 3]], positive: &[bool]) -> Vec<f64> {
    let half = colours.len() / 2;
    let mean: [f64; 3] =
        std::array::from_fn(|c| colours[..half].iter().map(|x| x[c]).sum::<f64>() / half as f64);
    let rate = positive[..half].iter().filter(|&&p| p).count() as f64 / half as f64;
    let mut system = [[0.0; 4]; 3];
    for (colour, &label) in colours[..half].iter().zip(positive) {
        for row in 0..3 {
            let x = colour[row] - mean[row];
            for column in 0..3 {
                system[row][column] += x * (colour[column] - mean[column]);
            }
            system[row][3] += x * (f64::from(u8::from(label)) - rate);
        }
    }
    for row in 0..3 {
        system[row][row] += 1e-3 * half as f64;
    }
    let weights = solve(system);
    colours[half..]
        .iter()
        .map(|x| (0..3).map(|c| weights[c] * x[c]).sum())
        .collect()
}

/// Solution of a positive definite system `[matrix | right side]` by Gauss-Jordan.
fn solve(mut system: [[f64; 4]; 3]) -> [f64; 3] {
    for pivot in 0..3 {
        let scale = system[pivot][pivot];
        system[pivot] = system[pivot].map(|value| value / scale);
        for row in 0..3 {
            if row != pivot {
                let factor = system[row][pivot];
                for column in 0..4 {
                    system[row][column] -= factor * system[pivot][column];
                }
            }
        }
    }
    system.map(|row| row[3])
}

/// The largest distance from 0.5, over the global statistics, of the AUC for grade 2 or
/// more: red, green, blue, brightness, field of view, and a linear classifier on colour.
fn leak(pictures: &[[f64; 4]], positive: &[bool]) -> f64 {
    let single = |value: fn(&[f64; 4]) -> f64| {
        auc(&pictures.iter().map(value).collect::<Vec<_>>(), positive)
    };
    let colours: Vec<[f64; 3]> = pictures.iter().map(|p| [p[0], p[1], p[2]]).collect();
    let linear = auc(
        &linear_scores(&colours, positive),
        &positive[positive.len() / 2..],
    );
    let all = [
        single(|p| p[0]),
        single(|p| p[1]),
        single(|p| p[2]),
        single(|p| 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2]),
        single(|p| p[3]),
        linear,
    ];
    println!("AUC of red, green, blue, brightness, field, linear: {all:.3?}");
    all.iter().map(|a| (a - 0.5).abs()).fold(0.0, f64::max)
}

#[test]
fn global_statistics_do_not_tell_the_grade() {
    let fundus = Fundus {
        seed: 5,
        patients: 600,
        size: 32,
    };
    let examples: Vec<_> = (0..fundus.len()).map(|i| fundus.example(i)).collect();
    let positive: Vec<bool> = examples.iter().map(|e| e.grade >= 2).collect();
    let mut pictures: Vec<_> = examples.iter().map(|e| global(&e.image)).collect();
    assert!(leak(&pictures, &positive) < 0.1);
    // The check can fail: lesions that took a tenth of the green would be seen.
    for (picture, &positive) in pictures.iter_mut().zip(&positive) {
        picture[1] *= if positive { 0.9 } else { 1.0 };
    }
    assert!(leak(&pictures, &positive) > 0.1);
}

#[test]
fn lesions_change_the_texture_and_not_the_mean() {
    let fundus = Fundus {
        seed: 6,
        patients: 40,
        size: 64,
    };
    let mut means = [[0.0; 4]; 5];
    for index in 0..fundus.len() {
        let patient = Patient::draw(fundus.seed, index / 2);
        let healthy = fundus.photograph(&patient, index, 0);
        for grade in 0..5 {
            let image = fundus.photograph(&patient, index, grade);
            assert_eq!(
                image == healthy,
                grade == 0,
                "photograph {index}, grade {grade}"
            );
            for (mean, value) in means[grade].iter_mut().zip(global(&image)) {
                *mean += value / fundus.len() as f64;
            }
        }
    }
    println!("mean red, green, blue, field by grade: {means:.3?}");
    for grade in 1..5 {
        for c in 0..3 {
            assert!(
                (means[grade][c] / means[0][c] - 1.0).abs() < 0.01,
                "{means:?}"
            );
        }
        assert!((means[grade][3] - means[0][3]).abs() < 0.005, "{means:?}");
    }
}

#[test]
fn mean_colour_does_not_tell_the_class_of_an_object() {
    let objects = Objects {
        seed: 4,
        count: 1600,
        size: 32,
    };
    let classes = Objects::classes().len();
    let examples: Vec<_> = (0..objects.len()).map(|i| objects.example(i)).collect();
    let colours: Vec<[f64; 3]> = examples
        .iter()
        .map(|e| global(&e.image))
        .map(|[r, g, b, _]| [r, g, b])
        .collect();
    let half = colours.len() / 2;
    let mut centres = vec![[0.0; 3]; classes];
    for (example, colour) in examples[..half].iter().zip(&colours) {
        for c in 0..3 {
            centres[example.class][c] += colour[c] * classes as f64 / half as f64;
        }
    }
    let distance = |a: &[f64; 3], b: &[f64; 3]| (0..3).map(|c| (a[c] - b[c]).powi(2)).sum::<f64>();
    let nearest = |colour: &[f64; 3]| {
        (0..classes).min_by(|&a, &b| {
            distance(colour, &centres[a]).total_cmp(&distance(colour, &centres[b]))
        })
    };
    let hits = examples[half..]
        .iter()
        .zip(&colours[half..])
        .filter(|(e, colour)| nearest(colour) == Some(e.class))
        .count();
    let accuracy = hits as f64 / half as f64;
    println!(
        "nearest mean colour: accuracy {accuracy:.3}, chance {:.3}",
        1.0 / classes as f64
    );
    assert!(accuracy < 1.6 / classes as f64);
}
