//! What is approved goes to the server: at each step of any editor's window, until it is served.

use std::sync::Arc;

use payamgir_bulletin::Refused;
use payamgir_roster::{Approval, Role, Subject, kind};
use payamgir_wire::hex::Hash;
use payamgir_wire::release::{Release as Files, hash_of};
use payamgir_wire::sync::write_file;
use payamgir_work::{Id, Proposal};

use super::{NotPrepared, Office, Prepared, lock};
use crate::errands::Shows;
use crate::keys::Additions;
use crate::office::post::{Post, Said};

/// Seconds for which it is said that the server had fallen behind.
const FELL: u64 = 600;
/// Bytes of files in one request, unless one alone is larger.
const AT_ONCE: usize = 4 << 20;

impl Office {
    /// This member's approvals of what it proposed or agreed to, as far as the log has not got them.
    pub(in crate::office) fn editions_owed(&self) -> Additions {
        let (desk, me) = (self.desk(), self.me());
        let Some(roster) = desk.fold.roster() else { return vec![] };
        let mut owed = vec![];
        for proposal in desk.work.publishing().proposals() {
            let subject = Subject::Edition(proposal.release.release.0);
            let meant = proposal.author == me || proposal.endorsed.contains(&me);
            if meant && !proposal.recalled && !desk.has_approval(&me, subject) {
                let sign = |message: &[u8]| self.member.sign(message);
                let approval = Approval::new(roster.desk(), subject, proposal.author, me, sign);
                owed.push((kind::APPROVAL, approval.encode()));
            }
        }
        owed
    }

    /// Asks what is published, and publishes what is approved and follows it, or again what the server
    /// has lost.
    pub(in crate::office) fn publish(&self, post: &mut impl Post) -> Result<(), Said> {
        self.ask_published(post)?;
        let may = self.roster().and_then(|roster| roster.role(&self.me())) >= Some(Role::Editor);
        if !may || self.published().is_none() {
            return Ok(());
        }
        self.post_texts(post)?;
        if self.is_behind() {
            lock(&self.published).fell = Some(self.now());
        }
        let (mut held, mut own) = (Ok(()), false);
        for next in self.ready() {
            match self.give(post, &next)? {
                Ok(taken) => own = taken,
                Err(said) => held = Err(said),
            }
            if own {
                break;
            }
        }
        if self.is_behind() {
            return Err(behind());
        }
        self.note(own);
        let fell = lock(&self.published).fell.filter(|at| self.now() < at + FELL);
        // It is said for a while although the desk has handed in again what was missing.
        held.and(fell.map_or(Ok(()), |_| Err(fell_behind())))
    }

    /// Makes a release and hands it in. Whether the server serves it by that; or why it does not.
    fn give(&self, post: &mut impl Post, next: &Arc<Proposal>) -> Result<Result<bool, Said>, Said> {
        let made = match self.remake(next) {
            Ok(made) => made,
            // Its pictures are on their way.
            Err(NotPrepared::Refused(Refused::NoMedium(_))) => return Ok(Ok(false)),
            // A desk that cannot make it leaves it to one that can, and says so.
            Err(_) => return Ok(Err(not_made())),
        };
        let taken = self.hand_in(post, next, made)?;
        self.ask_published(post)?;
        // Another desk may have handed in the same, or another, meanwhile.
        let open = !taken && self.ready().iter().any(|still| Arc::ptr_eq(still, next));
        Ok(if open { Err(not_taken()) } else { Ok(taken) })
    }

    /// Notes what is served: who handed it in at once, others where that one has not by the next step.
    fn note(&self, own: bool) {
        let Ok((hash, Some(_))) = self.served() else { return };
        let again = lock(&self.published).seen.replace(hash) == Some(hash);
        if own || again {
            self.note_served(&hash);
        }
    }

