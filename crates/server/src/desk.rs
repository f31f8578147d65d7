//! What the server knows of its desk: the roster, folded from its own log.
//!
//! The log decides. A change is heard by a copy of the fold, appended, and only then known; the
//! server dies in between and hears it again when it starts.

use std::sync::{Arc, PoisonError, RwLock};

use payamgir_log::{Error, Hash, Kind, Log, Record};
use payamgir_roster::{Approval, Fold, Key, Refusal, Roster, Subject, approved, kind};
use payamgir_seal::Recipient;

use crate::journal::{Event, Journal};

/// The desk a server serves. Clones share it.
#[derive(Clone)]
pub struct Desk {
    log: Log,
    now: Arc<RwLock<Arc<Now>>>,
    /// One change at a time.
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// The desk at one moment.
pub(crate) struct Now {
    fold: Fold,
    /// Whom entries are sealed to.
    pub(crate) recipient: Recipient,
}

/// Why there is no desk to serve.
#[derive(Debug)]
pub enum NoDesk {
    /// The log names none, and no founding was given.
    NotFounded,
    /// The founding given is not the one in the log.
    Another,
    /// The founding given, or one in the log, is refused.
    Refused(Refusal),
    /// Its epoch's key cannot be sealed to.
    UnusableKey,
    /// The log failed.
    Log(Error),
}

/// Why something was not added to the log.
#[derive(Debug)]
pub(crate) enum NotAdded {
    /// The roster refuses it.
    Refused(Refusal),
    /// Not a kind that desks add.
    OtherKind,
    /// An epoch's key that cannot be sealed to.
    UnusableKey,
    /// The log failed.
    Log(Error),
}

impl Desk {
    /// Reads who the desk is from the log. A log that does not say so yet is told `founding`, a
    /// record's body, durably before this returns.
    pub async fn open(log: &Log, founding: Option<&[u8]>) -> Result<Self, NoDesk> {
        let mut fold = read(log.clone()).await.map_err(NoDesk::Log)?;
        if fold.roster().is_none() {
            let founding = founding.ok_or(NoDesk::NotFounded)?;
            fold.hear(0, kind::STATEMENT, founding).map_err(NoDesk::Refused)?;
            let appended = log.append(Kind(kind::STATEMENT), founding.to_vec(), vec![]).await;
            appended.map_err(NoDesk::Log)?;
            // The epoch began with whatever index it came to have.
            fold = read(log.clone()).await.map_err(NoDesk::Log)?;
        }
        let desk = fold.roster().ok_or(NoDesk::NotFounded)?.desk();
        if let Some(founding) = founding {
            let mut given = Fold::default();
            given.hear(0, kind::STATEMENT, founding).map_err(NoDesk::Refused)?;
            if given.roster().map(Roster::desk) != Some(desk) {
                return Err(NoDesk::Another);
            }
        }
        let now = Now::new(fold).map_err(|_| NoDesk::UnusableKey)?;
        Ok(Self {
            log: log.clone(),
            now: Arc::new(RwLock::new(Arc::new(now))),
            turn: Arc::default(),
        })
    }

