//! The desk's door: locked, opening, open. It opens once; locking ends the process, and with it
//! all that was opened.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use payamgir_desk::office::publishing::Prepared;
use payamgir_desk::office::{Fetch, Office, Post, Said};
use payamgir_desk::store::Progress;
use payamgir_desk::work::Act;
use zeroize::Zeroizing;

use crate::Settings;
use crate::gate::Gate;

/// What opening gives.
pub struct Opened {
    /// The desk.
    pub office: Office,
    /// The ways to its server; `None` where it has none yet.
    pub way: Option<(Box<dyn Post>, Box<dyn Fetch>)>,
}

/// Why a desk did not open.
pub enum NotOpened {
    /// Nothing was opened: another passphrase may.
    Refused(Said),
    /// Keys were opened and then something went wrong: this process has them, and must end.
    Broken(Said),
}

/// Opens the desk with its passphrase.
pub trait Opener: Send + Sync {
    /// Takes seconds. `progress` counts records read.
    fn open(
        &self,
        passphrase: Zeroizing<String>,
        progress: Arc<Progress>,
    ) -> Result<Opened, NotOpened>;
    /// Records there are to read.
    fn records(&self) -> u64;
}

/// How long what went wrong can be asked for before the process ends.
const TO_READ: Duration = Duration::from_secs(10);

/// Seconds for which what was done can be taken back with one press.
const TOAST: u64 = 60;

/// What all handlers share.
pub(crate) struct Ui {
    pub(crate) gate: Arc<Gate>,
    pub(crate) settings: Settings,
    opener: Arc<dyn Opener>,
    door: Mutex<Door>,
    /// Unix seconds of the last thing an editor did.
    active: AtomicU64,
    stop: Arc<AtomicBool>,
    /// Told when the process is to end.
    pub(crate) end: tokio::sync::Notify,
    toast: Mutex<Option<Toast>>,
    toasts: AtomicU64,
    used: Mutex<HashSet<String>>,
    /// One file at a time is worked on: each may take hundreds of megabytes.
    turn: Mutex<()>,
    looked_at: LookedAt,
}

/// What was made to be looked at, the last of each.
#[derive(Default)]
struct LookedAt {
    item: Mutex<Vec<u8>>,
    release: Mutex<Option<(String, Arc<Prepared>)>>,
}

enum Door {
    Locked(Option<Said>),
    Opening(Arc<Progress>, u64),
    Open(Arc<Office>),
    /// It ends: what is said is shown, and nothing is opened any more.
    Ending(Said),
}

/// How the door stands.
pub(crate) enum Stands {
    Locked(Option<Said>),
    /// Records read, and records there are.
    Opening(u64, u64),
    Open(Arc<Office>),
}

/// What was just done, in both languages, and what takes it back.
#[derive(Clone)]
pub(crate) struct Toast {
    pub(crate) fa: String,
    pub(crate) en: String,
    /// Each with the records its undoing has seen: what is put back covers what it covered.
    pub(crate) undo: Vec<(Act, u64)>,
    /// Whether nothing was done: what was typed for it is kept.
    pub(crate) failed: bool,
    /// When, in unix seconds.
    pub(crate) at: u64,
    /// Which one it is: an older page's button undoes nothing else.
    pub(crate) id: u64,
}

impl Ui {
    /// Keeps the preview of an item, to be shown again.
    pub(crate) fn keep_preview(&self, page: Vec<u8>) {
        *self.looked_at.item.lock().unwrap_or_else(PoisonError::into_inner) = page;
    }

    /// The last one.
    pub(crate) fn last_preview(&self) -> Vec<u8> {
        self.looked_at.item.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps a release that was made to be looked at.
    pub(crate) fn keep_prepared(&self, key: String, made: Arc<Prepared>) {
        let mut kept = self.looked_at.release.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some((key, made));
    }

    /// The one that is kept, if it is that one.
    pub(crate) fn prepared(&self, key: &str) -> Option<Arc<Prepared>> {
        let kept = self.looked_at.release.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(own, _)| own == key).map(|(_, made)| made.clone())
    }
}

