//! Telling what the axes of arrays mean, from the shapes of both sides.

use super::axes::{Axes, AxesError};

/// The meaning of an array's axes, and why it is taken for that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The meaning.
    pub axes: Axes,
    /// Why, in words.
    pub why: String,
}

/// The shapes of one side of a comparison.
#[derive(Clone, Debug, Default)]
pub struct Shapes {
    /// File and name, and extents, of every array.
    pub arrays: Vec<(String, Vec<usize>)>,
    /// Meanings that the user named; each holds for the arrays of as many axes.
    pub named: Vec<Axes>,
}

/// The meaning of every array of both sides.
///
/// Both sides are activations of the same images. Where the shapes leave two meanings, it is an
/// error that shows both: a wrong guess would give a plausible number.
pub fn readings(a: &Shapes, b: &Shapes) -> Result<[Vec<Reading>; 2], AxesError> {
    let sides = [a, b];
    check_named(sides)?;
    let mut found = [certain(a)?, certain(b)?];
    let mut images: Option<(&str, usize)> = None;
    for (side, readings) in sides.into_iter().zip(&found) {
        for ((place, shape), reading) in side.arrays.iter().zip(readings) {
            let count = reading.as_ref().and_then(|r| r.axes.images(shape));
            match (images, count) {
                (Some((first, expected)), Some(count)) if count != expected => {
                    return Err(differing(
                        first,
                        expected.to_string(),
                        place,
                        count.to_string(),
                    ));
                }
                (None, Some(count)) => images = Some((place, count)),
                _ => {}
            }
        }
    }
    match images {
        Some((place, images)) => {
            for (side, readings) in sides.into_iter().zip(&mut found) {
                by_images(side, readings, place, images)?;
            }
        }
        None => by_shared_extent(sides, &mut found)?,
    }
    Ok(found.map(|side| side.into_iter().flatten().collect()))
}

/// Every name must fit an array of a side that it was given for.
fn check_named(sides: [&Shapes; 2]) -> Result<(), AxesError> {
    for named in sides.into_iter().flat_map(|side| &side.named) {
        let mut arrays = sides
            .into_iter()
            .filter(|side| side.named.contains(named))
            .flat_map(|side| &side.arrays);
        let first = arrays.clone().next();
        if arrays.any(|(_, shape)| shape.len() == named.count()) {
            continue;
        }
        if let Some((place, shape)) = first {
            return Err(AxesError::NamedForNone {
                axes: *named,
                count: named.count(),
                place: place.clone(),
                shape: shape.clone(),
            });
        }
    }
    Ok(())
}

/// What one side tells by itself; `None` for arrays of two axes.
fn certain(side: &Shapes) -> Result<Vec<Option<Reading>>, AxesError> {
    let told: Vec<Axes> = side
        .arrays
        .iter()
        .filter_map(|(_, s)| map_axes(s))
        .collect();
    let shared = told
        .first()
        .filter(|first| told.iter().all(|t| t == *first));
    side.arrays
        .iter()
        .map(|(place, shape)| {
            if let Some(&axes) = side.named.iter().find(|n| n.count() == shape.len()) {
                let why = format!("{}, as asked", axes.words());
                return Ok(Some(Reading { axes, why }));
            }
            match (shape.len(), map_axes(shape), shared) {
                (2, ..) => Ok(None),
                (3, ..) => Ok(Some(Reading::of(
                    shape,
                    Axes::Ntc,
                    "the only known meaning of three",
                ))),
                (4, Some(axes), _) => {
                    let why = match axes {
                        Axes::Nchw => "the last two are equal",
                        _ => "the second and third are equal",
                    };
                    Ok(Some(Reading::of(shape, axes, why)))
                }
                (4, None, Some(&axes)) => Ok(Some(Reading::of(
                    shape,
                    axes,
                    "as the other arrays of this side",
                ))),
                (4, None, None) => Err(ambiguous(place, shape, &[Axes::Nchw, Axes::Nhwc])),
                (count, ..) => Err(unreadable(place, shape, count)),
            }
        })
        .collect()
}

/// Maps are square: two equal axes are height and width.
fn map_axes(shape: &[usize]) -> Option<Axes> {
    match *shape {
        [_, b, c, d] if c == d && b != c => Some(Axes::Nchw),
        [_, b, c, d] if b == c && c != d => Some(Axes::Nhwc),
        // One value an image lies the same way in both.
        [_, 1, 1, 1] => Some(Axes::Nchw),
        _ => None,
    }
}

