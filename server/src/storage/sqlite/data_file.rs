//! The data file among other files: who may use it, whether it is one, and whether it is still where it was opened.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::domain::file_id::FileId;
use crate::storage::StoreError;

/// The suffix that makes the name of the lock file out of that of the data file, as with SQLite's own files beside it.
const LOCK_SUFFIX: &str = "-lock";

/// The suffix of the file beside the data file that has what was written last.
const WAL_SUFFIX: &str = "-wal";

/// What the lock file says once there were data in the data file.
const HAS_DATA: &[u8] = b"This file keeps other services from the data file beside it, and says that there are data in it.\n";

/// A data file that this process alone may use as a service.
pub(super) struct DataFile {
    /// Its path without links and dots.
    path: PathBuf,
    /// The lock file, held as long as the store is open. The system frees the lock of a process that has died.
    lock: File,
    /// The data file itself, locked for those who know it by another name. Closing it frees the locks that SQLite has on it,
    /// so the connection has to be closed before.
    _itself: Option<File>,
}

/// The data file and the one with what was written last, as they were when the store was opened.
pub(super) struct Place(Vec<(PathBuf, Option<FileId>)>);

impl DataFile {
    /// Creates the file if it is not there, and keeps other services from it.
    ///
    /// # Errors
    /// When the file cannot be used, or another service uses it.
    pub(super) fn claim(path: &Path) -> Result<DataFile, StoreError> {
        let was_there = path.exists();
        if !was_there {
            // SQLite would delete the file that belongs to one that is not there any more.
            no_wal_of_nothing(path)?;
        }
        create_private(path).map_err(file_error)?;
        // One file may be reached by several paths.
        let path = path.canonicalize().map_err(file_error)?;
        let lock = lock(&path)?;
        if length(&path) == 0 {
            no_wal_of_nothing(&path)?;
            if was_there && lock.metadata().map_err(file_error)?.len() > 0 {
                let witness = beside(&path, LOCK_SUFFIX);
                return Err(StoreError::Emptied { data: path, witness });
            }
        }
        let itself = lock_itself(&path)?;
        Ok(DataFile { path, lock, _itself: itself })
    }

    /// Its path without links and dots.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Notes that there are data in the file, so that it is noticed if it is emptied while no service uses it.
    ///
    /// # Errors
    /// When the lock file cannot be written.
    pub(super) fn has_data(&self) -> Result<(), StoreError> {
        let noted = self.lock.metadata().and_then(|lock| {
            if lock.len() > 0 { Ok(()) } else { (&self.lock).write_all(HAS_DATA) }
        });
        noted.map_err(|error| StoreError::Lock(beside(&self.path, LOCK_SUFFIX), Arc::new(error)))
    }

    /// Notes which files are the data file and its WAL now.
    pub(super) fn place(&self) -> Place {
        let wal = beside(&self.path, WAL_SUFFIX);
        Place([self.path.clone(), wal].map(|path| (path.clone(), FileId::of(&path))).into())
    }
}

impl Place {
    /// Whether both files are still there. A file that was deleted or replaced can be written, as long as it is open, and
    /// all of that is lost.
    ///
    /// # Errors
    /// When one of them is not.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        match self.0.iter().find(|(path, before)| FileId::of(path) != *before) {
            Some((path, _)) => Err(StoreError::Moved(path.clone())),
            None => Ok(()),
        }
    }
}

/// How long a file is, in bytes; 0 if there is none.
fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |file| file.len())
}

/// Refuses a data file that is empty or missing while what was written to it last is still there.
fn no_wal_of_nothing(data: &Path) -> Result<(), StoreError> {
    let wal = beside(data, WAL_SUFFIX);
    if length(&wal) == 0 {
        return Ok(());
    }
    Err(StoreError::Emptied { data: data.to_owned(), witness: wal })
}

/// The path of the file beside `data` that has `suffix` after its name.
fn beside(data: &Path, suffix: &str) -> PathBuf {
    let mut path = data.to_owned().into_os_string();
    path.push(suffix);
    PathBuf::from(path)
}

fn file_error(error: io::Error) -> StoreError {
    StoreError::File(Arc::new(error))
}

/// Creates the file so that only this user can read it, because it holds the keys that sign tokens. SQLite would leave
/// the mode to the umask; the files that it puts beside the data file get the data file's mode. A file that exists
/// keeps its mode.
fn create_private(path: &Path) -> io::Result<()> {
    match create_new_private(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        created => created,
    }
}

/// The same, but a file that exists is an error.
pub(super) fn create_new_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Keeps other services from the data file: each would take the other's calls for calls that its own last run has
/// left. A lock of SQLite's would also keep out everybody who only looks into the file.
fn lock(data: &Path) -> Result<File, StoreError> {
    let path = beside(data, LOCK_SUFFIX);
    let opened = create_private(&path).and_then(|()| OpenOptions::new().write(true).open(&path));
    match opened.map(|file| file.try_lock().map(|()| file)) {
        Ok(Ok(file)) => Ok(file),
        Ok(Err(TryLockError::WouldBlock)) => Err(StoreError::InUse(data.to_owned())),
        Err(error) | Ok(Err(TryLockError::Error(error))) => {
            Err(StoreError::Lock(path, Arc::new(error)))
        }
    }
}

/// Locks the data file itself. The lock file goes by the name of the data file; this lock goes by the file, whatever name
/// it was opened by. On Linux it is none of the locks that SQLite knows.
#[cfg(target_os = "linux")]
fn lock_itself(data: &Path) -> Result<Option<File>, StoreError> {
    let file = File::open(data).map_err(file_error)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUseByAnotherName(data.to_owned())),
        Err(TryLockError::Error(error)) => Err(StoreError::Lock(data.to_owned(), Arc::new(error))),
    }
}

/// On other systems this lock would keep out SQLite itself.
#[cfg(not(target_os = "linux"))]
fn lock_itself(_: &Path) -> Result<Option<File>, StoreError> {
    Ok(None)
}
