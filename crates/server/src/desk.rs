//! What the server knows of its desk: the roster, folded from its own log.
//!
//! The log decides. A change is heard by a copy of the fold, appended, and only then known; the
//! server dies in between and hears it again when it starts.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use payamgir_log::{Error, Hash, Kind, Log, PendingBlob, Record};
use payamgir_roster::{
    Approval, Fold, Key, Receiving, Refusal, Role, Roster, Signed, Subject, approved, kind,
};
use payamgir_seal::Recipient;

use crate::journal::{Event, Journal};

/// How every age file begins.
const SEALED: &[u8] = b"age-encryption.org/v1\n";

/// The desk a server serves. Clones share it.
#[derive(Clone)]
pub struct Desk {
    log: Log,
    now: Arc<RwLock<Arc<Now>>>,
    /// One change at a time.
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// The desk at one moment.
#[derive(Clone)]
pub(crate) struct Now {
    fold: Fold,
    /// Whom entries are sealed to.
    pub(crate) recipient: Arc<Recipient>,
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
    /// It names a key that cannot be sealed to.
    UnusableKey,
    /// An approval to erase what is not there, is something else, or may not be erased.
    NotErasable,
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
        let now = Arc::new(RwLock::new(Arc::new(now)));
        let desk = Self { log: log.clone(), now, turn: Arc::default() };
        desk.catch_up().await.map_err(NoDesk::Log)?;
        Ok(desk)
    }

    /// Erases what was approved before a crash came between.
    async fn catch_up(&self) -> Result<(), Error> {
        let now = self.now();
        let log = self.log.clone();
        let erased = tokio::task::spawn_blocking(move || log.reader()?.erased()).await;
        let erased: BTreeSet<u64> = erased.unwrap_or(Err(Error::Closed))?.into_iter().collect();
        let open = now.fold.erasures().into_iter().filter(|(record, _)| !erased.contains(record));
        for approval in open.flat_map(|(_, about)| about) {
            // What else cannot be erased now is no reason not to serve.
            if let Err(NotAdded::Log(error @ (Error::Io(_) | Error::Sqlite(_)))) =
                self.act_on(approval).await
            {
                return Err(error);
            }
        }
        Ok(())
    }

    /// Which desk this is: its founding's hash.
    pub(crate) fn id(&self) -> [u8; 32] {
        self.now().roster().expect("an open desk has a roster").desk()
    }

