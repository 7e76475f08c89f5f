//! Errors that pass without a change of the command: the same command, later, may well succeed.

use std::io::ErrorKind;

/// Whether the machine lacked something for now (disk, memory, open files, a file server, time)
/// rather than the command being wrong.
pub fn is_passing(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(is_shortage)
}

fn is_shortage(error: &std::io::Error) -> bool {
    let is_of_kind = matches!(
        error.kind(),
        ErrorKind::StorageFull
            | ErrorKind::QuotaExceeded
            | ErrorKind::OutOfMemory
            | ErrorKind::Interrupted
            | ErrorKind::WouldBlock
            | ErrorKind::TimedOut
            | ErrorKind::StaleNetworkFileHandle
    );
    is_of_kind || system_code(error).is_some_and(is_code_of_shortage)
}

/// The system's number of an error; from its words where a library wrapped it.
fn system_code(error: &std::io::Error) -> Option<i32> {
    error.raw_os_error().or_else(|| {
        let words = error.to_string();
        let (_, after) = words.rsplit_once("(os error ")?;
        after.split_once(')')?.0.parse().ok()
    })
}

#[cfg(unix)]
fn is_code_of_shortage(code: i32) -> bool {
    use rustix::io::Errno;
    [
        Errno::NFILE,
        Errno::MFILE,
        Errno::NOSPC,
        Errno::DQUOT,
        Errno::STALE,
        Errno::IO,
        Errno::NOMEM,
        Errno::AGAIN,
    ]
    .contains(&Errno::from_raw_os_error(code))
}

/// Elsewhere the kinds say enough.
#[cfg(not(unix))]
fn is_code_of_shortage(_code: i32) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;
    use durable::FileError;

    use super::*;

    fn of_file(source: std::io::Error) -> anyhow::Error {
        let error = FileError::io("write", "x".as_ref())(source);
        anyhow::Error::from(error).context("the study stopped")
    }

    #[test]
    fn shortages_pass_and_mistakes_do_not() {
        for kind in [
            ErrorKind::StorageFull,
            ErrorKind::QuotaExceeded,
            ErrorKind::OutOfMemory,
            ErrorKind::TimedOut,
        ] {
            assert!(is_passing(&of_file(kind.into())), "{kind}");
        }
        for kind in [
            ErrorKind::NotFound,
            ErrorKind::PermissionDenied,
            ErrorKind::InvalidData,
            ErrorKind::FileTooLarge,
        ] {
            assert!(!is_passing(&of_file(kind.into())), "{kind}");
        }
        assert!(!is_passing(&anyhow::anyhow!("wrong")));
    }

    #[cfg(unix)]
    #[test]
    fn too_many_open_files_pass_also_when_wrapped() {
        let raw = || std::io::Error::from_raw_os_error(rustix::io::Errno::MFILE.raw_os_error());
        assert!(is_passing(&of_file(raw())));
        let wrapped = std::io::Error::other(format!("{} at path x", raw()));
        assert!(is_passing(&of_file(wrapped)));
        let with_context = Err::<(), _>(raw()).context("cannot open");
        assert!(with_context.is_err_and(|e| is_passing(&e)));
    }
}
