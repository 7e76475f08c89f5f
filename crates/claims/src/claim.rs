//! The ten claims, in words.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::ClaimsError;

/// A claim of Raghu et al. 2019, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Claim {
    /// Transfer changes final performance little.
    C1,
    /// Small plain networks match the large standard one.
    C2,
    /// ImageNet accuracy does not predict medical performance.
    C3,
    /// With very few pictures transfer helps, mainly the large network.
    C4,
    /// Representations after transfer differ from those after a random start.
    C5,
    /// Large networks move less.
    C6,
    /// Reuse is confined to the lowest blocks.
    C7,
    /// Transfer starts sooner, in part by scale alone.
    C8,
    /// The first convolution gives the largest marginal speed-up.
    C9,
    /// Hybrids equal full transfer.
    C10,
}

impl Claim {
    /// In their order.
    pub const ALL: [Self; 10] = [
        Self::C1,
        Self::C2,
        Self::C3,
        Self::C4,
        Self::C5,
        Self::C6,
        Self::C7,
        Self::C8,
        Self::C9,
        Self::C10,
    ];

    /// Its word: `c1` to `c10`.
    pub fn word(self) -> &'static str {
        match self {
            Self::C1 => "c1",
            Self::C2 => "c2",
            Self::C3 => "c3",
            Self::C4 => "c4",
            Self::C5 => "c5",
            Self::C6 => "c6",
            Self::C7 => "c7",
            Self::C8 => "c8",
            Self::C9 => "c9",
            Self::C10 => "c10",
        }
    }

    /// What the paper says.
    pub fn says(self) -> &'static str {
        match self {
            Self::C1 => "Transfer from ImageNet changes final performance little.",
            Self::C2 => "Small plain networks do as well as the large standard one.",
            Self::C3 => "Accuracy on ImageNet does not predict performance on medical pictures.",
            Self::C4 => "With very few training pictures transfer helps, mainly the large network.",
            Self::C5 => {
                "Large networks represent pictures otherwise after transfer than after a random start; small ones less so."
            }
            Self::C6 => {
                "Large networks move less in training, most so in the lowest layers, even from a random start."
            }
            Self::C7 => "Meaningful reuse of features is confined to the lowest blocks.",
            Self::C8 => {
                "Transfer speeds up convergence, and the scale of the weights alone gives a part of that."
            }
            Self::C9 => {
                "The first convolution alone gives the largest marginal speed-up, and nothing is gained after the first two stages."
            }
            Self::C10 => {
                "Pretrained lowest blocks with a slimmed rest do as well as full transfer, and synthetic Gabor filters as well as the pretrained first convolution."
            }
        }
    }

    /// What is estimated, with its unit.
    pub fn asks(self) -> &'static str {
        match self {
            Self::C1 => {
                "Test AUC after transfer less that after a random start, for every network on all training pictures."
            }
            Self::C2 => {
                "Test AUC of the small network less that of the large one, each from the start that has the higher validation AUC."
            }
            Self::C3 => {
                "How much test AUC rises, on the least-squares line over pretrained networks, from the lowest to the highest accuracy on the source task."
            }
            Self::C4 => {
                "Test AUC after transfer less that after a random start at the smallest training size; and how much more that is for the large network."
            }
            Self::C5 => {
                "Similarity of the top blocks of two networks from random starts less that of one after transfer and one from a random start; and how much more that is for the large network."
            }
            Self::C6 => {
                "Similarity of a block to its own random start, large network less small one: at the lowest block, and there less at the highest."
            }
            Self::C7 => {
                "What a block keeps of its start, transfer less random: at the lowest block, and there less at the highest."
            }
            Self::C8 => {
                "How many times as soon the validation AUC reaches the threshold from the start than from a random one."
            }
            Self::C9 => {
                "How many times as soon with each further part of the network reused: the first convolution's factor over each later one, and the factor left after the first two stages."
            }
            Self::C10 => {
                "Test AUC of the hybrid less that of the whole network after transfer, and of Gabor filters less the pretrained first convolution."
            }
        }
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Claim {
    type Err = ClaimsError;

    fn from_str(word: &str) -> Result<Self, ClaimsError> {
        let known = Self::ALL.into_iter().find(|claim| claim.word() == word);
        known.ok_or_else(|| ClaimsError::NoClaim { found: word.into() })
    }
}
