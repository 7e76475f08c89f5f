//! Entries of the grid: each a plain word, a number, or a small table.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use initialisation::{Colour, Initialisation, Policy, Scale};
use networks::zoo::{Choice, Padding, Stem, Variant};
use networks::{Allowance, Pattern, Selection};
use onnx_import::BlockPatterns;
use serde::de::{self, MapAccess, Unexpected, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer};

use super::bounds;
use super::onnx_file::is_onnx;

/// A network by name, or with options: `{ name = "resnet18", stem = "small" }`,
/// `{ name = "resnet50", slim = "block2" }`, `{ file = "mine.toml" }`, `{ file = "mine.onnx" }`.
#[derive(Clone, Debug)]
pub struct ModelEntry {
    /// The network; of one's own without its name and blocks, until its file is read.
    pub choice: Choice,
    /// The file of a network of one's own, relative to the configuration.
    pub file: Option<PathBuf>,
    /// Where a network of an ONNX file is cut into blocks.
    pub blocks: BlockPatterns,
}

/// A pattern, or several.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a pattern such as \"layer1*\", or a list of them"
)]
enum Patterns {
    One(Pattern),
    Several(Vec<Pattern>),
}

/// Everything that a table of a network can hold.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelTable {
    name: Option<String>,
    file: Option<PathBuf>,
    #[serde(default)]
    blocks: BTreeMap<String, Patterns>,
    padding: Option<Padding>,
    stem: Option<Stem>,
    variant: Option<Variant>,
    auxiliary: Option<bool>,
    slim: Option<String>,
    divide: Option<usize>,
    truncate: Option<String>,
    from: Option<String>,
}

impl<'de> Deserialize<'de> for ModelEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entry;
        impl<'de> Visitor<'de> for Entry {
            type Value = ModelEntry;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a network name, { file = \"….toml\" }, { file = \"….onnx\" }, or { name = \"…\", padding = \"…\", stem = \"…\", variant = \"…\", auxiliary = …, slim = \"<block>\", divide = …, truncate = \"<block>\", from = \"…\" }")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<ModelEntry, E> {
                Ok(ModelEntry {
                    choice: Choice::named(name),
                    file: None,
                    blocks: BlockPatterns::default(),
                })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ModelEntry, A::Error> {
                let table = ModelTable::deserialize(MapAccessDeserializer::new(map))?;
                let name = match (table.name, &table.file) {
                    (Some(name), None) => name,
                    (None, Some(_)) => String::new(),
                    (None, None) => return Err(de::Error::missing_field("name")),
                    (Some(name), Some(file)) if is_onnx(file) => name,
                    (Some(_), Some(_)) => {
                        return Err(de::Error::custom(
                            "`name` stands in the file of a network of one's own, not beside it",
                        ));
                    }
                };
                if !table.blocks.is_empty() && !table.file.as_deref().is_some_and(is_onnx) {
                    return Err(de::Error::custom(
                        "`blocks` goes with the `file` of an ONNX network",
                    ));
                }
                let blocks = table.blocks.into_iter().map(|(block, patterns)| {
                    let patterns = match patterns {
                        Patterns::One(pattern) => vec![pattern],
                        Patterns::Several(patterns) => patterns,
                    };
                    (block, patterns)
                });
                let blocks = BlockPatterns(blocks.collect());
                if let Some(from) = &table.from
                    && !is_plain(from)
                {
                    return Err(de::Error::invalid_value(
                        Unexpected::Str(from),
                        &"for `from`, 1 to 40 small letters, digits and -",
                    ));
                }
                let choice = Choice {
                    name,
                    blocks: None,
                    padding: table.padding,
                    stem: table.stem,
                    variant: table.variant,
                    auxiliary: table.auxiliary,
                    slim: table.slim,
                    divide: table.divide,
                    truncate: table.truncate,
                    from: table.from,
                };
                let file = table.file;
                Ok(ModelEntry {
                    choice,
                    file,
                    blocks,
                })
            }
        }
        deserializer.deserialize_any(Entry)
    }
}

/// Whether a text can be a part of a network's label.
fn is_plain(text: &str) -> bool {
    let is_sign = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '-';
    (1..=40).contains(&text.len()) && text.chars().all(is_sign)
}

/// Pretrained weights: a file, the name of known weights, or `builtin:` and a name; alone or with
/// what may be wrong with them.
#[derive(Clone, Debug)]
pub struct WeightsEntry {
    /// A path relative to the configuration, or a name.
    pub file: PathBuf,
    /// Which of several networks in the file.
    pub part: Option<String>,
    /// Tensors that may be missing, unexpected or of another shape.
    pub allowance: Allowance,
}

