//! A run as the server has it.

use std::collections::BTreeMap;

use serde_json::Value;

/// Tags that say what a run mirrors.
pub(super) const STUDY: &str = "transfusion.study";
pub(super) const RUN: &str = "transfusion.run";
/// Digest of what was mirrored of a run that has ended.
pub(super) const CONTENT: &str = "transfusion.content";

/// A run as the server has it.
#[derive(Clone, Debug, Default)]
pub(super) struct RemoteRun {
    /// What the server calls it.
    pub(super) id: String,
    /// When it began, in milliseconds since 1970.
    pub(super) began: i64,
    pub(super) params: BTreeMap<String, String>,
    pub(super) tags: BTreeMap<String, String>,
}

impl RemoteRun {
    /// Of an entry of `runs/search`; none of what is none.
    pub(super) fn of(run: &Value) -> Option<Self> {
        let pairs = |list: &Value| {
            let pair = |entry: &Value| {
                let (key, value) = (entry["key"].as_str()?, entry["value"].as_str()?);
                Some((key.to_string(), value.to_string()))
            };
            list.as_array()
                .into_iter()
                .flatten()
                .filter_map(pair)
                .collect()
        };
        let start = &run["info"]["start_time"];
        let began = start.as_i64().or_else(|| start.as_str()?.parse().ok());
        Some(Self {
            id: run["info"]["run_id"].as_str()?.into(),
            began: began.unwrap_or(0),
            params: pairs(&run["data"]["params"]),
            tags: pairs(&run["data"]["tags"]),
        })
    }
}
