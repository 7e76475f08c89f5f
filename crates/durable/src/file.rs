//! Files that are whole or absent.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::time::Duration;

use tempfile::NamedTempFile;

use crate::error::FileError;

/// How names of temporary files begin.
pub const TEMPORARY: &str = ".part-";

/// Writes a file so that it is either whole or as before, also when the machine stops: sibling
/// temporary file, fsync, rename, fsync of the folder.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let io = FileError::io("write", path);
    let folder = folder_of(path);
    let file = whole_temporary(folder, bytes).map_err(&io)?;
    replace(file, path).map_err(&io)?;
    sync_folder(folder).map_err(&io)
}

/// As [`write()`], for what is of no use after the machine stops: nobody waits for a disk, and after
/// a power cut the file may be as before, empty or gone.
pub fn write_passing(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let io = FileError::io("write", path);
    let mut file = temporary(folder_of(path)).map_err(&io)?;
    file.write_all(bytes).map_err(&io)?;
    replace(file, path).map_err(&io)
}

/// Gives a temporary file the name of one that may be there, also while others read that one.
#[cfg(not(windows))]
fn replace(file: NamedTempFile, path: &Path) -> std::io::Result<()> {
    file.persist(path).map(drop).map_err(|e| e.error)
}

/// The same on Windows, where the library's way fails while others read, and this one does not, from
/// Windows 10 on.
#[cfg(windows)]
fn replace(file: NamedTempFile, path: &Path) -> std::io::Result<()> {
    let (_, written) = file.keep().map_err(|e| e.error)?;
    std::fs::rename(&written, path).inspect_err(|_| {
        std::fs::remove_file(&written).ok();
    })
}

/// Writes a file, whole, where there is none. Of any number of processes that try at once, exactly
/// one gets `true`; what is there already is left as it is.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<bool, FileError> {
    let created = create_whole(path, bytes, Outlasts::PowerCut);
    Ok(created.map_err(FileError::io("write", path))?.is_some())
}

/// What a file that [`create_whole`] makes is to outlast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outlasts {
    /// A machine that stops.
    PowerCut,
    /// The process alone, and its bytes are to be seen from other machines.
    Process,
    /// The same where no other machine sees the folder.
    ProcessHere,
}

/// As [`write_new`]; returns the file, opened for reading and writing.
pub(crate) fn create_whole(
    path: &Path,
    bytes: &[u8],
    outlasts: Outlasts,
) -> std::io::Result<Option<File>> {
    let folder = folder_of(path);
    let mut temporary = temporary(folder)?;
    temporary.write_all(bytes)?;
    if outlasts != Outlasts::ProcessHere {
        temporary.as_file().sync_all()?;
    }
    let file = match temporary.persist_noclobber(path) {
        Ok(file) => file,
        Err(refused) if refused.error.kind() == ErrorKind::AlreadyExists => {
            let (file, temporary) = refused.file.into_parts();
            // A network file system may have linked the file and lost its answer: then the second
            // try finds the first one's file.
            let is_ours = is_at(&file, path);
            drop(temporary);
            if !is_ours {
                return Ok(None);
            }
            file
        }
        // Neither hard links nor renames that refuse to replace: whole but for a crash just now.
        Err(_) => match File::options()
            .read(true)
            .write(true)
            .create_new(true)
            .open(path)
        {
            Err(e) if e.kind() == ErrorKind::AlreadyExists => return Ok(None),
            opened => {
                let mut file = opened?;
                file.write_all(bytes)?;
                file.sync_all()?;
                file
            }
        },
    };
    if outlasts == Outlasts::PowerCut {
        sync_folder(folder)?;
    }
    Ok(Some(file))
}

/// Whether `file` is the one at `path`.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (file.metadata(), path.metadata()) {
        (Ok(held), Ok(there)) => (held.dev(), held.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}

/// Where renames refuse to replace, no answer is lost.
#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> bool {
    false
}

