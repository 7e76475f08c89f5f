//! Studies for a scheduler, which is a script here that writes down how it was called.

mod fixture;

use std::process::Command;

use fixture::{Ended, Folder, PROGRAM, STUDY, finish};

/// A folder with a study, and a `sbatch` that numbers what it is handed.
fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("study.toml", STUDY);
    let sbatch = folder.write(
        "bin/sbatch",
        "#!/bin/sh\necho \"$@\" >> \"$(dirname \"$0\")/calls\"\nwc -l < \"$(dirname \"$0\")/calls\"\n",
    );
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(sbatch, mode).expect("a script");
    folder
}

fn submit(folder: &Folder, more: &[&str]) -> Ended {
    with_schedulers(
        folder,
        &[&["submit", "study.toml", "--out", "out"], more].concat(),
    )
}

/// The program, which finds the folder's schedulers first.
fn with_schedulers(folder: &Folder, arguments: &[&str]) -> Ended {
    let mut command: Command = folder.command(arguments);
    let path = std::env::var("PATH").unwrap_or_default();
    let bin = folder.path("bin");
    command.env("PATH", format!("{}:{path}", bin.display()));
    finish(command.spawn().expect("the program starts"))
}

#[test]
fn what_is_submitted_is_the_study_and_its_report_comes_last() {
    let folder = folder();
    submit(&folder, &["--to", "slurm", "--cpus", "1"])
        .with(0)
        .prints(&["stage 1: 2 jobs in 1 task", "Slurm job 1", "Slurm job 2"]);
    let calls = String::from_utf8(folder.read("bin/calls")).expect("text");
    let calls: Vec<&str> = calls.lines().collect();
    assert_eq!(calls.len(), 2, "{calls:?}");
    assert!(calls[0].ends_with("out/cluster/1/1-run.sh") && !calls[0].contains("dependency"));
    assert!(calls[1].contains("--dependency=afterany:1") && calls[1].ends_with("report.sh"));

    // As Slurm runs them.
    for (script, task) in [("1-run.sh", "0"), ("report.sh", "0")] {
        let mut shell = Command::new("bash");
        shell.arg(folder.path("out/cluster/1").join(script));
        shell.envs([("SLURM_ARRAY_JOB_ID", "1"), ("SLURM_ARRAY_TASK_ID", task)]);
        let shell = folder.prepare(shell);
        finish({ shell }.spawn().expect("bash")).with(0);
    }
    folder
        .run(&["run", "study.toml", "--out", "alone", "--jobs", "1"])
        .with(0);
    assert_eq!(
        folder.read("out/results.json"),
        folder.read("alone/results.json")
    );
    submit(&folder, &["--to", "slurm"])
        .with(2)
        .says(&["nothing to submit"]);
    folder.run(&["verify", "out"]).with(0);
}

#[test]
fn printing_writes_nothing_and_settings_come_from_the_study_too() {
    let folder = folder();
    let settings = "\n[cluster]\nscheduler = \"lsf\"\npartition = \"gpu\"\ntime = \"90m\"\n";
    folder.write("study.toml", format!("{STUDY}{settings}"));
    let before = folder.files();
    let printed = submit(&folder, &["--print", "--memory", "3GiB"]).with(0);
    let printed = printed.prints(&[
        "#BSUB -W 90",
        "#BSUB -q gpu",
        "#BSUB -M 3072MB",
        "#BSUB -Q \"75\"",
    ]);
    assert!(printed.stdout.contains(PROGRAM), "{}", printed.stdout);
    assert_eq!(folder.files(), before);
}

#[test]
fn what_cannot_be_submitted_is_said() {
    let folder = folder();
    submit(&folder, &[])
        .with(2)
        .says(&["expected a scheduler", "--to slurm"]);
    submit(&folder, &["--to", "cron"])
        .with(2)
        .says(&["slurm, lsf", "`cron`"]);
    submit(&folder, &["--to", "slurm", "--time", "soon"])
        .with(2)
        .says(&["90m", "`soon`"]);
    submit(&folder, &["--to", "pbs"])
        .with(2)
        .says(&["`qsub` was not found", "out/cluster/1"]);
    folder.write(
        "study.toml",
        format!("{STUDY}\n[cluster]\noptions = [\"a\\nrm -rf /\"]\n"),
    );
    submit(&folder, &["--to", "slurm"])
        .with(2)
        .says(&["one line"]);

    let parcels = folder.write("parcels.json", "{\"parcels\": [[\"nothing-s0\"]]}");
    let parcels = parcels.to_string_lossy();
    folder.write("study.toml", STUDY);
    let run = [
        "run",
        "study.toml",
        "--out",
        "other",
        "--parcels",
        &parcels,
        "--parcel",
    ];
    folder
        .run(&[&run[..], &["0"]].concat())
        .with(2)
        .says(&["`nothing-s0`", "submit it again"]);
    folder
        .run(&[&run[..], &["1"]].concat())
        .with(2)
        .says(&["no parcel 1"]);
}

