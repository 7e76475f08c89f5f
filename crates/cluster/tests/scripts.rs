//! The files for every scheduler, with names that would break a careless script.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use cluster::{Array, Rendered, Request, Submission};
use study::cluster::{ClusterSpec, Scheduler, Volume};

/// A blank, quotes, a dollar and a line's end in the title: all of it must stay text.
const STUDY: &str = "/data/Ann's $HOME study";

static ARGUMENTS: OnceLock<Vec<String>> = OnceLock::new();
static PLACES: OnceLock<Vec<PathBuf>> = OnceLock::new();

fn settings() -> ClusterSpec {
    ClusterSpec {
        partition: Some("gpu".into()),
        account: Some("radiology".into()),
        gpus: Some(1),
        at_once: Some(8),
        modules: vec!["cuda/12.4".into()],
        before: vec!["ulimit -c 0".into()],
        options: vec!["--qos=long".into()],
        container: Some("/images/my study.sif".into()),
        volume: Some(Volume {
            claim: "shared".into(),
            path: "/data".into(),
        }),
        ..ClusterSpec::default()
    }
}

fn request(tasks: usize) -> Request<'static> {
    Request {
        title: "Pretrained\n#SBATCH --uid=0 \"or\" not?",
        name: "pneumonia",
        prefix: "",
        study: Path::new(STUDY),
        folder: Path::new("/home/ann/my work"),
        parcels: Path::new("/data/Ann's $HOME study/cluster/1/parcels.json"),
        logs: Path::new("/data/logs"),
        cancelled: Path::new("/data/Ann's $HOME study/cluster/1/cancelled"),
        tasks,
        longest_seconds: 1234.5,
        seconds: 4 * 3600,
        memory: 6 << 30,
        cpus: 4,
        program: "/opt/trans fusion/bin/transfusion",
        arguments: ARGUMENTS.get_or_init(|| vec!["--device".into(), "cuda".into()]),
        places: PLACES.get_or_init(|| {
            [STUDY, "/pictures", "/a,b", "/c:d"]
                .map(PathBuf::from)
                .into()
        }),
    }
}

fn submission(scheduler: Scheduler, tasks: usize, template: Option<&str>) -> Submission {
    Submission::new(scheduler, &settings(), &request(tasks), template)
        .expect("a template that fills")
}

fn files(submission: &Submission) -> impl Iterator<Item = &Rendered> {
    let arrays = submission.arrays.iter().map(|array| &array.file);
    arrays.chain([&submission.report])
}

#[test]
fn scripts_are_shell_and_titles_stay_comments() {
    for scheduler in Scheduler::ALL {
        let submission = submission(scheduler, 60, None);
        for file in files(&submission) {
            assert!(
                !file.text.contains("{{") && !file.text.contains("{%"),
                "{}",
                file.text
            );
            let told = file.text.lines().filter(|line| line.contains("--uid=0"));
            assert!(told.clone().count() > 0 && told.clone().all(|line| line.starts_with("# ")));
            if file.name.ends_with(".sh") {
                let mut shell = Command::new("bash")
                    .arg("-n")
                    .stdin(Stdio::piped())
                    .spawn()
                    .expect("bash");
                let input = shell.stdin.as_mut().expect("a pipe");
                input
                    .write_all(file.text.as_bytes())
                    .expect("a shell that reads");
                assert!(shell.wait().expect("an end").success(), "{}", file.text);
            }
        }
    }
}

#[test]
fn slurm_is_asked_for_what_the_plan_knows() {
    let submission = submission(Scheduler::Slurm, 60, None);
    let text = &submission.arrays[0].file.text;
    for line in [
        "#SBATCH --array=0-59%8",
        "#SBATCH --time=04:00:00",
        "#SBATCH --mem=6144M",
        "#SBATCH --cpus-per-task=4",
        "#SBATCH --gpus=1",
        "#SBATCH --partition=gpu",
        "#SBATCH --account=radiology",
        "#SBATCH --qos=long",
        "#SBATCH --signal=B:USR1@600",
        "module load cuda/12.4 || exit 2",
        "ulimit -c 0",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
    }
    assert!(text.contains(
        "apptainer exec --nv '/images/my study.sif' '/opt/trans fusion/bin/transfusion' run \
         '/data/Ann'\\''s $HOME study' --parcels"
    ));
    assert!(text.contains("scontrol requeue \"$task\""));
}