    pub(crate) fn now(&self) -> Arc<Now> {
        self.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Adds what a member's desk sent, if the roster takes it; `Ok` once it is durable.
    pub(crate) async fn add(&self, kind: u8, body: &[u8]) -> Result<(), NotAdded> {
        let known = [kind::STATEMENT, kind::RECEIVING, kind::GRANT, kind::APPROVAL];
        if !known.contains(&kind) {
            return Err(NotAdded::OtherKind);
        }
        let _turn = self.turn.lock().await;
        let before = self.now();
        // The index matters only to an epoch that begins with this record.
        let mut fold = before.fold.clone();
        fold.hear(u64::MAX, kind, body).map_err(NotAdded::Refused)?;
        Now::new(fold).map_err(|_| NotAdded::UnusableKey)?;
        let index = self.log.append(Kind(kind), body.to_vec(), vec![]).await;
        let index = index.map_err(NotAdded::Log)?;
        let mut fold = before.fold.clone();
        fold.hear(index, kind, body).map_err(NotAdded::Refused)?;
        let now = Now::new(fold).map_err(|_| NotAdded::UnusableKey)?;
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(now);
        if kind == kind::APPROVAL {
            self.act_on(body).await?;
        }
        Ok(())
    }

    /// Erases what enough editors approved the erasing of.
    async fn act_on(&self, approval: &[u8]) -> Result<(), NotAdded> {
        let approval = Approval::decode(approval).map_err(NotAdded::Refused)?;
        let Subject::Erasure { record, leaf } = approval.subject else { return Ok(()) };
        if self.now().is_approved(approval.subject, &approval.author) {
            let log = self.log.clone();
            let erased = tokio::task::spawn_blocking(move || erase(&log, record, leaf)).await;
            return erased.unwrap_or(Err(Error::Closed)).map_err(NotAdded::Log);
        }
        Ok(())
    }
}

/// A record of the kinds that may be erased, if it is the one that was meant. One that is erased
/// already is as good.
fn erase(log: &Log, index: u64, leaf: [u8; 32]) -> Result<(), Error> {
    let row = log.reader()?.row(index)?;
    let record = Record::decode(&row.record).ok_or(Error::Corrupt)?;
    let meant = record.leaf() == Hash(leaf) && kind::is_erasable(record.kind.0);
    match meant.then(|| log.erase(index)) {
        None => Err(Error::NotErasable),
        Some(Ok(_) | Err(Error::AlreadyErased)) => Ok(()),
        Some(Err(error)) => Err(error),
    }
}

async fn read(log: Log) -> Result<Fold, Error> {
    let fold = move || {
        let mut fold = Fold::default();
        log.reader()?.others(u64::MAX, |row| {
            if let (Some(record), Some(body)) = (Record::decode(&row.record), &row.body) {
                // A refusal is remembered; nothing else comes of it.
                let _ = fold.hear(row.index, record.kind.0, body);
            }
            true
        })?;
        Ok(fold)
    };
    tokio::task::spawn_blocking(fold).await.unwrap_or(Err(Error::Closed))
}

impl Now {
    fn new(fold: Fold) -> Result<Self, payamgir_seal::NotARecipient> {
        let epoch = fold.roster().map(|roster| roster.epoch().recipient.0.clone());
        let recipient = Recipient::from_bytes(&*epoch.ok_or(payamgir_seal::NotARecipient)?)?;
        Ok(Self { fold, recipient })
    }

    /// Whether requests signed by this key are heard.
    pub(crate) fn knows(&self, key: &Key) -> bool {
        let recovery = |roster: &Roster| roster.recovery().is_some_and(|kit| kit.key == *key);
        self.fold.roster().is_some_and(|roster| roster.role(key).is_some() || recovery(roster))
    }

    fn is_approved(&self, subject: Subject, author: &Key) -> bool {
        let approvals: Vec<Approval> =
            self.fold.approvals().iter().map(|(_, approval)| approval.clone()).collect();
        let roster = self.fold.roster();
        roster.is_some_and(|roster| approved(roster, subject, author, &approvals).is_ok())
    }
}

impl NotAdded {
    /// The word in the answer.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.word(),
            Self::OtherKind => "other-kind",
            Self::UnusableKey => "unusable-key",
            Self::Log(Error::Full) => "full",
            Self::Log(_) => "failed",
        }
    }

    /// Tells the operator where it was the storage's fault.
    pub(crate) fn tell(&self, journal: &Journal) {
        match self {
            Self::Log(Error::Full) => journal(Event::StorageFull),
            Self::Log(error) => journal(Event::StorageFailed(error.clone())),
            _ => {}
        }
    }
}

impl std::fmt::Display for NoDesk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotFounded => f.write_str("the log names no desk"),
            Self::Another => f.write_str("the log belongs to another desk"),
            Self::Refused(refusal) => write!(f, "the founding is refused: {refusal}"),
            Self::UnusableKey => f.write_str("the epoch's key cannot be sealed to"),
            Self::Log(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for NoDesk {}
