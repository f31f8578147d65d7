//! A desk at work: its copy of the log, its member's keys, its server.

use std::path::Path;
use std::sync::Arc;

use payamgir_desk::client::{Random, World};
use payamgir_desk::keys::{self, Additions};
use payamgir_desk::kit;
use payamgir_desk::open::{Keyring, Member};
use payamgir_desk::owed;
use payamgir_desk::roster::{Fold, Refusal, Roster, kind};
use payamgir_desk::sync::{Synced, sync};
use payamgir_desk::{Client, Server};
use payamgir_log::{Mirror, Record};
use payamgir_text::lang::Lang;
use payamgir_wire::armor::{Label, dearmor};

use super::identity::unlock;
use super::place::{Link, Place, no_server};
use super::syncing::{bad_address, sync_problem, unreachable_server};
use crate::problem::{DAMAGED, Problem};
use crate::words::Say;
use crate::{files, world};

/// Refusals of what another desk was first with, or that the next sync makes again.
const RACES: [&str; 5] =
    ["repeated", "forked", "unknown-predecessor", "used-key", "no-such-member"];

/// Additions sent in one request.
const AT_ONCE: usize = 64;

/// A desk at work.
pub struct Session<'a> {
    pub place: &'a Place,
    pub link: Link,
    pub mirror: Mirror,
    pub member: Arc<Member>,
    pub keyring: Keyring,
}

impl<'a> Session<'a> {
    /// Opens the desk's folder with its passphrase, for the server it knows.
    pub fn open(place: &'a Place, passphrase: Option<&Path>, lang: Lang) -> Result<Self, Problem> {
        let link = place.link()?.ok_or_else(no_server)?;
        Self::with(place, link, passphrase, lang)
    }

    /// The same for a server that was named.
    pub fn with(
        place: &'a Place,
        link: Link,
        passphrase: Option<&Path>,
        lang: Lang,
    ) -> Result<Self, Problem> {
        let mirror = place.mirror(&link)?;
        let member = Arc::new(unlock(place, passphrase, lang)?);
        Self::new(place, link, mirror, member)
    }

    /// The same with what is open already.
    pub fn new(
        place: &'a Place,
        link: Link,
        mirror: Mirror,
        member: Arc<Member>,
    ) -> Result<Self, Problem> {
        let keyring = place.keyring(&member)?;
        Ok(Self { place, link, mirror, member, keyring })
    }

    /// A client for the server.
    pub fn client(&self) -> Result<Client, Problem> {
        client(&self.link.server, self.member.clone(), self.link.proxy.as_deref())
    }

    /// Records of the copy that count.
    pub fn size(&self) -> u64 {
        self.mirror.held().map_or(0, |held| held.size)
    }

    /// Fetches what is new.
    pub fn fetch(&mut self, progress: impl FnMut(u64, u64)) -> Result<Synced, Problem> {
        let client = self.client()?;
        let synced = sync(&mut self.mirror, &client, progress);
        synced.map_err(|error| sync_problem(self.place, error))
    }

    /// Fetches what is new, then does what this desk owes the others.
    pub fn sync(&mut self, progress: impl FnMut(u64, u64)) -> Result<Synced, Problem> {
        let synced = self.fetch(progress)?;
        let client = self.client()?;
        let fold = self.fold()?;
        let today = keys::day(world::now());
        let before = self.keyring.text();
        let additions = owed::settle(&fold, &self.member, &mut self.keyring, today, &random());
        // Also without additions: something may have been granted or forgotten.
        if *before != *self.keyring.text() {
            self.place.keep_keyring(&self.keyring, &self.member)?;
        }
        self.leave_for_the_kit(&fold, &client, &additions)?;
        let mut refused = None;
        for addition in additions {
            // Another desk may have been first; the next sync shows what became of it.
            let (_, word) = client.add(&[addition]).map_err(unreachable_server)?;
            refused = refused.or(word.filter(|word| !RACES.contains(&&**word)));
        }
        match refused {
            Some(word) => Err(not_added(&word)),
            None => Ok(synced),
        }
    }

