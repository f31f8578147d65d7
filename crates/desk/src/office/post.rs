//! Going to the server and back, in the background.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use payamgir_open::Keyring;
use payamgir_roster::kind;
use payamgir_seal::seal_entry;
use payamgir_text::lang::Lang;
use payamgir_wire::Hash;
use payamgir_wire::dropbox::Deposit;
use payamgir_wire::send::Send;

use super::{Office, alarm, lock, write};
use crate::errands::Shows;
use crate::keys::Additions;
use crate::store::StoreError;

/// How often the server is asked.
const PAUSE: Duration = Duration::from_secs(20);
/// Events sent in one request, and their bytes before they are sealed: sealed they are padded, and a
/// request is at most `wire::limits::APPEND_BYTES`.
const AT_ONCE: usize = 32;
const AT_ONCE_BYTES: usize = 128 * 1024;

/// The way to the server, as the program makes it.
pub trait Post: std::marker::Send {
    /// Fetches what is new, verifies it and does what this desk owes the others. `progress` is told
    /// the records here and those there are. Gives how many count now, and what must be said of it
    /// although it counts.
    fn sync(&mut self, progress: &mut dyn FnMut(u64, u64)) -> Result<(u64, Option<Said>), Said>;
    /// The keys as they are now.
    fn keys(&self) -> Result<Keyring, Said>;
    /// Adds events to the log; gives how many were taken, and whether the next was refused for good.
    fn add(&mut self, events: &Additions) -> Result<(usize, bool), Said>;
    /// Leaves this member's word, takes the others'.
    fn presence(&mut self, own: Option<&[u8]>) -> Result<Vec<Vec<u8>>, Said>;
    /// Hands over a reply to a messenger's source. Whether the server has it, or has had it before.
    fn hand_over(&mut self, reply: &Send) -> Result<bool, Said>;
    /// Hands over a reply to a codename, sealed to it. Whether the server keeps it, or has kept it before.
    fn answer(&mut self, reply: &Deposit) -> Result<bool, Said>;
    /// Keeps a file to go with a reply: its sealed entry and blob. Gives its record.
    fn keep(&mut self, entry: &[u8], blob: &[u8]) -> Result<u64, Said>;
    /// What the server serves, beside the release that is known.
    fn published(&mut self, known: Option<&Hash>) -> Result<Shows, Said>;
    /// Which files of a release the server has not.
    fn missing(&mut self, release: &[u8]) -> Result<Vec<Hash>, Said>;
    /// Hands over files of a release, each after its length.
    fn hand_in(&mut self, files: &[u8]) -> Result<(), Said>;
    /// Has the server serve a release. Whether it does; not, where another came first.
    fn publish(&mut self, release: &[u8]) -> Result<bool, Said>;
    /// Has the server post a text file that is published. Whether it has it, or has had it before.
    fn post_text(&mut self, file: &Hash) -> Result<bool, Said>;
    /// The folder of the copy of the log.
    fn log(&self) -> &Path;
}

/// What is said of a failure, in both languages.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Said {
    /// What happened, in Persian.
    pub fa: String,
    /// In English.
    pub en: String,
    /// What to do, in Persian.
    pub to_do_fa: String,
    /// In English.
    pub to_do_en: String,
    /// It must not be missed.
    pub alarm: bool,
    /// The log contradicts itself: nothing more is fetched.
    pub stops: bool,
}

impl Said {
    /// What happened, in that language.
    pub fn what(&self, lang: Lang) -> &str {
        match lang {
            Lang::Fa => &self.fa,
            Lang::En => &self.en,
        }
    }

    /// What to do, in that language.
    pub fn to_do(&self, lang: Lang) -> &str {
        match lang {
            Lang::Fa => &self.to_do_fa,
            Lang::En => &self.to_do_en,
        }
    }
}

impl Post for Box<dyn Post> {
    fn sync(&mut self, progress: &mut dyn FnMut(u64, u64)) -> Result<(u64, Option<Said>), Said> {
        (**self).sync(progress)
    }

    fn keys(&self) -> Result<Keyring, Said> {
        (**self).keys()
    }

    fn add(&mut self, events: &Additions) -> Result<(usize, bool), Said> {
        (**self).add(events)
    }

    fn presence(&mut self, own: Option<&[u8]>) -> Result<Vec<Vec<u8>>, Said> {
        (**self).presence(own)
    }

    fn hand_over(&mut self, reply: &Send) -> Result<bool, Said> {
        (**self).hand_over(reply)
    }

    fn answer(&mut self, reply: &Deposit) -> Result<bool, Said> {
        (**self).answer(reply)
    }

    fn keep(&mut self, entry: &[u8], blob: &[u8]) -> Result<u64, Said> {
        (**self).keep(entry, blob)
    }

    fn published(&mut self, known: Option<&Hash>) -> Result<Shows, Said> {
        (**self).published(known)
    }

    fn missing(&mut self, release: &[u8]) -> Result<Vec<Hash>, Said> {
        (**self).missing(release)
    }

    fn hand_in(&mut self, files: &[u8]) -> Result<(), Said> {
        (**self).hand_in(files)
    }

    fn publish(&mut self, release: &[u8]) -> Result<bool, Said> {
        (**self).publish(release)
    }

    fn post_text(&mut self, file: &Hash) -> Result<bool, Said> {
        (**self).post_text(file)
    }

    fn log(&self) -> &Path {
        (**self).log()
    }
}

/// How the desk stands with its server.
#[derive(Clone, Debug, Default)]
pub struct Sync {
    /// Fetching or reading now: records done and records there are.
    pub working: Option<(u64, u64)>,
    /// When all was here last, in unix seconds.
    pub done: Option<u64>,
    /// What went wrong last, or what stands until somebody has looked into it.
    pub said: Option<Said>,
    /// Events on their way.
    pub waiting: usize,
}