/// A program in the folder's `bin` that answers for a scheduler.
fn program(folder: &Folder, name: &str, text: &str) {
    let path = folder.write(&format!("bin/{name}"), format!("#!/bin/sh\n{text}\n"));
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(path, mode).expect("a script");
}

#[test]
fn where_jobs_are_why_they_wait_and_what_they_said_is_told() {
    let folder = folder();
    let calls = "echo \"$0 $@\" >> \"$(dirname \"$0\")/asked\"";
    let squeue = "echo '1|0|PENDING|QOSMaxJobsPerUserLimit|(null)'";
    program(&folder, "squeue", &format!("{calls}\n{squeue}"));
    program(&folder, "scancel", calls);
    submit(&folder, &["--to", "slurm", "--cpus", "1"]).with(0);
    let said = |arguments: &[&str]| with_schedulers(&folder, arguments);
    said(&["status", "out"])
        .with(0)
        .prints(&["planned: Slurm 1_0 PENDING (QOSMaxJobsPerUserLimit)"]);
    said(&["logs", "out", "0"])
        .with(0)
        .prints(&["Slurm 1_0: nothing printed yet", "squeue -j 1"]);

    program(&folder, "squeue", "true");
    said(&["status", "out"])
        .with(0)
        .prints(&["Slurm 1_0 is not with Slurm any more"]);
    program(&folder, "squeue", "echo no controller >&2; exit 1");
    said(&["status", "out"])
        .with(0)
        .says(&["what Slurm says is not known", "no controller"])
        .prints(&["planned: Slurm 1_0"]);

    // As Slurm runs it, its output where the script asks for it.
    let log = folder.path("out/cluster/1/logs/1-run-0.log");
    let mut shell = Command::new("bash");
    shell.arg("-c").arg(format!(
        "bash '{}' > '{}' 2>&1",
        folder.path("out/cluster/1/1-run.sh").display(),
        log.display()
    ));
    shell.envs([("SLURM_ARRAY_JOB_ID", "1"), ("SLURM_ARRAY_TASK_ID", "0")]);
    finish(folder.prepare(shell).spawn().expect("bash")).with(0);
    let told = said(&["logs", "out", "1"]).with(0);
    let told = told.prints(&["── Slurm 1_0, ", "1-run-0.log", "done, last AUC"]);
    let of_jobs = |ended: &Ended| ended.stdout.matches(": done").count();
    assert_eq!(of_jobs(&told), 1, "{}", told.stdout);
    let all = said(&["logs", "out", "1", "--task"]).with(0);
    assert_eq!(of_jobs(&all), 2, "{}", all.stdout);
    said(&["status", "out"])
        .with(0)
        .prints(&["core hours so far"]);
    said(&["logs", "out", "7"]).with(2).says(&["0 to 1", "`7`"]);
}

#[test]
fn what_is_cancelled_does_not_begin_and_is_not_put_back() {
    let folder = folder();
    program(
        &folder,
        "scancel",
        "echo \"$@\" > \"$(dirname \"$0\")/cancelled\"",
    );
    submit(&folder, &["--to", "slurm", "--cpus", "1"]).with(0);
    with_schedulers(&folder, &["cancel", "out"])
        .with(0)
        .prints(&["Slurm: 1 2 taken back"]);
    assert_eq!(folder.read("bin/cancelled"), b"1 2\n");
    let mut shell = Command::new("bash");
    shell.arg(folder.path("out/cluster/1/1-run.sh"));
    shell.envs([("SLURM_ARRAY_JOB_ID", "1"), ("SLURM_ARRAY_TASK_ID", "0")]);
    finish(folder.prepare(shell).spawn().expect("bash")).with(0);
    with_schedulers(&folder, &["status", "out"])
        .with(0)
        .prints(&["0 of 2 runs done"]);
    with_schedulers(&folder, &["cancel", "out"])
        .with(0)
        .prints(&["nobody works on it"]);
    // Submitted again, it is as new.
    submit(&folder, &["--to", "slurm", "--cpus", "1"])
        .with(0)
        .prints(&["Slurm job 3"]);
    program(&folder, "scancel", "echo Invalid job id >&2; exit 1");
    with_schedulers(&folder, &["cancel", "out"])
        .with(1)
        .says(&["Invalid job id", "will end at once"]);
}
