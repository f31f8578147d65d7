//! What was published last, as the log knows it, and what stands to follow it.
//!
//! The server is asked what it serves and not believed that it is the latest: a release that editors
//! saw served is noted in the log, and every desk goes on from there whatever the server shows.

use std::sync::Arc;

use payamgir_wire::hex::{Hash, Hex};
use payamgir_work::{Act, Proposal, Publishing};

use super::{Issue, NotPrepared, Office, lock};

/// Before anything is published.
const NOTHING: Hash = Hex([0; 32]);

impl Office {
    /// The release that was published last; zeros before the first. [`NotPrepared::NotAsked`] until the
    /// server was asked.
    pub(super) fn latest(&self) -> Result<Hash, NotPrepared> {
        let shows = self.served()?.0;
        let work = self.work();
        let publishing = work.publishing();
        // What was noted first stands: beside it, a server may have kept another that was approved.
        let mut latest = NOTHING;
        for known in publishing.served().copied().chain([shows]) {
            let approved = self.approved_chain(publishing, &known).is_some_and(|length| length > 0);
            if approved && publishing.leads(&latest, &known) {
                latest = known;
            }
        }
        Ok(latest)
    }

    /// How many releases led to one, itself counted, if each was approved by as many as the roster then
    /// asked for.
    pub(super) fn approved_chain(&self, publishing: &Publishing, release: &Hash) -> Option<usize> {
        let chain = publishing.chain(release)?;
        chain.iter().all(|proposal| self.was_approved(proposal)).then_some(chain.len())
    }

    /// What a new proposal follows: what is published, or what is approved after that and can be made,
    /// whether the server has taken it or not.
    pub(super) fn tip(&self) -> Result<Hash, NotPrepared> {
        let work = self.work();
        let mut open = self.open_proposals()?.into_iter().rev();
        let next = open.find(|proposal| {
            self.is_approved(proposal) && !self.is_stuck(work.publishing(), proposal)
        });
        match next {
            Some(proposal) => Ok(proposal.release.release),
            None => self.latest(),
        }
    }

    /// Whether something of a proposal was hidden since, or it does not fit what it follows.
    fn is_stuck(&self, publishing: &Publishing, proposal: &Proposal) -> bool {
        let issue = Issue::after(publishing, &proposal.release);
        issue.is_none_or(|issue| issue.check().is_err() || self.clear(publishing, &issue).is_err())
    }

    /// Proposals that lead on from what is published, in the log's order.
    pub fn open_proposals(&self) -> Result<Vec<Arc<Proposal>>, NotPrepared> {
        let latest = self.latest()?;
        let work = self.work();
        let publishing = work.publishing();
        let leads_on = |proposal: &&Arc<Proposal>| {
            let previous = &proposal.release.previous;
            !proposal.recalled && (*previous == latest || publishing.leads(&latest, previous))
        };
        Ok(publishing.proposals().iter().filter(leads_on).cloned().collect())
    }

    /// Whether the server shows less than was published.
    pub(super) fn is_behind(&self) -> bool {
        let shows = self.served().map(|(hash, _)| hash);
        shows.is_ok_and(|shows| self.latest().is_ok_and(|latest| latest != shows))
    }

    /// Notes in the log that a release is served, once.
    pub(super) fn note_served(&self, release: &Hash) {
        let work = self.work();
        let publishing = work.publishing();
        let known = publishing.was_served(release) || publishing.proposal(release).is_none();
        if !known {
            // Another desk notes it where this one cannot.
            let _ = self.act(Act::Serve { release: *release });
        }
    }

    /// What the server shows: its hash, and its files where something is.
    pub(super) fn served(
        &self,
    ) -> Result<(Hash, Option<Arc<payamgir_wire::release::Release>>), NotPrepared> {
        let served = lock(&self.published);
        if !served.asked {
            return Err(NotPrepared::NotAsked);
        }
        Ok(match &served.release {
            Some((hash, files)) => (*hash, Some(files.clone())),
            None => (NOTHING, None),
        })
    }

    /// What is published, by its release's hash; zeros where nothing is. `None` until the server was
    /// asked.
    pub fn published(&self) -> Option<Hash> {
        self.latest().ok()
    }
}
