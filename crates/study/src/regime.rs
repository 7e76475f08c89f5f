//! Training regimes as a study writes them: a word, or a table of what is frozen and at which rates
//! the rest is trained, in one phase or several.

use std::collections::BTreeMap;
use std::fmt;

use networks::{Network, Selection};
use regimes::addition::{Adapter, Addition, Lora, Ssf};
use regimes::{L2Sp, NormPolicy, Phase, Regime};
use serde::de::{self, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer};

use super::bound::Bound;
use super::bounds;
use super::error::StudyError;
use super::train_spec::TrainSpec;

/// Words that `regime` takes.
pub const REGIME_NAMES: [&str; 9] = [
    "full",
    "linear-probe",
    "lp-ft",
    "gradual",
    "bitfit",
    "norm-only",
    "lora",
    "ssf",
    "adapter",
];

/// The regime of a word that stands for the same one in every network.
fn fixed(word: &str) -> Option<Regime> {
    let adding = |addition| Regime::full().adding(addition).named(word);
    Some(match word {
        "full" => Regime::full(),
        "linear-probe" => Regime::linear_probe(),
        "lp-ft" => Regime::lp_ft(),
        "bitfit" => Regime::bitfit(),
        "norm-only" => Regime::norm_only(),
        "lora" => adding(Addition::Lora(Lora::default())),
        "ssf" => adding(Addition::Ssf(Ssf::default())),
        "adapter" => adding(Addition::Adapter(Adapter::default())),
        _ => return None,
    })
}

/// How far the shares of phases may be from summing to 1.
const SHARE_TOLERANCE: f64 = 1e-6;

/// A regime by name, or as a table.
#[derive(Clone, Debug)]
pub enum RegimeEntry {
    /// The same for every network.
    Fixed(Regime),
    /// One phase a block, so that it depends on the network.
    Gradual,
}

impl RegimeEntry {
    /// The regime for a network.
    pub fn of(&self, network: &Network) -> Regime {
        match self {
            Self::Fixed(regime) => regime.clone(),
            Self::Gradual => Regime::gradual(network),
        }
    }

    /// Its name in tables.
    pub fn name(&self) -> &str {
        match self {
            Self::Fixed(regime) => &regime.name,
            Self::Gradual => "gradual",
        }
    }
}

impl<'de> Deserialize<'de> for RegimeEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entry;
        impl<'de> Visitor<'de> for Entry {
            type Value = RegimeEntry;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str(
                    "a word such as \"full\", \"linear-probe\" or \"lora\", or a table such as { freeze = \"..block2\" }",
                )
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<RegimeEntry, E> {
                match (fixed(name), name) {
                    (Some(regime), _) => Ok(RegimeEntry::Fixed(regime)),
                    (None, "gradual") => Ok(RegimeEntry::Gradual),
                    (None, _) => Err(E::unknown_variant(name, &REGIME_NAMES)),
                }
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RegimeEntry, A::Error> {
                let table = RegimeTable::deserialize(MapAccessDeserializer::new(map))?;
                let given: Vec<&str> = [
                    ("lora", table.lora.is_some()),
                    ("ssf", table.ssf.is_some()),
                    ("adapter", table.adapter.is_some()),
                ]
                .into_iter()
                .filter_map(|(key, is_given)| is_given.then_some(key))
                .collect();
                if let [first, second, ..] = given[..] {
                    let found = format!("expected `{first}` or `{second}`, found both");
                    return Err(de::Error::custom(found));
                }
                Ok(RegimeEntry::Fixed(table.into()))
            }
        }
        deserializer.deserialize_any(Entry)
    }
}

/// A regime of one phase, or of those listed; giving both is found by [`check`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegimeTable {
    name: Option<String>,
    lora: Option<Lora>,
    ssf: Option<Ssf>,
    adapter: Option<Adapter>,
    only: Option<Selection>,
    freeze: Option<Selection>,
    norms: Option<NormPolicy>,
    layer_decay: Option<f64>,
    #[serde(default)]
    rates: BTreeMap<String, f64>,
    l2_sp: Option<L2Sp>,
    lr: Option<f64>,
    phases: Option<Vec<Phase>>,
}

impl From<RegimeTable> for Regime {
    fn from(table: RegimeTable) -> Self {
        let whole = Phase {
            share: 1.0,
            only: table.only,
            freeze: table.freeze,
            norms: table.norms,
            layer_decay: table.layer_decay,
            rates: table.rates,
            l2_sp: table.l2_sp,
            lr: table.lr.unwrap_or(1.0),
        };
        let regime = combined(whole, table.phases);
        // Both at once are refused when the table is read.
        let lora = table.lora.map(Addition::Lora);
        let ssf = table.ssf.map(Addition::Ssf);
        let adapter = table.adapter.map(Addition::Adapter);
        let regime = match lora.or(ssf).or(adapter) {
            Some(addition) => regime.adding(addition),
            None => regime,
        };
        match table.name {
            Some(name) => regime.named(name),
            None => regime,
        }
    }
}