/// Makes renames in `folder` survive a crash. Windows cannot sync a folder, and its renames are
/// journalled.
pub fn sync_folder(folder: &Path) -> std::io::Result<()> {
    if cfg!(windows) {
        return Ok(());
    }
    File::open(folder)?.sync_all()
}

/// An empty temporary file beside the one that it will become, as readable as the user's other
/// files; removed when dropped, unless it was persisted.
pub fn temporary(folder: &Path) -> std::io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

/// A temporary file with these bytes, which are on the disk.
fn whole_temporary(folder: &Path, bytes: &[u8]) -> std::io::Result<NamedTempFile> {
    let mut file = temporary(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Removes temporary files that a killed process left in `folder`. Only for who alone writes there.
pub fn remove_temporaries(folder: &Path) -> Result<(), FileError> {
    let io = FileError::io("clear", folder);
    for entry in std::fs::read_dir(folder).map_err(&io)? {
        let entry = entry.map_err(&io)?;
        if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
            std::fs::remove_file(entry.path()).map_err(&io)?;
        }
    }
    Ok(())
}

/// A temporary file that nobody has written to for so long has no writer any more.
pub const ABANDONED: Duration = Duration::from_secs(600);

/// Removes temporary files in `folder` that nobody has written to for `age`, by the clock of the
/// file system: what a killed process left where others may be writing just now
/// ([`ABANDONED`]).
pub fn remove_old_temporaries(folder: &Path, age: Duration) -> Result<(), FileError> {
    let io = FileError::io("clear", folder);
    let own = temporary(folder).map_err(&io)?;
    let now = own.as_file().metadata().and_then(|m| m.modified());
    let now = now.map_err(&io)?;
    for entry in std::fs::read_dir(folder).map_err(&io)? {
        let entry = entry.map_err(&io)?;
        let is_old = || {
            let touched = entry.metadata().and_then(|m| m.modified()).ok()?;
            Some(now.duration_since(touched).ok()? >= age)
        };
        if entry.file_name().to_string_lossy().starts_with(TEMPORARY) && is_old() == Some(true) {
            // Others clear up too: what is gone is gone.
            std::fs::remove_file(entry.path()).ok();
        }
    }
    Ok(())
}

/// The folder that holds `path`, which is relative to the working directory if it says no more.
fn folder_of(path: &Path) -> &Path {
    path.parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_many_writes_a_new_file_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new");
        let wrote = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..8u8)
                .map(|i| {
                    let path = &path;
                    scope.spawn(move || write_new(path, &[i; 9]).unwrap())
                })
                .collect();
            tries
                .into_iter()
                .map(|t| t.join().unwrap())
                .collect::<Vec<_>>()
        });
        assert_eq!(wrote.iter().filter(|w| **w).count(), 1);
        let winner = wrote.iter().position(|w| *w).unwrap() as u8;
        assert_eq!(std::fs::read(&path).unwrap(), [winner; 9]);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn who_reads_a_file_that_is_replaced_reads_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one");
        write(&path, b"first").unwrap();
        let mut reader = File::open(&path).unwrap();
        write(&path, b"second").unwrap();
        write_passing(&path, b"third").unwrap();
        let mut read = String::new();
        std::io::Read::read_to_string(&mut reader, &mut read).unwrap();
        assert_eq!(read, "first");
        assert_eq!(std::fs::read(&path).unwrap(), b"third");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_a_killed_process_left_is_removed_and_the_rest_stays() {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("kept"), b"1").unwrap();
        std::fs::write(folder.path().join(".part-x"), "half").unwrap();
        remove_temporaries(folder.path()).unwrap();
        let young = folder.path().join(".part-young");
        std::fs::write(&young, "half").unwrap();
        remove_old_temporaries(folder.path(), Duration::from_secs(600)).unwrap();
        assert!(young.exists());
        remove_old_temporaries(folder.path(), Duration::ZERO).unwrap();
        let left: Vec<_> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        assert_eq!(left, ["kept"]);
        let error = write(&folder.path().join("no/such"), b"1").unwrap_err();
        assert!(error.to_string().starts_with("cannot write "), "{error}");
    }
}
