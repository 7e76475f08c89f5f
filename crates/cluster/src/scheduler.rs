//! The schedulers, as tables of terms. None has code of its own.

use study::cluster::Scheduler;

/// What a scheduler calls things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Its name in a sentence.
    pub name: &'static str,
    /// Ending of its files.
    pub ending: &'static str,
    /// The template of an array of tasks.
    pub array: &'static str,
    /// The template of the job that makes the report; the array's own where it waits by itself.
    pub report: &'static str,
    /// Program and arguments that hand a file in, before the file's name; `{after}` stands for the
    /// wish to wait for other jobs, where there is one.
    pub submit: &'static [&'static str],
    /// The wish to wait for jobs; `{ids}` stands for their names, joined by `between`.
    pub after: &'static [&'static str],
    /// Between the names of jobs.
    pub between: &'static str,
    /// Whether the file is read from standard input.
    pub reads_input: bool,
    /// Text before a job's name in the answer to that; its name ends before the next blank or one
    /// of `<>;"'.`.
    pub before_id: &'static str,
    /// Number of an array's first task.
    pub first: usize,
    /// The most tasks of an array, unless a site says otherwise.
    pub array_limit: usize,
    /// Program and arguments that end a job, before its name.
    pub cancel: &'static [&'static str],
    /// What happens to a task that is cut or taken away, in a sentence.
    pub restarts: &'static str,
}

/// What a scheduler calls things.
pub fn terms(scheduler: Scheduler) -> Terms {
    match scheduler {
        Scheduler::Slurm => SLURM,
        Scheduler::Lsf => LSF,
        Scheduler::Pbs => PBS,
        Scheduler::Sge => SGE,
        Scheduler::Kubernetes => KUBERNETES,
        Scheduler::HyperQueue => HYPERQUEUE,
    }
}

const SLURM: Terms = Terms {
    name: "Slurm",
    ending: "sh",
    array: include_str!("../templates/slurm.sh"),
    report: include_str!("../templates/slurm-report.sh"),
    submit: &["sbatch", "--parsable", "{after}"],
    after: &["--dependency=afterany:{ids}"],
    between: ":",
    reads_input: false,
    before_id: "",
    first: 0,
    array_limit: 1000,
    cancel: &["scancel"],
    restarts: "a task that is cut at its time limit or taken away is put back into the queue and goes on",
};

const LSF: Terms = Terms {
    name: "LSF",
    ending: "sh",
    array: include_str!("../templates/lsf.sh"),
    report: include_str!("../templates/lsf-report.sh"),
    submit: &["bsub", "{after}"],
    after: &["-w", "{ids}"],
    between: " && ",
    reads_input: true,
    before_id: "Job <",
    first: 1,
    array_limit: 1000,
    cancel: &["bkill"],
    restarts: "a task that ends with 75 is put back into the queue (-Q) and goes on",
};

const PBS: Terms = Terms {
    name: "PBS",
    ending: "sh",
    array: include_str!("../templates/pbs.sh"),
    report: include_str!("../templates/pbs-report.sh"),
    submit: &["qsub", "{after}"],
    after: &["-W", "depend=afterany:{ids}"],
    between: ":",
    reads_input: false,
    before_id: "",
    first: 0,
    array_limit: 1000,
    cancel: &["qdel"],
    restarts: "a task that is cut at its time limit is handed in again by `transfusion submit --failed`",
};

const SGE: Terms = Terms {
    name: "Grid Engine",
    ending: "sh",
    array: include_str!("../templates/sge.sh"),
    report: include_str!("../templates/sge-report.sh"),
    submit: &["qsub", "-terse", "{after}"],
    after: &["-hold_jid", "{ids}"],
    between: ",",
    reads_input: false,
    before_id: "",
    first: 1,
    array_limit: 1000,
    cancel: &["qdel"],
    restarts: "a task that is cut at its soft time limit ends with 99, is put back into the queue and goes on",
};

const KUBERNETES: Terms = Terms {
    name: "Kubernetes",
    ending: "yaml",
    array: include_str!("../templates/kubernetes.yaml"),
    report: include_str!("../templates/kubernetes-report.yaml"),
    submit: &["kubectl", "create", "-o", "name", "-f"],
    after: &[],
    between: " ",
    reads_input: false,
    before_id: "job.batch/",
    first: 0,
    array_limit: 100_000,
    cancel: &["kubectl", "delete", "job"],
    restarts: "a pod that ends with 75 or is taken away is made again and goes on",
};

const HYPERQUEUE: Terms = Terms {
    name: "HyperQueue",
    ending: "sh",
    array: include_str!("../templates/hyperqueue.sh"),
    report: include_str!("../templates/hyperqueue-report.sh"),
    submit: &["hq", "--output-mode", "quiet", "submit"],
    after: &[],
    between: ",",
    reads_input: false,
    before_id: "",
    first: 0,
    array_limit: 100_000,
    cancel: &["hq", "job", "cancel"],
    restarts: "a task whose worker is lost is given to another and goes on",
};
