//! Reading weights files, whole, damaged and hostile.

mod hostile;
mod tfjs;
mod torch;

use std::path::Path;

use nets::{Weights, WeightsError, WeightsFile};

fn read(bytes: &[u8]) -> Result<WeightsFile, WeightsError> {
    Weights::from_bytes(bytes, Path::new("file.pt"))
}

/// What users read about a file that is refused.
fn refusal(bytes: &[u8]) -> String {
    read(bytes)
        .expect_err("the file is not in order")
        .to_string()
}
#[test]
#[ignore]
fn real() {
    use sha2::{Digest as _, Sha256};
    for path in std::env::var("REAL").unwrap().split(':') {
        let file = Weights::read(Path::new(path)).unwrap();
        println!("FILE {path} {} {}", file.format, file.sha256);
        for (name, t) in &file.weights.tensors {
            let bytes: Vec<u8> = t.values.iter().flat_map(|v| v.to_le_bytes()).collect();
            println!("{name} {:?} {:x}", t.shape, Sha256::digest(bytes));
        }
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        println!(
            "HWM {}",
            status.lines().find(|l| l.starts_with("VmHWM")).unwrap()
        );
    }
}
