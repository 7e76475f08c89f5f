//! Which studies a claim is read from, and which networks and starts play which part there.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::claim::Claim;
use crate::error::ClaimsError;

/// The table of claims: of every claim the studies that it is read from.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct Casting(BTreeMap<Claim, Vec<Cast>>);

/// One study of a claim. Names are as the study has them; what a claim does not take is not looked
/// at.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cast {
    /// Name of the study: of its template and of its directory.
    pub study: String,
    /// Labels of networks; every one that has the starts that the claim takes where it is left out.
    #[serde(default)]
    pub networks: Option<Vec<String>>,
    /// Label of the large standard network.
    #[serde(default)]
    pub large: String,
    /// Labels of small plain networks.
    #[serde(default)]
    pub small: OneOrMore,
    /// Name of the random start.
    #[serde(default = "random")]
    pub random: String,
    /// Name of the start that is full transfer.
    #[serde(default = "transfer")]
    pub transfer: String,
    /// Name of the start that keeps the scale alone.
    #[serde(default = "mean_var")]
    pub mean_var: String,
    /// Training pictures of the smallest size; the smallest of the study where it is left out.
    #[serde(default)]
    pub train_size: Option<usize>,
    /// Validation AUC to reach, in (0, 1); the study's highest threshold where it is left out.
    #[serde(default)]
    pub threshold: Option<f64>,
    /// Measure of similarity, or `movement`.
    #[serde(default = "measure")]
    pub measure: String,
    /// The lowest block that is looked at; the first where it is left out.
    #[serde(default)]
    pub bottom: Option<String>,
    /// The highest block that is looked at; the last before the head where it is left out.
    #[serde(default)]
    pub top: Option<String>,
    /// Names of starts that reuse more and more of the network, the first convolution first.
    #[serde(default)]
    pub prefixes: Vec<String>,
    /// Which of them has the first two stages.
    #[serde(default)]
    pub plateau: String,
    /// Label of the slim network.
    #[serde(default)]
    pub hybrid: String,
    /// Label of the same network as it is.
    #[serde(default)]
    pub whole: String,
    /// Name of the start with synthetic filters.
    #[serde(default = "gabor")]
    pub gabor: String,
    /// Name of the start with the pretrained first convolution.
    #[serde(default = "conv1")]
    pub conv1: String,
}

/// One name or a list of them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "Written")]
pub struct OneOrMore(Vec<String>);

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    One(String),
    Several(Vec<String>),
}

impl From<Written> for OneOrMore {
    fn from(written: Written) -> Self {
        Self(match written {
            Written::One(name) => vec![name],
            Written::Several(names) => names,
        })
    }
}

impl OneOrMore {
    /// The names.
    pub fn names(&self) -> &[String] {
        &self.0
    }
}

fn random() -> String {
    "random".into()
}

fn transfer() -> String {
    "transfer".into()
}

fn mean_var() -> String {
    "mean-var".into()
}

fn measure() -> String {
    "mean-cca".into()
}

fn gabor() -> String {
    "gabor".into()
}

fn conv1() -> String {
    "conv1".into()
}

impl Casting {
    /// Reads the table; `path` names it in errors.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ClaimsError> {
        let casting: Self = study::parse(text, path)?;
        for (claim, casts) in &casting.0 {
            for cast in casts {
                if let Some(key) = cast.lacks(*claim) {
                    return Err(ClaimsError::Lacks {
                        place: path.display().to_string(),
                        claim: claim.to_string(),
                        key,
                    });
                }
            }
        }
        Ok(casting)
    }

    /// The studies of a claim.
    pub fn of(&self, claim: Claim) -> &[Cast] {
        self.0.get(&claim).map_or(&[], Vec::as_slice)
    }

    /// Lets the highest threshold of each study count: those that were named are of other data.
    pub(crate) fn forget_thresholds(&mut self) {
        for cast in self.0.values_mut().flatten() {
            cast.threshold = None;
        }
    }

    /// Names of all studies of `claims`, each once, in the order of the claims.
    pub fn studies(&self, claims: &[Claim]) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for cast in claims.iter().flat_map(|claim| self.of(*claim)) {
            if !names.contains(&cast.study.as_str()) {
                names.push(&cast.study);
            }
        }
        names
    }
}

impl Cast {
    /// A key that the claim cannot do without and that is not there.
    fn lacks(&self, claim: Claim) -> Option<&'static str> {
        let networks = [
            ("large", !self.large.is_empty()),
            ("small", !self.small.0.is_empty()),
        ];
        let starts = [
            ("prefixes", self.prefixes.len() > 1),
            ("plateau", self.prefixes.contains(&self.plateau)),
        ];
        let hybrids = [
            ("hybrid", !self.hybrid.is_empty()),
            ("whole", !self.whole.is_empty()),
        ];
        let needed: &[(&'static str, bool)] = match claim {
            Claim::C2 | Claim::C4 | Claim::C5 | Claim::C6 => &networks,
            Claim::C9 => &starts,
            Claim::C10 => &hybrids,
            Claim::C1 | Claim::C3 | Claim::C7 | Claim::C8 => &[],
        };
        needed
            .iter()
            .find(|(_, is_there)| !is_there)
            .map(|(key, _)| *key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Casting, ClaimsError> {
        Casting::parse(text, Path::new("claims.toml"))
    }

    #[test]
    fn a_table_says_what_it_lacks() {
        let whole = "[[c2]]\nstudy = \"a\"\nlarge = \"l\"\nsmall = \"s\"\n[[c1]]\nstudy = \"a\"";
        let casting = parse(whole).unwrap();
        assert_eq!(casting.of(Claim::C2)[0].small.names(), ["s"]);
        assert_eq!(casting.studies(&Claim::ALL), ["a"]);
        assert!(casting.of(Claim::C10).is_empty());
        for (text, says) in [
            ("[[c2]]\nstudy = \"a\"\nsmall = \"s\"", "`c2` needs `large`"),
            (
                "[[c9]]\nstudy = \"a\"\nprefixes = [\"x\", \"y\"]\nplateau = \"z\"",
                "`plateau`",
            ),
            ("[[c11]]\nstudy = \"a\"", "c11"),
            ("[[c1]]\nstudies = \"a\"", "studies"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
