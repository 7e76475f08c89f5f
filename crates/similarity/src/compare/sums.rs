//! Second moments of two layers, read side by side.

use kernels::Panels;

use crate::compare::CompareError;
use crate::datapoints::{Datapoints, Reader};
use crate::{CrossMoments, Moments};

/// Moments of both sides with what they have in common.
#[derive(Clone, Debug)]
pub(crate) struct Sums {
    pub a: Moments,
    pub b: Moments,
    pub cross: CrossMoments,
}

/// Memory of a pass, kept between passes.
#[derive(Default)]
pub(crate) struct Workspace {
    readers: [Reader; 2],
    panels: [Panels; 2],
}

impl Sums {
    /// Of no datapoints.
    pub fn new(p: usize, q: usize) -> Self {
        Self {
            a: Moments::new(p),
            b: Moments::new(q),
            cross: CrossMoments::new(p, q),
        }
    }

    /// Of no datapoints, about the pilots of these.
    pub fn fresh(&self) -> Self {
        Self {
            a: self.a.fresh(),
            b: self.b.fresh(),
            cross: CrossMoments::new(self.a.channels(), self.b.channels()),
        }
    }

    /// Takes in `images` of both sides.
    pub fn gather(
        &mut self,
        views: [&Datapoints; 2],
        images: &[usize],
        workspace: &mut Workspace,
    ) -> Result<(), CompareError> {
        for block in images.chunks(block(views)) {
            self.pack(views, [block, block], workspace)?;
            let [a, b] = &workspace.panels;
            let (of_a, of_b) = rayon::join(|| self.a.add(a), || self.b.add(b));
            of_a.and(of_b)?;
            self.cross.add(a, b)?;
        }
        Ok(())
    }

    /// What the sides would have in common if image `i` of `a` met image `partners[i]` of `b`.
    pub fn shuffled(
        &mut self,
        views: [&Datapoints; 2],
        partners: &[usize],
        workspace: &mut Workspace,
    ) -> Result<CrossMoments, CompareError> {
        let mut cross = CrossMoments::new(self.a.channels(), self.b.channels());
        let images: Vec<usize> = (0..partners.len()).collect();
        let size = block(views);
        for (images, partners) in images.chunks(size).zip(partners.chunks(size)) {
            self.pack(views, [images, partners], workspace)?;
            let [a, b] = &workspace.panels;
            cross.add(a, b)?;
        }
        Ok(cross)
    }

    /// What remains without `part`, about the same pilots.
    pub fn without(&self, part: &Self) -> Result<Self, CompareError> {
        Ok(Self {
            a: self.a.clone().without(&part.a)?,
            b: self.b.clone().without(&part.b)?,
            cross: self.cross.clone().without(&part.cross)?,
        })
    }

    fn pack(
        &mut self,
        views: [&Datapoints; 2],
        images: [&[usize]; 2],
        workspace: &mut Workspace,
    ) -> Result<(), CompareError> {
        let [reader_a, reader_b] = &mut workspace.readers;
        let [panels_a, panels_b] = &mut workspace.panels;
        let (moments_a, moments_b) = (&mut self.a, &mut self.b);
        let of_a = || -> Result<(), CompareError> {
            let a = views[0].read(images[0], reader_a);
            Ok(moments_a.pack(a.map_err(CompareError::on('a'))?, panels_a)?)
        };
        let of_b = || -> Result<(), CompareError> {
            let b = views[1].read(images[1], reader_b);
            Ok(moments_b.pack(b.map_err(CompareError::on('b'))?, panels_b)?)
        };
        let (of_a, of_b) = rayon::join(of_a, of_b);
        of_a.and(of_b)
    }
}

/// Images of a block of both sides.
fn block(views: [&Datapoints; 2]) -> usize {
    views[0].block().min(views[1].block())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Activations, MapShape, Measure, Memory, Pair};

    fn layer(channels: usize, factor: f32) -> Memory {
        let shape = MapShape {
            images: 30,
            height: 2,
            width: 3,
            channels,
        };
        let values = (0..30 * shape.features())
            .map(|place| 50.0 + (place as f32 * factor).sin() * 3.0)
            .collect();
        Memory::new(shape, values).expect("fits")
    }

    fn values(sums: &Sums) -> Vec<f64> {
        let pair = Pair {
            a: &sums.a,
            b: &sums.b,
            cross: &sums.cross,
        };
        let measures = Measure::ALL.into_iter().filter(Measure::from_moments);
        let values = pair.measure_all(&measures.collect::<Vec<_>>());
        values
            .into_iter()
            .map(|value| value.expect("a value"))
            .collect()
    }

    /// However the images are cut, and whether they are held, and with one part taken off again.
    #[test]
    fn blocks_do_not_matter() {
        let sources: [&dyn Activations; 2] = [&layer(3, 0.71), &layer(4, 1.37)];
        let views = sources.map(|source| Datapoints::spatial(source, (2, 3), None));
        let mut held = views.clone();
        held.iter_mut()
            .for_each(|view| view.hold(1 << 20).expect("reads"));
        let images: Vec<usize> = (0..30).collect();
        let gather = |views: &[Datapoints; 2], block: usize| {
            let mut sums = Sums::new(3, 4);
            for images in images.chunks(block) {
                sums.gather([&views[0], &views[1]], images, &mut Workspace::default())
                    .expect("reads");
            }
            sums
        };
        let mut whole = gather(&views, 30);
        let expected = values(&whole);
        let close = |found: Vec<f64>| {
            for (found, expected) in found.iter().zip(&expected) {
                assert!((found - expected).abs() < 1e-9, "{found} for {expected}");
            }
        };
        for block in [1, 7, 29] {
            close(values(&gather(&views, block)));
            close(values(&gather(&held, block)));
        }
        let views = [&held[0], &held[1]];
        whole.cross = whole
            .shuffled(views, &images, &mut Workspace::default())
            .expect("reads");
        close(values(&whole));
        let mut part = whole.fresh();
        part.gather(views, &[4, 5, 6, 20], &mut Workspace::default())
            .expect("reads");
        let mut more = whole.clone();
        more.gather(views, &[4, 5, 6, 20], &mut Workspace::default())
            .expect("reads");
        close(values(&more.without(&part).expect("a part")));
    }
}