    pub(crate) fn now(&self) -> Arc<Now> {
        self.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Adds what a member's desk sent, if the roster takes it; `Ok` once it is durable. Goes on where
    /// the caller is dropped: what the log holds and what is known must not part.
    pub(crate) async fn add(&self, by: &Key, kind: u8, body: &[u8]) -> Result<(), NotAdded> {
        if kind == kind::WORK {
            return self.add_work(by, body).await;
        }
        let (desk, body) = (self.clone(), body.to_vec());
        let added = tokio::spawn(async move { desk.add_to_the_end(kind, &body).await }).await;
        added.unwrap_or(Err(NotAdded::Log(Error::Closed)))
    }

    /// Appends an event of desk work, which is sealed: all that can be told of it here is who brings
    /// it, and that it has the form of a sealed file.
    async fn add_work(&self, by: &Key, body: &[u8]) -> Result<(), NotAdded> {
        let role = self.now().roster().and_then(|roster| roster.role(by));
        if role < Some(Role::Editor) {
            return Err(NotAdded::Refused(Refusal::NotAllowed));
        }
        if !body.starts_with(SEALED) {
            return Err(NotAdded::Refused(Refusal::Malformed));
        }
        let appended = self.log.append(Kind(kind::WORK), body.to_vec(), vec![]).await;
        appended.map(drop).map_err(NotAdded::Log)
    }

    /// Appends a file that a member keeps to go with a reply: a sealed entry that names the blob. Gives
    /// its record.
    pub(crate) async fn keep(
        &self,
        by: &Key,
        body: &[u8],
        blob: PendingBlob,
    ) -> Result<u64, NotAdded> {
        if self.now().role(by) < Some(Role::Editor) {
            return Err(NotAdded::Refused(Refusal::NotAllowed));
        }
        if !body.starts_with(SEALED) {
            return Err(NotAdded::Refused(Refusal::Malformed));
        }
        let appended = self.log.append(Kind(kind::WORK), body.to_vec(), vec![blob]).await;
        appended.map_err(NotAdded::Log)
    }

    async fn add_to_the_end(&self, kind: u8, body: &[u8]) -> Result<(), NotAdded> {
        let known = [kind::STATEMENT, kind::RECEIVING, kind::GRANT, kind::APPROVAL];
        if !known.contains(&kind) {
            return Err(NotAdded::OtherKind);
        }
        let _turn = self.turn.lock().await;
        self.now().fold.check(kind, body).map_err(NotAdded::Refused)?;
        check_keys(kind, body)?;
        self.check_subject(kind, body).await?;
        let index = match self.log.append(Kind(kind), body.to_vec(), vec![]).await {
            Ok(index) => index,
            Err(error) => {
                // A commit that failed may have reached the disk all the same.
                self.know(read(self.log.clone()).await.map_err(NotAdded::Log)?)?;
                return Err(NotAdded::Log(error));
            }
        };
        self.learn(index, kind, body)?;
        // Another policy may be content with the approvals there are.
        if kind == kind::STATEMENT {
            self.catch_up().await.map_err(NotAdded::Log)?;
        }
        if kind == kind::APPROVAL {
            let approval = Approval::decode(body).map_err(NotAdded::Refused)?;
            self.act_on(&approval).await?;
        }
        Ok(())
    }

    /// What the log has now is known. Nothing is copied, but where somebody looks at it just then.
    fn learn(&self, index: u64, kind: u8, body: &[u8]) -> Result<(), NotAdded> {
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        let now = Arc::make_mut(&mut now);
        now.fold.hear(index, kind, body).map_err(NotAdded::Refused)?;
        now.recipient = recipient(&now.fold).map_err(|_| NotAdded::UnusableKey)?;
        Ok(())
    }

    fn know(&self, fold: Fold) -> Result<(), NotAdded> {
        let now = Now::new(fold).map_err(|_| NotAdded::UnusableKey)?;
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(now);
        Ok(())
    }

    /// An erasure is approved only of what can be erased.
    async fn check_subject(&self, kind: u8, body: &[u8]) -> Result<(), NotAdded> {
        if kind != kind::APPROVAL {
            return Ok(());
        }
        let approval = Approval::decode(body).map_err(NotAdded::Refused)?;
        let Subject::Erasure { record, leaf } = approval.subject else { return Ok(()) };
        let log = self.log.clone();
        let meant = tokio::task::spawn_blocking(move || is_meant(&log, record, leaf)).await;
        match meant.unwrap_or(Err(Error::Closed)) {
            Ok(true) => Ok(()),
            Ok(false) | Err(Error::NotFound) => Err(NotAdded::NotErasable),
            Err(error) => Err(NotAdded::Log(error)),
        }
    }

    /// Erases what enough editors approved the erasing of.
    async fn act_on(&self, approval: &Approval) -> Result<(), NotAdded> {
        let Subject::Erasure { record, leaf } = approval.subject else { return Ok(()) };
        if self.now().is_approved(approval.subject, &approval.author) {
            let log = self.log.clone();
            let erased = tokio::task::spawn_blocking(move || erase(&log, record, leaf)).await;
            return erased.unwrap_or(Err(Error::Closed)).map_err(NotAdded::Log);
        }
        Ok(())
    }
}

/// Whatever is named as a key to seal to must be one: epochs, receiving keys, the recovery kit.
fn check_keys(kind: u8, body: &[u8]) -> Result<(), NotAdded> {
    let usable = |key: &payamgir_roster::Recipient| Recipient::from_bytes(&*key.0).is_ok();
    let all = match kind {
        kind::STATEMENT => {
            let signed = Signed::decode(body).map_err(NotAdded::Refused)?;
            signed.statement.act.recipients().into_iter().all(usable)
        }
        kind::RECEIVING => usable(&Receiving::decode(body).map_err(NotAdded::Refused)?.receiver),
        _ => true,
    };
    if all { Ok(()) } else { Err(NotAdded::UnusableKey) }
}

/// Whether this is the record that was meant, of a kind that may be erased.
fn is_meant(log: &Log, index: u64, leaf: [u8; 32]) -> Result<bool, Error> {
    let row = log.reader()?.row(index)?;
    let record = Record::decode(&row.record).ok_or(Error::Corrupt)?;
    let erasable = record.kind != Kind::ERASURE && kind::is_erasable(record.kind.0);
    Ok(erasable && record.leaf() == Hash(leaf))
}

/// Erases it; one that is erased already is as good.
fn erase(log: &Log, index: u64, leaf: [u8; 32]) -> Result<(), Error> {
    if !is_meant(log, index, leaf)? {
        return Err(Error::NotErasable);
    }
    match log.erase(index) {
        Ok(_) | Err(Error::AlreadyErased) => Ok(()),
        Err(error) => Err(error),
    }
}

async fn read(log: Log) -> Result<Fold, Error> {
    let fold = move || {
        let mut fold = Fold::default();
        log.reader()?.others(kind::ALL, (0, u64::MAX), |row| {
            if let Some(record) = Record::decode(&row.record) {
                fold.record(row.index, record.kind.0, row.body.as_deref());
            }
            true
        })?;
        Ok(fold)
    };
    tokio::task::spawn_blocking(fold).await.unwrap_or(Err(Error::Closed))
}

impl Now {
    fn new(fold: Fold) -> Result<Self, payamgir_seal::NotARecipient> {
        let recipient = recipient(&fold)?;
        Ok(Self { fold, recipient })
    }

