//! The data of a study, packed.

use std::path::Path;

use audit::Traits;
use images::Image;
use packs::{Content, Plan, Written, write};
use toml::{Table, Value};

use super::framing;
use super::identity::NUMERICS;
use super::own_network::with_own_networks;
use super::source::gathered;
use super::source_keys::SourceKeys;
use super::spec::StudySpec;
use super::weights;

/// Packs all pictures that a study reads, with all that it needs to know of them, at `to`: framed as
/// the study frames them, or `as_they_are`. Pictures that it leaves out by id are packed too, so that
/// it says the same of them. `listener` is told how many are done, and of how many.
pub fn pack(
    spec: &StudySpec,
    base: &Path,
    to: &Path,
    as_they_are: bool,
    listener: &dyn Fn(usize, usize),
) -> Result<Written, anyhow::Error> {
    let (spec, brought) = &with_own_networks(spec, base)?;
    let pretrained = weights::read_all(spec, base, brought)?;
    let channels = weights::channels(&spec.data, &pretrained)?;
    let noted = gathered(&spec.data, base)?;
    let frame = framing::frame(&spec.data, channels, noted.dataset.channels)?;
    let note = |bytes: &[u8], image: &Image| Traits::of(bytes, image).note();
    let plan = Plan {
        content: match as_they_are {
            true => Content::AsTheyAre,
            false => Content::Framed { frame, note: &note },
        },
        numerics: NUMERICS,
        program: concat!("transfusion ", env!("CARGO_PKG_VERSION")),
    };
    let count = noted.dataset.len();
    Ok(write(&noted, &plan, to, &|done| listener(done, count))?)
}

/// The `[data]` of the configuration `text` of `spec` as it is written for the pack at `source`: what
/// the pack holds is left out, what a recipe said is written.
pub fn packed_data(text: &str, spec: &StudySpec, source: &Path) -> Result<String, anyhow::Error> {
    let mut whole: Table = toml::from_str(text)?;
    let Some(Value::Table(mut data)) = whole.remove("data") else {
        anyhow::bail!("expected a table [data] in the configuration, found none");
    };
    for key in SourceKeys::names().into_iter().chain(["recipe", "test"]) {
        data.remove(key);
    }
    data.insert("source".into(), source.to_string_lossy().as_ref().into());
    data.insert("task".into(), Value::try_from(spec.data.task)?);
    if let Some(positive) = &spec.data.positive {
        data.insert("positive".into(), positive.as_str().into());
    }
    if spec.data.leaves_split {
        data.insert("split".into(), false.into());
    }
    let data = Table::from_iter([("data".to_owned(), Value::Table(data))]);
    Ok(toml::to_string(&data)?)
}
