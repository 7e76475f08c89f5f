//! cargo fuzz run own_network
#![no_main]

use networks::Input;
use networks::zoo::{self, Choice, OwnBlock};
use serde::Deserialize;

#[derive(Deserialize)]
struct OwnNetwork {
    name: String,
    block: Vec<OwnBlock>,
}

// A file of blocks; what it makes can be listed, counted and printed.
libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(OwnNetwork { name, block }) = toml::from_str(text) else {
        return;
    };
    let choice = Choice {
        blocks: Some(block),
        ..Choice::named(name)
    };
    if let Ok(network) = zoo::network(&choice, Input::square(3, 32), 2) {
        let numbers: usize = network.parameters().iter().map(|p| p.len()).sum();
        assert!(numbers >= network.parameter_count());
        network.cost().expect("what was traced");
    }
});
