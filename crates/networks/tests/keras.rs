//! Networks under the names and in the layout of Keras. `checks/hdf5.py` compares their predictions
//! with Keras' own.

use std::collections::BTreeMap;

use networks::zoo::{self, Choice, Dialect, Variant};
use networks::{Allowance, HostTensor, Input, Pretrained, Weights};

const INPUT: Input = Input::square(3, 64);
const CLASSES: usize = 2;

fn resnet50(variant: Variant) -> Choice {
    Choice {
        variant: Some(variant),
        ..Choice::named("resnet50")
    }
}

/// A file of a network in a dialect: every value says where it is along our first axis.
fn file(choice: &Choice, dialect: Dialect) -> Weights {
    let network = zoo::network_in(choice, INPUT, CLASSES, dialect).expect("a dialect");
    let mut tensors = BTreeMap::new();
    for parameter in network.parameters() {
        let ours = &parameter.shape;
        let axes = dialect.axes(parameter.kind);
        let axes: Vec<usize> = match axes.is_empty() {
            true => (0..ours.len()).collect(),
            false => axes.to_vec(),
        };
        let shape: Vec<usize> = axes.iter().map(|axis| ours[*axis]).collect();
        let first = axes.iter().position(|axis| *axis == 0).expect("a first");
        let stride: usize = shape[first + 1..].iter().product();
        let count = shape.iter().product::<usize>();
        let values = (0..count).map(|at| (at / stride % shape[first]) as f32);
        let tensor = HostTensor {
            values: values.collect(),
            shape,
        };
        tensors.insert(dialect.tensor(&parameter), tensor);
    }
    Weights { tensors }
}

/// Names and extents as Keras 3.15.1 has them:
/// `[(w.path, w.shape) for w in keras.applications.ResNet50(weights=None, classes=2).weights]`.
#[test]
fn names_are_those_of_keras_applications() {
    let new = file(
        &resnet50(Variant::KerasApplications),
        Dialect::KerasApplications,
    );
    let dense = file(&Choice::named("densenet121"), Dialect::KerasApplications);
    for (file, count, known) in [
        (
            &new,
            320,
            &[
                ("conv1_conv/kernel", &[7, 7, 3, 64][..]),
                ("conv1_bn/moving_variance", &[64]),
                ("conv2_block1_0_conv/kernel", &[1, 1, 64, 256]),
                ("conv3_block4_2_conv/kernel", &[3, 3, 128, 128]),
                ("conv4_block6_3_bn/gamma", &[1024]),
                ("conv5_block3_3_conv/bias", &[2048]),
                ("predictions/kernel", &[2048, 2]),
            ][..],
        ),
        (
            &dense,
            606,
            &[
                ("conv1_conv/kernel", &[7, 7, 3, 64][..]),
                ("conv2_block1_0_bn/gamma", &[64]),
                ("conv2_block6_1_conv/kernel", &[1, 1, 224, 128]),
                ("conv5_block16_2_conv/kernel", &[3, 3, 128, 32]),
                ("conv5_block16_1_bn/beta", &[128]),
                ("pool2_conv/kernel", &[1, 1, 256, 128]),
                ("pool4_bn/moving_mean", &[1024]),
                ("bn/gamma", &[1024]),
                ("predictions/bias", &[2]),
            ],
        ),
    ] {
        assert_eq!(file.tensors.len(), count);
        for (name, shape) in known {
            assert_eq!(file.tensors[*name].shape, *shape, "{name}");
        }
    }
}

#[test]
fn each_generation_is_its_own_network() {
    let (old, new) = (
        resnet50(Variant::Keras),
        resnet50(Variant::KerasApplications),
    );
    for (choice, dialect, other) in [
        (&new, Dialect::KerasApplications, &old),
        (&old, Dialect::Keras, &new),
    ] {
        let file = file(choice, dialect);
        let best = Pretrained::candidates(&file).into_iter().next();
        let best = best.expect("a network");
        assert_eq!((&best.choice, best.problems()), (choice, 0));
        let found = Pretrained::new(&file, choice).unwrap();
        found.check(&Allowance::default()).unwrap();
        for tensor in found.weights.tensors.values() {
            let inner = tensor.values.len() / tensor.shape[0];
            let expected = (0..tensor.values.len()).map(|at| (at / inner) as f32);
            assert!(tensor.values.iter().copied().eq(expected));
        }
        let refused = Pretrained::new(&file, other).unwrap_err().to_string();
        assert!(
            refused.contains(&format!("`{}`", choice.label())),
            "{refused}"
        );
    }
}
