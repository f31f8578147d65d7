//! A folder that anybody may have prepared: nothing in it is followed elsewhere, or waited for.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, FileType, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use payamgir_text::terminal;
use payamgir_wire::release::{File, Release};
use sha2::{Digest, Sha256};

use super::{PROOF, RELEASE, say};
use crate::files;
use crate::problem::Problem;

/// What a file is written as before it has its name.
const FRESH: &str = ".payamgir-new";
/// Most characters of a name that are shown.
const NAME_CHARS: usize = 200;
/// Files that operating systems leave wherever they look; names that begin with `._` too.
const LEFT_FILES: [&str; 3] = [".DS_Store", "Thumbs.db", "desktop.ini"];
/// Folders that they leave at the top of a stick; names that begin with `.Trash-` too.
const LEFT_FOLDERS: [&str; 6] = [
    "System Volume Information",
    ".Trashes",
    ".fseventsd",
    ".Spotlight-V100",
    "$RECYCLE.BIN",
    "lost+found",
];

/// Reads a small file; `InvalidData` where it is too large, or no file.
pub fn read(folder: &Path, name: &str, most: usize) -> io::Result<Vec<u8>> {
    let (file, size) = open(folder, name)?;
    let mut bytes = vec![];
    if size <= most as u64 {
        file.take(most as u64 + 1).read_to_end(&mut bytes)?;
    }
    let fits = size <= most as u64 && bytes.len() <= most;
    if fits { Ok(bytes) } else { Err(invalid("it is too large")) }
}

/// Whether a file is there as the list says. What has another size is not read.
pub fn holds(folder: &Path, file: &File) -> io::Result<bool> {
    let (from, size) = open(folder, file.path.as_str())?;
    if size != file.size {
        return Ok(false);
    }
    let mut hash = Sha256::new();
    let read = io::copy(&mut from.take(size + 1), &mut hash)?;
    Ok(read == size && file.hash.0 == <[u8; 32]>::from(hash.finalize()))
}

/// Opens a regular file: to open a pipe, or read a device, may take for ever.
fn open(folder: &Path, path: &str) -> io::Result<(fs::File, u64)> {
    let mut at = folder.to_owned();
    for name in folders(path) {
        at.push(name);
        if !fs::symlink_metadata(&at)?.is_dir() {
            return Err(invalid("its folder is none"));
        }
    }
    let at = folder.join(path);
    if !fs::symlink_metadata(&at)?.is_file() {
        return Err(invalid("it is no file"));
    }
    let file = fs::File::open(at)?;
    let data = file.metadata()?;
    if data.is_file() { Ok((file, data.len())) } else { Err(invalid("it is no file")) }
}

/// The names of the folders that a file of the list is in.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    path.rsplit_once('/').into_iter().flat_map(|(folders, _)| folders.split('/'))
}

