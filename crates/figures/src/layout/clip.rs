//! What of a line lies within a rectangle.

use super::area::Area;

/// The part of the way from `a` to `b` that lies within the area (Liang and Barsky 1984).
pub fn segment(a: [f64; 2], b: [f64; 2], area: &Area) -> Option<[[f64; 2]; 2]> {
    let (low, high) = ([area.left, area.top], [area.right, area.bottom]);
    let mut ends = [0.0, 1.0];
    for axis in 0..2 {
        let way = b[axis] - a[axis];
        let [to_low, to_high] = [low[axis] - a[axis], high[axis] - a[axis]];
        if way == 0.0 {
            if to_low > 0.0 || to_high < 0.0 {
                return None;
            }
            continue;
        }
        let [first, last] = [to_low / way, to_high / way];
        ends[0] = f64::max(ends[0], first.min(last));
        ends[1] = f64::min(ends[1], first.max(last));
    }
    if ends[0] > ends[1] {
        return None;
    }
    Some(ends.map(|share| [0, 1].map(|axis| a[axis] + share * (b[axis] - a[axis]))))
}

/// Lines within the area: one through all places, cut where it leaves.
pub fn polyline(places: &[[f64; 2]], area: &Area) -> Vec<Vec<[f64; 2]>> {
    let mut lines: Vec<Vec<[f64; 2]>> = Vec::new();
    for pair in places.windows(2) {
        let Some([from, to]) = segment(pair[0], pair[1], area) else {
            continue;
        };
        match lines.last_mut() {
            Some(line) if line.last() == Some(&from) => line.push(to),
            _ => lines.push(vec![from, to]),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_the_area() {
        let area = Area {
            left: 0.0,
            top: 0.0,
            right: 10.0,
            bottom: 10.0,
        };
        let lines = polyline(&[[-5.0, 5.0], [5.0, 5.0], [5.0, 15.0], [0.0, 5.0]], &area);
        let expected: [&[[f64; 2]]; 2] = [
            &[[0.0, 5.0], [5.0, 5.0], [5.0, 10.0]],
            &[[2.5, 10.0], [0.0, 5.0]],
        ];
        assert_eq!(lines, expected);
        assert!(segment([-1.0, 0.0], [-1.0, 5.0], &area).is_none());
    }
}