    /// What is approved and leads on from what is published, the newest first: who proposed anew meant
    /// that. Then what was published, where the server shows less.
    fn ready(&self) -> Vec<Arc<Proposal>> {
        let mut ready = self.open_proposals().unwrap_or_default();
        ready.reverse();
        if self.is_behind() {
            let work = self.work();
            let latest = self.published();
            ready.extend(latest.and_then(|latest| work.publishing().proposal(&latest).cloned()));
        }
        ready.retain(|proposal| self.is_approved(proposal));
        ready
    }

    /// Has the server post what editors said is to be posted, until the log says what became of it.
    fn post_texts(&self, post: &mut impl Post) -> Result<(), Said> {
        let work = self.work();
        for file in work.publishing().posts().keys() {
            if self.post_fate(file).is_none() {
                let taken = post.post_text(file)?;
                let unposted = &mut lock(&self.published).unposted;
                let _ = if taken { unposted.remove(file) } else { unposted.insert(*file) };
            }
        }
        Ok(())
    }

    /// Whether the server did not take a text to post when it was asked last: it has no channel, or
    /// none that takes it now.
    pub fn is_unposted(&self, file: &Hash) -> bool {
        lock(&self.published).unposted.contains(file)
    }

    /// What became of a post, as the log says.
    pub fn post_fate(&self, file: &Hash) -> Option<crate::office::Fate> {
        self.fate(&payamgir_wire::release::post_id(file)).ok().flatten()
    }

    /// The text file of an item that is published, by its hash.
    pub fn posted_text(&self, item: &Id) -> Option<Hash> {
        let (_, files) = self.served().ok()?;
        let work = self.work();
        let issue = super::Issue::at(work.publishing(), &self.published()?)?;
        let entry = issue.items.get(item)?;
        let own = |edition: &payamgir_wire::edition::Edition| edition.items.contains(item);
        let (_, edition) = issue.editions.iter().find(|(_, edition)| own(edition))?;
        let path = format!("read/{}/{}/{}.txt", entry.body.lang, edition.slug, entry.body.slug);
        files?.files().find(|file| file.path.as_str() == path).map(|file| file.hash)
    }

    /// Hands in a release. Whether the server serves it.
    fn hand_in(
        &self,
        post: &mut impl Post,
        proposal: &Proposal,
        made: Prepared,
    ) -> Result<bool, Said> {
        let list = made.files.encode();
        let mut missing = post.missing(&list)?;
        let made = match missing.iter().all(|hash| has(&made, hash)) {
            true => made,
            // The server lost something that was published before: all of it is made anew.
            false => match self.remake_whole(proposal) {
                Ok(all) => all,
                Err(_) => return Ok(false),
            },
        };
        let mut request = vec![];
        for (file, bytes) in made.built.new_files() {
            let Some(at) = missing.iter().position(|hash| *hash == file.hash) else { continue };
            missing.swap_remove(at);
            if !request.is_empty() && request.len() + bytes.len() > AT_ONCE {
                post.hand_in(&std::mem::take(&mut request))?;
            }
            write_file(&mut request, bytes);
        }
        if !request.is_empty() {
            post.hand_in(&request)?;
        }
        post.publish(&list)
    }

    /// Asks what is published. A release that proposals in the log do not lead to, each of them approved
    /// by as many as the roster then asked for, is an alarm: somebody else put it there. Its files are
    /// taken over by nobody.
    fn ask_published(&self, post: &mut impl Post) -> Result<(), Said> {
        let known = lock(&self.published).release.as_ref().map(|(hash, _)| *hash);
        let bytes = match post.published(known.as_ref())? {
            Shows::Other(bytes) => bytes,
            shows => {
                let mut served = lock(&self.published);
                served.asked = true;
                if matches!(shows, Shows::Nothing) {
                    served.release = None;
                }
                return Ok(());
            }
        };
        let hash = hash_of(&bytes);
        let files = Files::decode(&bytes).map_err(|_| not_ours())?;
        let work = self.work();
        if self.approved_chain(work.publishing(), &hash).is_none_or(|length| length == 0) {
            // Of what was published after this desk fetched the log it knows nothing yet.
            let before = lock(&self.published).wondered.replace(hash);
            return if before == Some(hash) { Err(not_ours()) } else { Ok(()) };
        }
        let mut served = lock(&self.published);
        (served.release, served.asked) = (Some((hash, Arc::new(files))), true);
        Ok(())
    }
}

