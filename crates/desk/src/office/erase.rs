//! Erasing: asked for as an event, done by the roster's approvals.

use payamgir_log::{Reader, Record};
use payamgir_roster::{Approval, Fold, Key, Role, Subject, kind};
use payamgir_work::Act;

use super::{NotDone, Office};
use crate::keys::Additions;
use crate::store::StoreError;

impl Office {
    /// Asks for the erasing of records, or agrees to it. What this member asked for is approved by
    /// its desk at each sync until the log has the approval: so the asking is durable at once.
    pub fn erase(&self, records: Vec<u64>) -> Result<(), NotDone> {
        for share in records.chunks(payamgir_work::SUBJECTS) {
            self.act(Act::Erase { records: share.to_vec() })?;
        }
        Ok(())
    }

    /// This member's approvals of what it asked to be erased, as far as the log has not got them.
    pub(super) fn approvals_owed(&self) -> Result<Additions, StoreError> {
        let (desk, me) = (self.desk(), self.me());
        let Some(roster) = desk.fold.roster() else { return Ok(vec![]) };
        let mut owed = vec![];
        let mut reader = None;
        for (record, _) in desk.work.erasures_by(&me) {
            if desk.erased.contains(&record) {
                continue;
            }
            let reader = match &mut reader {
                Some(reader) => reader,
                none => none.insert(Reader::open(&self.log)?),
            };
            let row = reader.row(record)?;
            let Some(leaf) = Record::decode(&row.record).map(|record| record.leaf()) else {
                continue;
            };
            let subject = Subject::Erasure { record, leaf: leaf.0 };
            for author in askers(&desk.fold, subject, &me) {
                let sign = |message: &[u8]| self.member.sign(message);
                let approval = Approval::new(roster.desk(), subject, author, me, sign);
                owed.push((kind::APPROVAL, approval.encode()));
            }
        }
        Ok(owed)
    }
}

/// Those who asked the roster for it and whose asking this member has not approved yet; this member
/// itself where nobody did. Nobody who only said so at the desk can hold it up.
fn askers(fold: &Fold, subject: Subject, me: &Key) -> Vec<Key> {
    let about =
        || fold.approvals().iter().map(|(_, known)| known).filter(|known| known.subject == subject);
    let editor =
        |key: &Key| fold.roster().is_some_and(|roster| roster.role(key) >= Some(Role::Editor));
    let began: Vec<Key> =
        about().filter(|a| a.key == a.author && editor(&a.key)).map(|a| a.key).collect();
    if began.is_empty() {
        return vec![*me];
    }
    let mine = |author: &Key| about().any(|known| known.key == *me && known.author == *author);
    began.into_iter().filter(|author| !mine(author)).collect()
}
