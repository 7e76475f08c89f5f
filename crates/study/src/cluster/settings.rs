//! What a user or a site says about its scheduler.

use serde::{Deserialize, Serialize};

use super::duration::parse_duration;
use super::scheduler::Scheduler;

/// `[cluster]`: how a study is handed to a scheduler. No result depends on it. What is left out is
/// taken from the plan, or not asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClusterSpec {
    /// Which scheduler.
    pub scheduler: Option<Scheduler>,
    /// Partition, or queue.
    pub partition: Option<String>,
    /// Whose allowance is used.
    pub account: Option<String>,
    /// Time limit of a task, such as `4h`, `90m` or `04:00:00`.
    pub time: Option<String>,
    /// Memory of a task, such as `8GiB`.
    pub memory: Option<String>,
    /// Processors of a task.
    pub cpus: Option<u32>,
    /// GPUs of a task: runs are trained on `--device cuda` then.
    pub gpus: Option<u32>,
    /// Tasks at a time.
    pub at_once: Option<u32>,
    /// How often a task may start again after it was cut or taken away.
    pub restarts: Option<u32>,
    /// Elements that an array may have: Slurm's `MaxArraySize` less one.
    pub array: Option<u32>,
    /// How long a task is meant to take: several short runs share one.
    pub parcel: Option<String>,
    /// Modules that are loaded first.
    pub modules: Vec<String>,
    /// An Apptainer image in which the program is run; for Kubernetes an OCI image.
    pub container: Option<String>,
    /// A folder of each machine to which packed data are copied, such as `/local` or `$TMPDIR`.
    pub scratch: Option<String>,
    /// Whether tasks download nothing: the machine that submits has fetched what they need.
    pub offline: bool,
    /// Lines of shell before the program.
    pub before: Vec<String>,
    /// More options of the scheduler, as its scripts write them, without the leading word.
    pub options: Vec<String>,
    /// For Kubernetes: the claim of the volume that holds data and study, and where it is mounted.
    pub volume: Option<Volume>,
    /// The program on the machines that work [default: this program's own path].
    pub program: Option<String>,
}

/// Where pods find the study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Volume {
    /// Name of a persistent volume claim.
    pub claim: String,
    /// Folder at which it is mounted.
    pub path: String,
}

/// A setting that means nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// No time.
    #[error("[cluster] {field}: expected a time such as 90m, 4h or 04:00:00, found `{found}`")]
    Time {
        /// The key.
        field: &'static str,
        /// What is there.
        found: String,
    },
    /// No amount of memory.
    #[error("[cluster] memory: expected an amount such as 8GiB or 16000MiB, found `{found}`")]
    Memory {
        /// What is there.
        found: String,
    },
    /// A number that may not be 0.
    #[error("[cluster] {field}: expected 1 or more, found 0")]
    Zero {
        /// The key.
        field: &'static str,
    },
    /// A text that would end its line, and begin another.
    #[error("[cluster] {field}: expected one line, found {found:?}")]
    Lines {
        /// The key.
        field: &'static str,
        /// What is there.
        found: String,
    },
}

/// Bytes of `8GiB`, `512MiB`, `8G` or `512M` (by 1024); none where it is no such text.
pub fn parse_memory(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|letter: char| !letter.is_ascii_digit())?;
    let count: u64 = text[..digits].parse().ok()?;
    let unit: u64 = match text[digits..].trim() {
        "MiB" | "M" | "MB" => 1 << 20,
        "GiB" | "G" | "GB" => 1 << 30,
        "TiB" | "T" | "TB" => 1 << 40,
        _ => return None,
    };
    count.checked_mul(unit)
}

