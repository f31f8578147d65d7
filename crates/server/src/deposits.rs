//! What members leave for the recovery kit: the epochs' keys, sealed to it (docs/FORMAT.md §13).
//!
//! Outside the log, one for each member, the latest only: an old copy of the log and the kit must
//! not bring back what the desk forgot. A deposit is durable before it is acknowledged; after a
//! crash there is the old one or the new one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use payamgir_log::Error;
use payamgir_roster::{Key, Roster};
use payamgir_wire::limits::DEPOSIT_BYTES;
use payamgir_wire::{hex, sync};

use crate::auth::Asking;
use crate::desk_api::{Api, binary};
use crate::journal::Event;

/// Bytes in front of a deposit that say what is in it without telling it.
const TAG_BYTES: usize = 32;

/// The folder of deposits; each is a file named by its member's key in hex.
pub(crate) struct Deposits {
    folder: PathBuf,
    /// One change at a time.
    turn: Mutex<()>,
}

impl Deposits {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder, turn: Mutex::default() }
    }

    /// Replaces a member's, and drops those of who is none any more.
    fn keep(&self, roster: &Roster, key: &Key, deposit: &[u8]) -> io::Result<()> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.folder.exists() {
            fs::create_dir_all(&self.folder)?;
            // Its own name must be durable too before what is in it is acknowledged.
            let above = self.folder.parent().filter(|above| !above.as_os_str().is_empty());
            File::open(above.unwrap_or(Path::new(".")))?.sync_all()?;
        }
        self.drop_others(roster)?;
        let name = hex::Hex(*key).to_string();
        let fresh = self.folder.join("new");
        let _ = fs::remove_file(&fresh);
        let mut file = OpenOptions::new().write(true).create_new(true).open(&fresh)?;
        file.write_all(deposit)?;
        file.sync_all()?;
        fs::rename(&fresh, self.folder.join(name))?;
        File::open(&self.folder)?.sync_all()
    }

    /// Drops those of who is no member any more.
    fn prune(&self, roster: &Roster) -> io::Result<()> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        match self.folder.exists() {
            true => self.drop_others(roster),
            false => Ok(()),
        }
    }

    fn drop_others(&self, roster: &Roster) -> io::Result<()> {
        let members: Vec<String> =
            roster.members().map(|(key, _)| hex::Hex(*key).to_string()).collect();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if !members.iter().any(|member| entry.file_name() == **member) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    fn tag(&self, key: &Key) -> io::Result<Option<Vec<u8>>> {
        let deposit = read(&self.folder.join(hex::Hex(*key).to_string()))?;
        Ok(deposit.and_then(|deposit| Some(deposit.get(..TAG_BYTES)?.to_vec())))
    }

    fn all(&self, roster: &Roster) -> io::Result<Vec<u8>> {
        let mut out = vec![];
        for (key, _) in roster.members() {
            if let Some(deposit) = read(&self.folder.join(hex::Hex(*key).to_string()))? {
                sync::write_addition(&mut out, 0, &deposit);
            }
        }
        Ok(out)
    }
}

fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// `POST /desk/1/deposit`: a member's deposit, in place of its last.
pub(crate) async fn put(
    State(api): State<Arc<Api>>,
    axum::Extension(Asking(key)): axum::Extension<Asking>,
    body: Bytes,
) -> Response {
    let now = api.desk.now();
    let Some(roster) = now.roster().filter(|roster| roster.role(&key).is_some()) else {
        return StatusCode::FORBIDDEN.into_response();
    };
    if !(TAG_BYTES..=DEPOSIT_BYTES).contains(&body.len()) {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    let (keeper, roster) = (api.clone(), roster.clone());
    api.storage(move || keeper.deposits.keep(&roster, &key, &body)).await.into_response()
}

/// `GET /desk/1/deposit`: the tag of a member's own; to the kit, all of them.
pub(crate) async fn get(
    State(api): State<Arc<Api>>,
    axum::Extension(Asking(key)): axum::Extension<Asking>,
) -> Result<Response, StatusCode> {
    let now = api.desk.now();
    let roster = now.roster().ok_or(StatusCode::NOT_FOUND)?.clone();
    let keeper = api.clone();
    let member = roster.role(&key).is_some();
    if !member && roster.recovery().map(|kit| kit.key) != Some(key) {
        return Err(StatusCode::FORBIDDEN);
    }
    let read = move || match member {
        true => keeper.deposits.tag(&key),
        false => keeper.deposits.all(&roster).map(Some),
    };
    let found = api.storage(read).await?;
    found.map(binary).ok_or(StatusCode::NOT_FOUND)
}

impl Api {
    /// After the roster changed. What fails is told to the operator and tried again the next time.
    pub(crate) async fn prune_deposits(self: &Arc<Self>) {
        let (keeper, now) = (self.clone(), self.desk.now());
        if let Some(roster) = now.roster().cloned() {
            let _ = self.storage(move || keeper.deposits.prune(&roster)).await;
        }
    }

    async fn storage<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> Result<T, StatusCode> {
        let done = tokio::task::spawn_blocking(work).await.unwrap_or_else(|e| Err(e.into()));
        done.map_err(|error| {
            (self.journal)(Event::StorageFailed(Error::Io(error.into())));
            StatusCode::INTERNAL_SERVER_ERROR
        })
    }
}
