//! The fold: events in the log's order, one state.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use payamgir_roster::{Key, Role, Roster};

use crate::publishing::By;
use crate::{Act, Case, Event, Id, Ignored, Note, Publishing, Redaction, Reply, Signed, Stage};

/// What the desk did, as the events it was told say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Work {
    cases: HashMap<u64, Arc<Case>>,
    /// Which conversations have a label.
    labels: BTreeMap<String, Arc<BTreeSet<u64>>>,
    replies: HashMap<Id, Arc<Reply>>,
    redactions: HashMap<u64, Redaction>,
    erasures: BTreeMap<u64, Vec<Erasure>>,
    canned: BTreeMap<Id, Canned>,
    names: BTreeSet<String>,
    called: BTreeMap<Key, String>,
    publishing: Arc<Publishing>,
    /// Of events that counted or could have: what is passed over now does not count when it is
    /// brought again at a better moment.
    ids: HashSet<(Key, Id)>,
    /// Of all that the log has.
    logged: HashSet<(Key, Id)>,
    heard: Vec<Heard>,
}

/// An event and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Its record; `None` while it is on its way.
    pub record: Option<u64>,
    /// Who signed, or is said to have signed; `None` where that cannot be read.
    pub author: Option<Key>,
    /// What it says; `None` where that cannot be read.
    pub event: Option<Arc<Event>>,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of an event.
pub type Outcome = Result<(), Ignored>;

/// Words kept for replies to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canned {
    /// The language: "fa" or "en".
    pub lang: String,
    /// What it is called.
    pub title: String,
    /// The words.
    pub text: String,
}

/// Who asked that a record be erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// Who.
    pub author: Key,
    /// When, by the author's clock, in unix seconds.
    pub made: u64,
}

/// Where an event stands.
#[derive(Clone, Copy)]
struct Place<'r> {
    record: Option<u64>,
    roster: &'r Roster,
    author: Key,
}

impl Work {
    /// Hears the event in record `index` (`None`: it is on its way), by the roster as it is there.
    /// `verified` where its signature was found good before.
    pub fn hear(
        &mut self,
        index: Option<u64>,
        signed: &Signed,
        roster: &Roster,
        verified: bool,
    ) -> Outcome {
        let place = Place { record: index, roster, author: signed.author };
        let event = signed.event();
        let known = event.as_ref().ok().map(|event| Arc::new(event.clone()));
        let outcome = event.and_then(|event| {
            if index.is_some() {
                self.logged.insert((place.author, event.id));
            }
            self.allow(&place, &event, signed, verified)?;
            self.ids.insert((place.author, event.id));
            Self::fits(&place, &event)?;
            self.publish(&place, &event)?;
            let change = self.change(&place, &event)?;
            self.apply(&place, &event, change);
            Ok(())
        });
        self.keep(Heard { record: index, author: Some(signed.author), event: known, outcome });
        outcome
    }

    /// Notes a record of the kind that holds no event that can be read.
    pub fn miss(&mut self, index: u64, why: Ignored) {
        self.keep(Heard { record: Some(index), author: None, event: None, outcome: Err(why) });
    }

    fn keep(&mut self, heard: Heard) {
        self.heard.push(heard);
    }

    /// Whether its author may say anything, and says it for the first time.
    fn allow(&self, place: &Place<'_>, event: &Event, signed: &Signed, verified: bool) -> Outcome {
        if event.desk != place.roster.desk() {
            return Err(Ignored::OtherDesk);
        }
        match place.roster.role(&place.author) {
            None => return Err(Ignored::NoMember),
            Some(Role::Reader) => return Err(Ignored::NotAllowed),
            Some(_) => {}
        }
        if self.ids.contains(&(place.author, event.id)) {
            return Err(Ignored::Repeated);
        }
        if verified { Ok(()) } else { signed.verify() }
    }

    /// Whether it speaks only of what came before it.
    fn fits(place: &Place<'_>, event: &Event) -> Outcome {
        let here = place.record.unwrap_or(u64::MAX);
        let later = event.act.records().iter().any(|record| *record >= here) || event.seen > here;
        if later { Err(Ignored::NoSuchThing) } else { Ok(()) }
    }

    /// What cannot be said of any event: whether this one fits what there is. Gives the reply it
    /// leaves, if it is about one.
    fn change(&self, place: &Place<'_>, event: &Event) -> Result<Option<Reply>, Ignored> {
        match &event.act {
            Act::Assign { to: Some(to), .. } if place.roster.role(&to.0).is_none() => {
                Err(Ignored::NoSuchThing)
            }
            Act::Draft { reply, on, text, file } => {
                self.draft(place, event, (reply, *on, text, *file)).map(Some)
            }
            Act::Approve { reply, text } => self.approve(place, reply, &text.0).map(Some),
            Act::Queue { reply, text } => self.queue(place, event, reply, &text.0).map(Some),
            Act::Withdraw { reply } => {
                let mut reply = self.open_reply(reply)?;
                reply.stage = Stage::Withdrawn;
                Ok(Some(reply))
            }
            Act::Canned { id, text, .. } if text.is_empty() && !self.canned.contains_key(id) => {
                Err(Ignored::NoSuchThing)
            }
            _ => Ok(None),
        }
    }