impl<'de> Deserialize<'de> for WeightsEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Table {
            file: PathBuf,
            part: Option<String>,
            #[serde(default)]
            allow_missing: Vec<Pattern>,
            #[serde(default)]
            allow_unexpected: Vec<Pattern>,
            #[serde(default)]
            allow_mismatched: Vec<Pattern>,
        }
        struct Entry;
        impl<'de> Visitor<'de> for Entry {
            type Value = WeightsEntry;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a file or the name of known weights, or { file = \"…\", part = \"…\", allow_unexpected = [\"…\"] }")
            }
            fn visit_str<E: de::Error>(self, file: &str) -> Result<WeightsEntry, E> {
                Ok(WeightsEntry {
                    file: file.into(),
                    part: None,
                    allowance: Allowance::default(),
                })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<WeightsEntry, A::Error> {
                let table = Table::deserialize(MapAccessDeserializer::new(map))?;
                Ok(WeightsEntry {
                    file: table.file,
                    part: table.part,
                    allowance: Allowance {
                        missing: table.allow_missing,
                        unexpected: table.allow_unexpected,
                        mismatched: table.allow_mismatched,
                    },
                })
            }
        }
        deserializer.deserialize_any(Entry)
    }
}

/// An initialisation by its word, or as a table: `{ transfuse = "block2" }`,
/// `{ load = "..block2", rest = "mean-var" }`, `{ gabor = "colour", scale = "pretrained" }` or
/// `{ name = "mine", rules = [["stem", "load"], ["block1..", "shuffle"]] }`.
#[derive(Clone, Debug)]
pub struct InitEntry(pub Initialisation);

/// Everything that a table of an initialisation can hold.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct InitTable {
    name: Option<String>,
    transfuse: Option<String>,
    load: Option<Selection>,
    gabor: Option<Colour>,
    scale: Option<Scale>,
    rest: Option<Policy>,
    rules: Option<Vec<(Selection, Policy)>>,
}

impl InitTable {
    fn initialisation(self) -> Result<Initialisation, String> {
        let rest = self.rest.unwrap_or(Policy::Random);
        if self.rest.is_some() && self.load.is_none() && self.gabor.is_none() {
            return Err("`rest` goes with `load` or `gabor` in the same table".into());
        }
        if self.scale.is_some() && self.gabor.is_none() {
            return Err("`scale` goes with `gabor` in the same table".into());
        }
        let scale = self.scale.unwrap_or(Scale::He);
        let init = match (self.transfuse, self.load, self.gabor, self.rules) {
            (Some(block), None, None, None) => Initialisation::transfuse(&block),
            (None, Some(selected), None, None) => Initialisation::load(selected, rest),
            (None, None, Some(colour), None) => {
                Initialisation::first_convolution(Policy::Gabor { colour, scale }, rest)
            }
            (None, None, None, Some(rules)) => {
                let named = |(selected, policy): &(Selection, Policy)| {
                    format!("{selected}={}", policy.word())
                };
                let names: Vec<_> = rules.iter().map(named).collect();
                Initialisation::of(names.join(","), rules)
            }
            _ => {
                return Err(
                    "an initialisation takes exactly one of `transfuse`, `load`, `gabor` and `rules`"
                        .into(),
                );
            }
        };
        Self::named(init, self.name)
    }

    /// A name must not promise another initialisation than it is.
    fn named(init: Initialisation, name: Option<String>) -> Result<Initialisation, String> {
        let Some(name) = name else {
            return Ok(init);
        };
        if name.trim().is_empty() || bounds::INIT_NAME.text(&name).is_err() {
            return Err(format!(
                "the name of an initialisation has {}",
                bounds::INIT_NAME
            ));
        }
        match Initialisation::named(&name) {
            Some(known) if known.rules != init.rules => Err(format!(
                "`{name}` is the name of another initialisation; choose one that is not in the list of words"
            )),
            _ => Ok(Initialisation { name, ..init }),
        }
    }
}

impl<'de> Deserialize<'de> for InitEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entry;
        impl<'de> Visitor<'de> for Entry {
            type Value = InitEntry;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a word such as \"transfer\", or a table with `transfuse`, `load`, `gabor` or `rules`")
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<InitEntry, E> {
                let init = Initialisation::named(word).map(InitEntry);
                init.ok_or_else(|| {
                    let known: Vec<_> = Initialisation::words().map(|w| format!("`{w}`")).collect();
                    let known = known.join(", ");
                    E::custom(format!("unknown variant `{word}`, expected one of {known}"))
                })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<InitEntry, A::Error> {
                let table = InitTable::deserialize(MapAccessDeserializer::new(map))?;
                table
                    .initialisation()
                    .map(InitEntry)
                    .map_err(de::Error::custom)
            }
        }
        deserializer.deserialize_any(Entry)
    }
}

