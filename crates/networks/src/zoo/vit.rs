//! Vision transformers (Dosovitskiy et al. 2021), as timm builds them.
//!
//! | block | output | layers |
//! |---|---|---|
//! | stem | (size / patch)² tokens and the first ones | patches; class token; positions |
//! | block1 to the last | same | layer norm, attention; layer norm, 4 × features, GELU |
//! | | | behind the last: layer norm |
//! | head | 1 | the class token, linear |
//!
//! | extent | features | heads | blocks |
//! |---|---|---|---|
//! | tiny | 192 | 3 | 12 |
//! | small | 384 | 6 | 12 |
//! | base | 768 | 12 | 12 |
//! | large | 1024 | 16 | 24 |
//! | huge | 1280 | 20 | 32 |
//!
//! | form | differs by |
//! |---|---|
//! | plain | – |
//! | mean | the head: the mean of the patches' tokens, layer norm, linear; none behind the last block (MAE, RETFound) |
//! | DINOv2 | LayerScale before every sum |
//! | registers | the same, four registers behind the class token, and positions of patches alone |
//! | DINOv3 | LayerScale, four registers; no positions but rotations of queries and keys; no biases of queries, keys and values; ε 1e-5 |
//! | gated DINOv3 | the same with `narrow(SiLU(gate(x)) · widen(x))` for perceptrons (Shazeer 2020) |
//! | CLIP | patches without bias, layer norm behind the positions; ε 1e-5 |
//! | OpenAI's CLIP | the same with QuickGELU |
//!
//! Layer norms have ε 1e-6 elsewhere. Stochastic depth is left out: it does not act in inference.

use super::request::{Built, Request};
use super::vit_form::Form;
use super::vit_names::Names;
use crate::draws::Draws;
use crate::layer::{
    Activation, Attention, Conv, Embed, Layer, Linear, Norm, PatchTokens, Product, Registers,
    Residual, RotaryPositions, Scale,
};
use crate::network::Block;
use crate::network_error::NetworkError;

/// Registers, where there are any.
const REGISTERS: usize = 4;

/// How large a network is.
#[derive(Clone, Copy)]
pub(super) struct Extent {
    features: usize,
    heads: usize,
    depth: usize,
}

impl Extent {
    pub(super) const TINY: Self = Self::of(192, 3, 12);
    pub(super) const SMALL: Self = Self::of(384, 6, 12);
    pub(super) const BASE: Self = Self::of(768, 12, 12);
    pub(super) const LARGE: Self = Self::of(1024, 16, 24);
    pub(super) const HUGE: Self = Self::of(1280, 20, 32);

    const fn of(features: usize, heads: usize, depth: usize) -> Self {
        Self {
            features,
            heads,
            depth,
        }
    }
}

/// `patch`: edge of a patch, in pixels.
pub(super) fn network(
    request: &Request,
    extent: Extent,
    patch: usize,
    form: Form,
) -> Result<Built, NetworkError> {
    let [height, width] = grid(request, patch, form)?;
    let names = Names::of(request.dialect, form);
    let vit = Vit {
        extent,
        form,
        names: &names,
        height,
        width,
    };
    let last = extent.depth;
    let mut blocks = vec![Block::new("stem", vit.stem(request, patch))];
    for index in 0..last {
        let mut layers = vit.unit(index);
        if index + 1 == last && form != Form::Mean {
            layers.push(vit.norm(names.norm));
        }
        blocks.push(Block::new(format!("block{}", index + 1), layers));
    }
    blocks.push(Block::new("head", vit.head(request.classes)));
    Ok(Built {
        blocks,
        draws: Draws::TRANSFORMER,
    })
}

