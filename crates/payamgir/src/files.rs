//! Reading and writing the program's own small files.

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::problem::Problem;
use crate::words::Say;

/// Largest small file that is read.
const SMALL_BYTES: u64 = 1 << 20;

/// Reads a small text file.
pub fn read(path: &Path) -> Result<String, Problem> {
    let read = || {
        let mut text = String::new();
        fs::File::open(path)?.take(SMALL_BYTES).read_to_string(&mut text)?;
        Ok(text)
    };
    read().map_err(|error: io::Error| unreadable(path, error))
}

#[cfg(feature = "desk")]
/// Reads a small file.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, Problem> {
    let read = || {
        let mut bytes = vec![];
        fs::File::open(path)?.take(SMALL_BYTES).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|error: io::Error| unreadable(path, error))
}

/// Writes a new file that only this user can read; never over another.
pub fn create(path: &Path, content: &[u8]) -> Result<(), Problem> {
    let write = || {
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(content)?;
        file.sync_all()
    };
    write().map_err(|error| unwritable(path, error))
}

#[cfg(feature = "desk")]
/// Replaces a file in one step: after a crash there is the old or the new one.
pub fn replace(path: &Path, content: &[u8]) -> Result<(), Problem> {
    let fresh = path.with_extension("new");
    let _ = fs::remove_file(&fresh);
    create(&fresh, content)?;
    let rename = || {
        fs::rename(&fresh, path)?;
        // Keys in it are used for what others will rely on: the name must be durable too.
        path.parent().map_or(Ok(()), |folder| fs::File::open(folder)?.sync_all())
    };
    rename().map_err(|error| unwritable(path, error))
}

/// Makes a folder and those above it.
pub fn folder(path: &Path) -> Result<(), Problem> {
    fs::create_dir_all(path).map_err(|error| unwritable(path, error))
}

/// A file that could not be read.
pub fn unreadable(path: &Path, error: io::Error) -> Problem {
    let path = path.display();
    let what = Say::new(
        format!("فایل «{path}» خوانده نشد."),
        format!("The file {path} could not be read."),
    );
    let to_do = Say::new(
        "ببینید فایل هست و اجازه‌ی خواندنش را دارید.",
        "See that it exists and that you may read it.",
    );
    Problem::new(what, to_do).because(error)
}

fn unwritable(path: &Path, error: io::Error) -> Problem {
    let path = path.display();
    let what = Say::new(format!("«{path}» نوشته نشد."), format!("{path} could not be written."));
    let to_do = if error.kind() == io::ErrorKind::AlreadyExists {
        Say::new(
            "فایلی با این نام هست و رویش نوشته نمی‌شود؛ پوشه‌ی دیگری بدهید.",
            "There is a file of that name and it is not overwritten; name another folder.",
        )
    } else {
        Say::new(
            "اجازه‌ی نوشتن و جای خالی دیسک را ببینید.",
            "Look at the permissions and the free space on the disk.",
        )
    };
    Problem::new(what, to_do).because(error)
}