impl ClusterSpec {
    /// Whether every setting means something, and none can break out of its line of a script.
    pub fn check(&self) -> Result<(), SettingsError> {
        for (field, value) in [("time", &self.time), ("parcel", &self.parcel)] {
            if let Some(text) = value
                && parse_duration(text).is_none_or(|seconds| seconds == 0)
            {
                let found = text.clone();
                return Err(SettingsError::Time { field, found });
            }
        }
        if let Some(text) = &self.memory
            && parse_memory(text).is_none_or(|bytes| bytes == 0)
        {
            return Err(SettingsError::Memory {
                found: text.clone(),
            });
        }
        let counts = [
            ("cpus", self.cpus),
            ("at_once", self.at_once),
            ("array", self.array),
        ];
        if let Some((field, _)) = counts.into_iter().find(|(_, count)| *count == Some(0)) {
            return Err(SettingsError::Zero { field });
        }
        let volume = self.volume.as_ref();
        let texts = [
            ("partition", self.partition.as_ref()),
            ("account", self.account.as_ref()),
            ("container", self.container.as_ref()),
            ("program", self.program.as_ref()),
            ("scratch", self.scratch.as_ref()),
            ("volume", volume.map(|volume| &volume.claim)),
            ("volume", volume.map(|volume| &volume.path)),
        ];
        let lists = [
            ("modules", &self.modules),
            ("options", &self.options),
            ("before", &self.before),
        ];
        let of_lists = lists
            .into_iter()
            .flat_map(|(field, all)| all.iter().map(move |t| (field, t)));
        let single = texts
            .into_iter()
            .filter_map(|(field, text)| Some((field, text?)));
        for (field, text) in single.chain(of_lists) {
            if text.contains(['\n', '\r', '\0']) {
                let found = text.clone();
                return Err(SettingsError::Lines { field, found });
            }
        }
        Ok(())
    }

    /// These settings, and where they are silent, `others`.
    pub fn or(self, others: &Self) -> Self {
        let list = |own: Vec<String>, other: &[String]| match own.is_empty() {
            true => other.to_vec(),
            false => own,
        };
        let text = |own: Option<String>, other: &Option<String>| own.or_else(|| other.clone());
        Self {
            scheduler: self.scheduler.or(others.scheduler),
            scratch: text(self.scratch, &others.scratch),
            offline: self.offline || others.offline,
            partition: text(self.partition, &others.partition),
            account: text(self.account, &others.account),
            time: text(self.time, &others.time),
            memory: text(self.memory, &others.memory),
            cpus: self.cpus.or(others.cpus),
            gpus: self.gpus.or(others.gpus),
            at_once: self.at_once.or(others.at_once),
            restarts: self.restarts.or(others.restarts),
            array: self.array.or(others.array),
            parcel: text(self.parcel, &others.parcel),
            modules: list(self.modules, &others.modules),
            container: text(self.container, &others.container),
            before: list(self.before, &others.before),
            options: list(self.options, &others.options),
            volume: self.volume.or_else(|| others.volume.clone()),
            program: text(self.program, &others.program),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_of_memory_are_read() {
        assert_eq!(parse_memory("8GiB"), Some(8 << 30));
        assert_eq!(parse_memory("512 MiB"), Some(512 << 20));
        assert_eq!(parse_memory("4G"), Some(4 << 30));
        for text in ["", "8", "GiB", "-1GiB", "8 bytes", "99999999999999999TiB"] {
            assert_eq!(parse_memory(text), None, "{text}");
        }
    }

    #[test]
    fn what_would_begin_a_line_of_its_own_is_refused() {
        let mut settings = ClusterSpec {
            partition: Some("main\n#SBATCH --uid=0".into()),
            ..ClusterSpec::default()
        };
        assert!(matches!(
            settings.check(),
            Err(SettingsError::Lines {
                field: "partition",
                ..
            })
        ));
        settings.partition = None;
        settings.options = vec!["--qos=high\nrm -rf /".into()];
        assert!(settings.check().is_err());
        settings.options = vec!["--qos=high".into()];
        assert_eq!(settings.check(), Ok(()));
        settings.time = Some("soon".into());
        let message = settings.check().unwrap_err().to_string();
        assert!(
            message.contains("90m") && message.contains("soon"),
            "{message}"
        );
    }
}
