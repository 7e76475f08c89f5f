//! What is computed number by number, told by what it computes.
//!
//! Exporters write one function in many ways: GELU as `Gelu`, or by `Erf`, with the halves here or there. So
//! operators between a value and a result are evaluated at some numbers, and the results are compared with
//! the functions that networks have.

use networks::zoo::OwnLayer;

/// One operator on numbers.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    /// Which.
    pub(crate) kind: Elementary,
    /// What it reads.
    pub(crate) operands: Vec<Operand>,
}

/// What an operator on numbers reads.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operand {
    /// The step's input at a place.
    Input(usize),
    /// The same number everywhere.
    Number(f64),
}

/// Operators on numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Elementary {
    Relu,
    Sigmoid,
    Tanh,
    Erf,
    Sqrt,
    Neg,
    Softplus,
    Gelu,
    HardSwish,
    /// `min(max(x, …), …)`.
    Clip(f64, f64),
    /// `min(max(α x + β, 0), 1)`.
    HardSigmoid(f64, f64),
    Add,
    Sub,
    Mul,
    Div,
    Pow,
    Min,
    Max,
}

impl Elementary {
    /// The operator of a name, if nothing else has to be told.
    pub(crate) fn named(operator: &str) -> Option<Self> {
        Some(match operator {
            "Relu" => Self::Relu,
            "Sigmoid" => Self::Sigmoid,
            "Tanh" => Self::Tanh,
            "Erf" => Self::Erf,
            "Sqrt" => Self::Sqrt,
            "Neg" => Self::Neg,
            "Softplus" => Self::Softplus,
            "HardSwish" => Self::HardSwish,
            "Add" | "Sum" => Self::Add,
            "Sub" => Self::Sub,
            "Mul" => Self::Mul,
            "Div" => Self::Div,
            "Pow" => Self::Pow,
            "Min" => Self::Min,
            "Max" => Self::Max,
            _ => return None,
        })
    }

    /// Its value.
    pub(crate) fn of(self, numbers: &[f64]) -> f64 {
        let x = numbers.first().copied().unwrap_or(f64::NAN);
        let y = numbers.get(1).copied().unwrap_or(f64::NAN);
        match self {
            Self::Relu => x.max(0.0),
            Self::Sigmoid => sigmoid(x),
            Self::Tanh => x.tanh(),
            Self::Erf => erf(x),
            Self::Sqrt => x.sqrt(),
            Self::Neg => -x,
            Self::Softplus => x.exp().ln_1p(),
            Self::Gelu => gelu(x),
            Self::HardSwish => x * hard_sigmoid(x),
            Self::Clip(least, most) => x.max(least).min(most),
            Self::HardSigmoid(alpha, beta) => (alpha * x + beta).clamp(0.0, 1.0),
            Self::Add => x + y,
            Self::Sub => x - y,
            Self::Mul => x * y,
            Self::Div => x / y,
            Self::Pow => x.powf(y),
            Self::Min => x.min(y),
            Self::Max => x.max(y),
        }
    }

    /// Whether nothing below 0 leaves it.
    pub(crate) fn is_never_negative(self) -> bool {
        match self {
            Self::Relu | Self::Sigmoid | Self::HardSigmoid(..) => true,
            Self::Clip(least, _) => least >= 0.0,
            _ => false,
        }
    }
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn hard_sigmoid(x: f64) -> f64 {
    (x + 3.0).clamp(0.0, 6.0) / 6.0
}

fn gelu(x: f64) -> f64 {
    x * (1.0 + erf(x / std::f64::consts::SQRT_2)) / 2.0
}

/// Abramowitz and Stegun (1964), 7.1.26: within 1.5e-7.
fn erf(x: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.327_591_1 * x.abs());
    let factors = [
        1.061_405_429,
        -1.453_152_027,
        1.421_413_741,
        -0.284_496_736,
        0.254_829_592,
    ];
    let sum = factors.iter().fold(0.0, |sum, factor| (sum + factor) * t);
    (1.0 - sum * (-x * x).exp()).copysign(x)
}

/// The numbers at which functions are compared.
pub(crate) fn points() -> Vec<f64> {
    (-96..=96)
        .map(|eighth| f64::from(eighth) / 8.0 + 0.03)
        .collect()
}

/// Largest difference from a known function, of 1 plus its value: above what float32 makes of constants, and
/// below the distance of the two forms of GELU.
const TOLERANCE: f64 = 2e-5;

/// The layer that computes `values` at [`points`]: nothing for `x` itself, `None` for none that we have.
pub(crate) fn recognised(values: &[f64]) -> Option<Option<OwnLayer>> {
    let known: [(Option<OwnLayer>, fn(f64) -> f64); 9] = [
        (None, |x| x),
        (Some(OwnLayer::Relu), |x| x.max(0.0)),
        (Some(OwnLayer::Relu6), |x| x.clamp(0.0, 6.0)),
        (Some(OwnLayer::Sigmoid), sigmoid),
        (Some(OwnLayer::Silu), |x| x * sigmoid(x)),
        (Some(OwnLayer::Gelu), gelu),
        (Some(OwnLayer::HardSigmoid), hard_sigmoid),
        (Some(OwnLayer::HardSwish), |x| x * hard_sigmoid(x)),
        (Some(OwnLayer::QuickGelu), |x| x * sigmoid(1.702 * x)),
    ];
    let points = points();
    let is_same = |of: fn(f64) -> f64| {
        points.iter().zip(values).all(|(x, found)| {
            let wanted = of(*x);
            (wanted - found).abs() <= TOLERANCE * (1.0 + wanted.abs())
        })
    };
    let mut known = known.into_iter();
    let found = known.find(|(_, of)| is_same(*of));
    found.map(|(layer, _)| layer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_told_apart() {
        let at =
            |of: &dyn Fn(f64) -> f64| recognised(&points().into_iter().map(of).collect::<Vec<_>>());
        let by_tanh =
            |x: f64| 0.5 * x * (1.0 + (0.797_884_560_8 * (x + 0.044_715 * x.powi(3))).tanh());
        assert_eq!(at(&gelu), Some(Some(OwnLayer::Gelu)));
        assert_eq!(at(&by_tanh), None);
        assert_eq!(at(&|x| x), Some(None));
        assert_eq!(at(&|x: f64| x.max(0.01 * x)), None);
        assert_eq!(
            at(&|x: f64| x * sigmoid(1.702 * x)),
            Some(Some(OwnLayer::QuickGelu))
        );
        assert_eq!(at(&|_| f64::NAN), None);
    }

    /// `math.erf` of Python 3.11.
    #[test]
    fn erf_is_pythons() {
        for (x, expected) in [
            (-2.0, -0.995_322_265_0),
            (0.3, 0.328_626_759_5),
            (1.0, 0.842_700_792_9),
        ] {
            assert!((erf(x) - expected).abs() < 2e-7, "{x}");
        }
    }
}