/// `whole` throughout, or `phases`. Where both say something, both are kept, and their shares sum
/// to more than 1.
fn combined(whole: Phase, phases: Option<Vec<Phase>>) -> Regime {
    Regime::of(match phases {
        None => vec![whole],
        Some(phases) if whole == Phase::full(1.0) => phases,
        Some(phases) => std::iter::once(whole).chain(phases).collect(),
    })
}

/// The regimes of a study: those that the grid lists, or the one that `[train]` describes.
pub(crate) fn regimes(
    listed: Option<&[RegimeEntry]>,
    train: &TrainSpec,
) -> Result<Vec<RegimeEntry>, StudyError> {
    let of_train = combined(
        Phase {
            only: train.only.clone(),
            freeze: train.freeze.clone(),
            norms: train.norms,
            layer_decay: train.layer_decay,
            rates: train.rates.clone(),
            l2_sp: train.l2_sp,
            ..Phase::full(1.0)
        },
        train.phases.clone(),
    );
    let is_plain = of_train.is_full();
    let (field, regimes) = match listed {
        Some(_) if !is_plain => {
            return Err(StudyError::Value {
                field: "grid.regime",
                expected: "either regimes in the grid, or `only`, `freeze`, `norms`, `layer_decay`, `rates`, `l2_sp` or `phases` under [train]".into(),
                found: "both".into(),
            });
        }
        Some(entries) => ("grid.regime", entries.to_vec()),
        None if is_plain => ("train", vec![RegimeEntry::Fixed(Regime::full())]),
        None => ("train", vec![RegimeEntry::Fixed(of_train.named("custom"))]),
    };
    if regimes.is_empty() {
        return Err(StudyError::Value {
            field,
            expected: "at least one regime".into(),
            found: "none".into(),
        });
    }
    let mut seen: Vec<&str> = Vec::new();
    for entry in &regimes {
        if let RegimeEntry::Fixed(regime) = entry {
            check(field, regime)?;
        }
        if seen.contains(&entry.name()) {
            return Err(StudyError::Value {
                field,
                expected: "every name once (a table can give another one: name = \"…\")".into(),
                found: format!("`{}` twice", entry.name()),
            });
        }
        seen.push(entry.name());
    }
    Ok(regimes)
}

/// Checks what does not depend on the network.
fn check(field: &'static str, regime: &Regime) -> Result<(), StudyError> {
    let refuse = |expected: &str, found: String| {
        Err(StudyError::Value {
            field,
            expected: expected.into(),
            found: format!("{found} in `{}`", regime.name),
        })
    };
    let name = &regime.name;
    let is_name = !name.trim().is_empty() && bounds::REGIME_NAME.text(name).is_ok();
    if !is_name || name.chars().any(char::is_control) {
        return refuse(
            &format!(
                "a name of {}, all printable (name = \"…\")",
                bounds::REGIME_NAME
            ),
            format!("{} characters", name.chars().count()),
        );
    }
    let word = fixed(name);
    if name == "gradual" || word.is_some_and(|word| word != *regime) {
        return refuse(
            "another name: this one stands for a regime of its own",
            "another regime".into(),
        );
    }
    if bounds::PHASES.entries(&regime.phases).is_err() {
        let found = format!("{} phases", regime.phases.len());
        return refuse(&format!("phases: {}", bounds::PHASES), found);
    }
    let within = |what: &str, bound: &Bound, value: f64| match bound.holds(value) {
        true => Ok(()),
        false => refuse(&format!("{what}: {bound}"), value.to_string()),
    };
    if let Some(Addition::Lora(lora)) = &regime.addition {
        within("rank of lora", &bounds::LORA_RANK, lora.rank as f64)?;
        within("alpha of lora", &bounds::LORA_ALPHA, lora.alpha)?;
    }
    if let Some(Addition::Adapter(adapter)) = &regime.addition {
        let reduction = adapter.reduction as f64;
        within(
            "reduction of adapter",
            &bounds::ADAPTER_REDUCTION,
            reduction,
        )?;
    }
    for phase in &regime.phases {
        within("a share", &bounds::PHASE_SHARE, phase.share)?;
        if let Some(decay) = phase.layer_decay {
            within("layer_decay", &bounds::LAYER_DECAY, decay)?;
        }
        for (term, rate) in &phase.rates {
            if !bounds::RATE.holds(*rate) {
                let expected = format!(
                    "factors in `rates`: {} (`freeze` holds tensors still)",
                    bounds::RATE
                );
                return refuse(&expected, format!("\"{term}\" = {rate}"));
            }
        }
        within("a factor `lr`", &bounds::REGIME_LR, phase.lr)?;
        if let Some(L2Sp { alpha, beta }) = phase.l2_sp {
            within("alpha of l2_sp", &bounds::L2_SP, alpha)?;
            within("beta of l2_sp", &bounds::L2_SP, beta)?;
        }
    }
    let sum: f64 = regime.phases.iter().map(|p| p.share).sum();
    if (sum - 1.0).abs() > SHARE_TOLERANCE {
        return refuse(
            "phases whose shares sum to 1, and nothing that is frozen or trained at other rates outside of them",
            format!("a sum of {sum}"),
        );
    }
    Ok(())
}