impl Office {
    /// How the desk stands with its server.
    pub fn sync_state(&self) -> Sync {
        let mut sync = lock(&self.sync).clone();
        let outbox = lock(&self.outbox);
        sync.waiting = outbox.waiting().count();
        let refused = || outbox.is_refused().then(refused_work);
        sync.said = lock(&self.alarm).clone().or(sync.said).or_else(refused);
        if !sync.said.as_ref().is_some_and(|said| said.alarm) {
            sync.said = self.fetching_alarm().or(sync.said);
        }
        sync
    }

    /// Says that something went wrong. What contradicts the log stands, on the disk too, until
    /// somebody has looked into it: locking the desk does not make it forgotten.
    pub fn tell(&self, said: Said) {
        if said.stops {
            let kept = alarm::keep(self.store().vault(), &said);
            *lock(&self.alarm) = Some(said);
            let Err(error) = kept else { return };
            lock(&self.sync).said = Some(unreadable(error));
        } else {
            lock(&self.sync).said = Some(said);
        }
    }

    /// Somebody has looked into the alarm: the server is asked again, and what is still wrong with
    /// its log is said anew.
    pub fn looked_into(&self) -> Result<(), StoreError> {
        alarm::forget(self.store().vault())?;
        *lock(&self.alarm) = None;
        self.hurry();
        Ok(())
    }

    /// Asks for a sync now.
    pub fn hurry(&self) {
        self.wake.notify_all();
    }

    /// Sends and fetches until `stop`; not while an alarm stands.
    pub fn keep_in_step(&self, mut post: impl Post, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            let more = lock(&self.alarm).is_none() && self.try_step(&mut post);
            let mut sync = lock(&self.sync);
            sync.working = None;
            if !more {
                let _ = self.wake.wait_timeout(sync, PAUSE);
            }
        }
    }

    /// A step and what is said of it. Whether there is more to be done at once.
    fn try_step(&self, post: &mut impl Post) -> bool {
        match self.step(post) {
            Ok(more) => {
                let mut sync = lock(&self.sync);
                (sync.done, sync.said) = (Some(self.now()), None);
                more
            }
            Err(said) => {
                self.tell(said);
                false
            }
        }
    }

    /// Once there and back. Whether more is owed than was done at once.
    pub fn step(&self, post: &mut impl Post) -> Result<bool, Said> {
        self.send(post)?;
        self.keep_files(post)?;
        let (size, said) =
            post.sync(&mut |done, of| lock(&self.sync).working = Some((done, of)))?;
        let keys = post.keys()?;
        let fewer = keys.epochs().count() != self.keys().epochs().count();
        *write(&self.keys) = Arc::new(keys);
        let new = fewer || size > self.desk().heard || self.has_gone(post.log());
        if new {
            self.take_in(post.log(), size).map_err(unreadable)?;
            self.want_media();
        }
        let store = self.store();
        lock(&self.outbox).clean(store.vault()).map_err(unreadable)?;
        drop(store);
        let more = self.approve(post)?;
        self.hand_over(post)?;
        let published = self.publish(post);
        // Who is where is a courtesy: what goes wrong with it holds up nothing.
        if let Ok(words) = post.presence(self.word().as_deref()) {
            self.take_words(&words);
        }
        published?;
        said.map_or(Ok(more), Err)
    }

    /// Whether something was erased since the log's copy was read.
    fn has_gone(&self, log: &Path) -> bool {
        let erased = payamgir_log::Reader::open(log).and_then(|reader| reader.erased());
        erased.is_ok_and(|erased| erased.len() != self.desk().erased.len())
    }

    fn send(&self, post: &mut impl Post) -> Result<(), Said> {
        loop {
            let unsent = lock(&self.outbox).unsent(AT_ONCE, AT_ONCE_BYTES);
            let Some(epoch) = self.epoch().filter(|_| !unsent.is_empty()) else { return Ok(()) };
            let seal = |signed: &payamgir_work::Signed| {
                seal_entry(&epoch, &signed.encode()).map(|sealed| (kind::WORK, sealed))
            };
            let sealed: Result<Additions, _> = unsent.iter().map(seal).collect();
            let sealed = sealed.map_err(|error| unreadable(error.into()))?;
            let (taken, refused) = post.add(&sealed)?;
            let mut outbox = lock(&self.outbox);
            outbox.mark_sent(taken);
            if refused {
                // Kept, and sent again at the next unlocking: a server's word is no reason to lose it.
                outbox.mark_refused();
            } else if taken == 0 {
                return Ok(());
            }
        }
    }
}

fn refused_work() -> Said {
    Said {
        fa: "سرور کاری را که اینجا کردید نپذیرفت.".into(),
        en: "The server did not take something that you did here.".into(),
        to_do_fa: "روی این رایانه می‌ماند و پس از باز کردن دوباره‌ی میز باز فرستاده می‌شود. از سرپرست بپرسید که نقش شما چیست.".into(),
        to_do_en: "It stays on this machine and is sent again after the next unlocking. Ask an admin what your role is.".into(),
        alarm: true,
        stops: false,
    }
}

pub(super) fn unreadable(error: StoreError) -> Said {
    Said {
        fa: "بایگانی این رایانه خوانده یا نوشته نشد.".into(),
        en: format!("This machine's store could not be read or written: {error}."),
        to_do_fa: "جای آزاد دیسک را ببینید. چیزی از دست نرفته است: همه در لاگ هست.".into(),
        to_do_en: "Look at the disk's free space. Nothing is lost: all of it is in the log.".into(),
        alarm: false,
        stops: false,
    }
}
