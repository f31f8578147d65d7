//! Desks of people with keys that anybody can make again.

use ed25519_dalek::{Signer, SigningKey};
use payamgir_roster::*;

pub const TODAY: u32 = 20_779;

/// A person.
#[derive(Clone, Copy)]
pub struct Person(pub u8);

impl Person {
    pub fn signing(self) -> SigningKey {
        SigningKey::from_bytes(&[self.0; 32])
    }

    pub fn key(self) -> Key {
        self.signing().verifying_key().to_bytes()
    }

    pub fn sign(self) -> impl Fn(&[u8]) -> [u8; 64] {
        move |message| self.signing().sign(message).to_bytes()
    }

    pub fn member(self, role: Role) -> Member {
        Member { key: self.key(), role, receiver: recipient(self.0) }
    }

    pub fn says(self, statement: &Statement) -> Signed {
        Signed::new(statement.clone(), self.key(), self.sign())
    }
}

pub const A: Person = Person(1);
pub const B: Person = Person(2);
pub const C: Person = Person(3);
pub const D: Person = Person(4);
pub const KIT: Person = Person(99);

/// Not a real key: the roster does not look inside.
pub fn recipient(seed: u8) -> Recipient {
    Recipient(Box::new([seed; 1216]))
}

pub fn founding(threshold: u8, members: &[Person]) -> Statement {
    let act = Act::Founded {
        nonce: [7; 16],
        policy: Policy { threshold, author_may_approve: threshold == 1, ..Policy::DEFAULT },
        recovery: Some(Recovery { key: KIT.key(), receiver: recipient(99) }),
        epoch: recipient(200),
        members: members.iter().map(|person| person.member(Role::Admin)).collect(),
    };
    Statement { desk: [0; 32], previous: [0; 32], day: TODAY, act }
}

/// A desk of admins, the first of whom founded it.
pub fn found(threshold: u8, members: &[Person]) -> Roster {
    Roster::found(&members[0].says(&founding(threshold, members)), 0).unwrap()
}

/// A statement that follows what is in force.
pub fn next(roster: &Roster, act: Act) -> Statement {
    Statement { desk: roster.desk(), previous: roster.head(), day: TODAY, act }
}

/// Several sign at once.
pub fn together(people: &[Person], statement: &Statement) -> Signed {
    let mut signatures: Vec<Signature> =
        people.iter().flat_map(|person| person.says(statement).signatures).collect();
    signatures.sort_by_key(|signature| signature.key);
    Signed { statement: statement.clone(), signatures }
}

/// An act in force at once, or the refusal.
pub fn act(roster: &mut Roster, people: &[Person], act: Act) -> Result<Outcome, Refusal> {
    let statement = next(roster, act);
    roster.take(&together(people, &statement), 10)
}

pub fn joined(person: Person, role: Role) -> Joining {
    Joining { member: person.member(role), invitation: None, welcome: vec![], replaces: None }
}

pub fn invited(id: u8, role: Role, last_day: u32) -> Act {
    Act::Invited { id: [id; 16], role, last_day, exchange: vec![5; 33] }
}
