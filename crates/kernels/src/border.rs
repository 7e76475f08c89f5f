//! Zeros around maps, and taking them off again.

use rayon::prelude::*;

use crate::error::{ShapeError, check_len};
use crate::map::MapShape;

/// Rows and columns around a map, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Border {
    /// Rows above.
    pub top: usize,
    /// Rows below.
    pub bottom: usize,
    /// Columns on the left.
    pub left: usize,
    /// Columns on the right.
    pub right: usize,
}

impl Border {
    /// `inner` with this border around it.
    pub fn around(&self, inner: &MapShape) -> MapShape {
        let add = |a: usize, b: usize, c: usize| a.saturating_add(b).saturating_add(c);
        MapShape {
            height: add(inner.height, self.top, self.bottom),
            width: add(inner.width, self.left, self.right),
            ..*inner
        }
    }

    /// Puts `inner` into the middle of zeros: `inner` is of shape `shape`, `outer` of shape
    /// [`around`](Self::around), every value overwritten.
    pub fn pad(
        &self,
        shape: &MapShape,
        inner: &[f32],
        outer: &mut [f32],
    ) -> Result<(), ShapeError> {
        let (plane, outer_plane) = self.check(shape, inner, outer)?;
        outer
            .par_chunks_mut(outer_plane)
            .zip(inner.par_chunks(plane))
            .for_each(|(outer, inner)| {
                outer.fill(0.0);
                let width = self.around(shape).width;
                let rows = outer.chunks_mut(width).skip(self.top);
                for (outer, inner) in rows.zip(inner.chunks(shape.width)) {
                    outer[self.left..][..shape.width].copy_from_slice(inner);
                }
            });
        Ok(())
    }

    /// Takes the border off, the gradient of [`pad`](Self::pad): `outer` is of shape
    /// [`around`](Self::around), `inner` of shape `shape`, every value overwritten.
    pub fn crop(
        &self,
        shape: &MapShape,
        outer: &[f32],
        inner: &mut [f32],
    ) -> Result<(), ShapeError> {
        let (plane, outer_plane) = self.check(shape, inner, outer)?;
        inner
            .par_chunks_mut(plane)
            .zip(outer.par_chunks(outer_plane))
            .for_each(|(inner, outer)| {
                let width = self.around(shape).width;
                let rows = outer.chunks(width).skip(self.top);
                for (outer, inner) in rows.zip(inner.chunks_mut(shape.width)) {
                    inner.copy_from_slice(&outer[self.left..][..shape.width]);
                }
            });
        Ok(())
    }

    /// Values of a plane without and with the border.
    fn check(
        &self,
        shape: &MapShape,
        inner: &[f32],
        outer: &[f32],
    ) -> Result<(usize, usize), ShapeError> {
        let around = self.around(shape);
        check_len("inner", inner, shape.checked_len()?)?;
        check_len("outer", outer, around.checked_len()?)?;
        Ok((shape.plane(), around.plane()))
    }
}
