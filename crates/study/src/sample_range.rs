//! Which samples are black and white: from what is written and what the pictures hold.

use std::collections::BTreeSet;

use images::{Cache, Depth, Range};

use super::error::StudyError;
use super::written_range::WrittenRange;

/// Share of a depth that pictures use at least, if they are not to be told of.
const USED: f32 = 0.5;

/// The range of a study, and what the user has to be told of it.
pub(crate) struct SampleRange {
    pub(crate) range: Range,
    /// What the samples of the range are; none where it is full.
    pub(crate) depth: Option<Depth>,
    pub(crate) warning: Option<String>,
}

impl SampleRange {
    /// `train` are the training pictures: what they hold is fixed for all others.
    pub(crate) fn new(
        written: Option<WrittenRange>,
        cache: &Cache,
        train: &[usize],
    ) -> Result<Self, StudyError> {
        let depths = cache.depths();
        let [low, high] = cache.extremes(train).unwrap_or_default();
        let used = format!("[{low}, {high}]");
        let value = |expected: String, found: String| StudyError::Value {
            field: "data.range",
            expected,
            found,
        };
        let between = |ends: [f32; 2]| match depths.len() {
            0 | 1 => Ok(Self {
                range: Range::Between(ends),
                depth: depths.first().copied(),
                warning: None,
            }),
            _ => Err(value(
                "\"full\", or pictures that all have one depth".into(),
                format!("pictures of {}", words(&depths)),
            )),
        };
        match written {
            Some(WrittenRange::Between(ends)) => between(ends),
            Some(WrittenRange::Used) if low < high => between([low, high]),
            Some(WrittenRange::Used) => Err(value(
                "training pictures of different samples, or [low, high]".into(),
                format!("every sample {low}"),
            )),
            _ if depths.contains(&Depth::Float) => Err(value(
                "\"used\" or [low, high]: floating-point pictures do not say which sample is white"
                    .into(),
                format!(
                    "{}, with training samples from {low} to {high}",
                    match written {
                        Some(_) => "\"full\"",
                        None => "no range",
                    }
                ),
            )),
            _ => Ok(Self {
                range: Range::Full,
                depth: None,
                warning: dark(&depths, [low, high]).filter(|_| written.is_none()).map(|share| {
                    format!(
                        "the samples of the training pictures lie between {low} and {high}, {share:.0} % of what {} hold, so that networks see little contrast; write range = \"used\" (which is {used}) or range = [low, high] under [data], or range = \"full\" if that is meant",
                        words(&depths)
                    )
                }),
            }),
        }
    }
}

/// Per cent of the depth in use, where it is deep and less than half of it is.
fn dark(depths: &BTreeSet<Depth>, [low, high]: [f32; 2]) -> Option<f32> {
    let depth = depths.last().filter(|depth| **depth == Depth::Sixteen)?;
    let share = (high - low) / depth.largest()?;
    (share < USED).then_some(100.0 * share)
}

fn words(depths: &BTreeSet<Depth>) -> String {
    let words: Vec<&str> = depths.iter().map(|depth| depth.describe()).collect();
    words.join(" and ")
}
