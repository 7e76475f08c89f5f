//! What the machine's processors drew, where the system counts it.

use std::fs::read_to_string;
use std::path::{Path, PathBuf};

/// Where Linux tells the counters of processors (RAPL, of Intel and AMD alike). Since 2020 only root
/// may read them, unless the machine's owner says otherwise.
const COUNTERS: &str = "/sys/class/powercap";

/// Reads the counters of all processor packages of this machine.
#[derive(Debug, Default)]
pub struct Meter {
    packages: Vec<Package>,
}

#[derive(Debug)]
struct Package {
    counter: PathBuf,
    /// The counter begins again behind this, in microjoules.
    range: u64,
    last: u64,
}

impl Meter {
    /// Of this machine; it counts from now on.
    pub fn start() -> Self {
        Self::under(Path::new(COUNTERS))
    }

    fn under(folder: &Path) -> Self {
        let zones = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut packages: Vec<_> = zones
            .filter_map(|zone| Package::open(&zone.path()))
            .collect();
        packages.sort_by(|a, b| a.counter.cmp(&b.counter));
        Self { packages }
    }

    /// Joules that the processors of this machine drew since the last call, for everything that runs on
    /// it; none where nothing is counted. A counter begins again after some 260 kJ: it has to be asked
    /// more often than that (half an hour at 140 W).
    pub fn joules(&mut self) -> Option<f64> {
        if self.packages.is_empty() {
            return None;
        }
        let drawn: Option<Vec<f64>> = self.packages.iter_mut().map(Package::joules).collect();
        Some(drawn?.iter().sum())
    }
}

impl Package {
    /// One whose counter can be read; the parts of a package (cores, memory) have a counter of their
    /// own that the package's holds too.
    fn open(zone: &Path) -> Option<Self> {
        let text = |file: &str| read_to_string(zone.join(file)).ok();
        if !text("name")?.trim().starts_with("package") {
            return None;
        }
        Some(Self {
            counter: zone.join("energy_uj"),
            range: text("max_energy_range_uj")?.trim().parse().ok()?,
            last: text("energy_uj")?.trim().parse().ok()?,
        })
    }

    fn joules(&mut self) -> Option<f64> {
        let now: u64 = read_to_string(&self.counter).ok()?.trim().parse().ok()?;
        let drawn = match now >= self.last {
            true => now - self.last,
            false => self.range.saturating_sub(self.last).saturating_add(now),
        };
        self.last = now;
        Some(drawn as f64 / 1e6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{create_dir, write};

    fn zone(folder: &Path, name: &str, called: &str, counter: u64) {
        let zone = folder.join(name);
        create_dir(&zone).unwrap();
        write(zone.join("name"), format!("{called}\n")).unwrap();
        write(zone.join("max_energy_range_uj"), "262143328850\n").unwrap();
        write(zone.join("energy_uj"), format!("{counter}\n")).unwrap();
    }

    #[test]
    fn packages_are_summed_and_their_counters_begin_again() {
        let folder = tempfile::tempdir().unwrap();
        zone(folder.path(), "intel-rapl:0", "package-0", 1_000_000);
        zone(folder.path(), "intel-rapl:1", "package-1", 262_143_000_000);
        zone(folder.path(), "intel-rapl:0:0", "core", 0);
        let mut meter = Meter::under(folder.path());
        assert_eq!(meter.joules(), Some(0.0));
        let set = |name: &str, value: u64| {
            let counter = folder.path().join(name).join("energy_uj");
            write(counter, value.to_string()).unwrap();
        };
        set("intel-rapl:0", 3_500_000);
        set("intel-rapl:1", 1_671_150);
        set("intel-rapl:0:0", 7_000_000);
        let drawn = meter.joules().unwrap();
        assert!((drawn - 4.5).abs() < 1e-9, "{drawn}");
        // One that nobody may read any more counts nothing, rather than too little.
        std::fs::remove_file(folder.path().join("intel-rapl:1/energy_uj")).unwrap();
        assert_eq!(meter.joules(), None);
    }

    #[test]
    fn a_machine_without_counters_tells_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Meter::under(folder.path()).joules(), None);
        assert_eq!(Meter::under(&folder.path().join("none")).joules(), None);
    }
}