    /// Who the desk is.
    pub(crate) fn roster(&self) -> Option<&Roster> {
        self.fold.roster()
    }

    /// Whether requests signed by this key are heard.
    pub(crate) fn role(&self, key: &Key) -> Option<Role> {
        self.fold.roster()?.role(key)
    }

    pub(crate) fn knows(&self, key: &Key) -> bool {
        let recovery = |roster: &Roster| roster.recovery().is_some_and(|kit| kit.key == *key);
        self.fold.roster().is_some_and(|roster| roster.role(key).is_some() || recovery(roster))
    }

    /// All approvals, in the log's order.
    pub(crate) fn approvals(&self) -> impl Iterator<Item = &Approval> {
        self.fold.approvals().map(|(_, approval)| approval)
    }

    /// Whether as many as the roster asks for now approved it.
    pub(crate) fn is_approved(&self, subject: Subject, author: &Key) -> bool {
        let about = self.fold.approvals().map(|(_, approval)| approval);
        let about = about.filter(|approval| approval.subject == subject);
        let roster = self.fold.roster();
        roster.is_some_and(|roster| approved(roster, subject, author, about).is_ok())
    }
}

/// What is sealed to now.
fn recipient(fold: &Fold) -> Result<Arc<Recipient>, payamgir_seal::NotARecipient> {
    let epoch = fold.roster().map(|roster| roster.epoch().recipient.0.clone());
    Recipient::from_bytes(&*epoch.ok_or(payamgir_seal::NotARecipient)?).map(Arc::new)
}

impl NotAdded {
    /// The word in the answer.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.word(),
            Self::OtherKind => "other-kind",
            Self::UnusableKey => "unusable-key",
            Self::NotErasable => "not-erasable",
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ed25519_dalek::{Signer, SigningKey};
    use payamgir_log::{Limits, LogKey, Mode};
    use payamgir_roster::{Act, Policy, Statement};
    use payamgir_wire::armor::{Label, dearmor};

    use super::*;

    /// Who adds to the roster does not matter: statements are signed.
    const FOUNDER: Key = [0; 32];

    async fn founded(folder: &std::path::Path) -> (Log, Desk) {
        let key = || LogKey::parse(&LogKey::generate("test", &[1; 32]).unwrap()).unwrap();
        Log::create(folder, &key()).unwrap();
        let limits = Limits { storage: u64::MAX, keep_free: 0 };
        let log = Log::open(folder, key(), limits, Mode::Server).unwrap();
        let public = include_str!("../../../testdata/desk.txt");
        let desk = Desk::open(&log, Some(&dearmor(Label::Desk, public).unwrap())).await.unwrap();
        (log, desk)
    }

    /// A change of policy after what is in force, by the founder of the vectors.
    fn change(desk: &Desk, epoch_days: u16) -> Vec<u8> {
        let now = desk.now();
        let roster = now.fold.roster().unwrap();
        let policy = Policy { epoch_days, ..Policy::DEFAULT };
        let (desk, previous) = (roster.desk(), roster.head());
        let act = Act::PolicyChanged(policy);
        let statement = Statement { desk, previous, day: 20_000, act };
        let key = SigningKey::from_bytes(&[7; 32]);
        let public = key.verifying_key().to_bytes();
        Signed::new(statement, public, |message| key.sign(message).to_bytes()).encode()
    }

