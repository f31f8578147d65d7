//! Statements and their one encoding (docs/FORMAT.md §10.1).

use sha2::{Digest, Sha256};

use crate::Refusal;
use crate::bytes::{Reader, option};
use crate::member::{Key, MEMBERS, Member, Policy, Recipient, Recovery, Role};

const VERSION: u8 = 1;
/// What statements are hashed under, so that a hash of theirs is a hash of nothing else.
const HASH_DOMAIN: &[u8] = b"payamgir roster statement 1\0";
/// Most bytes an inviter tells a new member under the code.
const WELCOME_BYTES: usize = 512;
/// Most bytes of the inviter's half of the key exchange.
const EXCHANGE_BYTES: usize = 128;

/// SHA-256 of a statement under its domain. That of the founding names the desk.
pub type Hash = [u8; 32];

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The founding's hash; zeros in the founding itself.
    pub desk: Hash,
    /// The hash of the statement that was in force last; zeros in the founding.
    pub previous: Hash,
    /// Days since 1970-01-01 where it was made. Nothing finer is written down.
    pub day: u32,
    /// What changes.
    pub act: Act,
}

/// What changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// The desk begins.
    Founded {
        /// Random, so that no two desks are one.
        nonce: [u8; 16],
        /// What it asks of its admins and editors.
        policy: Policy,
        /// Who brings it back.
        recovery: Option<Recovery>,
        /// The first epoch.
        epoch: Recipient,
        /// Its members; the first signs, and is an admin.
        members: Vec<Member>,
    },
    /// A place is kept for whoever has the code.
    Invited {
        /// Random; the code says it too.
        id: [u8; 16],
        /// The role it leads to.
        role: Role,
        /// The last day on which it can be taken up.
        last_day: u32,
        /// The inviter's half of the key exchange under the code.
        exchange: Vec<u8>,
    },
    /// Somebody is a member from here on.
    Joined(Joining),
    /// A member is one no more; what comes later is sealed to a new epoch.
    Removed {
        /// Who.
        member: Key,
        /// The next epoch.
        epoch: Recipient,
    },
    /// A member may do more or less.
    RoleChanged {
        /// Who.
        member: Key,
        /// What it may do.
        role: Role,
    },
    /// The desk asks for more or fewer.
    PolicyChanged(Policy),
    /// Entries are sealed to another key.
    EpochStarted(Recipient),
    /// There is another recovery kit, or none.
    RecoveryChanged(Option<Recovery>),
    /// The kit was used: this member is the desk now.
    Recovered {
        /// The one admin from here on.
        member: Member,
        /// The next epoch.
        epoch: Recipient,
    },
}

/// Somebody is a member from here on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joining {
    /// Who.
    pub member: Member,
    /// The invitation that is taken up; `None` where the keys were handed over.
    pub invitation: Option<[u8; 16]>,
    /// What the inviter tells the new member under the code.
    pub welcome: Vec<u8>,
    /// Whose place is taken, by the same person with new keys, and the epoch that shuts the old
    /// keys out.
    pub replaces: Option<(Key, Recipient)>,
}

impl Statement {
    /// The statement's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![VERSION, self.act.kind()];
        out.extend_from_slice(&self.desk);
        out.extend_from_slice(&self.previous);
        out.extend_from_slice(&self.day.to_be_bytes());
        self.act.write(&mut out);
        out
    }

    /// Reads a statement's bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, Refusal> {
        let mut from = Reader::new(bytes)?;
        if from.u8()? != VERSION {
            return Err(Refusal::Malformed);
        }
        let kind = from.u8()?;
        let (desk, previous, day) = (from.array()?, from.array()?, from.u32()?);
        let statement = Self { desk, previous, day, act: Act::read(kind, &mut from)? };
        from.end()?;
        Ok(statement)
    }

    /// Its hash.
    pub fn hash(&self) -> Hash {
        Sha256::new().chain_update(HASH_DOMAIN).chain_update(self.encode()).finalize().into()
    }
}

