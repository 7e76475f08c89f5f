//! Moments as they are stored; what comes back is checked before it is believed.

use super::{CrossMoments, Moments, MomentsError};

/// Channels that stored moments may have: their second moments fill 32 GiB.
const MOST_CHANNELS: usize = 1 << 16;

/// [`Moments`] with the lower triangle of `second` only, row by row.
#[derive(serde::Serialize, serde::Deserialize)]
pub(super) struct Stored {
    channels: usize,
    count: u64,
    pilot: Vec<f64>,
    sum: Vec<f64>,
    second: Vec<f64>,
    norm_sum: f64,
    norm_square_sum: f64,
    norm_weighted: Vec<f64>,
    not_finite: u64,
}

impl From<Moments> for Stored {
    fn from(mut moments: Moments) -> Self {
        let mut end = 0;
        for row in 0..moments.channels {
            let start = row * moments.channels;
            moments.second.copy_within(start..=start + row, end);
            end += row + 1;
        }
        moments.second.truncate(end);
        Self {
            channels: moments.channels,
            count: moments.count,
            pilot: moments.pilot,
            sum: moments.sum,
            second: moments.second,
            norm_sum: moments.norm_sum,
            norm_square_sum: moments.norm_square_sum,
            norm_weighted: moments.norm_weighted,
            not_finite: moments.not_finite,
        }
    }
}

impl TryFrom<Stored> for Moments {
    type Error = MomentsError;

    fn try_from(stored: Stored) -> Result<Self, MomentsError> {
        let channels = stored.channels;
        if channels > MOST_CHANNELS {
            return Err(malformed(
                "channels",
                format!("at most {MOST_CHANNELS}"),
                channels,
            ));
        }
        if !stored.pilot.is_empty() || stored.count > 0 {
            check("pilot", &stored.pilot, channels)?;
        }
        check("sum", &stored.sum, channels)?;
        check("second", &stored.second, channels * (channels + 1) / 2)?;
        check("norm_weighted", &stored.norm_weighted, channels)?;
        check("norm_sum", &[stored.norm_sum], 1)?;
        check("norm_square_sum", &[stored.norm_square_sum], 1)?;
        let mut second = stored.second;
        second.resize(channels * channels, 0.0);
        for row in (0..channels).rev() {
            let start = row * (row + 1) / 2;
            second.copy_within(start..=start + row, row * channels);
        }
        Ok(Self {
            channels,
            count: stored.count,
            pilot: stored.pilot,
            sum: stored.sum,
            second,
            norm_sum: stored.norm_sum,
            norm_square_sum: stored.norm_square_sum,
            norm_weighted: stored.norm_weighted,
            not_finite: stored.not_finite,
        })
    }
}

/// [`CrossMoments`] as they come.
#[derive(serde::Deserialize)]
pub(super) struct StoredCross {
    count: u64,
    second: Vec<f64>,
    norm_product_sum: f64,
    left_weighted: Vec<f64>,
    right_weighted: Vec<f64>,
}

impl TryFrom<StoredCross> for CrossMoments {
    type Error = MomentsError;

    fn try_from(stored: StoredCross) -> Result<Self, MomentsError> {
        let (p, q) = (stored.left_weighted.len(), stored.right_weighted.len());
        check("left_weighted", &stored.left_weighted, p)?;
        check("right_weighted", &stored.right_weighted, q)?;
        check("second", &stored.second, p.saturating_mul(q))?;
        check("norm_product_sum", &[stored.norm_product_sum], 1)?;
        Ok(Self {
            count: stored.count,
            second: stored.second,
            norm_product_sum: stored.norm_product_sum,
            left_weighted: stored.left_weighted,
            right_weighted: stored.right_weighted,
        })
    }
}

/// Whether a field has its length and finite values.
fn check(field: &'static str, values: &[f64], length: usize) -> Result<(), MomentsError> {
    if values.len() != length {
        let found = format!("{} values", values.len());
        return Err(malformed(field, format!("{length} values"), found));
    }
    match values.iter().find(|value| !value.is_finite()) {
        Some(value) => Err(malformed(field, "finite".into(), value)),
        None => Ok(()),
    }
}

fn malformed(field: &'static str, expected: String, found: impl std::fmt::Display) -> MomentsError {
    MomentsError::Malformed {
        field,
        expected,
        found: found.to_string(),
    }
}
