//! The two files of an unfinished upload: its bytes, and how many of them are durable.

use std::fs::{self, File, FileTimes, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::slot::{BYTES, Slot};

/// Where an upload's files are.
pub(super) struct UploadFile {
    stem: PathBuf,
}

/// An upload being written to.
pub(super) struct Writing {
    data: File,
    slots: File,
    slot: Slot,
    /// Bytes written, durable or not.
    end: u64,
}

impl UploadFile {
    pub(super) fn new(stem: PathBuf) -> Self {
        Self { stem }
    }

    /// Its bytes.
    pub(super) fn data(&self) -> PathBuf {
        self.stem.with_extension("data")
    }

    fn slots(&self) -> PathBuf {
        self.stem.with_extension("slots")
    }

    /// Makes both; they are durable, with their names, when this returns.
    pub(super) fn create(&self, slot: &Slot) -> io::Result<()> {
        let fresh =
            |path: &Path| OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        let slots = fresh(&self.slots())?;
        slots.write_all_at(&[0; BYTES], 0)?;
        write_slot(&slots, slot)?;
        forget_time(&fresh(&self.data())?)?;
        sync_folder(&self.stem)
    }

    /// What is durable of it after a stop or a crash: what is more than that is cut off. `None` where it is
    /// no upload any more.
    pub(super) fn restore(&self) -> io::Result<Option<Slot>> {
        let Some(slot) = fs::read(self.slots()).ok().and_then(|bytes| Slot::read(&bytes)) else {
            return Ok(None);
        };
        let Ok(data) = OpenOptions::new().write(true).open(self.data()) else { return Ok(None) };
        if data.metadata()?.nlink() > 1 {
            // It became a blob, and a crash came before it was removed here.
            return Ok(None);
        }
        if data.metadata()?.len() < slot.offset {
            return Ok(None);
        }
        data.set_len(slot.offset)?;
        forget_time(&data)?;
        Ok(Some(slot))
    }

    /// Removes both.
    pub(super) fn remove(&self) -> io::Result<()> {
        for path in [self.slots(), self.data()] {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// Opens it to go on.
    pub(super) fn write(&self) -> io::Result<Writing> {
        let mut slots = OpenOptions::new().read(true).write(true).open(self.slots())?;
        let mut bytes = vec![];
        slots.read_to_end(&mut bytes)?;
        let slot = Slot::read(&bytes).ok_or(io::ErrorKind::InvalidData)?;
        let mut data = OpenOptions::new().write(true).open(self.data())?;
        data.set_len(slot.offset)?;
        data.seek(SeekFrom::Start(slot.offset))?;
        Ok(Writing { data, slots, slot, end: slot.offset })
    }
}

impl Writing {
    /// Bytes written, durable or not.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.data.write_all(bytes)?;
        self.end += bytes.len() as u64;
        Ok(())
    }

    /// Bytes that were written and are not durable yet.
    pub(super) fn loose(&self) -> u64 {
        self.end - self.slot.offset
    }

    /// Makes all that was written durable; gives how much there is.
    pub(super) fn settle(&mut self) -> io::Result<u64> {
        if self.loose() > 0 {
            forget_time(&self.data)?;
            let slot = Slot { turn: self.slot.turn + 1, offset: self.end, ..self.slot };
            write_slot(&self.slots, &slot)?;
            self.slot = slot;
        }
        Ok(self.slot.offset)
    }

    /// Takes back what is not durable.
    pub(super) fn take_back(&mut self) -> io::Result<()> {
        self.data.set_len(self.slot.offset)?;
        self.data.seek(SeekFrom::Start(self.slot.offset))?;
        self.end = self.slot.offset;
        forget_time(&self.data)
    }
}

fn write_slot(slots: &File, slot: &Slot) -> io::Result<()> {
    let (at, bytes) = slot.encode();
    slots.write_all_at(&bytes, at)?;
    forget_time(slots)
}

/// Makes a file durable. When it was written is not for the disk.
fn forget_time(mut file: &File) -> io::Result<()> {
    file.flush()?;
    let epoch = SystemTime::UNIX_EPOCH;
    file.set_times(FileTimes::new().set_modified(epoch).set_accessed(epoch))?;
    file.sync_all()
}

fn sync_folder(of: &Path) -> io::Result<()> {
    of.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}
