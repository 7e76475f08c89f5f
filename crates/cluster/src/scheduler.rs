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
    /// The template of the job that makes the report.
    pub report: &'static str,
    /// Program and arguments that hand a file in, before the file's name; `{after}` stands for the
    /// wish to wait for other jobs, where there is one.
    pub submit: &'static [&'static str],
    /// The wish to wait for jobs; `{ids}` stands for their names, joined by `between`.
    pub after: &'static [&'static str],
    /// A job in that wish; `{id}` stands for its name.
    pub each: &'static str,
    /// Between the jobs of that wish.
    pub between: &'static str,
    /// Whether the file is read from standard input.
    pub reads_input: bool,
    /// Text before a job's name in the answer to that; its name ends before the next blank or one
    /// of `<>;"'.`.
    pub before_id: &'static str,
    /// Program and arguments that tell of the user's tasks, a line each, with what [`ASKED`] says in
    /// that order; none where its answers have no such form.
    pub ask: Option<&'static [&'static str]>,
    /// Program and arguments that take jobs away, before their names.
    pub cancel: &'static [&'static str],
    /// How a person looks at a task; `{id}` stands for the name of its job, `{task}` for its number.
    pub look: &'static str,
    /// Number of an array's first task.
    pub first: usize,
    /// The most tasks of an array, unless a site says otherwise.
    pub array_limit: usize,
    /// Whether tasks are containers, so that the program need not be started in one.
    pub in_containers: bool,
    /// What happens to a task that is cut or taken away, in a sentence.
    pub restarts: &'static str,
}

/// What [`Terms::ask`] tells of a task, between bars: the job, the number of the task, its state, why
/// it waits, and where it runs.
pub const ASKED: usize = 5;

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
    each: "{id}",
    between: ":",
    reads_input: false,
    before_id: "",
    ask: Some(&[
        "squeue",
        "--noheader",
        "--array",
        "--me",
        "--format=%F|%K|%T|%r|%N",
    ]),
    cancel: &["scancel"],
    look: "squeue -j {id}",
    first: 0,
    array_limit: 1000,
    in_containers: false,
    restarts: "a task that is cut at its time limit or taken away is put back into the queue and goes on",
};

const LSF: Terms = Terms {
    name: "LSF",
    ending: "sh",
    array: include_str!("../templates/lsf.sh"),
    report: include_str!("../templates/lsf-report.sh"),
    submit: &["bsub", "{after}"],
    after: &["-w", "{ids}"],
    each: "ended({id})",
    between: " && ",
    reads_input: true,
    before_id: "Job <",
    ask: Some(&[
        "bjobs",
        "-noheader",
        "-o",
        "jobid jobindex stat pend_reason exec_host delimiter='|'",
    ]),
    cancel: &["bkill"],
    look: "bjobs {id}",
    first: 1,
    array_limit: 1000,
    in_containers: false,
    restarts: "a task that ends with 75 is put back into the queue (-Q) and goes on",
};

const PBS: Terms = Terms {
    name: "PBS",
    ending: "sh",
    array: include_str!("../templates/pbs.sh"),
    report: include_str!("../templates/pbs-report.sh"),
    submit: &["qsub", "{after}"],
    after: &["-W", "depend=afterany:{ids}"],
    each: "{id}",
    between: ":",
    reads_input: false,
    before_id: "",
    ask: None,
    cancel: &["qdel"],
    look: "qstat -t {id}",
    first: 0,
    array_limit: 1000,
    in_containers: false,
    restarts: "a task that is cut at its time limit is handed in again by `transfusion submit --failed`",
};

const SGE: Terms = Terms {
    name: "Grid Engine",
    ending: "sh",
    array: include_str!("../templates/sge.sh"),
    report: include_str!("../templates/sge-report.sh"),
    submit: &["qsub", "-terse", "{after}"],
    after: &["-hold_jid", "{ids}"],
    each: "{id}",
    between: ",",
    reads_input: false,
    before_id: "",
    ask: None,
    cancel: &["qdel"],
    look: "qstat -j {id}",
    first: 1,
    array_limit: 1000,
    in_containers: false,
    restarts: "a task that is cut at its soft time limit ends with 99, is put back into the queue and goes on",
};

const KUBERNETES: Terms = Terms {
    name: "Kubernetes",
    ending: "yaml",
    array: include_str!("../templates/kubernetes.yaml"),
    report: include_str!("../templates/kubernetes-report.yaml"),
    submit: &["kubectl", "create", "-o", "name", "-f"],
    after: &[],
    each: "{id}",
    between: " ",
    reads_input: false,
    before_id: "job.batch/",
    ask: Some(&[
        "kubectl",
        "get",
        "pods",
        "-l",
        "app=transfusion",
        "--sort-by=.metadata.creationTimestamp",
        "-o",
        PODS,
    ]),
    cancel: &["kubectl", "delete", "job", "--ignore-not-found"],
    look: "kubectl logs --tail=-1 --prefix -l job-name={id},batch.kubernetes.io/job-completion-index={task}",
    first: 0,
    array_limit: 100_000,
    in_containers: true,
    restarts: "a pod that ends with 75 or is taken away is made again and goes on",
};

const HYPERQUEUE: Terms = Terms {
    name: "HyperQueue",
    ending: "sh",
    array: include_str!("../templates/hyperqueue.sh"),
    report: include_str!("../templates/hyperqueue-report.sh"),
    submit: &["hq", "--output-mode", "quiet", "submit"],
    after: &[],
    each: "{id}",
    between: ",",
    reads_input: false,
    before_id: "",
    ask: Some(&["sh", "-c", TASKS]),
    cancel: &[
        "sh",
        "-c",
        "for job; do hq job cancel \"$job\" || exit; done",
        "hq",
    ],
    look: "hq task list {id} -v",
    first: 0,
    array_limit: 100_000,
    in_containers: false,
    restarts: "a task whose worker is lost is given to another and goes on",
};

/// Of several pods of one task the last one stands. One that waits says why; one that was taken away too.
const PODS: &str = "go-template={{range .items}}{{index .metadata.labels \"job-name\"}}|\
{{with .metadata.annotations}}{{index . \"batch.kubernetes.io/job-completion-index\"}}{{end}}|\
{{.status.phase}}|{{with .status.reason}}{{.}} {{end}}{{range .status.conditions}}\
{{if eq .type \"PodScheduled\"}}{{if eq .status \"False\"}}{{.message}}{{end}}{{end}}\
{{if eq .type \"DisruptionTarget\"}}{{.reason}}{{end}}{{end}}|{{.spec.nodeName}}{{\"\\n\"}}{{end}}";

/// HyperQueue tells of tasks in tables, and of one job without its name.
const TASKS: &str = r#"jobs=$(hq --output-mode quiet job list) || exit
for job in $(echo "$jobs" | cut -d' ' -f1); do
    hq task list "$job" --task-status waiting,running |
        sed -n "s/^| *\([0-9][0-9]*\) *| *\([A-Z]*\) *| *\([^|]*\)|.*/$job|\1|\2||\3/p"
done"#;
