//! Saving an attachment where an editor asks for it.

use std::cell::RefCell;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use payamgir_log::{Hash, Reader};
use payamgir_open::{Keyring, OpenError};
use payamgir_text::filename;
use payamgir_wire::Attachment;
use sha2::{Digest, Sha256};

/// Most names tried where files of that name are there already.
const NAMES: u32 = 1000;

/// Why an attachment was not saved. Nothing that looks whole is left behind.
#[derive(Debug)]
pub enum SaveError {
    /// Its blob is not on this machine.
    NotHere,
    /// It does not open.
    Sealed(OpenError),
    /// It is damaged, or the disk refused.
    Io(io::Error),
}

/// Opens an attachment into `folder` under a safe name that no file has yet; gives the path. The
/// file appears under its name only once it is whole.
pub fn save(
    reader: &Reader,
    keys: &Keyring,
    attachment: &Attachment,
    folder: &Path,
) -> Result<PathBuf, SaveError> {
    let blob = reader.blob(&Hash(attachment.blob.0)).map_err(|_| SaveError::NotHere)?;
    let hash = Rc::new(RefCell::new(Sha256::new()));
    let blob = BufReader::with_capacity(256 * 1024, Hashed { blob, hash: hash.clone() });
    let mut plain = keys.open_blob(blob, attachment.size).map_err(SaveError::Sealed)?;
    let part = folder.join(format!(".{}.part", attachment.blob));
    let saved = create(&part)
        .and_then(|mut file| {
            io::copy(&mut plain, &mut file)?;
            file.flush()?;
            let same = hash.take().finalize()[..] == attachment.blob.0;
            if same { file.sync_all() } else { Err(io::ErrorKind::InvalidData.into()) }
        })
        .and_then(|()| publish(&part, folder, &name(attachment)));
    if saved.is_err() {
        let _ = fs::remove_file(&part);
    }
    saved.map_err(SaveError::Io)
}

/// What is read is hashed on the way: the blob must be the one the entry names.
struct Hashed {
    blob: File,
    hash: Rc<RefCell<Sha256>>,
}

impl Read for Hashed {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.blob.read(out)?;
        self.hash.borrow_mut().update(&out[..read]);
        Ok(read)
    }
}

/// The safe name, marked where the file is only the beginning of one.
fn name(attachment: &Attachment) -> String {
    let name = filename::safe(&attachment.name, "attachment");
    if attachment.cut { filename::safe(&format!("cut-{name}"), "attachment") } else { name }
}

fn create(path: &Path) -> io::Result<File> {
    let _ = fs::remove_file(path);
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Gives a whole file its name without ever replacing another.
fn publish(part: &Path, folder: &Path, name: &str) -> io::Result<PathBuf> {
    for number in 1..=NAMES {
        let target = folder.join(numbered(name, number));
        match fs::hard_link(part, &target) {
            Ok(()) => {
                fs::remove_file(part)?;
                return Ok(target);
            }
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(_) if !target.exists() => {
                // A file system without hard links.
                fs::rename(part, &target)?;
                return Ok(target);
            }
            Err(e) => return Err(e),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn numbered(name: &str, number: u32) -> String {
    if number == 1 {
        return name.to_owned();
    }
    match name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()) {
        Some((stem, extension)) => format!("{stem}-{number}.{extension}"),
        None => format!("{name}-{number}"),
    }
}

impl std::fmt::Display for SaveError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotHere => f.write_str("the attachment is not on this machine"),
            Self::Sealed(error) => error.fmt(f),
            Self::Io(_) => f.write_str("the attachment is damaged or could not be written"),
        }
    }
}

impl std::error::Error for SaveError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}
