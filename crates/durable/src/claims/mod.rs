//! Claims: who works on what, among any number of processes on one machine or on many that share a
//! file system.
//!
//! A claim on the job `0007` is the file `0007.claim`. Who makes it has the job, and releases it by
//! removing it. Only what a network file system keeps its word on is used: a file that is made only
//! where there is none, renames, and times by the file server's clock. There are no locks, which
//! such file systems grant to everybody or to nobody, and no clocks of the machines themselves.
//!
//! - **Made by one.** The file is written whole beside its place and moved there only if the place
//!   is empty. It holds host, process, since when, and a random token that no other claim has.
//!   It need not outlast a power cut: a claim that is gone, torn or back after one is nobody's.
//! - **Alive.** A thread of the owner touches the files of all that it holds, every 10 s if nothing else is said. Who finds
//!   a claim compares its time with that of a file just made in the same folder. Six beats without
//!   one are a death. On the owner's own machine the process table says more: an owner that has
//!   ended is dead at once, and one that runs is alive however late its beats are.
//! - **Taken over by one.** The dead owner's file is renamed to a name of its own, which works for
//!   exactly one process, and the place is free. Who thereby moved another file than the one that it
//!   had judged, since somebody was faster, gives it back.
//! - **The loser notices.** [`Claim::still_held`] looks whether the file at the place has the
//!   owner's token. At any time it says yes to one process at most.
//!
//! What this is not: an owner that is paused for longer than six beats, by a debugger or a frozen
//! machine, can lose its claim and wakes up in the middle of its work. Hence ask `still_held` before
//! every lasting write. Between the question and the write another pause of six beats can fall, so
//! let two processes that do the same job write the same bytes, or use
//! [`write_new`](crate::write_new), which only one can win.
//!
//! Where many ask for the same jobs, [`Turns`] says in which order: without it all ask for the first.
//!
//! A claim says that nobody else works on the job, not that it remains to be done: look for its
//! result *after* taking the claim. A network file system may for some seconds remember that a file
//! was missing; it asks anew in a folder where this machine has just made a file, so let claim and
//! result lie in one folder, or make a file beside the result first.
//!
//! Some cluster file systems (Lustre) stamp files with the clock of the machine that writes; there
//! the clocks of the machines must agree to within a few beats, as clusters see to it that they do.

mod claim;
mod clock;
mod entry;
mod folder;
mod heartbeat;
mod owner;
mod place;
mod server;
mod turns;

pub use claim::{Claim, Lost};
pub(crate) use clock::touch;
pub use folder::{Attempt, Claims, Holder, Liveness};
pub use owner::Owner;
pub use turns::Turns;

#[cfg(test)]
mod tests;
