//! Convolutions by every algorithm, against plain sums in double precision.

use kernels::{
    Algorithm, ConvShape, Isa, Precision, ShapeError, conv_backward_input_with,
    conv_backward_weight_with, conv_forward_with,
};

use crate::check::Check;
use crate::numbers::{apart, coarse};

/// Largest error that rounding excuses, as [`apart`] measures it; tests of the kernels have the same.
const TOLERANCE: f64 = 1e-5;

/// What to do where the kernels of an instruction set are wrong.
pub const REMEDY: &str = "take no numbers of this processor by this instruction set: hold the program to another (TRANSFUSION_ISA=avx2 or portable), see whether the machine is sound (memory, overclocking), and please report this line";

/// Shapes of which each algorithm supports one or more; vectors of all lengths have a rest.
fn shapes() -> Vec<ConvShape> {
    let square = |batch, channels: [usize; 2], size, kernel: usize| ConvShape {
        batch,
        channels_in: channels[0],
        height: size,
        width: size,
        channels_out: channels[1],
        kernel: [kernel; 2],
        stride: [1; 2],
        padding: [kernel / 2; 2],
        dilation: [1; 2],
        groups: 1,
    };
    vec![
        square(2, [3, 20], 23, 7),
        square(2, [18, 33], 13, 3),
        square(2, [17, 16], 12, 5),
        square(3, [40, 35], 7, 1),
        ConvShape {
            groups: 24,
            ..square(2, [24, 24], 15, 3)
        },
        ConvShape {
            stride: [2; 2],
            ..square(2, [17, 30], 14, 3)
        },
    ]
}

/// One check for each instruction set of this machine, narrowest first.
pub fn checks() -> Vec<Check> {
    let cases: Vec<Case> = shapes().into_iter().map(Case::new).collect();
    let of = |isa: Isa| {
        let what = format!("convolutions, {isa}");
        match isa.with(|| worst(&cases)) {
            Ok((ways, worst)) => {
                Check::ok(what, format!("{ways} ways, {worst:.0e} off plain sums"))
                    .unless(worst <= TOLERANCE, REMEDY)
            }
            Err(error) => Check::failed(what, error.to_string(), REMEDY),
        }
    };
    Isa::available().into_iter().map(of).collect()
}

/// How many algorithms and passes there are, and the largest error of any.
fn worst(cases: &[Case]) -> Result<(usize, f64), ShapeError> {
    let (mut ways, mut worst) = (0, 0.0_f64);
    for case in cases {
        let supporting = Algorithm::ALL.into_iter();
        for algorithm in supporting.filter(|a| a.supports(&case.shape)) {
            for error in case.errors(algorithm)? {
                ways += 1;
                worst = worst.max(error);
            }
        }
    }
    Ok((ways, worst))
}

/// Operands, and what comes of them exactly.
struct Case {
    shape: ConvShape,
    x: Vec<f32>,
    w: Vec<f32>,
    dy: Vec<f32>,
    exact: [Vec<f64>; 3],
}

impl Case {
    fn new(shape: ConvShape) -> Self {
        let x: Vec<f32> = coarse("x", shape.input_len()).collect();
        let w: Vec<f32> = coarse("w", shape.weight_len()).collect();
        let dy: Vec<f32> = coarse("dy", shape.output_len()).collect();
        let mut y = vec![0.0; dy.len()];
        let mut dx = vec![0.0; x.len()];
        let mut dw = vec![0.0; w.len()];
        each_product(&shape, |i, k, o| {
            let [x, w, dy] = [x[i], w[k], dy[o]].map(f64::from);
            y[o] += x * w;
            dx[i] += w * dy;
            dw[k] += x * dy;
        });
        Self {
            shape,
            x,
            w,
            dy,
            exact: [y, dx, dw],
        }
    }

    /// Of the output and both gradients.
    fn errors(&self, algorithm: Algorithm) -> Result<[f64; 3], ShapeError> {
        let Self {
            shape,
            x,
            w,
            dy,
            exact,
        } = self;
        let [mut y, mut dx, mut dw] = [0, 1, 2].map(|at| vec![f32::NAN; exact[at].len()]);
        let single = Precision::Single;
        conv_forward_with(algorithm, single, shape, x, w, &mut y)?;
        conv_backward_input_with(algorithm, single, shape, w, dy, &mut dx)?;
        conv_backward_weight_with(algorithm, single, shape, x, dy, &mut dw)?;
        let [of_y, of_dx, of_dw] = exact;
        Ok([apart(&y, of_y), apart(&dx, of_dx), apart(&dw, of_dw)])
    }
}

/// Calls `each(place in x, place in w, place in y)` for every product of a convolution.
fn each_product(s: &ConvShape, mut each: impl FnMut(usize, usize, usize)) {
    let [rows, columns] = s.output();
    let (from, to) = (s.channels_in / s.groups, s.channels_out / s.groups);
    let within = |at: usize, axis: usize, tap: usize, size: usize| {
        let place = (at * s.stride[axis] + tap * s.dilation[axis]).checked_sub(s.padding[axis]);
        place.filter(|place| *place < size)
    };
    for output in 0..s.batch * s.channels_out * rows * columns {
        let [at_y, at_x] = [output / columns % rows, output % columns];
        let [image, out] = [
            output / columns / rows / s.channels_out,
            output / columns / rows % s.channels_out,
        ];
        for weight in 0..from * s.kernel[0] * s.kernel[1] {
            let [tap_y, tap_x] = [weight / s.kernel[1] % s.kernel[0], weight % s.kernel[1]];
            let channel = out / to * from + weight / s.kernel[1] / s.kernel[0];
            if let Some(y) = within(at_y, 0, tap_y, s.height)
                && let Some(x) = within(at_x, 1, tap_x, s.width)
            {
                each(
                    ((image * s.channels_in + channel) * s.height + y) * s.width + x,
                    out * from * s.kernel[0] * s.kernel[1] + weight,
                    output,
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::State;

    #[test]
    fn every_algorithm_is_tried_and_a_wrong_sum_is_found() {
        let shapes = shapes();
        for algorithm in Algorithm::ALL {
            assert!(
                shapes.iter().any(|shape| algorithm.supports(shape)),
                "{algorithm:?}"
            );
        }
        for check in checks() {
            assert_eq!(check.state, State::Ok, "{check}");
        }
        let mut case = Case::new(shapes[3]);
        case.exact[1][5] += 0.01;
        let (_, worst) = worst(&[case]).expect("shapes that fit");
        assert!(worst > TOLERANCE, "{worst}");
    }
}
