//! What has been published of scores of transferability, so that none is shown without it.

use study::{ProbeMethod, TransferScore};

/// What holds for all of them.
pub const OF_ALL: [&str; 3] = [
    "Agostinelli et al. 2022, 715,000 settings: conclusions flip with the setting, no score is best.",
    "Chaves et al. 2023, seven scores on three medical tasks: none is reliable.",
    "Sorkhei et al. 2025, 42,000 runs, 23 scores, 16 data sets: plain k-NN is best and cheapest.",
];

/// Where the weighted τ of [`Record::weighted_tau`] comes from.
pub const MEDICAL: &str =
    "mean weighted τ with fine-tuned AUC over 11 MedMNIST targets (Juodelyte et al. 2024)";

/// What has been published of one predictor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Record {
    /// Mean, smallest and largest weighted τ over the targets of [`MEDICAL`], in [-1, 1]; none where
    /// that study does not have it.
    pub weighted_tau: Option<[f64; 3]>,
}

impl Record {
    /// That of a score.
    pub fn of_score(score: TransferScore) -> Self {
        Self {
            weighted_tau: match score {
                TransferScore::Logme => Some([0.3349, 0.1080, 0.5847]),
                TransferScore::Leep => Some([0.3505, 0.1754, 0.5609]),
                _ => None,
            },
        }
    }

    /// That of a probe of the last block.
    pub fn of_probe(method: ProbeMethod) -> Self {
        Self {
            weighted_tau: match method {
                ProbeMethod::Linear => Some([0.4404, 0.0652, 0.7402]),
                ProbeMethod::Knn => None,
            },
        }
    }

    /// In a few words.
    pub fn words(&self) -> String {
        match self.weighted_tau {
            Some([mean, low, high]) => format!("{mean:.2} ({low:.2} to {high:.2})"),
            None => "not in that study".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_published_table() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../../shared/vectors/24_medmnist_score_rank_agreement.txt"
        );
        let Ok(text) = std::fs::read_to_string(path) else {
            println!("skipped: no reference vector 24");
            return;
        };
        let table = text[text.find("\n{").expect("a table")..].replace("NaN", "null");
        let table: serde_json::Value = serde_json::from_str(&table).expect("JSON");
        for (name, record) in [
            ("logme", Record::of_score(TransferScore::Logme)),
            ("leep", Record::of_score(TransferScore::Leep)),
            ("lp", Record::of_probe(ProbeMethod::Linear)),
        ] {
            let known = record.weighted_tau.expect("a record");
            for (found, key) in known.iter().zip(["mean", "min", "max"]) {
                let expected = table[name][key].as_f64().expect("a number");
                assert!((found - expected).abs() < 5.1e-5, "{name} {key}");
            }
            assert_eq!(table[name]["n"], 11);
        }
    }
}
