//! What anyone needs to check that a desk approved an edition: who the desk is, by its own statements
//! from the founding on, and the approvals (docs/FORMAT.md §24.2).

use data_encoding::BASE64;

use crate::statement::Hash;
use crate::{Approval, Fold, Key, Refusal, Roster, Subject, approved, kind};

/// Largest proof, in bytes.
pub const PROOF_BYTES: usize = 4 << 20;

const FIRST: &str = "payamgir proof 1";

/// Statements in their order, and approvals.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proof {
    /// Bodies of statements, the founding first.
    pub statements: Vec<Vec<u8>>,
    /// Approvals.
    pub approvals: Vec<Approval>,
}

/// What a proof shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Who the desk is, by the statements there are: a removal that they leave out is not known.
    pub roster: Roster,
    /// Who approved, in their keys' order.
    pub approvers: Vec<Key>,
}

impl Proof {
    /// The proof's text.
    pub fn encode(&self) -> String {
        let mut text = format!("{FIRST}\n");
        for statement in &self.statements {
            text.push_str(&format!("statement {}\n", BASE64.encode(statement)));
        }
        for approval in &self.approvals {
            text.push_str(&format!("approval {}\n", BASE64.encode(&approval.encode())));
        }
        text
    }

    /// Reads a proof's text. Nothing is verified here.
    pub fn decode(text: &str) -> Result<Self, Refusal> {
        let rest = text.strip_prefix(FIRST).and_then(|rest| rest.strip_prefix('\n'));
        let rest = rest.filter(|_| text.len() <= PROOF_BYTES).ok_or(Refusal::Malformed)?;
        let mut proof = Self::default();
        for line in rest.lines() {
            let (word, value) = line.split_once(' ').ok_or(Refusal::Malformed)?;
            let value = BASE64.decode(value.as_bytes()).map_err(|_| Refusal::Malformed)?;
            match word {
                "statement" => proof.statements.push(value),
                "approval" => proof.approvals.push(Approval::decode(&value)?),
                _ => return Err(Refusal::Malformed),
            }
        }
        Ok(proof)
    }

    /// Whether this knows all of who the desk is that an earlier proof knows: its statements begin with that
    /// one's. A log only grows, so a proof of its beginning alone is of an earlier day, whoever made it later.
    pub fn follows(&self, earlier: &Self) -> bool {
        self.statements.starts_with(&earlier.statements)
    }

    /// Whether an edition of that hash, put together by that author, was approved by the desk. Who
    /// knows the desk says which it must be; else it is the one that `desk` names.
    ///
    /// # Errors
    ///
    /// The first [`Refusal`] there is: of a statement, or that too few approved.
    pub fn verify(&self, desk: &Hash, edition: Hash, author: &Key) -> Result<Shown, Refusal> {
        let mut fold = Fold::default();
        for (index, statement) in self.statements.iter().enumerate() {
            fold.hear(index as u64, kind::STATEMENT, statement)?;
        }
        let roster = fold.roster().ok_or(Refusal::Founding)?;
        if roster.desk() != *desk {
            return Err(Refusal::OtherDesk);
        }
        let subject = Subject::Edition(edition);
        // The author's own hand is on it: nobody is made one by others.
        let own = |a: &&Approval| a.key == *author && a.author == *author && a.subject == subject;
        let signed = self.approvals.iter().find(own).ok_or(Refusal::NotAllowed)?;
        signed.verify()?;
        let approvers = approved(roster, subject, author, &self.approvals)?;
        Ok(Shown { roster: roster.clone(), approvers })
    }
}
