//! The dependencies in a `Cargo.toml`, as far as this repository writes them.

/// One dependency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dependency<'a> {
    /// Name of the crate.
    pub(crate) name: &'a str,
    /// Line of the manifest, from 1.
    pub(crate) line: usize,
    /// For tests and examples only.
    pub(crate) dev: bool,
}

/// The dependencies of `manifest`, also those of one target and those with a table of their own.
pub(crate) fn dependencies(manifest: &str) -> Vec<Dependency<'_>> {
    let mut found = Vec::new();
    let mut section = "";
    for (number, text) in manifest.lines().enumerate() {
        let (text, line) = (text.trim(), number + 1);
        if let Some(header) = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            section = header;
            if let Some((_, name)) = header.rsplit_once("dependencies.") {
                let dev = header.contains("dev-dependencies.");
                found.push(Dependency { name, line, dev });
            }
        } else if section.ends_with("dependencies") && !text.starts_with('#') {
            let Some((key, value)) = text.split_once('=') else {
                continue;
            };
            let key = key.trim().split('.').next().unwrap_or_default();
            // `alias = { package = "name" }`
            let package = value
                .split_once("package")
                .and_then(|(_, rest)| rest.split('"').nth(1));
            found.push(Dependency {
                name: package.unwrap_or(key.trim_matches('"')),
                line,
                dev: section.ends_with("dev-dependencies"),
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::dependencies;

    #[test]
    fn every_way_to_write_a_dependency_is_read() {
        let manifest = "[package]\nname = \"a\"\n\n[dependencies]\nb.workspace = true\n# c = \"1\"\n\
            d = { package = \"e\", version = \"1\" }\n[target.'cfg(unix)'.dependencies]\nf = \"1\"\n\
            [dependencies.g]\nversion = \"1\"\n[dev-dependencies]\nh = \"1\"\n[features]\ni = []\n";
        let found = dependencies(manifest);
        let found: Vec<_> = found.iter().map(|d| (d.name, d.line, d.dev)).collect();
        let expected = [
            ("b", 5, false),
            ("e", 7, false),
            ("f", 9, false),
            ("g", 10, false),
            ("h", 13, true),
        ];
        assert_eq!(found, expected);
    }
}
