//! Arrays in somebody else's memory.

use similarity::files::{Axes, Layer, LentArray, Numbers};
use similarity::{Activations as _, Values};

const SHAPE: [usize; 4] = [2, 3, 2, 2];

fn lent(values: &[f32]) -> LentArray<'_> {
    LentArray::new("a", Numbers::Single(values), &SHAPE).expect("as many as the shape says")
}

/// Values of `[images, channels, height, width]` arrive with the channels fastest, and what is
/// not finite is refused with its image.
#[test]
fn maps_are_turned_as_those_of_files() {
    let mut values: Vec<f32> = (0..24).map(|i| i as f32).collect();
    let layer = Layer::new(lent(&values), Axes::Nchw).unwrap();
    let mut read = Values::Single(Vec::new());
    layer.read(1..2, &mut read).unwrap();
    let expected = [12, 16, 20, 13, 17, 21, 14, 18, 22, 15, 19, 23].map(|i| i as f32);
    assert_eq!(read, Values::Single(expected.into()));
    layer.read_features(0..2, 4..6, &mut read).unwrap();
    assert_eq!(read, Values::Single(vec![4.0, 5.0, 16.0, 17.0]));
    values[13] = f32::NAN;
    let layer = Layer::new(lent(&values), Axes::Nchw).unwrap();
    let error = layer.read(0..2, &mut read).unwrap_err().to_string();
    assert!(error.contains("image 1"), "{error}");
    assert!(LentArray::new("a", Numbers::Double(&[0.0; 5]), &[2, 3]).is_err());
}
