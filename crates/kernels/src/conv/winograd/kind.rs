//! Which tiles a convolution is cut into.

use super::tile::{
    Analysis, DoubledFour, DoubledSeven, DoubledTwo, EvenTaps, EvenTwoTaps, Four, HalvedFour,
    HalvedSeven, HalvedTwo, Products, Seven, Synthesis, Taps, Triple, Two,
};

/// Which algorithm the rows and the columns of a tile go through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Two,
    Four,
    Seven,
    HalvedTwo,
    HalvedFour,
    HalvedSeven,
    DoubledTwo,
    DoubledFour,
    DoubledSeven,
}

impl Kind {
    /// The one of stride 1 with the fewest products for maps of `size` output pixels.
    pub(crate) fn of_stride_one(size: [usize; 2]) -> Self {
        Self::cheapest([Self::Four, Self::Seven], size)
    }

    /// The one of stride 2.
    pub(crate) fn of_stride_two(size: [usize; 2]) -> Self {
        let kinds = [Self::HalvedFour, Self::HalvedSeven, Self::HalvedTwo];
        Self::cheapest(kinds, size)
    }

    /// The one of the gradient of the input of stride 2.
    pub(crate) fn of_stride_two_back(size: [usize; 2]) -> Self {
        let kinds = [Self::DoubledFour, Self::DoubledSeven, Self::DoubledTwo];
        Self::cheapest(kinds, size)
    }

    /// The first of the kinds with the fewest products.
    fn cheapest<const COUNT: usize>(kinds: [Self; COUNT], size: [usize; 2]) -> Self {
        let fewer = |a: Self, b: Self| if b.cost(size) < a.cost(size) { b } else { a };
        kinds.into_iter().fold(kinds[0], fewer)
    }

    fn line(self) -> Line {
        match self {
            Self::Two => Line::of::<Two, Two>(),
            Self::Four => Line::of::<Four, Four>(),
            Self::Seven => Line::of::<Seven, Four>(),
            Self::HalvedTwo => Line::of::<HalvedTwo, EvenTwoTaps>(),
            Self::HalvedFour => Line::of::<HalvedFour, EvenTaps>(),
            Self::HalvedSeven => Line::of::<HalvedSeven, EvenTaps>(),
            Self::DoubledTwo => Line::of::<DoubledTwo, EvenTwoTaps>(),
            Self::DoubledFour => Line::of::<DoubledFour, EvenTaps>(),
            Self::DoubledSeven => Line::of::<DoubledSeven, EvenTaps>(),
        }
    }

    /// The lines of the input.
    pub(crate) fn input(self) -> Extent {
        self.line().input
    }

    /// The lines of the output.
    pub(crate) fn output(self) -> Extent {
        self.line().output
    }

    /// Frequencies of the input, the taps and the output of a tile.
    pub(crate) fn frequencies(self) -> Triple {
        let line = self.line();
        let [input, taps, output] =
            [line.input.points, line.taps, line.output.points].map(|points| points * points);
        Triple {
            input,
            taps,
            output,
        }
    }

    /// The products of a tile, in no order.
    pub(crate) fn products(self) -> Vec<Triple> {
        let line = self.line();
        let pair = |y: &Triple, x: &Triple| Triple {
            input: y.input * line.input.points + x.input,
            taps: y.taps * line.taps + x.taps,
            output: y.output * line.output.points + x.output,
        };
        let products = line.products.iter();
        products
            .clone()
            .flat_map(|y| products.clone().map(move |x| pair(y, x)))
            .collect()
    }

    /// Tiles down and across maps of `size` output pixels.
    pub(crate) fn tiles(self, size: [usize; 2]) -> [usize; 2] {
        let pixels = self.output().pixels;
        size.map(|size| size.div_ceil(pixels))
    }

    /// Products for a pair of channels of maps of `size` output pixels.
    pub(crate) fn cost(self, size: [usize; 2]) -> usize {
        let products = self.line().products.len();
        let [down, across] = self.tiles(size);
        down * products * across * products
    }
}

/// The sizes of one side of a line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    /// Pixels of a tile, and from one tile to the next.
    pub pixels: usize,
    pub step: usize,
    pub points: usize,
}

impl Extent {
    pub(crate) const fn input<T: Analysis>() -> Self {
        Self {
            pixels: T::PIXELS,
            step: T::STEP,
            points: T::POINTS,
        }
    }

    pub(crate) const fn output<T: Synthesis>() -> Self {
        Self {
            pixels: T::PIXELS,
            step: T::PIXELS,
            points: T::POINTS,
        }
    }

    /// Pixels under so many tiles.
    pub(crate) fn under(self, tiles: usize) -> usize {
        (tiles - 1) * self.step + self.pixels
    }
}

/// What a line is made of.
struct Line {
    input: Extent,
    output: Extent,
    /// Points of the taps.
    taps: usize,
    products: Vec<Triple>,
}

impl Line {
    fn of<T: Products, W: Taps>() -> Self {
        Self {
            input: Extent::input::<T>(),
            output: Extent::output::<T>(),
            taps: W::POINTS,
            products: T::products(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn maps_get_the_tiles_that_they_fill() {
        let [one, two, back] = [
            Kind::of_stride_one,
            Kind::of_stride_two,
            Kind::of_stride_two_back,
        ];
        assert_eq!(
            [4, 7, 8, 14].map(|n| one([n, n]).cost([n, n])),
            [36, 121, 144, 484]
        );
        assert_eq!(
            [2, 4, 7, 14].map(|n| two([n, n]).cost([n, n])),
            [25, 81, 256, 1024]
        );
        for n in 1..40 {
            let (halved, doubled) = (two([n, n]), back([2 * n, 2 * n]));
            assert_eq!(halved.cost([n, n]), doubled.cost([2 * n, 2 * n]));
            // The products of the gradient are those forward, read the other way.
            let there: HashSet<_> = halved.products().into_iter().collect();
            let back = doubled.products().into_iter().map(|t| Triple {
                input: t.output,
                output: t.input,
                ..t
            });
            assert_eq!(there, back.collect());
        }
    }
}