    /// What concerns publishing, which is all done or not at all.
    fn publish(&mut self, place: &Place<'_>, event: &Event) -> Outcome {
        if !event.act.is_publishing() {
            return Ok(());
        }
        let by = |on: &[u64]| By { author: place.author, made: event.made, on: on.to_vec() };
        let publishing = Arc::make_mut(&mut self.publishing);
        match &event.act {
            Act::Item { item, on, base, body } => {
                publishing.item(*item, *base, (**body).clone(), by(on))
            }
            Act::Edition { edition, base, body } => {
                publishing.edition(*edition, *base, (**body).clone(), by(&[]))
            }
            Act::Bulletin { base, body } => {
                publishing.set_bulletin(*base, (**body).clone(), by(&[]))
            }
            Act::Propose { body } => publishing.propose((**body).clone(), by(&[])),
            Act::Post { file } => publishing.post(*file, place.author),
            Act::Endorse { release } => publishing.endorse(release, place.author),
            Act::Recall { release } => publishing.recall(release, place.author),
            Act::Serve { release } => publishing.serve(release),
            Act::Drop { written, off } => publishing.put_aside(*written, *off),
            _ => Ok(()),
        }
    }

    fn draft(
        &self,
        place: &Place<'_>,
        event: &Event,
        (id, on, text, file): (&Id, u64, &str, Option<u64>),
    ) -> Result<Reply, Ignored> {
        if let Some(known) = self.replies.get(id) {
            if known.on != on {
                return Err(Ignored::NoSuchThing);
            }
            if known.stage != Stage::Draft {
                return Err(Ignored::Stale);
            }
            // Nobody's words are lost to somebody else's: who wants others writes a reply anew.
            if known.author != place.author {
                return Err(Ignored::NotAllowed);
            }
        }
        Ok(Reply {
            id: *id,
            on,
            author: place.author,
            made: event.made,
            text: text.to_owned(),
            file,
            approvals: BTreeSet::new(),
            stage: Stage::Draft,
        })
    }

    fn open_reply(&self, id: &Id) -> Result<Reply, Ignored> {
        let reply = self.replies.get(id).ok_or(Ignored::NoSuchThing)?;
        if reply.stage == Stage::Draft { Ok((**reply).clone()) } else { Err(Ignored::Stale) }
    }

    fn same_words(&self, id: &Id, hash: &[u8; 32]) -> Result<Reply, Ignored> {
        let reply = self.open_reply(id)?;
        if reply.text_hash().0 == *hash { Ok(reply) } else { Err(Ignored::Stale) }
    }

    fn approve(&self, place: &Place<'_>, id: &Id, hash: &[u8; 32]) -> Result<Reply, Ignored> {
        let mut reply = self.same_words(id, hash)?;
        if reply.author == place.author {
            return Err(Ignored::NotAllowed);
        }
        if !reply.approvals.insert(place.author) {
            return Err(Ignored::Repeated);
        }
        Ok(reply)
    }

    fn queue(
        &self,
        place: &Place<'_>,
        event: &Event,
        id: &Id,
        hash: &[u8; 32],
    ) -> Result<Reply, Ignored> {
        let mut reply = self.same_words(id, hash)?;
        if reply.missing(place.roster) > 0 {
            return Err(Ignored::TooFew);
        }
        reply.stage = Stage::Queued { by: place.author, record: place.record, seen: event.seen };
        Ok(reply)
    }

    fn apply(&mut self, place: &Place<'_>, event: &Event, reply: Option<Reply>) {
        let at = self.heard.len() as u32;
        if let Some(reply) = reply {
            let case = self.case_mut(reply.on);
            case.trail.push(at);
            if !case.replies.contains(&reply.id) {
                case.replies.push(reply.id);
            }
            self.replies.insert(reply.id, Arc::new(reply));
            return;
        }
        for on in event.act.subjects() {
            let case = self.case_mut(*on);
            case.trail.push(at);
            turn(case, place, event);
        }
        self.relabel(&event.act);
        self.settle(place, event);
    }

    /// Keeps which conversations have a label.
    fn relabel(&mut self, act: &Act) {
        let Act::Label { on, label, off } = act else { return };
        let all = Arc::make_mut(self.labels.entry(label.clone()).or_default());
        for key in on {
            let _ = if *off { all.remove(key) } else { all.insert(*key) };
        }
        if all.is_empty() {
            self.labels.remove(label);
        }
    }