/// How many training pictures an arm uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrainSize {
    /// The whole training partition.
    All,
    /// A nested, stratified subset of so many pictures.
    Count(usize),
}

impl<'de> Deserialize<'de> for TrainSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Size;
        impl Visitor<'_> for Size {
            type Value = TrainSize;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a number of training pictures of at least 2, or \"all\"")
            }
            fn visit_i64<E: de::Error>(self, n: i64) -> Result<TrainSize, E> {
                match usize::try_from(n) {
                    Ok(n) if n >= 2 => Ok(TrainSize::Count(n)),
                    _ => Err(E::invalid_value(Unexpected::Signed(n), &self)),
                }
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<TrainSize, E> {
                match word {
                    "all" => Ok(TrainSize::All),
                    _ => Err(E::invalid_value(Unexpected::Str(word), &self)),
                }
            }
        }
        deserializer.deserialize_any(Size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(entry: &str) -> Result<Initialisation, String> {
        #[derive(Deserialize)]
        struct Grid {
            init: InitEntry,
        }
        let grid = toml::from_str::<Grid>(&format!("init = {entry}"));
        grid.map(|grid| grid.init.0).map_err(|e| e.to_string())
    }

    /// Every way to write an initialisation, with its name and rules as `plan.json` has them.
    #[test]
    fn initialisations_are_one_line_each() {
        for (entry, name, rules) in [
            (r#""random""#, "random", "[]"),
            (
                r#""knockoff""#,
                "knockoff",
                r#"[{"select":"all","policy":"knockoff"}]"#,
            ),
            (
                r#""gabor-colour""#,
                "gabor-colour",
                r#"[{"select":"conv1","policy":"gabor-colour"}]"#,
            ),
            (
                r#"{ transfuse = "block2" }"#,
                "transfuse-block2",
                r#"[{"select":"..block2","policy":"load"}]"#,
            ),
            (
                r#"{ load = "..block2", rest = "mean-var" }"#,
                "load-..block2-rest-mean-var",
                r#"[{"select":"..block2","policy":"load"},{"select":"all","policy":"mean-var"}]"#,
            ),
            (
                r#"{ load = ["norms", "block3.."], name = "top and norms" }"#,
                "top and norms",
                r#"[{"select":["norms","block3.."],"policy":"load"}]"#,
            ),
            (
                r#"{ gabor = "grey", scale = "pretrained", rest = "he-uniform-fan-in" }"#,
                "gabor-pretrained-rest-he-uniform-fan-in",
                r#"[{"select":"conv1","policy":"gabor-pretrained"},{"select":"all","policy":"he-uniform-fan-in"}]"#,
            ),
            (
                r#"{ rules = [["stem", "load"], ["block1..", "shuffle"]] }"#,
                "stem=load,block1..=shuffle",
                r#"[{"select":"stem","policy":"load"},{"select":"block1..","policy":"shuffle"}]"#,
            ),
        ] {
            let init = parse(entry).unwrap();
            assert_eq!(init.name, name);
            assert_eq!(serde_json::to_string(&init.rules).unwrap(), rules);
            let planned = serde_json::to_string(&init).unwrap();
            assert_eq!(
                serde_json::from_str::<Initialisation>(&planned).unwrap(),
                init
            );
        }
        for word in Initialisation::words() {
            assert_eq!(parse(&format!("\"{word}\"")).unwrap().name, word);
        }
    }

    #[test]
    fn errors_say_what_goes_together() {
        for (entry, part) in [
            (
                r#""mean-vr""#,
                "unknown variant `mean-vr`, expected one of `random`",
            ),
            (r#"{ transfus = "block2" }"#, "unknown field `transfus`"),
            (
                r#"{ load = "stem", rest = "men-var" }"#,
                "unknown variant `men-var`",
            ),
            (r#"{ transfuse = "stem", load = "stem" }"#, "exactly one of"),
            (r#"{ name = "empty" }"#, "exactly one of"),
            (
                r#"{ transfuse = "stem", rest = "shuffle" }"#,
                "`rest` goes with",
            ),
            (
                r#"{ load = "stem", scale = "he" }"#,
                "`scale` goes with `gabor`",
            ),
            (r#"{ load = "stem", name = " " }"#, "1 to 80 characters"),
            (
                r#"{ load = "stem", name = "random" }"#,
                "another initialisation",
            ),
            (r#"{ gabor = "green" }"#, "unknown variant `green`"),
            ("7", "a word such as"),
        ] {
            let error = parse(entry).unwrap_err();
            assert!(error.contains(part), "{entry}: {error}");
        }
    }
}