impl Ui {
    pub(crate) fn new(gate: Arc<Gate>, settings: Settings, opener: Arc<dyn Opener>) -> Self {
        let active = AtomicU64::new((settings.now)());
        Self {
            gate,
            settings,
            opener,
            door: Mutex::new(Door::Locked(None)),
            active,
            stop: Arc::default(),
            end: tokio::sync::Notify::new(),
            toast: Mutex::default(),
            toasts: AtomicU64::new(0),
            used: Mutex::default(),
            turn: Mutex::default(),
            looked_at: LookedAt::default(),
        }
    }

    pub(crate) fn stands(&self) -> Stands {
        match &*lock(&self.door) {
            Door::Locked(said) => Stands::Locked(said.clone()),
            Door::Ending(said) => Stands::Locked(Some(said.clone())),
            Door::Opening(done, of) => Stands::Opening(done.load(Ordering::Relaxed), *of),
            Door::Open(office) => Stands::Open(office.clone()),
        }
    }

    /// Begins to open, unless that is under way.
    pub(crate) fn unlock(self: &Arc<Self>, passphrase: Zeroizing<String>) {
        let mut door = lock(&self.door);
        if !matches!(*door, Door::Locked(_)) {
            return;
        }
        let progress = Arc::new(Progress::default());
        *door = Door::Opening(progress.clone(), self.opener.records());
        let ui = self.clone();
        thread::spawn(move || {
            let open = || ui.opener.open(passphrase, progress);
            let opened = catch_unwind(AssertUnwindSafe(open));
            let opened = opened.unwrap_or_else(|_| Err(NotOpened::Broken(broke())));
            ui.opened(opened);
        });
    }

    fn opened(&self, opened: Result<Opened, NotOpened>) {
        self.touch();
        match opened {
            Err(NotOpened::Refused(said)) => *lock(&self.door) = Door::Locked(Some(said)),
            Err(NotOpened::Broken(said)) => {
                *lock(&self.door) = Door::Ending(said);
                thread::sleep(TO_READ);
                self.lock();
            }
            Ok(Opened { office, way }) => {
                let office = Arc::new(office);
                *lock(&self.door) = Door::Open(office.clone());
                if let Some((post, fetch)) = way {
                    self.run(&office, |office, stop| office.keep_in_step(post, stop));
                    self.run(&office, |office, stop| office.keep_fetching(fetch, stop));
                }
            }
        }
    }

    /// Runs beside the pages until the desk is locked; a fault of its own is said.
    fn run(&self, office: &Arc<Office>, work: impl FnOnce(&Office, &AtomicBool) + Send + 'static) {
        let (office, stop) = (office.clone(), self.stop.clone());
        thread::spawn(move || {
            if catch_unwind(AssertUnwindSafe(|| work(&office, &stop))).is_err() {
                office.tell(broke());
            }
        });
    }

    /// An editor did something.
    pub(crate) fn touch(&self) {
        self.active.store((self.settings.now)(), Ordering::Relaxed);
    }

    /// Whether nobody did anything for too long while it was open.
    pub(crate) fn is_idle(&self) -> bool {
        let since = (self.settings.now)().saturating_sub(self.active.load(Ordering::Relaxed));
        let open = !matches!(*lock(&self.door), Door::Locked(_));
        open && since >= self.settings.idle
    }

    /// Ends the process, and with it all that was opened.
    pub(crate) fn lock(&self) {
        self.stop.store(true, Ordering::Relaxed);
        self.end.notify_one();
    }

    pub(crate) fn say(&self, toast: Toast) {
        let id = self.toasts.fetch_add(1, Ordering::Relaxed) + 1;
        let at = (self.settings.now)();
        *lock(&self.toast) = Some(Toast { id, at, ..toast });
    }

    /// What was just done, for the pages that come next.
    pub(crate) fn toast(&self) -> Option<Toast> {
        let now = (self.settings.now)();
        lock(&self.toast).clone().filter(|toast| now < toast.at + TOAST)
    }

    /// What takes that thing back; once.
    pub(crate) fn take_undo(&self, id: u64) -> Vec<(Act, u64)> {
        let taken = lock(&self.toast).take_if(|toast| toast.id == id);
        taken.map(|toast| toast.undo).unwrap_or_default()
    }

    pub(crate) fn hush(&self) {
        *lock(&self.toast) = None;
    }

