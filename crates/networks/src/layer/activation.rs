//! Functions of single numbers.

use std::f32::consts::FRAC_1_SQRT_2;

use super::kind::{Contents, Cost, LayerKind, NetworkError, Shape, Site, Value, Width};

/// A function that is applied to every number by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Activation {
    /// `max(x, 0)`; the gradient at 0 is 0.
    Relu,
    /// `min(max(x, 0), 6)`; the gradient at 0 and at 6 is 0.
    Relu6,
    /// `x / (1 + e⁻ˣ)`, also called swish.
    Silu,
    /// `x Φ(x)` with `Φ(x) = (1 + erf(x / √2)) / 2`: the exact form, not the one by tanh.
    Gelu,
    /// `1 / (1 + e⁻ˣ)`
    Sigmoid,
    /// `x min(max(x + 3, 0), 6) / 6`
    HardSwish,
    /// `min(max(x + 3, 0), 6) / 6`
    HardSigmoid,
    /// `x / (1 + e^(−1.702 x))`: the stand-in for GELU that OpenAI's CLIP was trained with.
    QuickGelu,
}

/// `min(max(x + 3, 0), 6) / 6` of `x`, by operators that every runtime has.
fn hard_sigmoid(site: &mut Site<'_, '_>, x: &str) -> String {
    let constants = [
        ("three", 3.0),
        ("min", 0.0),
        ("max", 6.0),
        ("sixth", 1.0 / 6.0),
    ];
    let [three, least, most, sixth] = constants.map(|(role, value)| site.float(role, value));
    let moved = site.node("Add", &[x, &three], vec![]);
    let held = site.node("Clip", &[&moved, &least, &most], vec![]);
    site.node("Mul", &[&held, &sixth], vec![])
}

impl LayerKind for Activation {
    fn name(&self) -> &str {
        "activation"
    }

    fn width(&self, channels: usize) -> Width {
        Width::given(channels)
    }

    fn trace(&self, input: Shape, _: &mut Cost) -> Result<Shape, NetworkError> {
        Ok(input)
    }

    fn contents(&self) -> Contents<'_> {
        Contents::Nothing
    }

    fn onnx(
        &self,
        site: &mut Site<'_, '_>,
        _: [Shape; 2],
        Value { name: x, form }: Value,
        _: Vec<Value>,
    ) -> Value {
        let name = match self {
            Self::Relu => site.node("Relu", &[&x], vec![]),
            Self::Sigmoid => site.node("Sigmoid", &[&x], vec![]),
            Self::Relu6 => {
                let (least, most) = (site.float("min", 0.0), site.float("max", 6.0));
                site.node("Clip", &[&x, &least, &most], vec![])
            }
            Self::Silu => {
                let share = site.node("Sigmoid", &[&x], vec![]);
                site.node("Mul", &[&x, &share], vec![])
            }
            Self::HardSigmoid => hard_sigmoid(site, &x),
            Self::HardSwish => {
                let share = hard_sigmoid(site, &x);
                site.node("Mul", &[&x, &share], vec![])
            }
            Self::QuickGelu => {
                let steepness = site.float("steepness", 1.702);
                let scaled = site.node("Mul", &[&x, &steepness], vec![]);
                let share = site.node("Sigmoid", &[&scaled], vec![]);
                site.node("Mul", &[&x, &share], vec![])
            }
            // x · Φ(x) = x · (1 + erf(x / √2)) / 2; `Gelu` came with version 20 of the operators.
            Self::Gelu => {
                let [root, one, half] = [("root", FRAC_1_SQRT_2), ("one", 1.0), ("half", 0.5)]
                    .map(|(role, value)| site.float(role, value));
                let scaled = site.node("Mul", &[&x, &root], vec![]);
                let erf = site.node("Erf", &[&scaled], vec![]);
                let sum = site.node("Add", &[&erf, &one], vec![]);
                let product = site.node("Mul", &[&x, &sum], vec![]);
                site.node("Mul", &[&product, &half], vec![])
            }
        };
        Value { name, form }
    }
}
