//! The colours of a chart: on a page those of its style sheet, in a file to take away their values.

/// What something is coloured as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// The ground.
    Page,
    /// Words to read.
    Text,
    /// Words on axes.
    Quiet,
    /// Lines of the grid.
    Grid,
    /// What is shown only to compare with.
    Behind,
    /// A zone that values are read against.
    Zone,
    /// A colour of a look: 0 for the baseline, then 1 to 6.
    Look(usize),
}

/// Where colours are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Variables of the style sheet, so that the dark page and print have their own.
    Page,
    /// Values on white.
    Paper,
}

/// Colours of looks besides the baseline's.
pub const COLOURS: usize = 6;

/// Name in the style sheet, value on white, value on a dark page.
///
/// The seven of looks are Okabe and Ito's hues (2008), moved until each has a contrast of at least
/// 3 to both grounds and any two stay at least 0.07 apart in OKLab, also as people with protanopia,
/// deuteranopia and tritanopia see them (Machado et al. 2009).
const VALUES: [(&str, &str, &str); 13] = [
    ("figure-page", "#ffffff", "#14181c"),
    ("figure-text", "#1c2126", "#e6e9ec"),
    ("figure-quiet", "#56606a", "#a3aeb7"),
    ("figure-grid", "#e1e5e8", "#2d353c"),
    ("figure-behind", "#c3cad0", "#4a545d"),
    ("figure-zone", "#e3ebf1", "#26333d"),
    ("look-0", "#5d656d", "#aab3bb"),
    ("look-1", "#1750b8", "#4a82b8"),
    ("look-2", "#e0440a", "#fb6c1c"),
    ("look-3", "#229068", "#3fab74"),
    ("look-4", "#d552b6", "#d184f2"),
    ("look-5", "#3892e8", "#8be6fb"),
    ("look-6", "#6d0f57", "#8452ea"),
];

impl Ink {
    fn index(self) -> usize {
        match self {
            Self::Page => 0,
            Self::Text => 1,
            Self::Quiet => 2,
            Self::Grid => 3,
            Self::Behind => 4,
            Self::Zone => 5,
            Self::Look(number) => 6 + number.min(COLOURS),
        }
    }

    /// As an attribute of SVG says it.
    pub fn value(self, theme: Theme) -> String {
        let (name, light, _) = VALUES[self.index()];
        match theme {
            Theme::Page => format!("var(--{name})"),
            Theme::Paper => light.to_owned(),
        }
    }

    /// Red, green and blue on white.
    pub fn rgb(self) -> [u8; 3] {
        rgb(VALUES[self.index()].1)
    }
}

fn rgb(hex: &str) -> [u8; 3] {
    let value = u32::from_str_radix(hex.trim_start_matches('#'), 16).unwrap_or(0);
    let [_, red, green, blue] = value.to_be_bytes();
    [red, green, blue]
}

/// The variables of a page's style sheet, light and dark.
pub fn variables() -> String {
    let all = |value: fn(&(&str, &str, &str)) -> String| VALUES.map(|v| value(&v)).concat();
    format!(
        ":root {{ {}}}\n@media screen and (prefers-color-scheme: dark) {{ :root {{ {}}} }}\n",
        all(|(name, light, _)| format!("--{name}: {light}; ")),
        all(|(name, _, dark)| format!("--{name}: {dark}; ")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Red, green and blue in proportion to light.
    fn linear(hex: &str) -> [f64; 3] {
        rgb(hex).map(|part| {
            let part = f64::from(part) / 255.0;
            match part <= 0.040_45 {
                true => part / 12.92,
                false => ((part + 0.055) / 1.055).powf(2.4),
            }
        })
    }

    /// Contrast as WCAG 2.1 defines it.
    fn contrast(a: &str, b: &str) -> f64 {
        let luminance = |hex: &str| dot([0.2126, 0.7152, 0.0722], linear(hex));
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    }

    /// How people see who lack no cones, long, middle and short ones: Machado et al. 2009, severity 1.
    const SIGHTS: [[[f64; 3]; 3]; 4] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ],
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ],
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ],
    ];

    /// Lightness and two axes of colour that look even (Ottosson 2020).
    fn oklab(linear: [f64; 3]) -> [f64; 3] {
        let cones = [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
        .map(|row| dot(row, linear.map(|part| part.clamp(0.0, 1.0))).cbrt());
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
        .map(|row| dot(row, cones))
    }

    #[test]
    fn looks_stay_apart_for_everyone() {
        for sight in SIGHTS {
            let seen = |hex: &str| oklab(sight.map(|row| dot(row, linear(hex))));
            for (place, a) in VALUES[6..].iter().enumerate() {
                for b in &VALUES[6..6 + place] {
                    for (a, b) in [(a.1, b.1), (a.2, b.2)] {
                        let (from, to) = (seen(a), seen(b));
                        let apart = [0, 1, 2].map(|axis| from[axis] - to[axis]);
                        assert!(dot(apart, apart).sqrt() > 0.07, "{a} and {b}");
                    }
                }
            }
        }
    }

    #[test]
    fn marks_and_words_stand_out_on_both_grounds() {
        let (_, white, dark) = VALUES[0];
        for (name, on_white, on_dark) in &VALUES[1..] {
            let least = match *name {
                "figure-text" | "figure-quiet" => 4.5,
                name if name.starts_with("look") => 3.0,
                _ => continue,
            };
            assert!(contrast(on_white, white) >= least, "{name} on white");
            assert!(contrast(on_dark, dark) >= least, "{name} on dark");
        }
    }
}
