//! Palettes that are written as segments (PS3.3, C.7.9.2).

/// The most entries that a palette may have.
const MOST: usize = 65_536;

/// The entries that segments of 16-bit words tell: discrete ones (0) list values, linear ones (1)
/// go in equal steps, rounded to nearest, to a value, indirect ones (2) repeat earlier segments.
/// `None` where the words are no segments.
pub(crate) fn entries(words: &[u16]) -> Option<Vec<u16>> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < words.len() && out.len() < MOST {
        // A word of padding may follow the last segment.
        if words.len() - at == 1 {
            break;
        }
        if words[at] == 2 {
            let count = *words.get(at + 1)?;
            let low = usize::from(*words.get(at + 2)?);
            let high = usize::from(*words.get(at + 3)?);
            // The offset counts bytes from the first segment.
            let mut from = (low | high << 16) / 2;
            for _ in 0..count {
                from = plain(words, from, &mut out)?;
            }
            at += 4;
        } else {
            at = plain(words, at, &mut out)?;
        }
    }
    (out.len() <= MOST).then_some(out)
}

/// Appends a discrete or linear segment; returns where the next one begins.
fn plain(words: &[u16], at: usize, out: &mut Vec<u16>) -> Option<usize> {
    let count = usize::from(*words.get(at + 1)?);
    if out.len() + count > MOST {
        return None;
    }
    match words.get(at)? {
        0 => {
            out.extend(words.get(at + 2..at + 2 + count)?);
            Some(at + 2 + count)
        }
        1 => {
            let start = f64::from(*out.last()?);
            let end = f64::from(*words.get(at + 2)?);
            let step = (end - start) / count.max(1) as f64;
            out.extend((1..=count).map(|n| (start + step * n as f64).round_ties_even() as u16));
            Some(at + 3)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_list_rise_and_repeat() {
        let words = [0, 2, 10, 20, 1, 4, 40, 2, 1, 0, 0];
        let expected = [10, 20, 25, 30, 35, 40, 10, 20];
        assert_eq!(entries(&words).unwrap(), expected);
        // A rise begins at the entry before it.
        assert_eq!(entries(&[1, 4, 40]), None);
        // Segments that repeat themselves a million times end.
        let mut bomb = vec![0, 1000];
        bomb.extend([7; 1000]);
        bomb.extend([2, 60_000, 0, 0]);
        assert_eq!(entries(&bomb), None);
        assert_eq!(entries(&[2, 1, 0, 0]), None);
    }
}
