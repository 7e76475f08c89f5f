//! What is written where it is read has the bits of what is written elsewhere.

use kernels::{Activation, MapShape};

/// Planes of several strips, of one, and of a part of a vector.
const SHAPES: [[usize; 4]; 4] = [[3, 5, 1, 1], [2, 7, 3, 5], [4, 3, 17, 16], [2, 2, 40, 40]];

fn noise(len: usize, seed: u32) -> Vec<f32> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 21) as f32 - 4.0
    };
    (0..len).map(|_| next()).collect()
}

fn shapes() -> impl Iterator<Item = MapShape> {
    SHAPES
        .into_iter()
        .map(|[batch, channels, height, width]| MapShape {
            batch,
            channels,
            height,
            width,
        })
}

fn len(shape: &MapShape) -> usize {
    shape.batch * shape.channels * shape.plane()
}

#[test]
fn functions_of_values() {
    use Activation::{Gelu, Relu, Relu6, Sigmoid, Silu};
    let [x, dy] = [1, 2].map(|seed| noise(40_001, seed));
    for function in [Relu, Relu6, Silu, Gelu, Sigmoid] {
        let mut y = vec![0.0; x.len()];
        kernels::activate(function, &x, &mut y).unwrap();
        let mut place = x.clone();
        kernels::activate_in_place(function, &mut place);
        assert_eq!(place, y, "{function:?}");
        let kept = if function.keeps_output() { &y } else { &x };
        let mut dx = vec![0.0; x.len()];
        kernels::activate_backward(function, kept, &dy, &mut dx).unwrap();
        let mut place = dy.clone();
        kernels::activate_backward_in_place(function, kept, &mut place).unwrap();
        assert_eq!(place, dx, "{function:?}");
    }
    let mut sum = vec![0.0; x.len()];
    kernels::add_relu(&x, &dy, &mut sum).unwrap();
    let mut place = x.clone();
    kernels::add_relu_in_place(&dy, &mut place).unwrap();
    assert_eq!(place, sum);
    let mut product = x.clone();
    kernels::multiply(&dy, &mut product).unwrap();
    let expected = x.iter().zip(&dy).map(|(x, dy)| x * dy);
    assert_eq!(product, expected.collect::<Vec<_>>());
    assert!(kernels::multiply(&dy[1..], &mut product).is_err());
}

#[test]
fn lines_of_channels() {
    for shape in shapes() {
        let x = noise(len(&shape), 3);
        let [scale, shift] = [4, 5].map(|seed| noise(shape.channels, seed));
        for relu in [false, true] {
            let mut y = vec![0.0; x.len()];
            kernels::scale_shift(&shape, &x, &scale, &shift, relu, &mut y).unwrap();
            let mut place = x.clone();
            kernels::scale_shift_in_place(&shape, &scale, &shift, relu, &mut place).unwrap();
            assert_eq!(place, y, "{shape:?}");
        }
    }
}

#[test]
fn gradients_of_norms() {
    for shape in shapes() {
        let [x, dy, residual] = [6, 7, 8].map(|seed| noise(len(&shape), seed));
        let [gamma, beta] = [9, 10].map(|seed| noise(shape.channels, seed));
        let zeros = || {
            (
                vec![0.0; x.len()],
                vec![0.0; shape.channels],
                vec![0.0; shape.channels],
            )
        };
        for relu in [false, true] {
            let (mut y, ..) = zeros();
            let stats =
                kernels::batch_norm_train(&shape, &x, &gamma, &beta, 1e-5, relu, &mut y).unwrap();
            let (mut dx, mut dgamma, mut dbeta) = zeros();
            kernels::batch_norm_backward(
                &shape,
                &x,
                &gamma,
                &beta,
                &stats,
                relu,
                &dy,
                &mut dx,
                &mut dgamma,
                &mut dbeta,
            )
            .unwrap();
            let (mut place, (_, mut dg, mut db)) = (dy.clone(), zeros());
            kernels::batch_norm_backward_in_place(
                &shape, &x, &gamma, &beta, &stats, relu, &mut place, &mut dg, &mut db,
            )
            .unwrap();
            assert_eq!([&place, &dg, &db], [&dx, &dgamma, &dbeta], "{shape:?}");
        }
        let (mut y, ..) = zeros();
        let stats =
            kernels::batch_norm_add_relu_train(&shape, &x, &gamma, &beta, 1e-5, &residual, &mut y)
                .unwrap();
        let (mut dx, mut dgamma, mut dbeta) = zeros();
        let mut dresidual = vec![0.0; x.len()];
        kernels::batch_norm_add_relu_backward(
            &shape,
            &x,
            &y,
            &gamma,
            &stats,
            &dy,
            &mut dx,
            &mut dresidual,
            &mut dgamma,
            &mut dbeta,
        )
        .unwrap();
        let (mut other, mut dg, mut db) = zeros();
        let mut place = dy.clone();
        kernels::batch_norm_add_relu_backward_in_place(
            &shape, &x, &y, &gamma, &stats, &mut other, &mut place, &mut dg, &mut db,
        )
        .unwrap();
        assert_eq!([&other, &place], [&dx, &dresidual], "{shape:?}");
        assert_eq!([&dg, &db], [&dgamma, &dbeta], "{shape:?}");
    }
}