    /// Waits until nobody else has a file worked on.
    pub(crate) fn turn(&self) -> std::sync::MutexGuard<'_, ()> {
        lock(&self.turn)
    }

    /// Whether a form with that number is the first of it: of two that come at once one does its work.
    pub(crate) fn begins(&self, once: &str) -> bool {
        once.is_empty() || lock(&self.used).insert(once.chars().take(64).collect())
    }

    /// Nothing came of the form with that number: it may be sent again.
    pub(crate) fn undone(&self, once: &str) {
        lock(&self.used).remove(&once.chars().take(64).collect::<String>());
    }
}

/// Something in the program itself went wrong: nothing is as it should be until it starts anew.
fn broke() -> Said {
    Said {
        fa: "برنامه به خطایی از خودش برخورد و دیگر با سرور همگام نمی‌شود.".into(),
        en: "The program met a fault of its own and syncs no more.".into(),
        to_do_fa: "میز را قفل و دوباره باز کنید. آنچه کردید نگه داشته شده است.".into(),
        to_do_en: "Lock the desk and unlock it again. What you did is kept.".into(),
        alarm: true,
        stops: false,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nobody;

    impl Opener for Nobody {
        fn open(&self, _: Zeroizing<String>, _: Arc<Progress>) -> Result<Opened, NotOpened> {
            panic!("a fault of the program's own")
        }

        fn records(&self) -> u64 {
            7
        }
    }

    fn ui(clock: &Arc<AtomicU64>) -> Arc<Ui> {
        let now = clock.clone();
        let settings = Settings {
            idle: 60,
            offset: 0,
            lang: payamgir_text::lang::Lang::En,
            now: Arc::new(move || now.load(Ordering::Relaxed)),
            workshop: payamgir_media::Workshop::new("/nowhere".into(), vec![]),
            random: Arc::new(|bytes| bytes.fill(1)),
        };
        let secrets = crate::Secrets { session: [1; 32], entry: None };
        let gate = Gate::new(secrets, ([127, 0, 0, 1], 7311).into());
        Arc::new(Ui::new(Arc::new(gate), settings, Arc::new(Nobody)))
    }

    #[test]
    fn what_stands_open_is_idle_after_its_time_and_what_is_locked_never() {
        let clock = Arc::new(AtomicU64::new(1000));
        let ui = ui(&clock);
        clock.store(5000, Ordering::Relaxed);
        assert!(!ui.is_idle(), "locked");
        *lock(&ui.door) = Door::Opening(Arc::default(), 7);
        ui.touch();
        for (now, idle) in [(5000, false), (5059, false), (5060, true), (4000, false)] {
            clock.store(now, Ordering::Relaxed);
            assert_eq!(ui.is_idle(), idle, "{now}");
        }
    }

    #[test]
    fn a_fault_while_opening_is_said_and_nothing_opens_any_more() {
        let ui = ui(&Arc::new(AtomicU64::new(1)));
        ui.unlock(Zeroizing::new("x".into()));
        loop {
            match ui.stands() {
                Stands::Opening(..) => thread::sleep(Duration::from_millis(5)),
                Stands::Locked(said) => {
                    assert!(said.is_some_and(|said| said.alarm));
                    break;
                }
                Stands::Open(_) => panic!("it opened"),
            }
        }
        // The process may hold keys: it takes no other passphrase, and ends.
        ui.unlock(Zeroizing::new("y".into()));
        assert!(matches!(&*lock(&ui.door), Door::Ending(_)));
    }

    #[test]
    fn only_the_last_thing_is_taken_back_and_once() {
        let clock = Arc::new(AtomicU64::new(1));
        let ui = ui(&clock);
        let toast = |on| Toast {
            fa: String::new(),
            en: String::new(),
            undo: vec![(Act::Reopen { on: vec![on] }, 5)],
            failed: false,
            at: 0,
            id: 0,
        };
        ui.say(toast(1));
        let old = ui.toast().unwrap().id;
        ui.say(toast(2));
        assert!(ui.take_undo(old).is_empty(), "an older page's button");
        let now = ui.toast().unwrap().id;
        assert_eq!(ui.take_undo(now).len(), 1);
        assert!(ui.take_undo(now).is_empty());
        ui.say(toast(3));
        clock.store(1 + TOAST, Ordering::Relaxed);
        assert!(ui.toast().is_none());
    }
}