/// Rows and columns of patches.
fn grid(request: &Request, patch: usize, form: Form) -> Result<[usize; 2], NetworkError> {
    let input = request.input;
    let sides = [input.height, input.width];
    let size = input.shorter();
    let [square, multiple] = match patch {
        8 => [
            "a square of a multiple of 8 pixels: its positions stand on a square grid",
            "a multiple of 8 pixels",
        ],
        14 => [
            "a square of a multiple of 14 pixels: its positions stand on a square grid",
            "a multiple of 14 pixels",
        ],
        32 => [
            "a square of a multiple of 32 pixels: its positions stand on a square grid",
            "a multiple of 32 pixels",
        ],
        _ => [
            "a square of a multiple of 16 pixels: its positions stand on a square grid",
            "a multiple of 16 pixels",
        ],
    };
    let expected = match () {
        () if input.height != input.width && !form.is_rotary() => square,
        () if size == 0 || sides.iter().any(|side| !side.is_multiple_of(patch)) => multiple,
        () => return Ok(sides.map(|side| side / patch)),
    };
    Err(NetworkError::Size {
        name: request.choice.name.clone(),
        found: input.pixels(),
        expected,
    })
}

/// A network in the making.
struct Vit<'a> {
    extent: Extent,
    form: Form,
    names: &'a Names,
    /// Rows of patches.
    height: usize,
    /// Columns of patches.
    width: usize,
}

impl Vit<'_> {
    fn stem(&self, request: &Request, patch: usize) -> Vec<Layer> {
        let Self { form, names, .. } = self;
        let features = self.extent.features;
        let channels = [request.input.channels, features];
        let mut patches = Conv::new(names.patches.into(), channels, patch);
        patches.bias = !form.is_clip();
        let registers = form.has_registers().then(|| Registers {
            path: names.registers.into(),
            count: REGISTERS,
        });
        let mut layers = vec![
            Layer::Conv(patches.stride(patch).padding(0)),
            Layer::Embed(Embed {
                class_token: names.class_token.into(),
                registers,
                positions: (!form.is_rotary()).then(|| names.positions.into()),
                features,
                tokens: self.first() + self.height * self.width,
            }),
        ];
        if form.is_clip() {
            layers.push(self.norm(names.norm_before));
        }
        layers
    }

    /// Tokens before those of patches.
    fn first(&self) -> usize {
        let registers = if self.form.has_registers() {
            REGISTERS
        } else {
            0
        };
        1 + registers
    }

    fn unit(&self, index: usize) -> Vec<Layer> {
        let Extent {
            features, heads, ..
        } = self.extent;
        let names = (self.names.unit)(index);
        let mut attend = vec![
            self.norm(names.norm1),
            Layer::Linear(Linear {
                path: names.qkv,
                features_in: features,
                features_out: 3 * features,
                bias: !self.form.is_rotary(),
            }),
            Layer::Attention(Attention { heads, features }),
            Layer::linear(names.projection, [features, features]),
        ];
        let mut think = vec![self.norm(names.norm2)];
        let widen = Layer::linear(names.widen, [features, 4 * features]);
        if self.form.is_gated() {
            let gate = Layer::linear(names.gate, [features, 4 * features]);
            let gate = vec![gate, Layer::Activation(Activation::Silu)];
            think.push(Layer::Product(Product([gate, vec![widen]])));
        } else {
            think.extend([widen, Layer::Activation(self.form.activation())]);
        }
        think.push(Layer::linear(names.narrow, [4 * features, features]));
        if self.form.is_rotary() {
            let places = RotaryPositions {
                heads,
                features,
                first: self.first(),
                height: self.height,
                width: self.width,
            };
            attend.insert(2, Layer::RotaryPositions(places));
        }
        if self.form.has_scales() {
            let scale = |path| {
                Layer::Scale(Scale {
                    path,
                    channels: features,
                })
            };
            attend.push(scale(names.scale1));
            think.push(scale(names.scale2));
        }
        [attend, think]
            .map(|body| {
                Layer::Residual(Residual {
                    body,
                    shortcut: Vec::new(),
                    relu: false,
                })
            })
            .into()
    }

    fn head(&self, classes: usize) -> Vec<Layer> {
        let mut layers = match self.form {
            Form::Mean => vec![
                Layer::PatchTokens(PatchTokens { skipped: 1 }),
                Layer::GlobalAverage,
                self.norm(self.names.norm_of_mean),
            ],
            _ => vec![Layer::FirstToken],
        };
        let features = self.extent.features;
        layers.push(Layer::linear(self.names.classifier, [features, classes]));
        layers
    }

    fn norm(&self, path: impl Into<String>) -> Layer {
        let norm = Norm::new(path.into(), self.extent.features);
        Layer::layer_norm(norm.epsilon(self.form.epsilon()))
    }
}
