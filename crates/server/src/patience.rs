//! Work that may wait for a file server, kept from holding up anything else.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use live::Study;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::refusal::Refusal;

/// How long an answer waits.
const LONGEST: Duration = Duration::from_secs(20);
/// Threads that may wait for one study at once.
const THREADS: usize = 4;

/// Work that may wait for a file server: a few threads a study, each answer for a while only.
#[derive(Default)]
pub(crate) struct Patience {
    slots: Mutex<BTreeMap<String, Arc<Semaphore>>>,
}

impl Patience {
    /// Does work on the files of a study on a thread that may wait. An answer that takes too long is
    /// refused; its thread ends when the file server answers.
    pub(crate) async fn wait<T: Send + 'static>(
        &self,
        study: &Study,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        if let Some(silent) = study.silent_for() {
            return Err(Refusal::Silent(silent.as_secs()));
        }
        let slots = self.slots(study);
        let done = async move {
            let slot = slots.acquire_owned().await.ok();
            let task = tokio::task::spawn_blocking(move || {
                let _slot = slot;
                work()
            });
            task.await
        };
        match timeout(LONGEST, done).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(_)) => Err(Refusal::Failed(
                "internal error; nothing that was written is lost".into(),
            )),
            Err(_) => Err(Refusal::Silent(LONGEST.as_secs())),
        }
    }

    fn slots(&self, study: &Study) -> Arc<Semaphore> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let key = study.key().to_string();
        let new = || Arc::new(Semaphore::new(THREADS));
        slots.entry(key).or_insert_with(new).clone()
    }
}
