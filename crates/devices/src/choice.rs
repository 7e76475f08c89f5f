//! Which devices a command is to use, as the user writes it.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Which devices a command is to use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// `cpu`: the processor.
    #[default]
    Cpu,
    /// `cuda`, `cuda:1`, or a list `cuda:0,cuda:1`: NVIDIA GPUs by their numbers, each once, at least
    /// one.
    Cuda(Vec<usize>),
    /// `auto`: the first NVIDIA GPU where one can be used, else the processor.
    Auto,
}

/// What is no choice of a device.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "expected `cpu`, `cuda`, `cuda:N`, `auto`, or a list of GPUs such as `cuda:0,cuda:1`, each once, found `{found}`"
)]
pub struct WrongChoice {
    /// What was written.
    pub found: String,
}

impl Choice {
    /// The first of the devices that it names, alone.
    pub fn first(self) -> Self {
        match self {
            Self::Cuda(all) => Self::Cuda(all.into_iter().take(1).collect()),
            one => one,
        }
    }

    /// How many devices it names.
    pub fn count(&self) -> usize {
        match self {
            Self::Cpu | Self::Auto => 1,
            Self::Cuda(all) => all.len(),
        }
    }
}

impl FromStr for Choice {
    type Err = WrongChoice;

    fn from_str(text: &str) -> Result<Self, WrongChoice> {
        let wrong = || WrongChoice { found: text.into() };
        let number = |device: &str| match device.trim() {
            "cuda" => Some(0),
            device => device.strip_prefix("cuda:")?.parse().ok(),
        };
        match text.trim() {
            "cpu" => Ok(Self::Cpu),
            "auto" => Ok(Self::Auto),
            list => {
                let all: Option<Vec<usize>> = list.split(',').map(number).collect();
                let all = all.ok_or_else(wrong)?;
                let mut sorted = all.clone();
                sorted.sort_unstable();
                sorted.dedup();
                match sorted.len() == all.len() {
                    true => Ok(Self::Cuda(all)),
                    false => Err(wrong()),
                }
            }
        }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Cpu => f.write_str("cpu"),
            Self::Auto => f.write_str("auto"),
            Self::Cuda(all) => {
                let all: Vec<String> = all.iter().map(|index| format!("cuda:{index}")).collect();
                f.write_str(&all.join(","))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_meant() {
        for (text, choice) in [
            ("cpu", Choice::Cpu),
            ("auto", Choice::Auto),
            ("cuda", Choice::Cuda(vec![0])),
            ("cuda:3", Choice::Cuda(vec![3])),
            ("cuda:1, cuda:0", Choice::Cuda(vec![1, 0])),
        ] {
            assert_eq!(text.parse(), Ok(choice), "{text}");
        }
        for text in [
            "",
            "gpu",
            "cuda:",
            "cuda:-1",
            "cuda:1,cuda:1",
            "cpu,cuda",
            "cuda,",
        ] {
            let wrong = text.parse::<Choice>().expect_err(text);
            assert!(wrong.to_string().contains(&format!("`{text}`")), "{wrong}");
        }
        let list: Choice = "cuda:1,cuda".parse().expect("a list");
        assert_eq!(
            (list.to_string().as_str(), list.count()),
            ("cuda:1,cuda:0", 2)
        );
    }
}
