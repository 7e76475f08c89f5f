//! Memory that is asked for while a product is computed.

/// Floats of a cache line.
const LINE: usize = 16;

/// Cache lines that the next step needs, in the second-level cache by then: products hand them to
/// the machine one by one, which does not foresee rows of planes far apart.
#[derive(Default)]
pub(crate) struct Ahead {
    lines: Vec<*const f32>,
    /// Lines that have been asked for.
    asked: usize,
}

impl Ahead {
    pub(crate) fn clear(&mut self) {
        self.lines.clear();
        self.asked = 0;
    }

    /// Every line of `values`.
    #[inline]
    pub(crate) fn add(&mut self, values: &[f32]) {
        let start = values.as_ptr();
        let before = start as usize / size_of::<f32>() % LINE;
        let first = start.wrapping_sub(before);
        let count = (before + values.len()).div_ceil(LINE);
        self.lines
            .extend((0..count).map(|line| first.wrapping_add(line * LINE)));
    }

    /// Lines that have not been asked for.
    pub(crate) fn len(&self) -> usize {
        self.lines.len() - self.asked
    }

    /// The next lines, at most `count` of them, each of them once.
    pub(crate) fn take(&mut self, count: usize) -> &[*const f32] {
        let lines = &self.lines[self.asked..];
        let lines = &lines[..count.min(lines.len())];
        self.asked += lines.len();
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_asked_for_once() {
        let values = vec![0.0_f32; 100];
        for (start, len) in [(0, 100), (3, 1), (7, 40), (15, 2)] {
            let values = &values[start..][..len];
            let mut ahead = Ahead::default();
            ahead.add(values);
            let mut lines = Vec::new();
            while ahead.len() > 0 {
                lines.extend_from_slice(ahead.take(2));
            }
            let bytes = LINE * size_of::<f32>();
            let mut expected: Vec<usize> = values
                .iter()
                .map(|v| &raw const *v as usize / bytes)
                .collect();
            expected.dedup();
            let lines: Vec<usize> = lines.iter().map(|line| *line as usize / bytes).collect();
            assert_eq!(lines, expected);
        }
    }
}
