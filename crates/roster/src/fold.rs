//! All that the log says of the desk, folded record by record.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::statement::Hash;
use crate::{Approval, Grant, Key, Outcome, Receiving, Refusal, Roster, Signed, Subject, approved};

/// Kinds of records in the log whose bodies this crate reads.
pub mod kind {
    /// A [`crate::Signed`] statement.
    pub const STATEMENT: u8 = 3;
    /// A [`crate::Receiving`] key.
    pub const RECEIVING: u8 = 4;
    /// A [`crate::Grant`].
    pub const GRANT: u8 = 5;
    /// An [`crate::Approval`].
    pub const APPROVAL: u8 = 6;
    /// All of them: what the fold is told.
    pub const ALL: std::ops::RangeInclusive<u8> = STATEMENT..=APPROVAL;
    /// Desk work, sealed to the epoch: this crate does not read it, and names the kind for the server,
    /// which takes it from editors.
    pub const WORK: u8 = 7;

    /// Whether a record of this kind may be erased. Who the desk is, who approved what and what the
    /// desk did stays provable; an entry, a grant and what is not known here may go.
    pub fn is_erasable(kind: u8) -> bool {
        !matches!(kind, STATEMENT | RECEIVING | APPROVAL | WORK)
    }
}

/// Most epochs that never began for which a member grants keys to another within one that did.
const STRAYS: usize = 8;

/// What the log says of the desk so far.
#[derive(Debug, Clone, Default)]
pub struct Fold {
    roster: Option<Roster>,
    /// Shared: a fold is cloned for each addition.
    grants: Vec<(u64, Arc<Grant>)>,
    /// For each of them: how many epochs there were.
    granted_in: Vec<usize>,
    approvals: Vec<(u64, Arc<Approval>)>,
    /// Editions, with their authors, that at some time as many approved as the roster then asked for.
    editions: BTreeSet<(Hash, Key)>,
    refused: Vec<(u64, Refusal)>,
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// A statement.
    Statement(Outcome),
    /// Anything else that this crate reads.
    Kept,
    /// Of a kind that means nothing here.
    Other,
}

impl Fold {
    /// Hears the record `index`. A refusal is remembered and changes nothing else; a log of an
    /// honest server has none.
    pub fn hear(&mut self, index: u64, kind: u8, body: &[u8]) -> Result<Heard, Refusal> {
        let heard = self.try_hear(index, kind, body);
        match heard {
            Err(refusal) => self.refused.push((index, refusal)),
            Ok(_) if matches!(kind, kind::STATEMENT | kind::APPROVAL) => self.note_editions(),
            Ok(_) => {}
        }
        heard
    }

    /// Hears the record `index` as a log holds it, with its body or without. A refusal is
    /// remembered, and nothing else comes of it.
    pub fn record(&mut self, index: u64, kind: u8, body: Option<&[u8]>) {
        match body {
            Some(body) => drop(self.hear(index, kind, body)),
            None => self.miss(index, kind),
        }
    }

    /// A record whose body is not here. One that may be erased says nothing any more; the others
    /// nobody may take away.
    fn miss(&mut self, index: u64, kind: u8) {
        if !kind::is_erasable(kind) {
            self.refused.push((index, Refusal::Missing));
        }
    }

    fn try_hear(&mut self, index: u64, kind: u8, body: &[u8]) -> Result<Heard, Refusal> {
        match kind {
            kind::STATEMENT => self.state(index, &Signed::decode(body)?),
            kind::RECEIVING => {
                self.known()?.receive(&Receiving::decode(body)?)?;
                Ok(Heard::Kept)
            }
            kind::GRANT => {
                let grant = Grant::decode(body)?;
                self.check_grant(&grant)?;
                let epochs = self.known()?.epochs().len();
                self.granted_in.push(epochs);
                self.grants.push((index, Arc::new(grant)));
                Ok(Heard::Kept)
            }
            kind::APPROVAL => {
                let approval = Approval::decode(body)?;
                self.check_approval(&approval)?;
                self.approvals.push((index, Arc::new(approval)));
                Ok(Heard::Kept)
            }
            _ => Ok(Heard::Other),
        }
    }

    fn state(&mut self, index: u64, signed: &Signed) -> Result<Heard, Refusal> {
        let outcome = match &mut self.roster {
            Some(roster) => roster.take(signed, index)?,
            None => {
                self.roster = Some(Roster::found(signed, index)?);
                Outcome::InForce
            }
        };
        Ok(Heard::Statement(outcome))
    }

    /// Notes the editions that are approved now: who is removed later, or a higher threshold, does not
    /// undo that they were.
    fn note_editions(&mut self) {
        let Some(roster) = &self.roster else { return };
        let all = || self.approvals.iter().map(|(_, approval)| &**approval);
        let asked = all().filter(|approval| approval.key == approval.author);
        for Approval { subject, author, .. } in asked {
            let Subject::Edition(edition) = subject else { continue };
            let known = self.editions.contains(&(*edition, *author));
            if !known && approved(roster, *subject, author, all()).is_ok() {
                self.editions.insert((*edition, *author));
            }
        }
    }

    /// Whether at some time as many as the roster then asked for approved an edition. A server serves
    /// no other; whether one may be published now is [`approved`].
    pub fn was_approved(&self, edition: &Hash, author: &Key) -> bool {
        self.editions.contains(&(*edition, *author))
    }