#[test]
fn a_pod_names_its_task_as_status_does() {
    let submission = submission(Scheduler::Kubernetes, 60, None);
    let text = &submission.arrays[0].file.text;
    // The host of a pod is called after its Job and its index.
    let line = text.lines().find(|line| line.contains("TRANSFUSION_TASK"));
    let line = line.expect("a command").trim_start_matches([' ', '-']);
    let command: String = serde_json::from_str(line).expect("a text of YAML, which is one of JSON");
    let named = command
        .lines()
        .find(|line| line.contains("TRANSFUSION_TASK"));
    let mut shell = Command::new("sh");
    shell.args([
        "-c",
        &format!(
            "{}; printf %s \"$TRANSFUSION_TASK\"",
            named.expect("a line")
        ),
    ]);
    shell.envs([
        ("HOSTNAME", "study-a-x7-12"),
        ("JOB_COMPLETION_INDEX", "12"),
    ]);
    let output = shell.output().expect("a shell");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "Kubernetes study-a-x7_12"
    );
}

#[test]
fn long_arrays_are_cut_where_a_site_allows_no_longer_ones() {
    let submission = submission(Scheduler::Slurm, 2500, None);
    let arrays: Vec<(&str, bool)> = submission
        .arrays
        .iter()
        .zip([("0-999", 0), ("0-999", 1000), ("0-499", 2000)])
        .map(|(Array { file, .. }, (array, offset))| {
            let has = file.text.contains(&format!("--array={array}%8"))
                && file
                    .text
                    .contains(&format!("parcel=$(({offset} + SLURM_ARRAY_TASK_ID))"));
            (file.name.as_str(), has)
        })
        .collect();
    assert_eq!(
        arrays,
        [("run-1.sh", true), ("run-2.sh", true), ("run-3.sh", true)]
    );
}

#[test]
fn a_template_of_the_site_stands_in_and_its_mistakes_are_told() {
    let own = "#!/bin/sh\n#SBATCH --array={{ first }}-{{ last }}\n{{ body }}{{ work }}exit $code";
    let own = submission(Scheduler::Slurm, 3, Some(own));
    assert!(
        own.arrays[0]
            .file
            .text
            .starts_with("#!/bin/sh\n#SBATCH --array=0-2\n")
    );

    let request = Request {
        title: "t",
        name: "n",
        prefix: "",
        study: Path::new("/s"),
        folder: Path::new("/f"),
        parcels: Path::new("/p"),
        logs: Path::new("/l"),
        cancelled: Path::new("/c"),
        tasks: 1,
        longest_seconds: 1.0,
        seconds: 60,
        memory: 1,
        cpus: 1,
        program: "transfusion",
        arguments: &[],
        places: &[],
    };
    let wrong = Submission::new(
        Scheduler::Slurm,
        &ClusterSpec::default(),
        &request,
        Some("{{ frist }}"),
    );
    let message = wrong.unwrap_err().to_string();
    assert!(
        message.contains("array") && message.contains("undefined"),
        "{message}"
    );
}

#[test]
fn the_folder_of_a_machine_takes_variables_and_runs_nothing() {
    let settings = ClusterSpec {
        scratch: Some("$HOME/a b`id`$(id)\"\\".into()),
        ..ClusterSpec::default()
    };
    let template = "{% if scratch %}printf %s {{ scratch }}{% endif %}";
    let request = request(1);
    let filled = Submission::new(Scheduler::Slurm, &settings, &request, Some(template));
    let script = &filled.expect("a template that fills").arrays[0].file.text;
    let mut shell = Command::new("sh");
    let output = shell.args(["-c", script]).env("HOME", "/h").output();
    let output = output.expect("a shell");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "/h/a b`id`$(id)\"\\",
        "{script}"
    );
}

#[test]
fn an_image_is_shown_what_tasks_look_at() {
    let here = tempfile::tempdir().expect("a folder");
    let shown = |scheduler, settings: ClusterSpec| {
        let template = "#!/bin/sh\n{{ body }}\nprintf %s \"${APPTAINER_BIND:-none}\"";
        let mut request = request(1);
        request.folder = here.path();
        let filled = Submission::new(scheduler, &settings, &request, Some(template));
        let script = &filled.expect("a template that fills").arrays[0].file.text;
        let mut shell = Command::new("bash");
        shell
            .args(["-c", script])
            .env("TRANSFUSION_DATA", here.path());
        shell
            .env_remove("TRANSFUSION_WEIGHTS")
            .env_remove("APPTAINER_BIND");
        let output = shell.output().expect("a shell");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let own = ClusterSpec {
        container: Some("/images/my study.sif".into()),
        before: vec!["export APPTAINER_BIND=/own".into()],
        scratch: Some("/not/there".into()),
        ..ClusterSpec::default()
    };
    let data = here.path().display();
    let expected = format!("{STUDY},/pictures,/own,{data}");
    for scheduler in Scheduler::ALL
        .into_iter()
        .filter(|s| *s != Scheduler::Kubernetes)
    {
        assert_eq!(shown(scheduler, own.clone()), expected, "{scheduler:?}");
    }
    // A pod is shown its volume, and a program without an image sees everything.
    assert_eq!(shown(Scheduler::Kubernetes, own), "/own");
    assert_eq!(shown(Scheduler::Slurm, ClusterSpec::default()), "none");
}
