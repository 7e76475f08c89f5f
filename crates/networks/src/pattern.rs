//! Patterns of tensor names.

use serde::{Deserialize, Serialize};

/// A tensor name in which `*` stands for any run of characters, dots included.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pattern(pub String);

impl Pattern {
    /// Whether the whole name is of this form.
    pub fn matches(&self, name: &str) -> bool {
        let mut parts = self.0.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = name.strip_prefix(first) else {
            return false;
        };
        let mut parts = parts.peekable();
        if parts.peek().is_none() {
            return rest.is_empty();
        }
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                return rest.ends_with(part);
            }
            match rest.find(part) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, name, expected) in [
            ("fc.weight", "fc.weight", true),
            ("fc.weight", "fc.weights", false),
            ("AuxLogits.*", "AuxLogits.conv0.bn.bias", true),
            ("AuxLogits.*", "xAuxLogits.fc", false),
            ("*.bias", "layer1.0.bn1.bias", true),
            ("layer*.bn*.bias", "layer1.0.bn1.bias", true),
            ("layer*.bn*.bias", "layer1.0.bn1.weight", false),
            ("*", "", true),
            ("a*a", "a", false),
        ] {
            assert_eq!(
                Pattern(pattern.into()).matches(name),
                expected,
                "{pattern} {name}"
            );
        }
    }
}
