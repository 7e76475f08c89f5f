//! Arrays in somebody else's memory.

use similarity::files::{Axes, Layer, LentArray, Numbers};
use similarity::{Activations as _, Values};

/// Values of `[images, channels, height, width]` arrive with the channels fastest, and what is
/// not finite is refused with its image.
#[test]
fn maps_are_turned_as_those_of_files() {
    let (shape, mut values) = ([2, 3, 2, 2], Vec::new());
    values.extend((0..24).map(|i| i as f32));
    let lent = |values| LentArray::new("a", Numbers::Single(values), &shape);
    let layer = Layer::new(lent(&values).unwrap(), Axes::Nchw).unwrap();
    let mut read = Values::Single(Vec::new());
    layer.read(1..2, &mut read).unwrap();
    let expected = [12, 16, 20, 13, 17, 21, 14, 18, 22, 15, 19, 23].map(|i| i as f32);
    assert_eq!(read, Values::Single(expected.into()));
    layer.read_features(0..2, 4..6, &mut read).unwrap();
    assert_eq!(read, Values::Single(vec![4.0, 5.0, 16.0, 17.0]));
    values[13] = f32::NAN;
    let layer = Layer::new(lent(&values).unwrap(), Axes::Nchw).unwrap();
    let error = layer.read(0..2, &mut read).unwrap_err().to_string();
    assert!(error.contains("image 1"), "{error}");
    assert!(LentArray::new("a", Numbers::Double(&[0.0; 5]), &[2, 3]).is_err());
}
