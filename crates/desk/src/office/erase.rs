//! Erasing: asked for as an event, done by the roster's approvals.

use payamgir_log::{Reader, Record};
use payamgir_roster::{Approval, Key, Role, Roster, Subject, kind};
use payamgir_work::Act;

use super::post::unreadable;
use super::{NotDone, Office, Post, Said};
use crate::keys::Additions;
use crate::store::StoreError;

/// Approvals sent in one step.
const AT_ONCE: usize = 64;

impl Office {
    /// Asks for the erasing of records, or agrees to it. What this member asked for is approved by
    /// its desk at each sync until the log has the approval: so the asking is durable at once.
    pub fn erase(&self, records: Vec<u64>) -> Result<(), NotDone> {
        for share in records.chunks(payamgir_work::SUBJECTS) {
            self.act(Act::Erase { records: share.to_vec() })?;
        }
        Ok(())
    }

    /// The records of conversations, or of one submission of theirs, as far as they are not erased.
    pub fn records_of(&self, numbers: &[u64], only: Option<u64>) -> Vec<u64> {
        let store = self.store();
        let catalog = store.catalog();
        let conversations = numbers.iter().filter_map(|number| catalog.conversation(*number));
        let submissions = conversations.flat_map(|conversation| catalog.submissions(conversation));
        let meant = submissions.filter(|own| only.is_none_or(|only| own.number == only));
        meant.flat_map(|own| catalog.parts(own)).map(|(record, _)| record).collect()
    }

    /// The records of the submissions all of whose parts came before a moment, in unix seconds.
    pub fn records_before(&self, moment: u64) -> Vec<u64> {
        let store = self.store();
        let catalog = store.catalog();
        let submissions = catalog.conversations().iter().flat_map(|own| catalog.submissions(own));
        let all = submissions.map(|own| catalog.parts(own));
        let old = all.filter(|parts| parts.iter().all(|(_, part)| part.arrived < moment));
        let mut records: Vec<u64> = old.flatten().map(|(record, _)| record).collect();
        records.sort_unstable();
        records
    }

    /// Sends this member's approvals of editions and of what it asked to be erased, as far as the log has not got
    /// them: so many at once that what others do is not held up. Whether there are more.
    pub(super) fn approve(&self, post: &mut impl Post) -> Result<bool, Said> {
        let mut owed = self.editions_owed();
        let editions = owed.len();
        owed.extend(self.approvals_owed(AT_ONCE).map_err(unreadable)?);
        let mut gone = 0;
        let mut left = &owed[..];
        while !left.is_empty() {
            let (taken, _) = post.add(&left.to_vec())?;
            // What the server refuses does not hold up the others.
            left = &left[(taken + 1).min(left.len())..];
            gone += taken;
        }
        // What an approval was missing for goes out at once.
        Ok(owed.len() >= AT_ONCE || (editions > 0 && gone > 0))
    }

    /// This member's approvals of what it asked to be erased, as far as the log has not got them.
    fn approvals_owed(&self, most: usize) -> Result<Additions, StoreError> {
        let (desk, me) = (self.desk(), self.me());
        let Some(roster) = desk.fold.roster() else { return Ok(vec![]) };
        let mut asked = desk.work.erasures_by(&me).filter(|(at, _)| !desk.erased.contains(at));
        let Some(first) = asked.next() else { return Ok(vec![]) };
        let (reader, known) = (Reader::open(&self.log)?, desk.fold.erasures());
        let mut owed = vec![];
        for (record, _) in std::iter::once(first).chain(asked) {
            let row = reader.row(record)?;
            let Some(leaf) = Record::decode(&row.record).map(|record| record.leaf()) else {
                continue;
            };
            let subject = Subject::Erasure { record, leaf: leaf.0 };
            let about = known.get(&record).map_or(&[][..], Vec::as_slice);
            for author in askers(roster, (subject, about), &me) {
                let sign = |message: &[u8]| self.member.sign(message);
                let approval = Approval::new(roster.desk(), subject, author, me, sign);
                owed.push((kind::APPROVAL, approval.encode()));
            }
            if owed.len() >= most {
                owed.truncate(most);
                break;
            }
        }
        Ok(owed)
    }
}

/// Those who asked the roster for it and whose asking this member has not approved yet; this member
/// itself where nobody did. Nobody who only said so at the desk can hold it up.
fn askers(roster: &Roster, (subject, about): (Subject, &[&Approval]), me: &Key) -> Vec<Key> {
    let about = || about.iter().filter(|known| known.subject == subject);
    let editor = |key: &Key| roster.role(key) >= Some(Role::Editor);
    let began: Vec<Key> =
        about().filter(|a| a.key == a.author && editor(&a.key)).map(|a| a.key).collect();
    if began.is_empty() {
        return vec![*me];
    }
    let mine = |author: &Key| about().any(|known| known.key == *me && known.author == *author);
    began.into_iter().filter(|author| !mine(author)).collect()
}