    /// Lets go of the bodies that the desk itself approved the erasing of, as many as the roster asks
    /// for, and whose erasure is in the log.
    pub fn forget_erased(&mut self) -> Result<(), Problem> {
        let place = self.place;
        let problem = |error| place.problem(error);
        let reader = self.mirror.reader().map_err(problem)?;
        let erased = reader.erased().map_err(problem)?;
        if erased.is_empty() {
            return Ok(());
        }
        let fold = self.fold()?;
        let about = fold.erasures();
        for record in erased {
            let here = reader.row(record).map_err(problem)?.body.is_some();
            if here && about.get(&record).is_some_and(|about| fold.is_approved(about)) {
                self.mirror.forget(record).map_err(problem)?;
            }
        }
        Ok(())
    }

    /// Records that nobody may erase and whose bodies are gone all the same: an erasure is no excuse for
    /// them.
    pub fn unduly_erased(&self) -> Result<Vec<u64>, Problem> {
        let problem = |error| self.place.problem(error);
        let reader = self.mirror.reader().map_err(problem)?;
        let mut unduly = vec![];
        for index in reader.erased().map_err(problem)? {
            let row = reader.row(index).map_err(problem)?;
            let kind = Record::decode(&row.record).map_or(0, |record| record.kind.0);
            if row.body.is_none() && !kind::is_erasable(kind) {
                unduly.push(index);
            }
        }
        Ok(unduly)
    }

    /// Leaves the epochs' keys for the recovery kit, where there is one and the server does not have
    /// these: before what starts an epoch is sent, so that the kit opens every epoch there is.
    fn leave_for_the_kit(
        &self,
        fold: &Fold,
        client: &Client,
        additions: &Additions,
    ) -> Result<(), Problem> {
        let Some(tag) = kit::tag(fold, &self.keyring, additions) else { return Ok(()) };
        if client.deposit_tag().map_err(unreachable_server)?.as_deref() == Some(&tag[..]) {
            return Ok(());
        }
        let Some(deposit) = kit::deposit(fold, &self.keyring, additions) else { return Ok(()) };
        client.deposit(&deposit).map_err(unreachable_server)
    }

    /// Who the desk is, held against the founding this desk belongs to.
    pub fn fold(&self) -> Result<Fold, Problem> {
        let reader = self.mirror.reader().map_err(|e| self.place.problem(e))?;
        let fold = keys::fold(&reader, self.size()).map_err(|e| self.place.problem(e))?;
        let own = founding(&files::read(&self.place.public())?).ok_or_else(no_founding)?;
        match fold.roster().map(Roster::desk) {
            Some(desk) if Some(desk) != own.roster().map(Roster::desk) => Err(another_desk()),
            None if self.size() > 0 => Err(another_desk()),
            _ => Ok(fold),
        }
    }

    /// Sends what was made for the log, after keeping the keys it is for; fails where the server
    /// does not take all of it.
    pub fn add(&mut self, additions: &Additions) -> Result<(), Problem> {
        self.place.keep_keyring(&self.keyring, &self.member)?;
        let client = self.client()?;
        self.leave_for_the_kit(&self.fold()?, &client, additions)?;
        for share in additions.chunks(AT_ONCE) {
            if let (_, Some(word)) = client.add(share).map_err(unreachable_server)? {
                return Err(not_added(&word));
            }
        }
        Ok(())
    }
}

/// A client that asks that server as that member.
pub fn client(server: &str, member: Arc<Member>, proxy: Option<&str>) -> Result<Client, Problem> {
    let server = Server::parse(server).map_err(bad_address)?;
    let world = World { now: Arc::new(world::now), random: random() };
    Client::new(server, member, world, proxy).map_err(unreachable_server)
}

/// The operating system's randomness, as the desk takes it.
pub fn random() -> Random {
    Arc::new(world::random)
}

