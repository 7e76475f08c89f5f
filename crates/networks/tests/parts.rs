//! A network under a prefix, twice in one file, beside another, with its children by number.

use networks::zoo::{self, Choice};
use networks::{Allowance, HostTensor, Input, Pretrained, PretrainedError, Weights};

/// Tensors of a small ResNet by the names that torchvision gives them, each with values of its own.
fn resnet18() -> Vec<(String, HostTensor)> {
    let network = zoo::network(&Choice::named("resnet18"), Input::square(3, 32), 10);
    let parameters = network.expect("a network").parameters().into_iter();
    parameters
        .enumerate()
        .map(|(number, parameter)| {
            let tensor = HostTensor {
                values: vec![number as f32; parameter.shape.iter().product()],
                shape: parameter.shape,
            };
            (parameter.path, tensor)
        })
        .collect()
}

fn file(tensors: impl IntoIterator<Item = (String, HostTensor)>) -> Weights {
    Weights {
        tensors: tensors.into_iter().collect(),
    }
}

fn renamed(before: &'static str) -> impl Iterator<Item = (String, HostTensor)> {
    let named = move |(name, tensor)| (format!("{before}{name}"), tensor);
    resnet18().into_iter().map(named)
}

fn fitted(file: &Weights, part: Option<&str>) -> Result<Pretrained, PretrainedError> {
    let found = Pretrained::of_part(file, &Choice::named("resnet18"), part)?;
    found.check(&Allowance::default())?;
    Ok(found)
}

#[test]
fn a_prefix_is_found_and_what_lies_beside_it_is_told() {
    for prefix in ["", "module.", "model.backbone."] {
        let found = fitted(&file(renamed(prefix)), None).expect("it fits");
        assert_eq!(found.prefix, prefix);
        assert_eq!(
            found.weights,
            file(resnet18()),
            "every tensor, under our paths"
        );
    }
    let head = HostTensor {
        shape: vec![2, 2],
        values: vec![1.0; 4],
    };
    let beside = [("head.mlp.weight".to_string(), head)];
    let found = fitted(&file(renamed("backbone.").chain(beside)), None).expect("it fits");
    assert_eq!(found.beside, ["head.mlp.weight"]);
    assert_eq!(found.problems(), 0);
}

#[test]
fn of_two_networks_one_is_asked_for() {
    let two = file(renamed("student.net.").chain(renamed("teacher.net.")));
    let error = fitted(&two, None).expect_err("which of them?").to_string();
    assert!(
        error.contains("`student.net.`, `teacher.net.`")
            && error.contains("part = \"student.net\""),
        "{error}"
    );
    let teacher = fitted(&two, Some("teacher")).expect("that one");
    assert_eq!(teacher.prefix, "teacher.net.");
    let error = fitted(&two, Some("nobody"))
        .expect_err("no such part")
        .to_string();
    assert!(
        error.contains("`nobody`") && error.contains("`teacher.net.`"),
        "{error}"
    );
}

#[test]
fn children_by_number_are_those_of_the_sequence() {
    let places = [
        ("conv1", "0"),
        ("bn1", "1"),
        ("layer1", "4"),
        ("layer2", "5"),
        ("layer3", "6"),
        ("layer4", "7"),
    ];
    let numbered = resnet18().into_iter().filter_map(|(name, tensor)| {
        let (child, rest) = name.split_once('.')?;
        let (_, place) = places.iter().find(|(known, _)| *known == child)?;
        Some((format!("backbone.{place}.{rest}"), tensor))
    });
    let found = fitted(&file(numbered), None).expect("all but the classifier");
    assert!(found.is_numbered && found.prefix == "backbone.");
    let whole = file(resnet18());
    let taken = |(path, tensor): (&String, &HostTensor)| whole.tensors.get(path) == Some(tensor);
    assert!(found.weights.tensors.iter().all(taken));
    assert_eq!(found.missing, ["fc.weight", "fc.bias"]);
}