impl Act {
    /// Every key in it that something will be sealed to.
    pub fn recipients(&self) -> Vec<&Recipient> {
        match self {
            Self::Founded { recovery, epoch, members, .. } => {
                let recovery = recovery.iter().map(|recovery| &recovery.receiver);
                let members = members.iter().map(|member| &member.receiver);
                recovery.chain([epoch]).chain(members).collect()
            }
            Self::Joined(joining) => {
                let epoch = joining.replaces.iter().map(|(_, epoch)| epoch);
                epoch.chain([&joining.member.receiver]).collect()
            }
            Self::Removed { epoch, .. } | Self::EpochStarted(epoch) => vec![epoch],
            Self::RecoveryChanged(recovery) => recovery.iter().map(|r| &r.receiver).collect(),
            Self::Recovered { member, epoch } => vec![&member.receiver, epoch],
            Self::Invited { .. } | Self::RoleChanged { .. } | Self::PolicyChanged(_) => vec![],
        }
    }

    fn kind(&self) -> u8 {
        match self {
            Self::Founded { .. } => 1,
            Self::Invited { .. } => 2,
            Self::Joined(_) => 3,
            Self::Removed { .. } => 4,
            Self::RoleChanged { .. } => 5,
            Self::PolicyChanged(_) => 6,
            Self::EpochStarted(_) => 7,
            Self::RecoveryChanged(_) => 8,
            Self::Recovered { .. } => 9,
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Founded { nonce, policy, recovery, epoch, members } => {
                out.extend_from_slice(nonce);
                policy.write(out);
                Recovery::write(recovery.as_ref(), out);
                out.extend_from_slice(&*epoch.0);
                out.push(members.len() as u8);
                members.iter().for_each(|member| member.write(out));
            }
            Self::Invited { id, role, last_day, exchange } => {
                out.extend_from_slice(id);
                out.push(role.byte());
                out.extend_from_slice(&last_day.to_be_bytes());
                short(exchange, out);
            }
            Self::Joined(joining) => joining.write(out),
            Self::Removed { member, epoch } => {
                out.extend_from_slice(member);
                out.extend_from_slice(&*epoch.0);
            }
            Self::RoleChanged { member, role } => {
                out.extend_from_slice(member);
                out.push(role.byte());
            }
            Self::PolicyChanged(policy) => policy.write(out),
            Self::EpochStarted(epoch) => out.extend_from_slice(&*epoch.0),
            Self::RecoveryChanged(recovery) => Recovery::write(recovery.as_ref(), out),
            Self::Recovered { member, epoch } => {
                member.write(out);
                out.extend_from_slice(&*epoch.0);
            }
        }
    }

    fn read(kind: u8, from: &mut Reader<'_>) -> Result<Self, Refusal> {
        Ok(match kind {
            1 => read_founded(from)?,
            2 => Self::Invited {
                id: from.array()?,
                role: Role::read(from)?,
                last_day: from.u32()?,
                exchange: from.short(EXCHANGE_BYTES)?.to_vec(),
            },
            3 => Self::Joined(Joining::read(from)?),
            4 => Self::Removed { member: from.array()?, epoch: from.recipient()? },
            5 => Self::RoleChanged { member: from.array()?, role: Role::read(from)? },
            6 => Self::PolicyChanged(Policy::read(from)?),
            7 => Self::EpochStarted(from.recipient()?),
            8 => Self::RecoveryChanged(Recovery::read(from)?),
            9 => Self::Recovered { member: Member::read(from)?, epoch: from.recipient()? },
            _ => return Err(Refusal::Malformed),
        })
    }
}

fn read_founded(from: &mut Reader<'_>) -> Result<Act, Refusal> {
    let (nonce, policy) = (from.array()?, Policy::read(from)?);
    let (recovery, epoch) = (Recovery::read(from)?, from.recipient()?);
    let count = usize::from(from.u8()?);
    if count > MEMBERS {
        return Err(Refusal::TooLarge);
    }
    let members = (0..count).map(|_| Member::read(from)).collect::<Result<_, _>>()?;
    Ok(Act::Founded { nonce, policy, recovery, epoch, members })
}

impl Joining {
    fn write(&self, out: &mut Vec<u8>) {
        self.member.write(out);
        option(out, self.invitation.as_ref(), |id, out| out.extend_from_slice(id));
        short(&self.welcome, out);
        option(out, self.replaces.as_ref(), |(key, epoch), out| {
            out.extend_from_slice(key);
            out.extend_from_slice(&*epoch.0);
        });
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            member: Member::read(from)?,
            invitation: from.option(Reader::array)?,
            welcome: from.short(WELCOME_BYTES)?.to_vec(),
            replaces: from.option(|from| Ok((from.array()?, from.recipient()?)))?,
        })
    }
}

fn short(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&(bytes.len() as u16).to_be_bytes());
    out.extend_from_slice(bytes);
}
