//! Which schedulers there are.

use serde::{Deserialize, Serialize};

/// Who runs the tasks of a study on many machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheduler {
    /// Slurm.
    Slurm,
    /// IBM Spectrum LSF.
    Lsf,
    /// PBS Professional and OpenPBS.
    Pbs,
    /// Grid Engine and its heirs.
    Sge,
    /// Kubernetes, by one Indexed Job.
    Kubernetes,
    /// HyperQueue.
    HyperQueue,
}

impl Scheduler {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Slurm,
        Self::Lsf,
        Self::Pbs,
        Self::Sge,
        Self::Kubernetes,
        Self::HyperQueue,
    ];

    /// The word by which it is asked for.
    pub fn word(self) -> &'static str {
        match self {
            Self::Slurm => "slurm",
            Self::Lsf => "lsf",
            Self::Pbs => "pbs",
            Self::Sge => "sge",
            Self::Kubernetes => "kubernetes",
            Self::HyperQueue => "hyperqueue",
        }
    }

    /// The scheduler of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}