fn invalid(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

/// Writes a file in one step, over whatever has its name. `NotADirectory` where something else stands for a
/// folder that it is in.
pub fn put(folder: &Path, path: &str, bytes: &[u8]) -> io::Result<()> {
    let mut at = folder.to_owned();
    for name in folders(path) {
        at.push(name);
        match fs::symlink_metadata(&at) {
            Ok(data) if data.is_dir() => {}
            Ok(_) => return Err(io::ErrorKind::NotADirectory.into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => make(&at)?,
            Err(error) => return Err(error),
        }
    }
    let fresh = folder.join(FRESH);
    let _ = fs::remove_file(&fresh);
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&fresh)?;
    file.write_all(bytes)?;
    open_to_all(&fresh, 0o644);
    fs::rename(fresh, folder.join(path))
}

/// Makes a folder and those above it.
pub fn make(path: &Path) -> io::Result<()> {
    if path.as_os_str().is_empty() || path.is_dir() {
        return Ok(());
    }
    path.parent().map_or(Ok(()), make)?;
    fs::create_dir(path)?;
    open_to_all(path, 0o755);
    Ok(())
}

/// What is published is for whoever has the stick, whatever this process keeps for itself elsewhere. Many a
/// stick's file system knows no such thing: then it is readable by all anyway.
fn open_to_all(path: &Path, mode: u32) {
    let _ = fs::set_permissions(path, Permissions::from_mode(mode));
}

/// What operating systems left in the folder. A file that nobody approved would be read as if somebody had:
/// anything else that the list does not name is refused.
pub fn strangers(folder: &Path, release: &Release) -> Result<Vec<String>, Problem> {
    let mut known: BTreeSet<PathBuf> =
        release.files().map(|file| folder.join(file.path.as_str())).collect();
    known.extend([RELEASE, PROOF].map(|name| folder.join(name)));
    let (mut left, mut open) = (vec![], vec![folder.to_owned()]);
    while let Some(at) = open.pop() {
        let entries = entries(&at).map_err(|error| files::unreadable(&at, error))?;
        for (path, kind) in entries.into_iter().filter(|(path, _)| !known.contains(path)) {
            if is_left(&path, kind, at == folder) {
                left.push(shown(folder, &path));
            } else if kind.is_dir() {
                open.push(path);
            } else {
                return Err(say::stranger(&shown(folder, &path)));
            }
        }
    }
    Ok(left)
}

fn entries(at: &Path) -> io::Result<BTreeMap<PathBuf, FileType>> {
    let entries = fs::read_dir(at)?.map(|entry| {
        let entry = entry?;
        io::Result::Ok((entry.path(), entry.file_type()?))
    });
    entries.collect()
}

/// Whether it is what an operating system leaves by itself.
fn is_left(path: &Path, kind: FileType, top: bool) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let one_of = |names: &[&str]| names.iter().any(|one| one.eq_ignore_ascii_case(&name));
    if kind.is_file() {
        return name.starts_with("._") || one_of(&LEFT_FILES);
    }
    kind.is_dir() && top && (name.starts_with(".Trash-") || one_of(&LEFT_FOLDERS))
}

/// A stranger's name, as a line that no terminal obeys.
fn shown(folder: &Path, path: &Path) -> String {
    let below = path.strip_prefix(folder).unwrap_or(path);
    terminal::one_line(&below.to_string_lossy(), NAME_CHARS)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_is_written_is_for_all_and_goes_through_no_link() {
        let place = tempfile::tempdir().unwrap();
        let (out, own) = (place.path().join("a/out"), place.path().join("own"));
        make(&out).unwrap();
        put(&out, "read/fa/a.html", b"a").unwrap();
        assert_eq!(fs::read(out.join("read/fa/a.html")).unwrap(), b"a");
        assert_eq!(mode(&out.join("read/fa/a.html")), 0o644);
        for folder in [out.parent().unwrap(), &out, &out.join("read"), &out.join("read/fa")] {
            assert_eq!(mode(folder), 0o755, "{}", folder.display());
        }
        fs::create_dir(&own).unwrap();
        fs::write(own.join("a.html"), "mine").unwrap();
        for (target, link) in [("a.html", "a.html"), ("a.html", FRESH), ("", "linked")] {
            symlink(own.join(target), out.join(link)).unwrap();
        }
        put(&out, "a.html", b"b").unwrap();
        let refused = put(&out, "linked/a.html", b"b").unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::NotADirectory);
        assert_eq!(fs::read(own.join("a.html")).unwrap(), b"mine");
        assert!(fs::symlink_metadata(out.join("a.html")).unwrap().is_file());
        assert!(!out.join(FRESH).exists());
    }

    #[test]
    fn what_is_no_file_is_not_read() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path();
        fs::write(folder.join("a.txt"), "12345").unwrap();
        symlink(folder.join("a.txt"), folder.join("b.txt")).unwrap();
        symlink("/dev/zero", folder.join("c.txt")).unwrap();
        fs::create_dir(folder.join("d.txt")).unwrap();
        assert_eq!(read(folder, "a.txt", 5).unwrap(), b"12345");
        for (name, most) in [("a.txt", 4), ("b.txt", 5), ("c.txt", 5), ("d.txt", 5)] {
            let refused = read(folder, name, most).unwrap_err();
            assert_eq!(refused.kind(), io::ErrorKind::InvalidData, "{name}");
        }
        assert_eq!(read(folder, "e.txt", 5).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
