//! Files under the store's key.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use payamgir_open::{Identity, OpenError, SealedFile};
use payamgir_seal::{BlobSealer, Recipient};
use zeroize::Zeroizing;

/// Why the store could not be read or written.
#[derive(Debug)]
pub enum StoreError {
    /// The disk.
    Io(io::Error),
    /// A file that does not open: another key's, or damaged.
    Sealed(OpenError),
    /// A file that opens and is of another form.
    Form,
    /// The copy of the log.
    Log(payamgir_log::Error),
}

/// A folder of files that only the store's key opens.
pub struct Vault {
    folder: PathBuf,
    identity: Identity,
    recipient: Recipient,
}

/// A sealed file, open.
pub(super) type Sealed = SealedFile<BufReader<File>>;

/// Where the true length of a file stands: in front, since padding hides it.
const LENGTH_BYTES: u64 = 8;

impl Vault {
    /// A vault in `folder`, which is made.
    pub fn open(folder: &Path, seed: Zeroizing<[u8; 32]>) -> Result<Self, StoreError> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let identity = Identity::from_seed(seed);
        let recipient = Recipient::from_bytes(identity.public()).map_err(|_| StoreError::Form)?;
        Ok(Self { folder: folder.to_owned(), identity, recipient })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes a file in one step: after a crash there is the old one or the new.
    pub(crate) fn write(&self, name: &str, plain: &[u8]) -> Result<(), StoreError> {
        let fresh = self.path(&format!("{name}.new"));
        let _ = fs::remove_file(&fresh);
        let mut options = OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o600).open(&fresh)?;
        let mut sealer = BlobSealer::new(&self.recipient, io::BufWriter::new(file))?;
        sealer.write_all(&(plain.len() as u64).to_le_bytes())?;
        sealer.write_all(plain)?;
        let (file, _) = sealer.finish()?;
        file.into_inner().map_err(|error| error.into_error())?.sync_all()?;
        fs::rename(&fresh, self.path(name))?;
        Ok(File::open(&self.folder)?.sync_all()?)
    }

    /// Opens a file; reads in it begin after its length. `None` where there is none.
    pub(super) fn read(&self, name: &str) -> Result<Option<Sealed>, StoreError> {
        let file = match File::open(self.path(name)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let most = file.metadata()?.len();
        let mut sealed = SealedFile::new([&self.identity], BufReader::new(file), most)
            .map_err(StoreError::Sealed)?;
        let mut length = [0; LENGTH_BYTES as usize];
        sealed.read_exact_at(0, &mut length)?;
        let length = u64::from_le_bytes(length);
        if length > most { Err(StoreError::Form) } else { Ok(Some(sealed)) }
    }

    /// A whole small file's content; `None` where there is none.
    pub(crate) fn read_whole(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let Some(mut sealed) = self.read(name)? else { return Ok(None) };
        let mut length = [0; LENGTH_BYTES as usize];
        sealed.read_exact_at(0, &mut length)?;
        let mut plain = Zeroizing::new(vec![0; u64::from_le_bytes(length) as usize]);
        sealed.read_exact_at(LENGTH_BYTES, &mut plain)?;
        Ok(Some(plain))
    }

    /// The names of the files that begin so, in their order.
    pub(crate) fn names(&self, start: &str) -> Result<Vec<String>, StoreError> {
        let mut names = vec![];
        for entry in fs::read_dir(&self.folder)? {
            let name = entry?.file_name().into_string().unwrap_or_default();
            if name.starts_with(start) && !name.ends_with(".new") {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    /// Removes a file; one that is not there is as good.
    pub(crate) fn remove(&self, name: &str) -> Result<(), StoreError> {
        match fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(File::open(&self.folder)?.sync_all()?),
        }
    }
}

/// Reads in a file's content, past its length.
pub(super) fn read_at(sealed: &mut Sealed, at: u64, out: &mut [u8]) -> io::Result<()> {
    sealed.read_exact_at(LENGTH_BYTES + at, out)
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<payamgir_log::Error> for StoreError {
    fn from(error: payamgir_log::Error) -> Self {
        Self::Log(error)
    }
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Io(_) => "the store could not be read or written",
            Self::Sealed(_) => "a file of the store does not open",
            Self::Form => "a file of the store is of another form",
            Self::Log(_) => "the copy of the log could not be read",
        })
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Sealed(error) => Some(error),
            Self::Log(error) => Some(error),
            Self::Form => None,
        }
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(…)")
    }
}
