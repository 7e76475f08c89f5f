/// Krippendorff's alpha for nominal values, at most 1: agreement of readers beyond chance, any
/// number of readings a case.
///
/// `α = 1 − (n − 1) Σ_{c<k} o_ck / Σ_{c<k} n_c n_k`, where a case with `m ≥ 2` readings adds
/// `1 / (m − 1)` to `o_ck` for each ordered pair of its readings `c ≠ k`, `n_c` counts readings of
/// value `c` in such cases and `n` all of them (Krippendorff, *Computing Krippendorff's
/// alpha-reliability*, 2011). Cases of one reading say nothing and are left out. It knows nothing
/// of who read what, and so is no measure of a single reader.
///
/// `cases`: the readings of each case, any labels. `None` where no case has two readings, or where
/// all readings are one value: agreement beyond chance is then undefined.
pub fn nominal_alpha<'a, T: Ord + 'a>(cases: impl IntoIterator<Item = &'a [T]>) -> Option<f64> {
    let mut counts = std::collections::BTreeMap::new();
    let mut disagreement = 0.0;
    let mut readings = 0.0;
    for case in cases.into_iter().filter(|case| case.len() > 1) {
        let mut own = std::collections::BTreeMap::new();
        for value in case {
            *own.entry(value).or_insert(0.0) += 1.0;
            *counts.entry(value).or_insert(0.0) += 1.0;
        }
        let total = case.len() as f64;
        let equal: f64 = own.values().map(|count: &f64| count * count).sum();
        disagreement += (total * total - equal) / (total - 1.0);
        readings += total;
    }
    let equal: f64 = counts.values().map(|count: &f64| count * count).sum();
    let expected = readings * readings - equal;
    (expected > 0.0).then(|| 1.0 - (readings - 1.0) * disagreement / expected)
}

#[cfg(test)]
mod tests {
    use super::nominal_alpha;

    // Krippendorff (2011), section C: four observers, twelve units, nominal; alpha = 0.743.
    #[test]
    fn the_published_example() {
        let units: [&[u8]; 12] = [
            &[1, 1, 1],
            &[2, 2, 3, 2],
            &[3, 3, 3, 3],
            &[3, 3, 3, 3],
            &[2, 2, 2, 2],
            &[1, 2, 3, 4],
            &[4, 4, 4, 4],
            &[1, 1, 2, 1],
            &[2, 2, 2, 2],
            &[5, 5, 5],
            &[1, 1],
            &[3],
        ];
        let alpha = nominal_alpha(units).expect("defined");
        assert!((alpha - 0.743_421_052_631_579).abs() < 1e-12, "{alpha}");
        assert_eq!(nominal_alpha([&[1, 1][..], &[1, 1]]), None);
        assert_eq!(nominal_alpha([&[1][..], &[2]]), None);
    }
}
