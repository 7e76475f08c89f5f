//! Studies that were resumed from a page.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;

/// Lines that are kept of what a process says.
const LINES: usize = 20;
/// Letters of a line.
const LETTERS: usize = 1_000;

/// A study that was resumed from here.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Resumed {
    is_running: bool,
    /// How it ended; none where a signal ended it or it has not ended.
    code: Option<i32>,
    /// What it said last.
    lines: VecDeque<String>,
}

/// Studies that were resumed from here, by key.
#[derive(Default)]
pub(crate) struct Resumptions {
    studies: Arc<Mutex<BTreeMap<String, Resumed>>>,
}

impl Resumptions {
    /// What became of a study that was resumed from here.
    pub(crate) fn of(&self, key: &str) -> Option<Resumed> {
        locked(&self.studies).get(key).cloned()
    }

    /// Starts `<program> run <folder>`, which outlives this server. False where one that was
    /// started from here runs still.
    pub(crate) fn start(&self, key: &str, program: &Path, folder: &Path) -> std::io::Result<bool> {
        let mut studies = locked(&self.studies);
        if studies.get(key).is_some_and(|resumed| resumed.is_running) {
            return Ok(false);
        }
        let mut command = Command::new(program);
        command
            .arg("run")
            .arg(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        // A Ctrl-C that ends this server is none for the study.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn()?;
        let fresh = Resumed {
            is_running: true,
            ..Resumed::default()
        };
        studies.insert(key.into(), fresh);
        drop(studies);
        let (studies, key) = (self.studies.clone(), key.to_owned());
        let follow = move || {
            let update = |change: &dyn Fn(&mut Resumed)| {
                if let Some(resumed) = locked(&studies).get_mut(&key) {
                    change(resumed);
                }
            };
            let said = child.stderr.take();
            for line in said
                .into_iter()
                .flat_map(|said| BufReader::new(said).lines())
            {
                let Ok(line) = line else { break };
                update(&|resumed| resumed.say(live::clip(&line, LETTERS)));
            }
            let code = child.wait().ok().and_then(|status| status.code());
            update(&|resumed| (resumed.is_running, resumed.code) = (false, code));
        };
        // Without a thread it runs all the same, and nobody hears what it says.
        std::thread::Builder::new()
            .name("resumed".into())
            .spawn(follow)
            .ok();
        Ok(true)
    }
}

impl Resumed {
    fn say(&mut self, line: String) {
        if self.lines.len() == LINES {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
