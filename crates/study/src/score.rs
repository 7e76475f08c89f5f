//! Scores of transferability that a probe computes.

use std::fmt;

use serde::de::{self, SeqAccess, Visitor, value::StrDeserializer};
use serde::{Deserialize, Deserializer, Serialize};

/// The word for every score.
const ALL: &str = "all";

/// A score that promises how well a source will transfer, without training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TransferScore {
    /// [`stats::logme`], by the fixed point.
    Logme,
    /// [`stats::leep`].
    Leep,
    /// [`stats::nce`].
    Nce,
    /// [`stats::h_score`].
    HScore,
    /// [`stats::regularised_h_score`].
    RegularisedHScore,
    /// [`stats::transrate`].
    Transrate,
    /// [`stats::gbc`] with one variance a class.
    Gbc,
}

impl TransferScore {
    /// Every score, in the order of tables.
    pub const ALL: [Self; 7] = [
        Self::Logme,
        Self::Leep,
        Self::Nce,
        Self::HScore,
        Self::RegularisedHScore,
        Self::Transrate,
        Self::Gbc,
    ];

    /// Its name in configurations and records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Logme => "logme",
            Self::Leep => "leep",
            Self::Nce => "nce",
            Self::HScore => "h-score",
            Self::RegularisedHScore => "regularised-h-score",
            Self::Transrate => "transrate",
            Self::Gbc => "gbc",
        }
    }

    /// Its name in texts.
    pub fn title(self) -> &'static str {
        match self {
            Self::Logme => "LogME",
            Self::Leep => "LEEP",
            Self::Nce => "NCE",
            Self::HScore => "H-score",
            Self::RegularisedHScore => "regularised H-score",
            Self::Transrate => "TransRate",
            Self::Gbc => "GBC",
        }
    }

    /// Whether it reads what the source's own head says, not the features of a block.
    pub fn reads_source_head(self) -> bool {
        matches!(self, Self::Leep | Self::Nce)
    }
}

/// `scores` as written: a list of names, or `"all"`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScoreList(pub Vec<TransferScore>);

impl<'de> Deserialize<'de> for ScoreList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = ScoreList;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a list of scores, or \"all\"")
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<ScoreList, E> {
                match word {
                    ALL => Ok(ScoreList(TransferScore::ALL.into())),
                    // One score without brackets; its error names those that there are.
                    name => Ok(ScoreList(vec![TransferScore::deserialize(
                        StrDeserializer::new(name),
                    )?])),
                }
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<ScoreList, A::Error> {
                let mut scores = Vec::new();
                while let Some(score) = list.next_element()? {
                    scores.push(score);
                }
                Ok(ScoreList(scores))
            }
        }
        deserializer.deserialize_any(List)
    }
}
