//! Which crate stands on which.

/// Every crate, from below, with the crates that it may name. A row names only rows before it.
///
/// A new crate is a new row. A new arrow is a decision about the house: it goes into
/// ARCHITECTURE.md in the same commit.
pub const ROOMS: &[(&str, &[&str])] = &[
    ("streams", &[]),
    ("outside", &[]),
    ("terminal", &[]),
    ("durable", &["outside"]),
    ("arrays", &[]),
    ("embeddings", &["arrays", "outside"]),
    ("kernels", &[]),
    ("onnx-graph", &[]),
    ("figures", &[]),
    ("numbers", &[]),
    ("stats", &["streams"]),
    ("gabor", &["stats", "streams"]),
    ("curves", &["stats"]),
    ("decisions", &["stats"]),
    ("similarity", &["kernels", "arrays", "streams", "outside"]),
    ("formats", &["outside"]),
    ("images", &["formats", "arrays", "streams", "outside"]),
    ("sources", &["images", "formats", "stats", "outside"]),
    (
        "packs",
        &["images", "formats", "sources", "durable", "outside"],
    ),
    ("predictions", &["sources", "formats", "stats", "decisions"]),
    (
        "audit",
        &["images", "formats", "sources", "stats", "streams"],
    ),
    ("hdf5-file", &[]),
    ("checkpoints", &["outside", "hdf5-file"]),
    ("networks", &["checkpoints", "streams", "onnx-graph"]),
    ("onnx-import", &["networks", "onnx-graph"]),
    ("initialisation", &["networks"]),
    ("regimes", &["initialisation", "networks"]),
    (
        "engine",
        &[
            "regimes",
            "initialisation",
            "networks",
            "kernels",
            "streams",
        ],
    ),
    ("engine-cuda", &["engine", "regimes", "networks", "kernels"]),
    ("devices", &["engine", "engine-cuda", "kernels"]),
    ("depot", &["durable", "networks", "outside"]),
    // The check of a study opens the data and the weights that it names, and shows some pictures to
    // the networks that have these.
    (
        "study",
        &[
            "engine",
            "initialisation",
            "regimes",
            "networks",
            "onnx-import",
            "formats",
            "images",
            "embeddings",
            "sources",
            "packs",
            "audit",
            "stats",
            "streams",
            "durable",
            "depot",
            "similarity",
            "outside",
        ],
    ),
    (
        "manual",
        &["study", "initialisation", "networks", "similarity"],
    ),
    (
        "record",
        &[
            "study",
            "durable",
            "initialisation",
            "regimes",
            "networks",
            "similarity",
            "images",
            "audit",
            "stats",
        ],
    ),
    (
        "self-supervision",
        &[
            "record",
            "study",
            "engine",
            "initialisation",
            "networks",
            "images",
            "stats",
            "streams",
            "durable",
            "kernels",
        ],
    ),
    (
        "pretraining",
        &[
            "self-supervision",
            "record",
            "study",
            "initialisation",
            "networks",
            "images",
            "stats",
            "durable",
        ],
    ),
    (
        "comparison",
        &[
            "record",
            "study",
            "stats",
            "curves",
            "decisions",
            "initialisation",
            "regimes",
            "networks",
            "similarity",
            "images",
            "audit",
            "durable",
            "streams",
        ],
    ),
    (
        "methods",
        &[
            "record",
            "study",
            "audit",
            "initialisation",
            "regimes",
            "networks",
            "images",
            "stats",
            "numbers",
        ],
    ),
    (
        "report",
        &[
            "methods",
            "numbers",
            "figures",
            "record",
            "study",
            "images",
            "audit",
            "stats",
            "decisions",
            "networks",
            "similarity",
        ],
    ),
    (
        "runs",
        &[
            "gabor",
            "embeddings",
            "engine",
            "record",
            "similarity",
            "depot",
            "images",
            "study",
            "stats",
            "kernels",
            "initialisation",
            "regimes",
            "networks",
            "durable",
            "streams",
        ],
    ),
    (
        "telling",
        &["runs", "record", "study", "depot", "durable", "terminal"],
    ),
    ("live", &["durable", "outside", "record", "study"]),
    ("server", &["live", "record", "study", "images"]),
    ("watch", &["live"]),
    (
        "tracking",
        &[
            "record", "study", "regimes", "networks", "depot", "durable", "outside",
        ],
    ),
    ("published", &["study", "record", "stats"]),
    (
        "claims",
        &[
            "record",
            "study",
            "decisions",
            "stats",
            "similarity",
            "images",
            "figures",
            "numbers",
            "durable",
        ],
    ),
    (
        "takeaway",
        &[
            "comparison",
            "sources",
            "stats",
            "runs",
            "record",
            "study",
            "engine",
            "regimes",
            "networks",
            "images",
            "formats",
            "depot",
            "durable",
            "terminal",
        ],
    ),
    // What a scheduler is handed depends on how long jobs take and how much they hold.
    ("cluster", &["study", "record", "runs", "durable"]),
    (
        "self-check",
        &[
            "devices",
            "engine",
            "kernels",
            "regimes",
            "networks",
            "similarity",
            "stats",
            "streams",
            "durable",
            "outside",
        ],
    ),
    (
        "transfusion",
        &[
            "self-check",
            "self-supervision",
            "pretraining",
            "live",
            "server",
            "watch",
            "published",
            "claims",
            "cluster",
            "takeaway",
            "tracking",
            "telling",
            "manual",
            "terminal",
            "streams",
            "durable",
            "arrays",
            "kernels",
            "stats",
            "decisions",
            "predictions",
            "similarity",
            "images",
            "initialisation",
            "regimes",
            "networks",
            "onnx-import",
            "engine",
            "engine-cuda",
            "devices",
            "depot",
            "study",
            "record",
            "comparison",
            "report",
            "runs",
            "audit",
            "formats",
            "sources",
        ],
    ),
];

/// What crate `name` may name; `None` for a crate without a row.
pub(crate) fn below(name: &str) -> Option<&'static [&'static str]> {
    ROOMS
        .iter()
        .find(|(room, _)| *room == name)
        .map(|(_, on)| *on)
}

/// The crate that source code calls `word`, where `-` is written `_`.
pub(crate) fn named(word: &str) -> Option<&'static str> {
    ROOMS
        .iter()
        .map(|(room, _)| *room)
        .find(|room| room.replace('-', "_") == word)
}

#[cfg(test)]
mod tests {
    use super::ROOMS;

    #[test]
    fn every_row_names_only_rows_before_it() {
        for (row, (room, on)) in ROOMS.iter().enumerate() {
            for name in *on {
                assert!(
                    ROOMS[..row].iter().any(|(earlier, _)| earlier == name),
                    "{room} names {name}, which is not below it"
                );
            }
        }
    }
}