    #[tokio::test]
    async fn a_caller_that_goes_away_does_not_part_the_roster_from_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let (log, desk) = founded(folder.path()).await;
        for days in 31..61 {
            let body = change(&desk, days);
            // Dropped after its first step.
            let _ =
                tokio::time::timeout(Duration::ZERO, desk.add(&FOUNDER, kind::STATEMENT, &body))
                    .await;
            while desk.now().fold.roster().unwrap().policy().epoch_days != days {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        let again = read(log).await.unwrap();
        assert!(again.refused().is_empty());
        assert_eq!(again.roster(), desk.now().fold.roster());
    }

    #[tokio::test]
    async fn a_key_that_nothing_can_be_sealed_to_is_not_taken() {
        let folder = tempfile::tempdir().unwrap();
        let (_log, desk) = founded(folder.path()).await;
        let (key, bad) = (SigningKey::from_bytes(&[7; 32]), || {
            payamgir_roster::Recipient(Box::new([0xff; 1216]))
        });
        let (public, sign) = (key.verifying_key().to_bytes(), |m: &[u8]| key.sign(m).to_bytes());
        let roster = desk.now().fold.roster().unwrap().clone();
        let receiving = Receiving::new((roster.desk(), public), (1, false), bad(), sign);
        let refused = desk.add(&FOUNDER, kind::RECEIVING, &receiving.encode()).await;
        assert!(matches!(refused, Err(NotAdded::UnusableKey)));
        let (previous, act) = (roster.head(), Act::EpochStarted(bad()));
        let statement = Statement { desk: roster.desk(), previous, day: 20_000, act };
        let signed = Signed::new(statement, public, sign);
        let refused = desk.add(&FOUNDER, kind::STATEMENT, &signed.encode()).await;
        assert!(matches!(refused, Err(NotAdded::UnusableKey)));
        assert_eq!(desk.now().fold.roster(), Some(&roster));
    }

    #[tokio::test]
    async fn work_is_taken_from_editors_and_has_the_form_of_a_sealed_file() {
        let folder = tempfile::tempdir().unwrap();
        let (log, desk) = founded(folder.path()).await;
        let founder = SigningKey::from_bytes(&[7; 32]).verifying_key().to_bytes();
        let sealed = [SEALED, b"-> anything"].concat();
        let table: [(Key, &[u8], Option<&str>); 4] = [
            (founder, &sealed, None),
            (FOUNDER, &sealed, Some("not-allowed")),
            (founder, b"words in the clear", Some("malformed")),
            (founder, b"", Some("malformed")),
        ];
        for (by, body, refused) in table {
            let added = desk.add(&by, kind::WORK, body).await;
            assert_eq!(added.err().map(|why| why.word()), refused);
        }
        assert_eq!(log.reader().unwrap().size().unwrap(), 2);
    }

    #[tokio::test]
    async fn another_desk_or_none_is_not_served() {
        let folder = tempfile::tempdir().unwrap();
        let (log, desk) = founded(folder.path()).await;
        drop(desk);
        assert!(Desk::open(&log, None).await.is_ok());
        let other = std::fs::read_to_string(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../testdata/roster.txt"
        ));
        let line = other.unwrap().lines().next().unwrap().to_owned();
        let body = line.rsplit(' ').next().unwrap().to_owned();
        let body = data_encoding::HEXLOWER.decode(body.as_bytes()).unwrap();
        assert!(matches!(Desk::open(&log, Some(&body)).await, Err(NoDesk::Another)));
        assert!(matches!(Desk::open(&log, Some(b"x")).await, Err(NoDesk::Refused(_))));
        assert!(matches!(desk_of_nobody().await, Err(NoDesk::NotFounded)));
    }

    async fn desk_of_nobody() -> Result<Desk, NoDesk> {
        let folder = tempfile::tempdir().unwrap();
        let key = || LogKey::parse(&LogKey::generate("test", &[1; 32]).unwrap()).unwrap();
        Log::create(folder.path(), &key()).unwrap();
        let limits = Limits { storage: u64::MAX, keep_free: 0 };
        let log = Log::open(folder.path(), key(), limits, Mode::Server).unwrap();
        Desk::open(&log, None).await
    }
}
