//! Files of editions on the disk.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use flate2::Compression;
use flate2::write::GzEncoder;
use payamgir_wire::release::FilePath;

/// Writes a file so that it is there whole, or not at all, whenever the machine stops: a fresh file,
/// fsync, rename, fsync of the folder. Its times say nothing of when it came.
pub(super) fn durable(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let fresh = with(path, ".new");
    let written = (|| {
        let mut file = File::create(&fresh)?;
        file.write_all(bytes)?;
        let then = SystemTime::UNIX_EPOCH;
        file.set_times(fs::FileTimes::new().set_modified(then).set_accessed(then))?;
        file.sync_all()
    })();
    if let Err(error) = written {
        let _ = fs::remove_file(&fresh);
        return Err(error);
    }
    fs::rename(&fresh, path)?;
    File::open(folder)?.sync_all()
}

/// Where a file's compressed form is.
pub(super) fn gzipped(path: &Path) -> PathBuf {
    with(path, ".gz")
}

fn with(path: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Compressed as small as it gets: it is done once and sent often.
pub(super) fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut gzip = GzEncoder::new(Vec::with_capacity(bytes.len() / 3), Compression::best());
    gzip.write_all(bytes)?;
    gzip.finish()
}

/// Whether it gets smaller.
pub(super) fn is_text(path: &FilePath) -> bool {
    let media_type = path.media_type();
    media_type.starts_with("text/") || media_type.contains("xml") || media_type.contains("json")
}
