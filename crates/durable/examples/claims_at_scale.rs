//! Many processes work off many fabricated jobs through claims, as a study's processes do: is each
//! job done once, and what do claims cost?
//!
//! ```sh
//! cargo run --release -p durable --example claims_at_scale -- --jobs 10000 --processes 100 --work-ms 50
//! ```
//!
//! Each process behaves as if it were on a machine of its own, whose life shows in its beats alone;
//! with `--one-machine` they ask the process table. `--in-order` has every process ask for every job
//! in the same order and claim it before it looks whether it is done. `--parcels` gives each process
//! its own part of the jobs. `--in DIR` works below DIR.

use std::collections::HashSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use durable::claims::{Attempt, Claims, Owner, Turns};
use durable::{remove_temporaries, write_new};
use serde::{Deserialize, Serialize};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Set for the processes that this program starts.
const WORKER: &str = "CLAIMS_AT_SCALE_WORKER";
/// At least so long between two looks at what others are doing.
const LOOK_EVERY: Duration = Duration::from_millis(500);

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Task {
    folder: PathBuf,
    jobs: usize,
    processes: usize,
    work_ms: u64,
    number: usize,
    one_machine: bool,
    in_order: bool,
    parcels: bool,
}

/// What one process did, and how long, in seconds.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Account {
    done: usize,
    /// Claims that others held.
    busy: usize,
    /// Jobs that others had done since this process listed them.
    recorded: usize,
    passes: usize,
    /// Looking which jobs are open.
    look: f64,
    claim: f64,
    /// Asking whether the claim is still held.
    held: f64,
    work: f64,
    /// Making the folder and writing the result.
    result: f64,
    release: f64,
}

fn main() -> Outcome<()> {
    match std::env::var(WORKER) {
        Ok(task) => work(&serde_json::from_str(&task)?),
        Err(_) => lead(),
    }
}

fn lead() -> Outcome<()> {
    let (mut task, keep) = asked()?;
    let folder = tempfile::tempdir_in(&task.folder)?;
    task.folder = folder.path().into();
    for name in ["claims", "runs"] {
        std::fs::create_dir(folder.path().join(name))?;
    }
    let mut children = Vec::new();
    for number in 0..task.processes {
        let task = Task {
            number,
            ..task.clone()
        };
        let child = Command::new(std::env::current_exe()?)
            .env(WORKER, serde_json::to_string(&task)?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        children.push(child);
    }
    let began = Instant::now();
    // They begin when their stdin ends.
    children
        .iter_mut()
        .for_each(|child| drop(child.stdin.take()));
    let accounts = children
        .into_iter()
        .map(account)
        .collect::<Outcome<Vec<_>>>()?;
    let wall = began.elapsed().as_secs_f64();
    let found = count(folder.path(), &task)?;
    tell(&task, wall, &accounts, found);
    if keep {
        println!("{}", folder.keep().display());
    }
    Ok(())
}

fn asked() -> Outcome<(Task, bool)> {
    let mut task = Task {
        folder: std::env::temp_dir(),
        jobs: 10_000,
        processes: 100,
        work_ms: 50,
        number: 0,
        one_machine: false,
        in_order: false,
        parcels: false,
    };
    let mut keep = false;
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word}: expected a value"));
        match &*word {
            "--jobs" => task.jobs = value()?.parse()?,
            "--processes" => task.processes = value()?.parse()?,
            "--work-ms" => task.work_ms = value()?.parse()?,
            "--in" => task.folder = value()?.into(),
            "--one-machine" => task.one_machine = true,
            "--in-order" => task.in_order = true,
            "--parcels" => task.parcels = true,
            "--keep" => keep = true,
            _ => return Err(format!("unknown: {word}").into()),
        }
    }
    Ok((task, keep))
}

fn account(child: Child) -> Outcome<Account> {
    let output = child.wait_with_output()?;
    match output.status.success() {
        true => Ok(serde_json::from_slice(&output.stdout)?),
        false => Err(format!("a process ended with {}", output.status).into()),
    }
}

/// Results that are there, and claims that are left.
fn count(folder: &Path, task: &Task) -> Outcome<(usize, usize)> {
    let results = (0..task.jobs).filter(|job| place(folder, *job).join("result.json").exists());
    Ok((
        results.count(),
        std::fs::read_dir(folder.join("claims"))?.count(),
    ))
}

