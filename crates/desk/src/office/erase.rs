//! Erasing: asked for as an event, done by the roster's approvals.

use payamgir_log::{Reader, Record};
use payamgir_roster::{Approval, Subject, kind};
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
    /// Whoever asked first must have approved first.
    pub(super) fn approvals_owed(&self) -> Result<Additions, StoreError> {
        let (desk, me) = (self.desk(), self.me());
        let Some(roster) = desk.fold.roster() else { return Ok(vec![]) };
        let mut owed = vec![];
        let known = |record: u64, by: &[u8; 32]| {
            desk.fold.approvals().iter().any(|(_, approval)| {
                let about =
                    matches!(approval.subject, Subject::Erasure { record: at, .. } if at == record);
                about && approval.key == *by
            })
        };
        let mut reader = None;
        for (record, first) in desk.work.erasures_by(&me) {
            let waits = first.author != me && !known(record, &first.author);
            if known(record, &me) || waits || desk.erased.contains(&record) {
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
            let sign = |message: &[u8]| self.member.sign(message);
            let approval = Approval::new(roster.desk(), subject, first.author, me, sign);
            owed.push((kind::APPROVAL, approval.encode()));
        }
        Ok(owed)
    }
}
