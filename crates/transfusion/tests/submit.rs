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
    let arguments = [&["submit", "study.toml", "--out", "out"], more].concat();
    let mut command: Command = folder.command(&arguments);
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
    folder.run(&["run", "study.toml", "--out", "alone", "--jobs", "1"]).with(0);
    assert_eq!(folder.read("out/results.json"), folder.read("alone/results.json"));
    submit(&folder, &["--to", "slurm"]).with(2).says(&["nothing to submit"]);
    folder.run(&["verify", "out"]).with(0);
}

#[test]
fn printing_writes_nothing_and_settings_come_from_the_study_too() {
    let folder = folder();
    let settings = "\n[cluster]\nscheduler = \"lsf\"\npartition = \"gpu\"\ntime = \"90m\"\n";
    folder.write("study.toml", format!("{STUDY}{settings}"));
    let before = folder.files();
    let printed = submit(&folder, &["--print", "--memory", "3GiB"]).with(0);
    let printed = printed.prints(&["#BSUB -W 90", "#BSUB -q gpu", "#BSUB -M 3072MB", "#BSUB -Q \"75\""]);
    assert!(printed.stdout.contains(PROGRAM), "{}", printed.stdout);
    assert_eq!(folder.files(), before);
}

#[test]
fn what_cannot_be_submitted_is_said() {
    let folder = folder();
    submit(&folder, &[]).with(2).says(&["expected a scheduler", "--to slurm"]);
    submit(&folder, &["--to", "cron"]).with(2).says(&["slurm, lsf", "`cron`"]);
    submit(&folder, &["--to", "slurm", "--time", "soon"]).with(2).says(&["90m", "`soon`"]);
    submit(&folder, &["--to", "pbs"]).with(2).says(&["`qsub` was not found", "out/cluster/1"]);
    folder.write("study.toml", format!("{STUDY}\n[cluster]\noptions = [\"a\\nrm -rf /\"]\n"));
    submit(&folder, &["--to", "slurm"]).with(2).says(&["one line"]);

    let parcels = folder.write("parcels.json", "{\"parcels\": [[\"nothing-s0\"]]}");
    let parcels = parcels.to_string_lossy();
    folder.write("study.toml", STUDY);
    let run = ["run", "study.toml", "--out", "other", "--parcels", &parcels, "--parcel"];
    folder.run(&[&run[..], &["0"]].concat()).with(2).says(&["`nothing-s0`", "submit it again"]);
    folder.run(&[&run[..], &["1"]].concat()).with(2).says(&["no parcel 1"]);
}