/// Tells the axes of the arrays of two axes where another array names the number of images.
fn by_images(
    side: &Shapes,
    readings: &mut [Option<Reading>],
    first: &str,
    images: usize,
) -> Result<(), AxesError> {
    for ((place, shape), reading) in side.arrays.iter().zip(readings) {
        if reading.is_some() {
            continue;
        }
        let (axes, which) = match *shape.as_slice() {
            [rows, columns] if rows == images && columns == images => {
                return Err(ambiguous(place, shape, &[Axes::Nc, Axes::Cn]));
            }
            [rows, _] if rows == images => (Axes::Nc, "first"),
            [_, columns] if columns == images => (Axes::Cn, "last"),
            _ => {
                let found = either(shape);
                return Err(differing(first, images.to_string(), place, found));
            }
        };
        let why = format!("the {which} is the {images} images of {first}");
        *reading = Some(Reading::of(shape, axes, &why));
    }
    Ok(())
}

/// Tells the axes where all arrays have two: all share the one that is the images.
fn by_shared_extent(
    sides: [&Shapes; 2],
    readings: &mut [Vec<Option<Reading>>; 2],
) -> Result<(), AxesError> {
    let arrays = || sides.into_iter().flat_map(|side| &side.arrays);
    let Some((first, first_shape)) = arrays().next() else {
        return Ok(());
    };
    let shared = |axes: Axes| {
        let images = axes.images(first_shape);
        arrays().all(|(_, shape)| axes.images(shape) == images)
    };
    let (axes, which) = match (shared(Axes::Nc), shared(Axes::Cn)) {
        (true, false) => (Axes::Nc, "first"),
        (false, true) => (Axes::Cn, "last"),
        (true, true) => return Err(ambiguous(first, first_shape, &[Axes::Nc, Axes::Cn])),
        (false, false) => {
            let other = arrays().find(|(_, shape)| shape != first_shape);
            let (place, shape) =
                other.map_or((first, first_shape), |(place, shape)| (place, shape));
            return Err(differing(first, either(first_shape), place, either(shape)));
        }
    };
    let is_square = |shape: &[usize]| shape.first() == shape.last();
    if arrays().all(|(_, shape)| is_square(shape)) {
        return Err(ambiguous(first, first_shape, &[Axes::Nc, Axes::Cn]));
    }
    for (side, readings) in sides.into_iter().zip(readings) {
        for ((_, shape), reading) in side.arrays.iter().zip(readings) {
            let why = format!("the {which} is the one that all arrays share");
            *reading = Some(Reading::of(shape, axes, &why));
        }
    }
    Ok(())
}

impl Reading {
    fn of(shape: &[usize], axes: Axes, why: &str) -> Self {
        Self {
            axes,
            why: format!("{} axes {shape:?}: {why}, so {}", shape.len(), axes.words()),
        }
    }
}

fn either(shape: &[usize]) -> String {
    let extents: Vec<String> = shape.iter().map(usize::to_string).collect();
    extents.join(" or ")
}

fn ambiguous(place: &str, shape: &[usize], choices: &[Axes]) -> AxesError {
    let readings: Vec<String> = choices
        .iter()
        .map(|axes| format!("{} ({axes})", axes.words()))
        .collect();
    AxesError::Ambiguous {
        place: place.into(),
        shape: shape.into(),
        readings: readings.join(" or "),
        example: format!("--axes {}", choices[0]),
    }
}

fn differing(first: &str, first_images: String, second: &str, second_images: String) -> AxesError {
    AxesError::ImageCounts {
        first: first.into(),
        first_images,
        second: second.into(),
        second_images,
    }
}