fn has(made: &Prepared, hash: &Hash) -> bool {
    made.built.new_files().any(|(file, _)| file.hash == *hash)
}

fn not_made() -> Said {
    Said {
        fa: "شماره‌ای که تصویب شده روی این رایانه ساخته نمی‌شود.".into(),
        en: "An edition that was approved cannot be made on this machine.".into(),
        to_do_fa: "پیش‌نمایش پیشنهاد را در صفحه‌ی شماره باز کنید؛ می‌گوید چرا. درستش کنید و دوباره پیشنهاد دهید."
            .into(),
        to_do_en: "Open the proposal's preview on the edition's page: it says why. Mend that, and propose it anew."
            .into(),
        alarm: true,
        stops: false,
    }
}

fn not_taken() -> Said {
    Said {
        fa: "سرور شماره‌ای را که تصویب شده نمی‌گیرد.".into(),
        en: "The server does not take an edition that was approved.".into(),
        to_do_fa: "شاید شرط‌های تصویب عوض شده یا کسی که تصویب کرده از میز رفته است: دوباره پیشنهاد دهید. اگر باز نگرفت از گردانندهٔ سرور بپرسید."
            .into(),
        to_do_en: "The rules of approval may have changed, or who approved has left the desk: propose it anew. If it is not taken again, ask who runs the server."
            .into(),
        alarm: true,
        stops: false,
    }
}

fn behind() -> Said {
    Said {
        fa: "سرور چیزی کهنه‌تر از آنچه منتشر شده نشان می‌دهد.".into(),
        en: "The server shows less than what was published.".into(),
        to_do_fa: "از گردانندهٔ سرور بپرسید: شاید نسخهٔ پشتیبانی را برگردانده است. اگر میز نتواند همان را دوباره بدهد، شماره را دوباره پیشنهاد دهید؛ از آنچه منتشر شده پیش می‌رود، نه از آنچه سرور نشان می‌دهد."
            .into(),
        to_do_en: "Ask who runs the server: a backup may have been put back. Where the desk cannot hand the same in again, propose the edition anew: it goes on from what was published, not from what the server shows."
            .into(),
        alarm: true,
        stops: false,
    }
}

fn fell_behind() -> Said {
    Said {
        fa: "سرور کهنه‌تر از آنچه منتشر شده نشان می‌داد؛ این میز آخرین را دوباره به آن داد.".into(),
        en: "The server showed less than what was published; this desk handed it the last again.".into(),
        to_do_fa: "از گردانندهٔ سرور بپرسید چه شد: نسخهٔ پشتیبان، دیسک تازه، یا کس دیگری؟ خوانندگان در این میان کهنه‌تر را دیده‌اند."
            .into(),
        to_do_en: "Ask who runs the server what happened: a backup, a new disk, or somebody else? Readers saw the older state meanwhile."
            .into(),
        alarm: true,
        stops: false,
    }
}

fn not_ours() -> Said {
    Said {
        fa: "سرور شماره‌ای را نشان می‌دهد که این میز تصویب نکرده است.".into(),
        en: "The server shows an edition that this desk did not approve.".into(),
        to_do_fa: "از گردانندهٔ سرور بپرسید چه کسی به آن دست دارد. تا روشن شدن آن چیزی منتشر نکنید."
            .into(),
        to_do_en: "Ask who runs the server who can reach it. Publish nothing until that is clear."
            .into(),
        alarm: true,
        stops: false,
    }
}
