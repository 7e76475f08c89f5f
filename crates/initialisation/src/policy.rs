//! What can become of a tensor, by name.

use serde::{Deserialize, Serialize, Serializer, ser};

use super::gabor::{Colour, Scale};
use networks::Draw;

/// What becomes of a tensor. Each has a word that studies write.
///
/// Norms start afresh (scale 1, shift 0, running mean 0, running variance 1) under every policy but
/// [`Policy::Load`], which copies all four, and [`Policy::MeanVarNorms`], which draws scale and
/// shift. Running statistics are never drawn.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub enum Policy {
    /// The network's own random draw, see [`Draws`](networks::Draws).
    Random,
    /// Weights of convolutions and linear layers from a named distribution; the rest as `random`.
    Draw(Draw),
    /// Weights of convolutions and linear layers with orthonormal rows or columns (Saxe et al.
    /// 2014); the rest as `random`.
    Orthogonal,
    /// As `orthogonal`, each weight then divided by the standard deviation of what its layer
    /// writes on a batch (Mishkin & Matas 2016); see [`UnitVariance`](super::UnitVariance).
    UnitVariance,
    /// The bank of Gabor filters where the tensor is the first convolution's weight; the rest as
    /// `random`.
    Gabor {
        /// Grey filters, or colour-opponent ones too.
        colour: Colour,
        /// Which standard deviation the bank has.
        scale: Scale,
    },
    /// The paper's Mean Var Init: entries from N(mean, variance) of the pretrained tensor.
    MeanVar,
    /// The same for every output channel of a weight by itself.
    MeanVarPerChannel,
    /// As `mean-var`, and scales and shifts of norms from N(mean, variance) of theirs.
    MeanVarNorms,
    /// Entries from N(mean, variance) of the pretrained tensor, the variance over n − 1.
    Gaussian,
    /// The pretrained entries in random order.
    Shuffle,
    /// Pretrained entries, each drawn with replacement.
    Bootstrap,
    /// Filters drawn with the covariance that the layer's pretrained filters have between taps.
    Knockoff,
    /// Copied from the pretrained weights.
    Load,
}

const COUNT: usize = 24;

/// Every policy with its word, in the order of the documentation.
const POLICIES: [(&str, Policy); COUNT] = [
    ("random", Policy::Random),
    ("he-normal-fan-in", Policy::Draw(Draw::HeFanIn)),
    ("he-normal-fan-out", Policy::Draw(Draw::HeFanOut)),
    ("he-uniform-fan-in", Policy::Draw(Draw::HeUniformFanIn)),
    ("he-uniform-fan-out", Policy::Draw(Draw::HeUniformFanOut)),
    ("pytorch", Policy::Draw(Draw::UniformFanIn)),
    ("glorot-normal", Policy::Draw(Draw::GlorotNormal)),
    ("glorot-uniform", Policy::Draw(Draw::GlorotUniform)),
    ("truncated-normal", Policy::Draw(Draw::CutNormal(0.01))),
    ("fixed-normal", Policy::Draw(Draw::Normal(0.05))),
    ("orthogonal", Policy::Orthogonal),
    ("lsuv", Policy::UnitVariance),
    ("gabor", gabor(Colour::Grey, Scale::He)),
    ("gabor-colour", gabor(Colour::Colour, Scale::He)),
    ("gabor-pretrained", gabor(Colour::Grey, Scale::Pretrained)),
    (
        "gabor-colour-pretrained",
        gabor(Colour::Colour, Scale::Pretrained),
    ),
    ("mean-var", Policy::MeanVar),
    ("mean-var-per-channel", Policy::MeanVarPerChannel),
    ("mean-var-norms", Policy::MeanVarNorms),
    ("gaussian", Policy::Gaussian),
    ("shuffle", Policy::Shuffle),
    ("bootstrap", Policy::Bootstrap),
    ("knockoff", Policy::Knockoff),
    ("load", Policy::Load),
];

const fn gabor(colour: Colour, scale: Scale) -> Policy {
    Policy::Gabor { colour, scale }
}

impl Policy {
    /// The words of all policies, in the order of the documentation.
    pub fn words() -> impl Iterator<Item = &'static str> {
        POLICIES.iter().map(|(word, _)| *word)
    }

    /// The policy of a word.
    pub fn named(word: &str) -> Option<Self> {
        let found = POLICIES.iter().find(|(known, _)| *known == word);
        found.map(|(_, policy)| *policy)
    }

    /// The word that studies write, `custom` for a draw that has none.
    pub fn word(self) -> &'static str {
        let found = POLICIES.iter().find(|(_, policy)| *policy == self);
        found.map_or("custom", |(word, _)| word)
    }

    /// Whether it reads pretrained tensors.
    pub fn reads_weights(self) -> bool {
        match self {
            Self::Random | Self::Draw(_) | Self::Orthogonal | Self::UnitVariance => false,
            Self::Gabor { scale, .. } => scale == Scale::Pretrained,
            Self::MeanVar
            | Self::MeanVarPerChannel
            | Self::MeanVarNorms
            | Self::Gaussian
            | Self::Shuffle
            | Self::Bootstrap
            | Self::Knockoff
            | Self::Load => true,
        }
    }
}

impl TryFrom<String> for Policy {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        let unknown = || {
            let known: Vec<_> = Self::words().map(|word| format!("`{word}`")).collect();
            let known = known.join(", ");
            format!("unknown variant `{word}`, expected one of {known}")
        };
        Self::named(&word).ok_or_else(unknown)
    }
}

impl Serialize for Policy {
    /// As its word; a draw without one cannot be written.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match Self::named(self.word()) {
            Some(_) => serializer.serialize_str(self.word()),
            None => Err(ser::Error::custom(format!("{self:?} has no word"))),
        }
    }
}