    fn known(&mut self) -> Result<&mut Roster, Refusal> {
        self.roster.as_mut().ok_or(Refusal::Founding)
    }

    /// A member grants an epoch to another once, unless that one cannot open it any more.
    fn check_grant(&mut self, grant: &Grant) -> Result<(), Refusal> {
        let roster = self.known()?;
        if grant.desk != roster.desk() {
            return Err(Refusal::OtherDesk);
        }
        if roster.role(&grant.granter).is_none() || grant.granter == grant.member {
            return Err(Refusal::NotAllowed);
        }
        let (_, now) = roster.receiver(&grant.member).ok_or(Refusal::NoSuchMember)?;
        // To the present key only: an older one may be destroyed when this is read.
        if grant.counter != now {
            return Err(Refusal::UsedKey);
        }
        if self.granters(&grant.member, &grant.epoch).any(|key| *key == grant.granter) {
            return Err(Refusal::Repeated);
        }
        if self.strays(grant) >= STRAYS {
            return Err(Refusal::NotAllowed);
        }
        grant.verify()
    }

    /// How many epochs that there are not this granter granted this member since the present one
    /// began. Grants come before the statement that starts their epoch, so there may be some.
    fn strays(&self, grant: &Grant) -> usize {
        let Some(roster) = &self.roster else { return 0 };
        let known = |epoch: &Hash| roster.epochs().iter().any(|e| e.id == *epoch);
        if known(&grant.epoch) {
            return 0;
        }
        let now = roster.epochs().len();
        let all = self.grants.iter().zip(&self.granted_in).filter(|(_, then)| **then == now);
        let same = |other: &Grant| other.granter == grant.granter && other.member == grant.member;
        all.filter(|((_, other), _)| same(other) && !known(&other.epoch)).count()
    }

    /// Whether a record of this kind would be taken next. What it would bring about is another matter.
    pub fn check(&self, kind: u8, body: &[u8]) -> Result<(), Refusal> {
        match kind {
            kind::APPROVAL => self.check_approval(&Approval::decode(body)?),
            _ => self.clone().try_hear(u64::MAX, kind, body).map(drop),
        }
    }

    fn check_approval(&self, approval: &Approval) -> Result<(), Refusal> {
        let roster = self.roster.as_ref().ok_or(Refusal::Founding)?;
        if approval.desk != roster.desk() {
            return Err(Refusal::OtherDesk);
        }
        if roster.role(&approval.key) < Some(crate::Role::Editor) {
            return Err(Refusal::NotAllowed);
        }
        if self.approvals.iter().any(|(_, known)| **known == *approval) {
            return Err(Refusal::Repeated);
        }
        // Nobody is made an author by others.
        let asked = |known: &Approval| {
            let same = known.subject == approval.subject && known.author == approval.author;
            same && known.key == known.author
        };
        if approval.key != approval.author && !self.approvals.iter().any(|(_, a)| asked(a)) {
            return Err(Refusal::NotAllowed);
        }
        approval.verify()
    }

    /// The roster; `None` before the founding.
    pub fn roster(&self) -> Option<&Roster> {
        self.roster.as_ref()
    }

    /// Who granted a member an epoch under a key it still has.
    pub fn granters<'f>(
        &'f self,
        member: &'f Key,
        epoch: &'f Hash,
    ) -> impl Iterator<Item = &'f Key> {
        let opens = |grant: &Grant| {
            let roster = self.roster.as_ref();
            roster.is_some_and(|roster| roster.can_open(member, grant.counter))
        };
        let of = move |grant: &&Arc<Grant>| grant.member == *member && grant.epoch == *epoch;
        let grants = self.grants.iter().map(|(_, grant)| grant).filter(of);
        grants.filter(move |grant| opens(grant)).map(|grant| &grant.granter)
    }

    /// Whether a member was granted an epoch under a key it still has.
    pub fn has_grant(&self, member: &Key, epoch: &Hash) -> bool {
        self.granters(member, epoch).next().is_some()
    }

    /// Grants in the log's order, with their indices.
    pub fn grants(&self) -> &[(u64, Arc<Grant>)] {
        &self.grants
    }

    /// Approvals in the log's order, with their indices.
    pub fn approvals(&self) -> impl Iterator<Item = (u64, &Approval)> {
        self.approvals.iter().map(|(index, approval)| (*index, &**approval))
    }

    /// The approvals of erasures, by the record that is to be erased.
    pub fn erasures(&self) -> HashMap<u64, Vec<&Approval>> {
        let mut all: HashMap<u64, Vec<&Approval>> = HashMap::new();
        for (_, approval) in self.approvals() {
            if let Subject::Erasure { record, .. } = approval.subject {
                all.entry(record).or_default().push(approval);
            }
        }
        all
    }

    /// Whether as many as the roster asks for approved what one of them asked for.
    pub fn is_approved(&self, about: &[&Approval]) -> bool {
        let Some(roster) = &self.roster else { return false };
        let enough = |asked: &&&Approval| {
            let all = about.iter().copied();
            approved(roster, asked.subject, &asked.author, all).is_ok()
        };
        about.iter().filter(|asked| asked.key == asked.author).any(|asked| enough(&asked))
    }

    /// Records that were refused, and why.
    pub fn refused(&self) -> &[(u64, Refusal)] {
        &self.refused
    }
}
