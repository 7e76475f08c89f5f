//! How a network learns from pairs of views.

use std::fmt::Display;

use serde::{Deserialize, Serialize};
use study::StudyError;

/// Widest hidden layer of the projector and the predictor.
const WIDEST: usize = 8192;

/// How a network learns from pairs of views: the keys of `[pretrain]` beside `method = "simsiam"`.
///
/// A view is a part of the picture, enlarged to its size, then changed as `[data] augment` says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SimSiam {
    /// Numbers that the projector makes of a picture, and width of its hidden layer; 2 to 8192. The
    /// paper has 2048.
    pub outputs: usize,
    /// Width of the predictor's hidden layer, 1 to 8192. The paper has a quarter of the outputs.
    pub bottleneck: usize,
    /// Least and greatest share of the picture's area that a view shows, above 0, at most 1.
    pub area: [f64; 2],
    /// Least and greatest ratio of width to height of what it shows, from 0.1 to 10.
    pub aspect: [f64; 2],
    /// How often the colours of a view change, 0 to 1.
    pub colour_chance: f64,
    /// How often a view of a picture of three channels is made grey, 0 to 1.
    pub grey_chance: f64,
}

impl Default for SimSiam {
    fn default() -> Self {
        Self {
            outputs: 512,
            bottleneck: 128,
            area: [0.2, 1.0],
            aspect: [0.75, 4.0 / 3.0],
            colour_chance: 0.8,
            grey_chance: 0.2,
        }
    }
}

impl SimSiam {
    /// Refuses what is outside its range.
    pub fn check(&self) -> Result<(), StudyError> {
        let is_width = |width: usize, least: usize| (least..=WIDEST).contains(&width);
        let is_range = |[low, high]: [f64; 2], [least, most]: [f64; 2]| {
            least <= low && low <= high && high <= most
        };
        let is_share = |share: f64| (0.0..=1.0).contains(&share);
        let pair = |[low, high]: [f64; 2]| format!("[{low}, {high}]");
        require(
            "pretrain.outputs",
            "a whole number from 2 to 8192",
            self.outputs,
            is_width(self.outputs, 2),
        )?;
        require(
            "pretrain.bottleneck",
            "a whole number from 1 to 8192",
            self.bottleneck,
            is_width(self.bottleneck, 1),
        )?;
        require(
            "pretrain.area",
            "two shares of a picture, the smaller first, above 0 and at most 1",
            pair(self.area),
            self.area[0] > 0.0 && is_range(self.area, [0.0, 1.0]),
        )?;
        require(
            "pretrain.aspect",
            "two ratios of width to height, the smaller first, from 0.1 to 10",
            pair(self.aspect),
            is_range(self.aspect, [0.1, 10.0]),
        )?;
        require(
            "pretrain.colour_chance",
            "a number from 0 to 1",
            self.colour_chance,
            is_share(self.colour_chance),
        )?;
        require(
            "pretrain.grey_chance",
            "a number from 0 to 1",
            self.grey_chance,
            is_share(self.grey_chance),
        )
    }
}

fn require(
    field: &'static str,
    expected: &str,
    found: impl Display,
    is_so: bool,
) -> Result<(), StudyError> {
    match is_so {
        true => Ok(()),
        false => Err(StudyError::Value {
            field,
            expected: expected.into(),
            found: found.to_string(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_outside_its_range_is_named() {
        let default = SimSiam::default;
        assert!(default().check().is_ok());
        for (field, spec) in [
            (
                "outputs",
                SimSiam {
                    outputs: 1,
                    ..default()
                },
            ),
            (
                "bottleneck",
                SimSiam {
                    bottleneck: 0,
                    ..default()
                },
            ),
            (
                "area",
                SimSiam {
                    area: [0.0, 1.0],
                    ..default()
                },
            ),
            (
                "area",
                SimSiam {
                    area: [0.5, 0.2],
                    ..default()
                },
            ),
            (
                "aspect",
                SimSiam {
                    aspect: [f64::NAN, 1.0],
                    ..default()
                },
            ),
            (
                "colour_chance",
                SimSiam {
                    colour_chance: 1.5,
                    ..default()
                },
            ),
            (
                "grey_chance",
                SimSiam {
                    grey_chance: -0.1,
                    ..default()
                },
            ),
        ] {
            let error = spec.check().unwrap_err().to_string();
            assert!(error.contains(&format!("pretrain.{field}")), "{error}");
        }
    }
}
