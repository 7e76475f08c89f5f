//! Maps in another form, and the arithmetic of extents that exporters leave in graphs.

use super::constant::Constant;
use super::error::ImportError;
use super::node::Node;
use super::step::{Flow, Form};
use super::steps::Steps;

/// Most whole numbers of a list.
const MOST_WHOLE: usize = 64;

impl<'a> Steps<'a> {
    pub(crate) fn flatten(&mut self, node: Node<'a>) -> Result<(), ImportError> {
        let x = self.flow(node, 0)?;
        match node.int("axis", 1)? {
            1 => {
                self.flat(node, x);
                Ok(())
            }
            other => Err(node.refused("axis 1", other.to_string())),
        }
    }

    fn flat(&mut self, node: Node<'a>, x: Flow) {
        let form = match x.form {
            Form::Map | Form::Last if self.shape(x.step).pixels() == 1 => Form::Vector,
            Form::Map => Form::Flat { is_last: false },
            Form::Last => Form::Flat { is_last: true },
            form @ (Form::Vector | Form::Flat { .. }) => form,
        };
        self.alias(node, Flow { form, ..x });
    }

    pub(crate) fn reshape(&mut self, node: Node<'a>) -> Result<(), ImportError> {
        let x = self.flow(node, 0)?;
        let shape = self.shape(x.step);
        let asked = self.constant(node, 1).and_then(Constant::whole);
        let asked = asked.or_else(|| Some(node.ints("shape")?.iter().copied().map(Some).collect()));
        let Some(asked) = asked else {
            return Err(node.refused("a shape that is known", "another"));
        };
        let from = x.form.extents(shape);
        // 0 is the extent that was there, −1 what is left.
        let is = |place: usize, extent: usize| match asked.get(place).copied().flatten() {
            Some(0) => from.get(place).copied().flatten() == i64::try_from(extent).ok(),
            Some(-1) => true,
            Some(asked) => usize::try_from(asked) == Ok(extent),
            None => false,
        };
        let [c, h, w] = [shape.channels, shape.height, shape.width];
        let is_one = shape.pixels() == 1;
        match asked.len() {
            2 if is(1, shape.elements()) => self.flat(node, x),
            4 if x.form == Form::Map && is(1, c) && is(2, h) && is(3, w) => self.alias(node, x),
            4 if x.form == Form::Last && is(1, h) && is(2, w) && is(3, c) => self.alias(node, x),
            4 if is_one && is(1, c) && is(2, 1) && is(3, 1) => {
                let form = Form::Map;
                self.alias(node, Flow { form, ..x });
            }
            4 if is_one && is(1, 1) && is(2, 1) && is(3, c) => {
                let form = Form::Last;
                self.alias(node, Flow { form, ..x });
            }
            _ => {
                let asked = asked
                    .iter()
                    .map(|n| n.map_or("batch".into(), |n: i64| n.to_string()));
                let asked: Vec<String> = asked.collect();
                return Err(node.refused(
                    format!(
                        "{} of {c} channels, {h}×{w} pixels flattened, or one pixel",
                        x.form.name()
                    ),
                    format!("[{}]", asked.join(", ")),
                ));
            }
        }
        Ok(())
    }

    /// A vector becomes a map of one pixel, or the other way round.
    pub(crate) fn one_pixel(&mut self, node: Node<'a>) -> Result<(), ImportError> {
        let x = self.flow(node, 0)?;
        let axes = self.axes(node, 4)?;
        let is_one = self.shape(x.step).pixels() == 1;
        let form = match (node.operator(), x.form, axes.as_deref()) {
            ("Unsqueeze", Form::Vector, Some([2, 3])) => Form::Map,
            ("Unsqueeze", Form::Vector, Some([1, 2])) => Form::Last,
            ("Squeeze", Form::Map, Some([2, 3])) if is_one => Form::Vector,
            ("Squeeze", Form::Last, Some([1, 2])) if is_one => Form::Vector,
            _ => {
                let found = format!("{} and axes {axes:?}", x.form.name());
                return Err(node.refused(
                    "a vector as a map of one pixel, or such a map as a vector",
                    found,
                ));
            }
        };
        self.alias(node, Flow { form, ..x });
        Ok(())
    }

    pub(crate) fn transpose(&mut self, node: Node<'a>) -> Result<(), ImportError> {
        let x = self.bordered(node, 0)?;
        let form = match (x.form, node.ints("perm")) {
            (Form::Map, Some([0, 2, 3, 1])) => Form::Last,
            (Form::Last, Some([0, 3, 1, 2])) => Form::Map,
            (form, Some(perm)) if perm.iter().zip(0..).all(|(a, b)| *a == b) => form,
            (form, perm) => {
                let found = format!("{} and {perm:?}", form.name());
                return Err(node.refused("channels behind pixels, or before them", found));
            }
        };
        self.alias(node, Flow { form, ..x });
        Ok(())
    }

    /// The extents of a map, as numbers.
    pub(crate) fn extents(&mut self, node: Node<'a>) -> Result<(), ImportError> {
        let x = self.flow(node, 0)?;
        let all = x.form.extents(self.shape(x.step));
        let rank = all.len() as i64;
        let place = |n: i64| {
            let n = if n < 0 { n.saturating_add(rank) } else { n };
            n.clamp(0, rank) as usize
        };
        let (start, end) = (place(node.int("start", 0)?), place(node.int("end", rank)?));
        let some = all.get(start..end).unwrap_or_default().to_vec();
        self.known(node, Constant::Whole(some));
        Ok(())
    }

    /// A node on lists of whole numbers; whether it is one.
    pub(crate) fn whole_node(&mut self, node: Node<'a>) -> Result<bool, ImportError> {
        let whole = |steps: &Self, place| steps.constant(node, place).and_then(Constant::whole);
        let Some(x) = whole(self, 0) else {
            return Ok(false);
        };
        let from_front = |n: i64, length: usize| {
            let length = length as i64;
            let n = if n < 0 { n.saturating_add(length) } else { n };
            n.clamp(0, length) as usize
        };
        let single = |list: Option<Vec<Option<i64>>>| match list.as_deref() {
            Some([Some(only)]) => Some(*only),
            _ => None,
        };
        let made = match node.operator() {
            "Identity" | "Cast" | "Squeeze" | "Unsqueeze" | "Reshape" => Some(x),
            "Gather" => whole(self, 1).and_then(|places| {
                let of = |place: Option<i64>| x.get(from_front(place?, x.len())).copied();
                places.into_iter().map(of).collect()
            }),
            "Concat" => {
                let mut all = Vec::new();
                for place in 0..node.0.inputs.len() {
                    let Some(part) = whole(self, place) else {
                        return Ok(false);
                    };
                    all.extend(part);
                }
                Some(all)
            }
            "Slice" => {
                let [start, end] = [1, 2].map(|place| single(whole(self, place)));
                let step = whole(self, 4).map_or(Some(1), |step| single(Some(step)));
                match (start, end, step) {
                    (Some(start), Some(end), Some(1)) => {
                        let ends = from_front(start, x.len())..from_front(end, x.len());
                        Some(x.get(ends).unwrap_or_default().to_vec())
                    }
                    _ => None,
                }
            }
            _ => return Ok(false),
        };
        let made = made.filter(|made| made.len() <= MOST_WHOLE);
        let Some(made) = made else {
            return Err(node.refused("few whole numbers at places that are known", "others"));
        };
        self.known(node, Constant::Whole(made));
        Ok(true)
    }
}
