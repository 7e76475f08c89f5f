//! What the measures do not see, as their papers say.

use faer::Mat;
use kernels::Panels;
use proptest::prelude::*;
use similarity::{CrossMoments, Measure, Moments, Pair, Values};

const N: usize = 40;
const P: usize = 4;
const Q: usize = 3;

const AFFINE: [Measure; 2] = [Measure::MeanCca, Measure::SquaredCca];
const ORTHOGONAL: [Measure; 5] = [
    Measure::Cka,
    Measure::DebiasedCka,
    Measure::CkaPrime,
    Measure::Procrustes,
    Measure::AngularProcrustes,
];

fn matrix(rows: usize, columns: usize) -> impl Strategy<Value = Mat<f64>> {
    proptest::collection::vec(-1.0..1.0, rows * columns)
        .prop_map(move |values| Mat::from_fn(rows, columns, |i, j| values[i * columns + j]))
}

/// Two views, `[N, P]` and `[N, Q]`, with something in common.
fn views() -> impl Strategy<Value = (Mat<f64>, Mat<f64>)> {
    (matrix(N, P), matrix(N, Q), matrix(P, Q)).prop_map(|(a, noise, map)| {
        let b = &a * map + noise;
        (a, b)
    })
}

/// A map whose inverse does not cost the digits that are compared.
fn invertible(matrix: &Mat<f64>) -> Mat<f64> {
    let parts = matrix.svd().expect("converges");
    let sizes: Vec<f64> = parts.S().column_vector().iter().map(|s| s + 0.2).collect();
    let scaled = Mat::from_fn(matrix.nrows(), matrix.ncols(), |i, j| {
        parts.U()[(i, j)] * sizes[j]
    });
    scaled * parts.V().transpose()
}

fn orthogonal(matrix: &Mat<f64>) -> Mat<f64> {
    matrix.qr().compute_Q()
}

/// `scale · view · map + offset`
fn moved(view: &Mat<f64>, map: &Mat<f64>, scale: f64, offset: f64) -> Mat<f64> {
    let moved = view * map;
    Mat::from_fn(moved.nrows(), moved.ncols(), |i, j| {
        scale * moved[(i, j)] + offset
    })
}

fn measure(a: &Mat<f64>, b: &Mat<f64>, measures: &[Measure]) -> Vec<f64> {
    let rows = |m: &Mat<f64>| -> Vec<f64> {
        (0..m.nrows() * m.ncols())
            .map(|i| m[(i / m.ncols(), i % m.ncols())])
            .collect()
    };
    let mut panels = (Panels::new(), Panels::new());
    let (mut left, mut right) = (Moments::new(a.ncols()), Moments::new(b.ncols()));
    let mut cross = CrossMoments::new(a.ncols(), b.ncols());
    left.pack(&Values::Double(rows(a)), &mut panels.0)
        .expect("fits");
    right
        .pack(&Values::Double(rows(b)), &mut panels.1)
        .expect("fits");
    left.add(&panels.0).expect("fits");
    right.add(&panels.1).expect("fits");
    cross.add(&panels.0, &panels.1).expect("fits");
    let pair = Pair {
        a: &left,
        b: &right,
        cross: &cross,
    };
    let values = pair.measure_all(measures).into_iter();
    values.map(|value| value.expect("a value")).collect()
}

fn same(found: &[f64], expected: &[f64]) -> Result<(), TestCaseError> {
    for (found, expected) in found.iter().zip(expected) {
        prop_assert!(
            (found - expected).abs() < 1e-9,
            "{found:?} for {expected:?}"
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn cca_sees_no_invertible_affine_map((a, b) in views(), one in matrix(P, P), other in matrix(Q, Q), scale in 0.01..100.0, offset in -50.0..50.0) {
        let expected = measure(&a, &b, &AFFINE);
        let found = measure(
            &moved(&a, &invertible(&one), scale, offset),
            &moved(&b, &invertible(&other), 1.0, -offset),
            &AFFINE,
        );
        same(&found, &expected)?;
        // The weights of PWCCA are of one view; the other may be moved.
        let weighted = [Measure::PwccaA, Measure::RegressionAFromB];
        let expected = measure(&a, &b, &weighted);
        let found = measure(&a, &moved(&b, &invertible(&other), scale, offset), &weighted);
        same(&found, &expected)?;
    }

    #[test]
    fn cka_and_procrustes_see_no_rotation_scale_or_translation((a, b) in views(), one in matrix(P, P), other in matrix(Q, Q), scale in 0.01..100.0, offset in -50.0..50.0) {
        let expected = measure(&a, &b, &ORTHOGONAL);
        let found = measure(
            &moved(&a, &orthogonal(&one), scale, offset),
            &moved(&b, &orthogonal(&other), 1.0 / scale, -offset),
            &ORTHOGONAL,
        );
        same(&found, &expected)?;
    }

    #[test]
    fn sides_change_places((a, b) in views()) {
        use Measure::{Cka, DebiasedCka, MeanCca, Procrustes, PwccaA, PwccaB, RegressionAFromB, RegressionBFromA, SquaredCca};
        let one = [Cka, DebiasedCka, MeanCca, SquaredCca, Procrustes, PwccaA, PwccaB, RegressionAFromB, RegressionBFromA];
        let other = [Cka, DebiasedCka, MeanCca, SquaredCca, Procrustes, PwccaB, PwccaA, RegressionBFromA, RegressionAFromB];
        same(&measure(&b, &a, &other), &measure(&a, &b, &one))?;
    }

    #[test]
    fn a_view_is_like_itself((a, _) in views(), shuffle in 1usize..N) {
        let measures: Vec<Measure> = Measure::ALL.into_iter().filter(Measure::from_moments).collect();
        for (measure, value) in measures.iter().zip(measure(&a, &a, &measures)) {
            match measure {
                Measure::AngularProcrustes => prop_assert!(value < 1e-7, "{value}"),
                Measure::CkaPrime => prop_assert!((0.0..1.0).contains(&value)),
                _ => prop_assert!((value - 1.0).abs() < 1e-9, "{measure}: {value}"),
            }
        }
        // The order of datapoints is nothing, that of one side everything.
        let turned = Mat::from_fn(N, P, |i, j| a[((i + shuffle) % N, j)]);
        same(&measure(&turned, &turned, &measures[..5]), &measure(&a, &a, &measures[..5]))?;
        prop_assert!(measure(&a, &turned, &[Measure::Cka])[0] < 0.9);
    }
}
