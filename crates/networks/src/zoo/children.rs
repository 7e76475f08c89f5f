//! Networks whose files have their children by number: what `nn.Sequential(*network.children())` of
//! PyTorch makes of names.

use super::choice::Choice;
use super::dialect::Dialect;

/// What the children of a network are called in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Children(Option<Numbered>);

/// Children in the order of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Numbered {
    names: &'static [&'static str],
    /// One that the network was built without; empty where it has them all.
    without: &'static str,
}

impl Children {
    /// Whether they have their names.
    pub fn is_by_name(self) -> bool {
        self.0.is_none()
    }

    /// The name of a tensor in the file.
    pub fn name(self, tensor: &str) -> String {
        let (child, rest) = tensor.split_once('.').unwrap_or((tensor, ""));
        let place = self.0.and_then(|all| {
            let mut there = all.names.iter().filter(|name| **name != all.without);
            there.position(|known| *known == child)
        });
        match place {
            Some(place) => format!("{place}.{rest}"),
            None => tensor.into(),
        }
    }
}

/// How the children of a network may be called: by name, and where torchvision's network has other
/// children than blocks in a row, by number.
pub fn children(choice: &Choice, dialect: Dialect) -> Vec<Children> {
    let by_name = Children(None);
    let by_number = |names, without| Children(Some(Numbered { names, without }));
    match (dialect, choice.name.as_str()) {
        (Dialect::Torchvision, name) if name.starts_with("resnet") => {
            vec![by_name, by_number(&RESNET, "")]
        }
        (Dialect::Torchvision | Dialect::TorchvisionDotted, name)
            if name.starts_with("densenet") =>
        {
            vec![by_name, by_number(&DENSENET, "")]
        }
        (Dialect::Torchvision, "inception-v3") => vec![
            by_name,
            by_number(&INCEPTION, ""),
            by_number(&INCEPTION, "AuxLogits"),
        ],
        _ => vec![by_name],
    }
}

/// Order of `torchvision.models.ResNet`.
const RESNET: [&str; 10] = [
    "conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4", "avgpool", "fc",
];
/// Order of `torchvision.models.DenseNet`.
const DENSENET: [&str; 2] = ["features", "classifier"];
/// Order of `torchvision.models.Inception3` with its auxiliary head.
const INCEPTION: [&str; 22] = [
    "Conv2d_1a_3x3",
    "Conv2d_2a_3x3",
    "Conv2d_2b_3x3",
    "maxpool1",
    "Conv2d_3b_1x1",
    "Conv2d_4a_3x3",
    "maxpool2",
    "Mixed_5b",
    "Mixed_5c",
    "Mixed_5d",
    "Mixed_6a",
    "Mixed_6b",
    "Mixed_6c",
    "Mixed_6d",
    "Mixed_6e",
    "AuxLogits",
    "Mixed_7a",
    "Mixed_7b",
    "Mixed_7c",
    "avgpool",
    "dropout",
    "fc",
];
