//! The description of a model in a `.keras` archive: which layer is at which path of the weights.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::error::Flaw;

/// Most models inside each other.
const DEEPEST: usize = 8;

/// A layer of the description.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Layer {
    pub(super) name: String,
    /// Whether it is a batch norm with a scale and no shift.
    pub(super) has_gamma_alone: bool,
}

/// Layers by their paths in the weights, such as `layers/conv2d_1`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Layers(BTreeMap<String, Layer>);

impl Layers {
    pub(super) fn read(config: &[u8]) -> Result<Self, Flaw> {
        outside::check_names(config).map_err(Flaw::damaged)?;
        let config: Value = serde_json::from_slice(config).map_err(Flaw::damaged)?;
        let mut layers = Self::default();
        layers.add(&config, "", DEEPEST);
        Ok(layers)
    }

    pub(super) fn find(&self, path: &str) -> Option<&Layer> {
        self.0.get(path)
    }

    /// The layers of a model at `path`, with a slash behind it.
    fn add(&mut self, model: &Value, path: &str, deeper: usize) {
        let Some(layers) = model["config"]["layers"].as_array() else {
            return;
        };
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for layer in layers {
            let (Some(class), config) = (layer["class_name"].as_str(), &layer["config"]) else {
                continue;
            };
            let class = snake_case(class);
            let count = counts.entry(class.clone()).or_default();
            let place = match *count {
                0 => format!("{path}layers/{class}"),
                count => format!("{path}layers/{class}_{count}"),
            };
            *count += 1;
            if deeper > 0 {
                self.add(layer, &format!("{place}/"), deeper - 1);
            }
            if let Some(name) = config["name"].as_str() {
                let layer = Layer {
                    name: name.into(),
                    has_gamma_alone: config["scale"] == true && config["center"] == false,
                };
                self.0.insert(place, layer);
            }
        }
    }
}

/// What Keras makes of a class in paths: `BatchNormalization` is `batch_normalization`, `Conv2D` is
/// `conv2d`.
fn snake_case(class: &str) -> String {
    let letters: Vec<char> = class.chars().filter(|c| c.is_alphanumeric()).collect();
    let mut name = String::new();
    for (place, letter) in letters.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|place| letters.get(place));
        let is_lower = |letter: Option<&char>| letter.is_some_and(char::is_ascii_lowercase);
        let begins = letter.is_ascii_uppercase()
            && (is_lower(before) || before.is_some() && is_lower(letters.get(place + 1)));
        if begins {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_are_counted_by_class() {
        let config = br#"{"class_name": "Functional", "config": {"name": "net", "layers": [
            {"class_name": "InputLayer", "config": {"name": "input"}},
            {"class_name": "Conv2D", "config": {"name": "first"}},
            {"class_name": "Functional", "config": {"name": "inner", "layers": [
                {"class_name": "BatchNormalization", "config": {"name": "norm", "scale": true, "center": false}}]}},
            {"class_name": "Conv2D", "config": {"name": "second"}},
            {"class_name": "ReLU"}, {"class_name": 3}, null]}}"#;
        let layers = Layers::read(config).unwrap();
        let name = |path: &str| layers.find(path).map(|layer| layer.name.as_str());
        assert_eq!(name("layers/conv2d"), Some("first"));
        assert_eq!(name("layers/conv2d_1"), Some("second"));
        let norm = layers.find("layers/functional/layers/batch_normalization");
        assert!(norm.is_some_and(|norm| norm.name == "norm" && norm.has_gamma_alone));
        assert_eq!(layers.0.len(), 5);
        assert_eq!(
            snake_case("GlobalAveragePooling2D"),
            "global_average_pooling2d"
        );
        assert_eq!(snake_case("ReLU"), "re_lu");
    }
}
