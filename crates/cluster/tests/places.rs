//! Folders that tasks look at, found in a configuration.

use std::fs::{create_dir_all, write};
use std::path::Path;

use cluster::places;

#[test]
fn folders_of_what_a_configuration_names_are_found_and_links_followed() {
    let root = tempfile::tempdir().expect("a folder");
    let root = root.path().canonicalize().expect("a folder");
    for folder in [
        "home/inner",
        "home-2",
        "big/pictures",
        "nets",
        "own",
        "seen",
    ] {
        create_dir_all(root.join(folder)).expect("a folder");
    }
    write(root.join("home-2/labels.csv"), "").expect("a file");
    write(root.join("nets/a.safetensors"), "").expect("a file");
    write(root.join("own/mine.toml"), "").expect("a file");
    write(root.join("seen/them.npz"), "").expect("a file");
    #[cfg(unix)]
    std::os::unix::fs::symlink(root.join("big/pictures"), root.join("home/link")).expect("a link");
    let text = format!(
        "title = \"/etc\"\n[data]\nsource = \"link\"\ntask = \"binary\"\n\
         tests = {{ far = {{ source = {:?} }} }}\n[weights]\ncbr-tiny = \"../nets/a.safetensors\"\n\
         [grid]\nmodel = [\"cbr-tiny\", {{ file = \"../own/mine.toml\" }}]\n\
         [probe.features]\nthem = {{ file = \"../seen/them.npz\" }}\n",
        root.join("home-2/labels.csv"),
    );
    let base = root.join("home");
    let inner = root.join("home/inner");
    let found = places(&text, &base, &[&inner, Path::new("/")]);
    let expected =
        ["big/pictures", "home", "home-2", "nets", "own", "seen"].map(|name| root.join(name));
    assert_eq!(found, expected);
    assert_eq!(places("no = configuration =", &base, &[]), [base]);
}