    /// What concerns no conversation alone.
    fn settle(&mut self, place: &Place<'_>, event: &Event) {
        let (author, made) = (place.author, event.made);
        match &event.act {
            Act::Redact { record, spans } if spans.is_empty() => {
                self.redactions.remove(record);
            }
            Act::Redact { record, spans } => {
                let redaction = Redaction { author, made, spans: spans.clone() };
                self.redactions.insert(*record, redaction);
            }
            Act::Erase { records } => {
                for record in records {
                    let asked = self.erasures.entry(*record).or_default();
                    if asked.iter().all(|known| known.author != author) {
                        asked.push(Erasure { author, made });
                    }
                }
            }
            Act::Canned { id, text, .. } if text.is_empty() => drop(self.canned.remove(id)),
            Act::Canned { id, lang, title, text } => {
                let (lang, title, text) = (lang.clone(), title.clone(), text.clone());
                self.canned.insert(*id, Canned { lang, title, text });
            }
            Act::Hide { name, off: true } => drop(self.names.remove(name)),
            Act::Hide { name, off: false } => drop(self.names.insert(name.clone())),
            Act::Call { name } => drop(self.called.insert(author, name.clone())),
            _ => {}
        }
    }

    fn case_mut(&mut self, on: u64) -> &mut Case {
        Arc::make_mut(self.cases.entry(on).or_default())
    }

    /// What was done with a conversation; `None` where nothing was.
    pub fn case(&self, on: u64) -> Option<&Case> {
        self.cases.get(&on).map(|case| &**case)
    }

    /// The conversations that something was done with, in no order.
    pub fn cases(&self) -> impl Iterator<Item = (u64, &Case)> {
        self.cases.iter().map(|(on, case)| (*on, &**case))
    }

    /// Labels, each with the conversations that have it.
    pub fn labels(&self) -> impl Iterator<Item = (&str, &BTreeSet<u64>)> {
        self.labels.iter().map(|(label, on)| (&**label, &**on))
    }

    /// A reply.
    pub fn reply(&self, id: &Id) -> Option<&Reply> {
        self.replies.get(id).map(|reply| &**reply)
    }

    /// All replies, in no order.
    pub fn replies(&self) -> impl Iterator<Item = &Reply> {
        self.replies.values().map(|reply| &**reply)
    }

    /// What is hidden of the part in a record.
    pub fn redaction(&self, record: u64) -> Option<&Redaction> {
        self.redactions.get(&record)
    }

    /// Who asked first that a record be erased.
    pub fn erasure(&self, record: u64) -> Option<&Erasure> {
        self.erasures.get(&record)?.first()
    }

    /// The records that a member asked to be erased, with who asked first.
    pub fn erasures_by(&self, member: &Key) -> impl Iterator<Item = (u64, &Erasure)> {
        let asked = |all: &&Vec<Erasure>| all.iter().any(|erasure| erasure.author == *member);
        let all = self.erasures.iter().filter(move |(_, all)| asked(all));
        all.filter_map(|(record, all)| Some((*record, all.first()?)))
    }

    /// Words kept for replies.
    pub fn canned(&self) -> impl Iterator<Item = (&Id, &Canned)> {
        self.canned.iter()
    }

    /// What is hidden of texts, by their records, in no order that means anything.
    pub fn redactions(&self) -> impl Iterator<Item = (u64, &Redaction)> {
        self.redactions.iter().map(|(record, redaction)| (*record, redaction))
    }

    /// Names that redaction looks for.
    pub fn names(&self) -> &BTreeSet<String> {
        &self.names
    }

    /// What is written to be published.
    pub fn publishing(&self) -> &Publishing {
        &self.publishing
    }

    /// What a member is called at the desk.
    pub fn called(&self, key: &Key) -> Option<&str> {
        self.called.get(key).map(|name| &**name)
    }

    /// Whether the log has an event of that member and id, whatever became of it.
    pub fn has_heard(&self, author: &Key, id: &Id) -> bool {
        self.logged.contains(&(*author, *id))
    }

    /// Whether the event in a record counts. Many are of authors who may say nothing.
    pub fn counts(&self, record: u64) -> bool {
        let at = self.heard.partition_point(|heard| heard.record.is_some_and(|own| own < record));
        let found = self.heard.get(at).filter(|heard| heard.record == Some(record));
        found.is_some_and(|heard| heard.outcome.is_ok())
    }

    /// Every event and what became of it, in the log's order.
    pub fn heard(&self) -> &[Heard] {
        &self.heard
    }
}

/// What an event does to one conversation.
fn turn(case: &mut Case, place: &Place<'_>, event: &Event) {
    match &event.act {
        Act::Assign { to, .. } => case.assignee = to.map(|key| key.0),
        Act::Note { text, .. } => case.notes.push(Note {
            record: place.record,
            author: place.author,
            made: event.made,
            text: text.clone(),
        }),
        Act::Label { label, off: true, .. } => drop(case.labels.remove(label)),
        Act::Label { label, off: false, .. } => drop(case.labels.insert(label.clone())),
        Act::Check { state, .. } => case.check = *state,
        // What its author had not seen is not done with.
        Act::Resolve { .. } => (case.resolved, case.snoozed) = (Some(event.seen), None),
        Act::Reopen { .. } => (case.resolved, case.snoozed) = (None, None),
        Act::Snooze { until, .. } => {
            (case.resolved, case.snoozed) = (None, Some((*until, event.seen)));
        }
        Act::Quarantine { off, .. } => case.quarantined = !off,
        _ => {}
    }
}
