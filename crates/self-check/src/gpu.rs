//! Steps of training on every GPU that there is.

use devices::{Choice, Devices, Machine};

use crate::check::Check;
use crate::processor::{Exact, judged};
use crate::slopes;
use crate::step::Left;

const REMEDY: &str = "take no numbers of this device: use `--device cpu`, see whether the device is sound (`nvidia-smi`), and please report this line with what `transfusion devices` prints";

/// Two checks and a third of slopes for each GPU; one line where there is none.
pub fn checks(exact: &[Exact]) -> Vec<Check> {
    let found = Machine::look().cuda.devices;
    if found.is_empty() {
        return vec![Check::skipped(
            "GPU",
            "none was found; `transfusion devices` says what is needed",
        )];
    }
    let of = |index: usize| {
        let name = format!("cuda:{index}");
        match Devices::open(&Choice::Cuda(vec![index]), false) {
            Ok(devices) => on(&name, &devices, exact),
            Err(error) => vec![Check::failed(
                name,
                error.to_string(),
                "`transfusion devices` says what is missing; `--device cpu` needs nothing of it",
            )],
        }
    };
    found.iter().flat_map(|device| of(device.index)).collect()
}

fn on(name: &str, devices: &Devices, exact: &[Exact]) -> Vec<Check> {
    let mut checks = Vec::new();
    for exact in exact {
        let what = format!("a training step, {}, {name}", exact.network.name);
        checks.push(match devices.first().executor() {
            Ok(executor) => judged(what, Left::of(executor, &exact.network), exact, REMEDY),
            Err(fault) => Check::failed(what, fault.to_string(), REMEDY),
        });
    }
    if let (Some(exact), Ok(executor)) = (exact.first(), devices.first().executor()) {
        let check = slopes::check(exact, executor);
        checks.push(Check {
            what: format!("{}, {name}", check.what),
            ..check
        });
    }
    checks
}
