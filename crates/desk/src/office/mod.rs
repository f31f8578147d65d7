//! An unlocked desk: what was opened, what was done with it, what is on its way.
//!
//! Everything here is in memory and goes with the process. What a member does is signed and kept
//! sealed in the outbox before anybody is told that it is done; the log's order makes it count.

mod act;
mod alarm;
mod erase;
mod fetching;
mod files;
mod filters;
mod forgetting;
mod keeping;
mod list;
mod outbox;
mod post;
mod presence;
pub mod publishing;
mod sending;
mod settings;
mod state;
mod tally;
mod typed;
mod view;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock, RwLockReadGuard};

use payamgir_log::Reader;
use payamgir_open::{Keyring, Member};
use payamgir_roster::{Fold, Key, Roster, Subject};
use payamgir_text::search::fold_word;
use payamgir_work::{Case, Work};

pub use crate::errands::Shows;
pub use act::NotDone;
pub use fetching::{Absent, Fetch};
pub use files::{Blob, Whole};
pub use keeping::NotKept;
pub use list::channel_word;
pub use list::{Row, Rows, Why};
pub use post::{Post, Said, Sync};
pub use presence::At;
pub use sending::{Fate, To, Way};
pub use settings::Settings;
pub use state::{State, Wanted};
pub use tally::Counts;
pub use view::{Came, Piece, Shown, View, What};

use crate::client::World;
use crate::store::{Progress, Store, StoreError};
use outbox::Outbox;

/// An unlocked desk. Shared by those who show it and the one who syncs.
pub struct Office {
    pub(crate) store: RwLock<Store>,
    desk: RwLock<Desk>,
    keys: RwLock<Arc<Keyring>>,
    member: Arc<Member>,
    world: World,
    outbox: Mutex<Outbox>,
    sync: Mutex<Sync>,
    /// Told when there is something to send, or somebody wants to sync.
    wake: Condvar,
    presence: Mutex<Vec<At>>,
    own: Mutex<Option<(u64, u64)>>,
    tally: Mutex<Option<tally::Tallied>>,
    progress: Arc<Progress>,
    /// Where the copy of the log is.
    log: std::path::PathBuf,
    /// Blobs to fetch.
    wanted: Mutex<fetching::Wanted>,
    /// Told when there is one more.
    hungry: Condvar,
    settings: Mutex<Settings>,
    /// Files on their way to be kept, and those who wait for them.
    keeping: Mutex<Vec<keeping::Keeping>>,
    /// What contradicted the log, until somebody has looked into it.
    alarm: Mutex<Option<Said>>,
    /// What the server serves.
    published: Mutex<publishing::Served>,
    telling: Mutex<publishing::Telling>,
    /// Sets paper, where this program can.
    engine: Option<Arc<dyn payamgir_bulletin::Engine + Send>>,
}

/// Who the desk is and what it did, by the records heard so far.
#[derive(Default)]
struct Desk {
    fold: Fold,
    /// By the log.
    work: Work,
    /// With what is on its way.
    shown: Arc<Work>,
    heard: u64,
    /// Erased records there were then.
    erased: BTreeSet<u64>,
    /// Counts changes.
    version: u64,
}

impl Desk {
    /// Whether a member's approval of something is in the log, whoever asked for it.
    fn has_approval(&self, member: &Key, subject: Subject) -> bool {
        self.fold.approvals().any(|(_, known)| known.key == *member && known.subject == subject)
    }
}

impl Office {
    /// Opens what the desk has; nothing is asked of the server. `progress` counts records read.
    pub fn open(
        store: Store,
        (log, size): (&Path, u64),
        (member, keys): (Arc<Member>, Keyring),
        world: World,
        progress: Arc<Progress>,
    ) -> Result<Self, StoreError> {
        let outbox = Outbox::open(store.vault())?;
        let alarm = Mutex::new(alarm::standing(store.vault()));
        let settings = Mutex::new(Settings::kept(store.vault()));
        let office = Self {
            store: RwLock::new(store),
            desk: RwLock::default(),
            keys: RwLock::new(Arc::new(keys)),
            member,
            world,
            outbox: Mutex::new(outbox),
            sync: Mutex::default(),
            wake: Condvar::new(),
            presence: Mutex::default(),
            own: Mutex::default(),
            tally: Mutex::default(),
            progress,
            log: log.to_owned(),
            wanted: Mutex::default(),
            hungry: Condvar::new(),
            settings,
            keeping: Mutex::default(),
            alarm,
            published: Mutex::default(),
            telling: Mutex::default(),
            engine: None,
        };
        office.take_in(log, size)?;
        Ok(office)
    }

    /// Reads what the log's copy has up to `size`, and hears what the desk did in it.
    pub fn take_in(&self, log: &Path, size: u64) -> Result<(), StoreError> {
        let keys = self.keys();
        let reader = Reader::open(log)?;
        let maker = self.store().maker();
        maker.make(&keys, size, &self.progress)?;
        let erased: BTreeSet<u64> = reader.erased()?.into_iter().collect();
        let mut store = write(&self.store);
        store.read(&keys, size, &self.progress)?;
        let mut gone = self.newly_gone(&store, &reader, &erased);
        let fold = crate::keys::fold(&reader, size)?;
        let changed = forgetting::changed(store.vault(), (&keys, fold.roster()), size)?;
        let again = !changed.is_empty();
        gone.extend(changed);
        if !gone.is_empty() {
            store.renew(&keys, &gone)?;
        }
        forgetting::remember(store.vault(), &keys)?;
        let mut desk = write(&self.desk);
        if again || gone.iter().any(|record| is_work(&store, *record)) || desk.heard > size {
            *desk = Desk { version: desk.version, ..Desk::default() };
        }
        hear(&mut desk, &reader, &store, size)?;
        desk.erased = erased;
        drop(store);
        self.show(&mut desk);
        Ok(())
    }

