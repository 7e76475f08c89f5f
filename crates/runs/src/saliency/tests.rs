//! A task whose truth is known: a bright spot decides, wherever else the picture has something.

use std::sync::atomic::AtomicBool;

use engine::{Descent, Maps, Model, Targets, Trainer};
use images::Task;
use kernels::Precision;
use networks::zoo::{self, Choice};
use networks::{Input, Network};
use record::results::{Evidence, SaliencyMethod};
use regimes::Rule;

use super::{ExplainedPicture, LogOdds, Patches, compare};
use crate::analysis::drawn_anew;

/// Edge of a picture, in pixels.
const SIZE: usize = 32;
/// Edge of the spot and of the bar, in pixels.
const SPOT: usize = 6;
const BATCH: usize = 32;

/// `count` pictures of `size` pixels from number `first` on; those of odd numbers have a spot, and every one has a dark
/// bar, which says nothing. Returns the places of the spots' upper left corners.
fn pictures_of(size: usize, first: usize, count: usize) -> (Maps, Vec<Option<[usize; 2]>>) {
    let mut pixels = Vec::with_capacity(count * size * size);
    let mut spots = Vec::new();
    for number in first..first + count {
        let draw = |salt: usize| {
            let mixed = (number * 2_654_435_761 + salt * 40_503) ^ (number << 7);
            mixed / 7 % (size - SPOT)
        };
        let spot = (number % 2 == 1).then(|| [draw(1), draw(2)]);
        let bar = [draw(3), draw(4)];
        let is_in = |[top, left]: [usize; 2], y: usize, x: usize, rows: usize| {
            (top..top + rows).contains(&y) && (left..left + SPOT).contains(&x)
        };
        for y in 0..size {
            for x in 0..size {
                let grain = (((number * 31 + y * 17 + x * 13) * 2_654_435_761) >> 8) % 100;
                let mut sample = 0.002 * grain as f32;
                if is_in(bar, y, x, 2) {
                    sample -= 1.0;
                }
                if spot.is_some_and(|spot| is_in(spot, y, x, SPOT)) {
                    sample = 1.5;
                }
                pixels.push(sample);
            }
        }
        spots.push(spot);
    }
    (Maps::new([count, 1, size, size], pixels), spots)
}

fn pictures(first: usize, count: usize) -> (Maps, Vec<Option<[usize; 2]>>) {
    pictures_of(SIZE, first, count)
}

fn network(size: usize) -> Network {
    let input = Input::square(1, size);
    zoo::network(&Choice::named("cbr-tiny"), input, 2).unwrap()
}

/// A network for pictures of `size` pixels, its weights drawn for `purpose`.
fn drawn(size: usize, purpose: &str) -> Model {
    let weights = drawn_anew(&network(size), purpose, 0).unwrap();
    Model::new(network(size).into(), &weights).unwrap()
}

fn untrained() -> Model {
    drawn(SIZE, "a test")
}

fn trained() -> Model {
    let rule = Rule::Sgd {
        momentum: 0.9,
        nesterov: false,
    };
    let weight_decay = 0.0;
    let mut trainer = Trainer::new(
        untrained(),
        Descent { rule, weight_decay },
        Precision::Single,
    );
    for step in 0..60 {
        let (pixels, spots) = pictures(step * BATCH, BATCH);
        let share = |is_yes: bool| if is_yes { 1.0 / BATCH as f32 } else { 0.0 };
        let rows = spots
            .iter()
            .flat_map(|s| [share(s.is_none()), share(s.is_some())]);
        trainer.step(&pixels, &Targets::Classes(rows.collect()), 0.02);
    }
    trainer.into_model()
}

fn odds(count: usize) -> Vec<LogOdds> {
    vec![LogOdds::new(Evidence::Class(1), Task::Multiclass); count]
}

/// Row and column of the pixel with the most evidence in the network as it was trained.
fn peak(picture: &ExplainedPicture) -> [usize; 2] {
    let heat = picture.heat[0].iter().enumerate();
    let most = heat.reduce(|a, b| if b.1 > a.1 { b } else { a });
    let at = most.map_or(0, |(at, _)| at);
    [at / SIZE, at % SIZE]
}