/// The founding in a `desk.pub`.
pub fn founding(text: &str) -> Option<Fold> {
    let bytes = dearmor(Label::Desk, text).ok()?;
    let mut fold = Fold::default();
    fold.hear(0, kind::STATEMENT, &bytes).ok()?;
    Some(fold)
}

/// Records that an honest server would not have taken. One that only came twice is no lie.
pub fn not_the_desks(fold: &Fold) -> Result<(), Problem> {
    let lies = fold.refused().iter().filter(|(_, refusal)| *refusal != Refusal::Repeated);
    let list: Vec<String> =
        lies.take(20).map(|(record, refusal)| format!("{record} ({refusal})")).collect();
    if list.is_empty() {
        return Ok(());
    }
    let list = list.join(", ");
    let what = Say::new(
        format!("هشدار: سرور رکوردهایی را گرفته که تحریریه نمی‌پذیرد: {list}"),
        format!("ALARM: the server took records that the desk refuses: {list}"),
    );
    let to_do = Say::new(
        "اعضا همان‌اند که بودند. از گرداننده‌ی سرور بپرسید چه شده است.",
        "The members are who they were. Ask whoever runs the server what happened.",
    );
    Err(Problem::new(what, to_do).exits(DAMAGED))
}

fn no_founding() -> Problem {
    let what = Say::new("desk.pub این پوشه خواندنی نیست.", "This folder's desk.pub is not usable.");
    let to_do = Say::new(
        "desk.pub را از کسی که تحریریه را ساخته بگیرید.",
        "Get desk.pub from whoever founded the desk.",
    );
    Problem::new(what, to_do)
}

pub fn another_desk() -> Problem {
    let what = Say::new(
        "هشدار: این سرور از آنِ تحریریه‌ی دیگری است.",
        "ALARM: this server's log belongs to another desk.",
    );
    let to_do = Say::new(
        "نشانی، کلید لاگ و desk.pub را با کسی که تحریریه را ساخته بسنجید.",
        "Compare the address, the log key and desk.pub with whoever founded the desk.",
    );
    Problem::new(what, to_do).exits(DAMAGED)
}

/// The server's word about what it did not take.
pub fn not_added(word: &str) -> Problem {
    let (fa, en) = match word {
        "forked" | "unknown-predecessor" => (
            "کسی پیش از شما تغییری داده است؛ sync کنید و دوباره بکوشید.",
            "Somebody changed the desk before you: sync and try again.",
        ),
        "repeated" => ("پیش‌تر انجام شده است.", "It was done already."),
        "not-allowed" => ("نقش شما چنین اجازه‌ای ندارد.", "Your role does not allow it."),
        "no-such-member" => ("چنین عضوی نیست.", "There is no such member."),
        "known-member" => (
            "این کلید عضو است یا بوده؛ هویت تازه‌ای لازم است.",
            "That key is or was a member's: a new identity is needed.",
        ),
        "too-few-admins" => (
            "سرپرست‌ها کمتر از آستانه می‌شوند؛ نخست سرپرستی بیفزایید یا آستانه را کم کنید.",
            "Fewer admins would be left than the threshold asks for: add one or lower it first.",
        ),
        "day" => (
            "ساعت این رایانه یا سرور درست نیست؛ آن را درست کنید.",
            "This machine's clock or the server's is wrong: set it.",
        ),
        "used-key" => ("این کلید پیش‌تر به کار رفته است.", "That key was used before."),
        "missing" | "not-erasable" => (
            "چنین رکوردی نیست یا پاک‌شدنی نیست.",
            "There is no such record, or it cannot be erased.",
        ),
        "full" => ("جای سرور پر است.", "The server's storage is full."),
        _ => ("گزارش سرور را ببینید.", "Look at the server's log."),
    };
    let what = Say::new(
        format!("سرور آن را نپذیرفت ({word})."),
        format!("The server did not take it ({word})."),
    );
    Problem::new(what, Say::new(fa, en))
}
