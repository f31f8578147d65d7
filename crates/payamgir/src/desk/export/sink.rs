//! Where an export goes: a folder, or an archive inside one age file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use payamgir_desk::seal::{BlobSealer, Recipient};
use sha2::{Digest, Sha256};

/// Where an export goes; everything is hashed on its way.
pub(super) struct Out<S: Sink> {
    pub(super) sink: S,
    pub(super) sums: String,
}

/// Takes files one after another.
pub(super) trait Sink {
    /// Takes a file of so many bytes.
    fn file(&mut self, path: &str, size: u64, from: &mut dyn Read) -> io::Result<()>;
    /// Makes all of it durable.
    fn finish(self) -> io::Result<()>;
}

impl<S: Sink> Out<S> {
    pub(super) fn bytes(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.file(path, bytes.len() as u64, &mut &bytes[..])
    }

    pub(super) fn file(&mut self, path: &str, size: u64, from: &mut dyn Read) -> io::Result<()> {
        let mut hashed = Hashed { from, hash: Sha256::new(), read: 0 };
        self.sink.file(path, size, &mut hashed)?;
        if hashed.read != size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let hash = payamgir_wire::hex::Hex::<32>(hashed.hash.finalize().into());
        self.sums.push_str(&format!("{hash}  {path}\n"));
        Ok(())
    }
}

struct Hashed<'r> {
    from: &'r mut dyn Read,
    hash: Sha256,
    read: u64,
}

impl Read for Hashed<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(out)?;
        self.hash.update(&out[..read]);
        self.read += read as u64;
        Ok(read)
    }
}

/// Files in a new folder.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(folder: &Path) -> io::Result<Self> {
        fs::DirBuilder::new().mode(0o700).create(folder)?;
        Ok(Self(folder.to_owned()))
    }
}

impl Sink for Folder {
    fn file(&mut self, path: &str, _: u64, from: &mut dyn Read) -> io::Result<()> {
        let path = self.0.join(path);
        if let Some(parent) = path.parent() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        io::copy(from, &mut file)?;
        file.sync_all()
    }

    fn finish(self) -> io::Result<()> {
        File::open(&self.0)?.sync_all()
    }
}

/// A tar archive inside one age file.
pub(super) struct Sealed {
    tar: tar::Builder<BlobSealer<BufWriter<File>>>,
    part: PathBuf,
    path: PathBuf,
}

impl Sealed {
    pub(super) fn new(path: &Path, own: &Recipient) -> io::Result<Self> {
        if path.exists() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let part = path.with_extension("part");
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(true).mode(0o600).open(&part)?;
        let tar = tar::Builder::new(BlobSealer::new(own, BufWriter::new(file))?);
        Ok(Self { tar, part, path: path.to_owned() })
    }
}

impl Sink for Sealed {
    fn file(&mut self, path: &str, size: u64, from: &mut dyn Read) -> io::Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_size(size);
        header.set_mode(0o600);
        header.set_mtime(0);
        self.tar.append_data(&mut header, path, from.take(size))
    }

    fn finish(self) -> io::Result<()> {
        let (file, _) = self.tar.into_inner()?.finish()?;
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&self.part, &self.path)
    }
}