    /// Records whose bodies are gone from the copy and are here still.
    fn newly_gone(&self, store: &Store, reader: &Reader, erased: &BTreeSet<u64>) -> Vec<u64> {
        let has = |record: &&u64| {
            store.catalog().part(**record).is_some_and(|part| !part.class.is_trouble())
        };
        // A body that this desk keeps although the server let go of it stays.
        let gone = |record: &&u64| reader.row(**record).is_ok_and(|row| row.body.is_none());
        erased.iter().filter(has).filter(gone).copied().collect()
    }

    /// Makes what is shown: the log's state, then what is on its way.
    fn show(&self, desk: &mut Desk) {
        let mut outbox = lock(&self.outbox);
        outbox.forget_heard(&desk.work, &self.member.verifying_key());
        let mut shown = desk.work.clone();
        if let Some(roster) = desk.fold.roster() {
            for signed in outbox.waiting() {
                // What the log has changed meanwhile is told by the audit once it is there.
                let _ = shown.hear(None, signed, roster, true);
            }
        }
        desk.shown = Arc::new(shown);
        desk.version += 1;
    }

    /// What was opened.
    pub fn store(&self) -> RwLockReadGuard<'_, Store> {
        self.store.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn desk(&self) -> RwLockReadGuard<'_, Desk> {
        self.desk.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the desk did, with what is on its way.
    pub fn work(&self) -> Arc<Work> {
        self.desk().shown.clone()
    }

    /// The same, and which version it is.
    fn work_now(&self) -> (Arc<Work>, u64) {
        let desk = self.desk();
        (desk.shown.clone(), desk.version)
    }

    /// What was done with a conversation.
    pub fn case(&self, number: u64) -> Case {
        let work = self.work();
        self.key_of(number).and_then(|key| work.case(key)).cloned().unwrap_or_default()
    }

    /// What desk work names a conversation by.
    pub fn key_of(&self, number: u64) -> Option<u64> {
        self.store().catalog().conversation(number).map(|conversation| conversation.key)
    }

    /// The roster.
    pub fn roster(&self) -> Option<Roster> {
        self.desk().fold.roster().cloned()
    }

    /// This member.
    pub fn me(&self) -> Key {
        self.member.verifying_key()
    }

    /// Unix seconds.
    pub fn now(&self) -> u64 {
        (self.world.now)()
    }

    /// The keys that open.
    pub fn keys(&self) -> Arc<Keyring> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What a member is called: the name it gave itself, or the beginning of its key. Where another
    /// calls itself alike, or the name is what everybody calls themselves, the key is said too.
    pub fn called(&self, key: &Key) -> String {
        let work = self.work();
        let short = payamgir_wire::hex::Hex(*key).to_string()[..8].to_owned();
        let Some(name) = work.called(key) else { return short };
        let same = |other: &str| fold_word(other) == fold_word(name);
        let roster = self.roster();
        let others = roster.iter().flat_map(Roster::members).filter(|(other, _)| *other != key);
        let taken = others.filter_map(|(other, _)| work.called(other)).any(same);
        let reserved = ["شما", "you", "هیچ‌کس", "nobody"].into_iter().any(same);
        if taken || reserved { format!("{name} ({short})") } else { name.to_owned() }
    }
}

/// Hears what lies between what was heard and `size`, each event by the roster as it is there.
fn hear(desk: &mut Desk, reader: &Reader, store: &Store, size: u64) -> Result<(), StoreError> {
    use crate::store::{Class, Held};
    use payamgir_work::Ignored;

    let mut rows = vec![];
    reader.others(payamgir_roster::kind::ALL, (desk.heard, size), |row| {
        rows.push(row);
        true
    })?;
    let mut rows = rows.into_iter().peekable();
    let is_event = |record: &u64| reader_kind_is_work(store, *record);
    for record in (desk.heard..size).filter(is_event).chain([size]) {
        while let Some(row) = rows.next_if(|row| row.index < record) {
            if let Some(known) = payamgir_log::Record::decode(&row.record) {
                desk.fold.record(row.index, known.kind.0, row.body.as_deref());
            }
        }
        let Some(roster) = desk.fold.roster().filter(|_| record < size) else { continue };
        match store.held(record)? {
            Held::Work(signed, true) => drop(desk.work.hear(Some(record), &signed, roster, true)),
            Held::Work(..) => desk.work.miss(record, Ignored::Signature),
            Held::Trouble(_) => {
                let class = store.catalog().part(record).map(|part| part.class);
                let erased = class == Some(Class::Erased);
                let why = if erased { Ignored::Erased } else { Ignored::Unreadable };
                desk.work.miss(record, why);
            }
            _ => {}
        }
    }
    desk.heard = size;
    Ok(())
}

fn reader_kind_is_work(store: &Store, record: u64) -> bool {
    store.catalog().part(record).is_some_and(|part| part.work)
}

fn is_work(store: &Store, record: u64) -> bool {
    reader_kind_is_work(store, record)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
