//! A colour map in which equal steps look equal, also in grey and to the colour-blind.

/// Coefficients of a polynomial of degree six for red, green and blue: M. Zucker's fit (2019, CC0) of
/// matplotlib's viridis (van der Walt and Smith 2015, CC0), within 0.02 of it.
const COEFFICIENTS: [[f64; 3]; 7] = [
    [0.277_727_327_2, 0.005_407_344_5, 0.334_099_805_3],
    [0.105_093_043_1, 1.404_613_529_9, 1.384_590_162_6],
    [-0.330_861_828_7, 0.214_847_559_5, 0.095_095_163_0],
    [-4.634_230_499_0, -5.799_100_973_4, -19.332_440_956_3],
    [6.228_269_936_3, 14.179_933_366_8, 56.690_552_600_7],
    [4.776_384_997_7, -13.745_145_377_7, -65.353_032_633_4],
    [-5.435_455_855_9, 4.645_852_612_2, 26.312_435_249_6],
];

/// Red, green and blue in [0, 1], from dark violet at 0 to yellow at 1.
pub(crate) fn viridis(share: f64) -> [f64; 3] {
    let share = share.clamp(0.0, 1.0);
    let mut colour = [0.0; 3];
    for of_degree in COEFFICIENTS.iter().rev() {
        for (channel, coefficient) in colour.iter_mut().zip(of_degree) {
            *channel = *channel * share + coefficient;
        }
    }
    colour.map(|channel| f64::clamp(channel, 0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `matplotlib.colormaps["viridis"](x)[:3]`.
    #[test]
    fn it_is_matplotlibs() {
        let golden = [
            (0.0, [0.267004, 0.004874, 0.329415]),
            (0.25, [0.229739, 0.322361, 0.545706]),
            (0.5, [0.127568, 0.566949, 0.550556]),
            (0.75, [0.369214, 0.788888, 0.382914]),
            (1.0, [0.993248, 0.906157, 0.143936]),
        ];
        for (share, expected) in golden {
            let found = viridis(share);
            let apart = found.iter().zip(&expected).map(|(f, e)| f64::abs(f - e));
            assert!(apart.fold(0.0, f64::max) < 0.02, "{share}: {found:?}");
        }
    }
}
