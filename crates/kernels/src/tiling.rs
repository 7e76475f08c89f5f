//! Pixels put together in tiles, and back.

use rayon::prelude::*;

use crate::error::{ShapeError, check_len};
use crate::map::MapShape;
use crate::windows::Windows;

/// Another order of the numbers of a map `[batch, channels, height, width]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tiling {
    /// `[batch, channels, windows, tokens]`, zeros where a token is no pixel.
    Windows(Windows),
    /// `[batch, 4 · channels, ⌈height / 2⌉, ⌈width / 2⌉]`: of 2 × 2 pixels all channels of the upper
    /// left one, then of the lower left, upper right and lower right; zeros where a side is odd.
    Patches,
}

impl Tiling {
    /// The tiles of a map of `shape`.
    pub fn tiles(&self, shape: &MapShape) -> MapShape {
        match self {
            Self::Windows(windows) => MapShape {
                height: windows.count(),
                width: windows.tokens(),
                ..*shape
            },
            Self::Patches => MapShape {
                batch: shape.batch,
                channels: 4 * shape.channels,
                height: shape.height.div_ceil(2),
                width: shape.width.div_ceil(2),
            },
        }
    }

    /// Puts a map `x` of `shape` into tiles `y`, every value overwritten: also the gradient of
    /// [`untile`](Self::untile).
    pub fn tile(&self, shape: &MapShape, x: &[f32], y: &mut [f32]) -> Result<(), ShapeError> {
        let (tiles, parts) = self.check(shape, x, y)?;
        let (channels, plane) = (shape.channels, shape.plane());
        y.par_chunks_mut(tiles.plane())
            .enumerate()
            .for_each(|(index, y)| {
                let [image, channel] = [index / tiles.channels, index % tiles.channels];
                let x = &x[shape.plane_at(image, channel % channels)..][..plane];
                for (y, pixel) in y.iter_mut().zip(&parts[channel / channels]) {
                    *y = pixel.map_or(0.0, |pixel| x[pixel]);
                }
            });
        Ok(())
    }

    /// Puts tiles `y` back into a map `x` of `shape`, every value overwritten: also the gradient of
    /// [`tile`](Self::tile).
    pub fn untile(&self, shape: &MapShape, y: &[f32], x: &mut [f32]) -> Result<(), ShapeError> {
        let (tiles, parts) = self.check(shape, x, y)?;
        let channels = shape.channels;
        x.par_chunks_mut(shape.plane())
            .enumerate()
            .for_each(|(index, x)| {
                let [image, channel] = [index / channels, index % channels];
                for (part, pixels) in parts.iter().enumerate() {
                    let y = &y[tiles.plane_at(image, part * channels + channel)..];
                    for (y, pixel) in y.iter().zip(pixels) {
                        if let Some(pixel) = pixel {
                            x[*pixel] = *y;
                        }
                    }
                }
            });
        Ok(())
    }

    /// The tiles of a map of `shape`, and which pixel each of their numbers is, by part of the
    /// channels: every pixel once.
    fn check(
        &self,
        shape: &MapShape,
        x: &[f32],
        y: &[f32],
    ) -> Result<(MapShape, Vec<Vec<Option<usize>>>), ShapeError> {
        check_len("map", x, shape.checked_len()?)?;
        if let Self::Windows(windows) = self {
            windows.check(shape)?;
        }
        let tiles = self.tiles(shape);
        check_len("tiles", y, tiles.checked_len()?)?;
        let places = 0..tiles.plane();
        let parts = match self {
            Self::Windows(windows) => {
                let tokens = windows.tokens();
                let pixel = |place| windows.pixel(place / tokens, place % tokens);
                vec![places.map(pixel).collect()]
            }
            Self::Patches => {
                let pixel = |[down, right]: [usize; 2], place| {
                    let row = 2 * (place / tiles.width) + down;
                    let column = 2 * (place % tiles.width) + right;
                    let is_inside = row < shape.height && column < shape.width;
                    is_inside.then_some(row * shape.width + column)
                };
                let corners = [[0, 0], [1, 0], [0, 1], [1, 1]].into_iter();
                let of = |corner| places.clone().map(|place| pixel(corner, place)).collect();
                corners.map(of).collect()
            }
        };
        Ok((tiles, parts))
    }
}
