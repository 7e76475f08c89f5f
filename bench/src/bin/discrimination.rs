//! Our side of the comparison of AUCs: `discrimination WORK LABELS SCORES` prints the seconds that
//! the work took on one thread, the AUC, and the standard error where the work has one.
//!
//! `LABELS`: a byte per case, 0 or 1. `SCORES`: a little-endian `f64` per case. Works: `auc`;
//! `delong`, the AUC with its 95% interval; `bootstrap`, a thousand resamples of the AUC.

use std::fs::read;
use std::hint::black_box;
use std::time::Instant;

use anyhow::{Context as _, bail, ensure};
use stats::{Bootstrap, Clusters, Delong, SortedScores, auc};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [work, labels, scores] = &arguments[..] else {
        bail!("expected WORK LABELS SCORES, found {arguments:?}");
    };
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build_global()?;
    let labels: Vec<bool> = read(labels)
        .with_context(|| format!("{labels} cannot be read"))?
        .iter()
        .map(|&byte| byte != 0)
        .collect();
    let bytes = read(scores).with_context(|| format!("{scores} cannot be read"))?;
    let (scores, rest) = bytes.as_chunks::<8>();
    ensure!(rest.is_empty(), "the scores are no whole number of f64");
    let scores: Vec<f64> = scores
        .iter()
        .map(|&bytes| f64::from_le_bytes(bytes))
        .collect();
    // Which cases are independent is known before the clock starts, as to the other sides.
    let single = Clusters::new(labels.iter().map(|_| None))?;

    let start = Instant::now();
    let (area, error) = match work.as_str() {
        "auc" => (auc(&labels, &scores)?, 0.0),
        "delong" => {
            let curve = Delong::new(&labels, &scores)?;
            black_box(curve.logit_interval(0.95)?);
            (curve.auc(), curve.standard_error()?)
        }
        "bootstrap" => {
            let sorted = SortedScores::new(&labels, &scores)?;
            let resamples = Bootstrap::new(&single, 7, "benchmark")
                .resamples(1000)?
                .run(|weights| sorted.auc_weighted(weights))?;
            black_box(resamples.percentile(0.95)?);
            (resamples.estimate(), resamples.standard_error())
        }
        _ => bail!("the works are auc, delong and bootstrap; found {work}"),
    };
    println!("{} {area} {error}", start.elapsed().as_secs_f64());
    Ok(())
}