fn unreadable(place: &str, shape: &[usize], count: usize) -> AxesError {
    let found = match count {
        0 => "a single number".into(),
        1 => format!("1 axis {shape:?}, which has no images × channels"),
        _ => format!("{count} axes {shape:?}"),
    };
    AxesError::Unreadable {
        place: place.into(),
        found,
        expected: "2 axes (images and channels), 3 (images, tokens, channels) or 4 (images and \
                   maps); reshape the array"
            .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(shapes: &[&[usize]], named: &[Axes]) -> Shapes {
        let arrays = shapes.iter().enumerate();
        Shapes {
            arrays: arrays
                .map(|(i, s)| (format!("array {i}"), s.to_vec()))
                .collect(),
            named: named.to_vec(),
        }
    }

    fn axes(a: &[&[usize]], b: &[&[usize]]) -> Result<[Vec<Axes>; 2], AxesError> {
        let found = readings(&side(a, &[]), &side(b, &[]))?;
        Ok(found.map(|side| side.into_iter().map(|r| r.axes).collect()))
    }

    #[test]
    fn shapes_that_tell_their_axes() {
        use Axes::{Cn, Nc, Nchw, Nhwc, Ntc};
        let cases: [(&[&[usize]], &[&[usize]], &[Axes], &[Axes]); 7] = [
            (
                &[&[1000, 64, 56, 56]],
                &[&[1000, 7, 7, 512]],
                &[Nchw],
                &[Nhwc],
            ),
            (&[&[4, 24]], &[&[3, 24]], &[Cn], &[Cn]),
            (&[&[24, 4]], &[&[24, 24]], &[Nc], &[Nc]),
            (&[&[50, 197, 768]], &[&[768, 50]], &[Ntc], &[Cn]),
            (
                &[&[10, 7, 7, 7], &[10, 64, 56, 56]],
                &[&[10, 3]],
                &[Nchw, Nchw],
                &[Nc],
            ),
            (&[&[10, 1, 1, 1]], &[&[10, 64, 1, 1]], &[Nchw], &[Nchw]),
            (&[&[10, 64], &[10, 10]], &[&[10, 128]], &[Nc, Nc], &[Nc]),
        ];
        for (a, b, expected_a, expected_b) in cases {
            let found = axes(a, b).unwrap_or_else(|error| panic!("{a:?} {b:?}: {error}"));
            assert_eq!(
                found,
                [expected_a.to_vec(), expected_b.to_vec()],
                "{a:?} {b:?}"
            );
        }
        let why = &readings(&side(&[&[9, 64, 7, 7]], &[]), &side(&[&[9, 5]], &[])).unwrap();
        assert_eq!(
            why[0][0].why,
            "4 axes [9, 64, 7, 7]: the last two are equal, so images × channels × height × width"
        );
        assert_eq!(
            why[1][0].why,
            "2 axes [9, 5]: the first is the 9 images of array 0, so images × channels"
        );
    }

    #[test]
    fn shapes_that_do_not_tell_are_asked_about() {
        let cases: [(&[&[usize]], &[&[usize]], &str); 9] = [
            (
                &[&[9, 5]],
                &[&[9, 5]],
                "may be images × channels (nc) or channels × images (cn)",
            ),
            (&[&[9, 9]], &[&[9, 9]], "say which, for example --axes nc"),
            (
                &[&[9, 64, 20, 30]],
                &[&[9, 5]],
                "(nchw) or images × height × width × channels",
            ),
            (&[&[9, 7, 7, 7]], &[&[9, 7, 7, 7]], "--axes nchw"),
            (
                &[&[100, 50]],
                &[&[50, 20]],
                "has 100 or 50 images and array 0 has 50 or 20",
            ),
            (
                &[&[9, 64, 7, 7]],
                &[&[8, 64, 7, 7]],
                "has 9 images and array 0 has 8;",
            ),
            (&[&[9, 64, 7, 7]], &[&[8, 5]], "array 0 has 8 or 5;"),
            (&[&[9]], &[&[9, 5]], "1 axis [9]"),
            (&[&[9, 1, 2, 3, 4]], &[&[9, 5]], "5 axes"),
        ];
        for (a, b, expected) in cases {
            let error = axes(a, b).expect_err("not told").to_string();
            assert!(error.contains(expected), "`{expected}` is not in: {error}");
        }
    }

    #[test]
    fn named_axes_hold_for_arrays_of_as_many_axes() {
        let named = [Axes::Nhwc, Axes::Cn];
        let a = side(&[&[9, 7, 7, 7], &[5, 9]], &named);
        let found = readings(&a, &side(&[&[9, 9]], &named)).unwrap();
        assert_eq!(found[0][0].axes, Axes::Nhwc);
        assert_eq!(found[1][0].axes, Axes::Cn);
        let error = readings(&side(&[&[9, 5]], &[Axes::Nchw]), &side(&[&[9, 5]], &[]));
        assert!(matches!(
            error,
            Err(AxesError::NamedForNone { count: 4, .. })
        ));
    }
}