fn tell(task: &Task, wall: f64, accounts: &[Account], (results, left): (usize, usize)) {
    let jobs = task.jobs as f64;
    let sum = |of: fn(&Account) -> f64| accounts.iter().map(of).sum::<f64>();
    let each = |of: fn(&Account) -> f64| 1e3 * sum(of) / jobs;
    let ideal = jobs * task.work_ms as f64 / 1e3 / task.processes as f64;
    let done = accounts.iter().map(|a| a.done).sum::<usize>();
    println!(
        "{} jobs of {} ms, {} processes: {done} done, {results} results, {left} files left in claims/",
        task.jobs, task.work_ms, task.processes
    );
    println!(
        "  wall {wall:.2} s, ideal {ideal:.2} s, {:.0} jobs/s; beyond the ideal {:.3} ms a job",
        jobs / wall,
        1e3 * (wall - ideal) / jobs
    );
    println!(
        "  ms a job, in its process: claim {:.2}, still held {:.2}, release {:.2}, result {:.2}, look {:.2}, work {:.2}",
        each(|a| a.claim),
        each(|a| a.held),
        each(|a| a.release),
        each(|a| a.result),
        each(|a| a.look),
        each(|a| a.work),
    );
    println!(
        "  for each job {:.2} claims of others met, {:.2} results of others met; {:.1} passes a process",
        sum(|a| a.busy as f64) / jobs,
        sum(|a| a.recorded as f64) / jobs,
        sum(|a| a.passes as f64) / accounts.len() as f64
    );
}

fn place(folder: &Path, job: usize) -> PathBuf {
    folder.join("runs").join(format!("run-{job:06}"))
}

fn is_recorded(folder: &Path, job: usize) -> bool {
    let place = place(folder, job);
    place.join("result.json").exists() || place.join("error.json").exists()
}

/// The jobs that have left anything, as `record::Begun` finds them.
fn begun(folder: &Path, in_order: bool) -> Outcome<HashSet<usize>> {
    if in_order {
        return Ok(HashSet::new());
    }
    let mut begun = HashSet::new();
    for entry in std::fs::read_dir(folder.join("runs"))? {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        begun.insert(name.trim_start_matches("run-").parse()?);
    }
    Ok(begun)
}

/// Adds to `sum` how long `act` takes.
fn timed<T>(sum: &mut f64, act: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let result = act();
    *sum += began.elapsed().as_secs_f64();
    result
}

/// Does jobs until none is left, as `runs::Runner` does.
fn work(task: &Task) -> Outcome<()> {
    let mut owner = Owner::this_process();
    if !task.one_machine {
        owner.machine = Some(format!("machine {}", task.number));
    }
    let claims = Claims::new(task.folder.join("claims"), owner.clone());
    let mut open: Vec<usize> = match task.parcels {
        true => (0..task.jobs)
            .filter(|job| job * task.processes / task.jobs == task.number)
            .collect(),
        false => (0..task.jobs).collect(),
    };
    let mut account = Account::default();
    let mut recorded = HashSet::new();
    std::io::stdin().read_to_end(&mut Vec::new())?;
    loop {
        let began = Instant::now();
        let begun = begun(&task.folder, task.in_order)?;
        open.retain(|job| {
            let may_be = task.in_order || begun.contains(job);
            !(recorded.contains(job) || may_be && is_recorded(&task.folder, *job))
        });
        recorded.clear();
        account.look += began.elapsed().as_secs_f64();
        account.passes += 1;
        if open.is_empty() {
            break;
        }
        let before = account.done;
        let mut turns = Turns::new(open.iter().copied(), &owner);
        while let Some(job) = turns.next() {
            let before = account.recorded;
            if !attempt(task, &claims, job, &mut account)? && !task.in_order {
                turns.met_another();
            }
            if account.recorded > before {
                recorded.insert(job);
            }
        }
        if account.done == before {
            std::thread::sleep(LOOK_EVERY);
        }
    }
    println!("{}", serde_json::to_string(&account)?);
    Ok(())
}

/// Whether the job was done here.
fn attempt(task: &Task, claims: &Claims, job: usize, account: &mut Account) -> Outcome<bool> {
    let place = place(&task.folder, job);
    if !task.in_order && timed(&mut account.look, || is_recorded(&task.folder, job)) {
        account.recorded += 1;
        return Ok(false);
    }
    let name = format!("run-{job:06}");
    let Attempt::Held(claim) = timed(&mut account.claim, || claims.take(&name))? else {
        account.busy += 1;
        return Ok(false);
    };
    timed(&mut account.held, || claim.still_held())?;
    timed(&mut account.result, || -> Outcome<()> {
        std::fs::create_dir_all(&place)?;
        Ok(remove_temporaries(&place)?)
    })?;
    let is_done = timed(&mut account.look, || is_recorded(&task.folder, job));
    if is_done {
        account.recorded += 1;
    } else {
        timed(&mut account.work, || {
            std::thread::sleep(Duration::from_millis(task.work_ms))
        });
        timed(&mut account.held, || claim.still_held())?;
        let path = place.join("result.json");
        let bytes = serde_json::to_vec(&(job, task.number))?;
        match timed(&mut account.result, || write_new(&path, &bytes))? {
            true => account.done += 1,
            false => return Err(format!("job {job} was done twice").into()),
        }
    }
    timed(&mut account.release, || claim.release())?;
    Ok(!is_done)
}