#[test]
fn maps_peak_where_the_truth_is_and_change_with_the_weights() {
    let (model, stop) = (trained(), AtomicBool::new(false));
    let (pixels, spots) = pictures(100_001, 8);
    let logits = model.forward(&pixels);
    for (row, spot) in logits.values().chunks_exact(2).zip(&spots) {
        assert_eq!(row[1] > row[0], spot.is_some(), "the task is not learnt");
    }
    let anew = drawn(SIZE, "another");
    let found = compare([&model, &anew], &pixels, &odds(8), &stop).unwrap();
    // A place of Grad-CAM's maps is 8 pixels wide, a patch 4.
    for picture in found.maps.iter().filter(|p| spots[p.case].is_some()) {
        let spot = spots[picture.case].unwrap();
        let peak = peak(picture);
        for axis in [0, 1] {
            let middle = spot[axis] as f64 + SPOT as f64 / 2.0;
            let apart = (peak[axis] as f64 + 0.5 - middle).abs();
            assert!(apart <= 7.0, "{:?}: {peak:?} of {spot:?}", picture.method);
        }
    }
    for result in &found.methods {
        let mean = result.mean_correlation().unwrap();
        assert!(mean < 0.5, "{:?}: {mean}", result.method);
        assert!(!result.hardly_depends());
    }
    let same = compare([&model, &model], &pixels, &odds(8), &stop).unwrap();
    for result in &same.methods {
        assert!(result.mean_correlation().unwrap() > 0.999);
        assert!(result.hardly_depends());
    }
    assert!(compare([&model, &anew], &pixels, &odds(8), &AtomicBool::new(true)).is_none());
}

/// Every patch anew, by the definition: covered, asked, compared.
#[test]
fn occlusion_is_what_covering_does() {
    let (model, stop) = (untrained(), AtomicBool::new(false));
    let (pixels, _) = pictures(7, 2);
    let found = compare([&model, &model], &pixels, &odds(2), &stop).unwrap();
    let method = &found.methods[1];
    let (size, stride) = match (method.method, method.patch) {
        (SaliencyMethod::Occlusion, Some(patch)) => (patch.size, patch.stride),
        other => panic!("{other:?}"),
    };
    let [rows, columns] = Patches::over([SIZE, SIZE]).grid();
    for picture in found
        .maps
        .iter()
        .filter(|p| p.method == SaliencyMethod::Occlusion)
    {
        let whole = &pixels.values()[picture.case * SIZE * SIZE..][..SIZE * SIZE];
        let mean = whole.iter().sum::<f32>() / whole.len() as f32;
        let odds_of = |values: Vec<f32>| {
            let logits = model.forward(&Maps::new([1, 1, SIZE, SIZE], values));
            f64::from(logits.values()[1]) - f64::from(logits.values()[0])
        };
        for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |c| (row, c))) {
            let top = (row * stride[0]).min(SIZE - size[0]);
            let left = (column * stride[1]).min(SIZE - size[1]);
            let covered = whole.iter().enumerate().map(|(at, value)| {
                let (y, x) = (at / SIZE, at % SIZE);
                let is_covered =
                    (top..top + size[0]).contains(&y) && (left..left + size[1]).contains(&x);
                if is_covered { mean } else { *value }
            });
            let expected = odds_of(whole.to_vec()) - odds_of(covered.collect());
            let value = picture.maps[0].values[row * columns + column];
            assert!((value - expected).abs() < 1e-4, "{value} and {expected}");
        }
    }
}

/// The mean of the gradient times the map, place by place: with a global mean and one linear layer
/// behind the last maps that is what each place adds to the log odds, so that its sum over places
/// is the log odds without the bias.
#[test]
fn grad_cam_adds_up_to_the_log_odds() {
    let model = drawn(2 * SIZE, "a test");
    let (pixels, _) = pictures_of(2 * SIZE, 11, 3);
    let found = super::grad_cam(&model, &pixels, &odds(3)).unwrap();
    assert_eq!(found.block, "block3");
    let bias = model.values("fc.bias").unwrap();
    let logits = model.forward(&pixels);
    for (map, row) in found.maps.iter().zip(logits.values().chunks_exact(2)) {
        let sum: f64 = map.values.iter().sum();
        let expected = f64::from(row[1] - bias[1]) - f64::from(row[0] - bias[0]);
        assert!(
            (sum - expected).abs() < 1e-4 * expected.abs().max(1.0),
            "{sum} and {expected}"
        );
    }
}
