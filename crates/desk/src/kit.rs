//! The recovery kit: a key that nobody holds whole, on pages of paper (docs/FORMAT.md §13).
//!
//! Enough pages together are the recovery key. It signs the one statement that makes somebody new
//! the desk, and opens what members leave for it at the server.

use std::sync::Arc;

use hkdf::Hkdf;
use payamgir_open::{Identity, Keyring, Member, open_entry};
use payamgir_roster::{Act, Fold, Hash, Key, Recipient, Recovery, Roster, Signed, Statement, kind};
use payamgir_seal::seal_entry;
use payamgir_wire::limits::DEPOSIT_BYTES;
use sha2::{Digest, Sha256};
use vsss_rs::Gf256;
use zeroize::Zeroizing;

use crate::client::Random;
use crate::keys::{self, Additions};

/// Bytes of a page, and so its words.
pub const PAGE_BYTES: usize = 40;
/// Most pages of a kit.
pub const PAGES: u8 = 16;
const VERSION: u8 = 1;
const SECRET_BYTES: usize = 32;
const KIT_BYTES: usize = 3;
/// Where a page's check begins.
const CHECK: usize = PAGE_BYTES - 2;
const SEED_BYTES: usize = 32;
const INFO: &[u8] = b"payamgir kit 1";
const LINK: &[u8] = b"payamgir kit link 1";
const TAG_DOMAIN: &[u8] = b"payamgir deposit 1\0";

/// The recovery key, whole: while a kit is made or used.
pub struct Kit {
    secret: Zeroizing<[u8; SECRET_BYTES]>,
    member: Arc<Member>,
}

/// One page's part of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Page {
    /// Its number, from 1.
    pub number: u8,
    /// How many pages bring the key back.
    pub needed: u8,
    /// Which kit: the beginning of its key's hash.
    kit: [u8; KIT_BYTES],
    share: Zeroizing<[u8; SECRET_BYTES]>,
}

/// Why pages are not a kit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAKit {
    /// These bytes are no page, or something in them is wrong.
    Page,
    /// Pages of different kits.
    Mixed,
    /// Too few different pages.
    TooFew {
        /// How many there are.
        have: u8,
        /// How many there must be.
        need: u8,
    },
    /// So many pages, or so many of them needed, there cannot be.
    Numbers,
    /// Together they are not the key that they say they are.
    Wrong,
}

impl Kit {
    /// A new one.
    pub fn new(random: &Random) -> Self {
        let mut secret = Zeroizing::new([0; SECRET_BYTES]);
        random(&mut *secret);
        Self::from_secret(secret)
    }

    fn from_secret(secret: Zeroizing<[u8; SECRET_BYTES]>) -> Self {
        let mut seed = Zeroizing::new([0; 64]);
        Hkdf::<Sha256>::new(None, &*secret).expand(INFO, &mut *seed).expect("64 bytes");
        Self { secret, member: Arc::new(Member::from_seed(&seed)) }
    }

    /// What the roster is told of it.
    pub fn recovery(&self) -> Recovery {
        let receiver = self.member.own_identity().map(keys::recipient);
        Recovery { key: self.member.verifying_key(), receiver: receiver.expect("it is its own") }
    }

    /// A proof that whoever made this kit wrote these texts: with too few pages nobody can make it.
    pub fn vouch(&self, texts: &[&str]) -> [u8; 16] {
        let mut info = LINK.to_vec();
        for text in texts {
            info.extend_from_slice(&(text.len() as u32).to_be_bytes());
            info.extend_from_slice(text.as_bytes());
        }
        let mut proof = [0; 16];
        Hkdf::<Sha256>::new(None, &*self.secret).expand(&info, &mut proof).expect("16 bytes");
        proof
    }

    /// The key that signs, to ask a server with.
    pub fn member(&self) -> Arc<Member> {
        self.member.clone()
    }

    /// Splits it into pages, any `needed` of which bring it back: 2 to [`PAGES`].
    pub fn pages(&self, needed: u8, all: u8, random: &Random) -> Result<Vec<Page>, NotAKit> {
        if needed < 2 || needed > all || all > PAGES {
            return Err(NotAKit::Numbers);
        }
        let shares =
            Gf256::split_bytes(needed.into(), all.into(), self.secret.as_slice(), Draw(random));
        let shares = shares.map_err(|_| NotAKit::Numbers)?;
        let kit = kit_of(&self.member.verifying_key());
        let page = |share: Vec<u8>| {
            let share = Zeroizing::new(share);
            let (number, bytes) = share.split_first()?;
            let share = Zeroizing::new(bytes.try_into().ok()?);
            Some(Page { number: *number, needed, kit, share })
        };
        shares.into_iter().map(page).collect::<Option<_>>().ok_or(NotAKit::Numbers)
    }

    /// Brings it back. Pages that come twice count once.
    pub fn combine(pages: &[Page]) -> Result<Self, NotAKit> {
        let first = pages.first().ok_or(NotAKit::TooFew { have: 0, need: 2 })?;
        let (kit, need) = (first.kit, first.needed);
        if pages.iter().any(|page| page.kit != kit || page.needed != need) {
            return Err(NotAKit::Mixed);
        }
        let mut different: Vec<&Page> = vec![];
        for page in pages {
            match different.iter().find(|known| known.number == page.number) {
                Some(known) if *known == page => {}
                Some(_) => return Err(NotAKit::Wrong),
                None => different.push(page),
            }
        }
        let have = different.len() as u8;
        if have < need {
            return Err(NotAKit::TooFew { have, need });
        }
        let shares: Vec<Vec<u8>> =
            different.iter().map(|page| [&[page.number][..], &*page.share].concat()).collect();
        let secret = Gf256::combine_bytes(&shares).map(Zeroizing::new);
        shares.into_iter().for_each(|share| drop(Zeroizing::new(share)));
        let secret = secret.map_err(|_| NotAKit::Wrong)?;
        let secret = Zeroizing::new(secret.as_slice().try_into().map_err(|_| NotAKit::Wrong)?);
        let whole = Self::from_secret(secret);
        if kit_of(&whole.member.verifying_key()) == kit { Ok(whole) } else { Err(NotAKit::Wrong) }
    }

    /// The epochs' keys in members' deposits, as far as the roster knows their epochs.
    pub fn open(&self, roster: &Roster, deposits: &[Vec<u8>], keyring: &mut Keyring) {
        let Some(own) = self.member.own_identity() else { return };
        for deposit in deposits {
            let sealed = deposit.get(32..).unwrap_or_default();
            let Ok(plain) = open_entry(own, sealed, DEPOSIT_BYTES) else { continue };
            for seed in seeds(&plain) {
                let identity = Identity::from_seed(seed);
                let id = keys::recipient(&identity);
                if roster.epochs().iter().any(|epoch| epoch.recipient == id) {
                    keyring.add_epoch(identity);
                }
            }
        }
    }

    /// The statement with which this kit makes `member`, by the block it shows, the desk.
    pub fn recover(
        &self,
        roster: &Roster,
        (member, keyring): (&Member, &mut Keyring),
        today: u32,
        random: &Random,
    ) -> Option<Signed> {
        let block = keys::block(member, keyring, random);
        let epoch = keys::fresh(random);
        let seat = keys::seat(&block, payamgir_roster::Role::Admin)?;
        let act = Act::Recovered { member: seat, epoch: keys::recipient(&epoch) };
        keyring.add_epoch(epoch);
        let (desk, previous) = (roster.desk(), roster.head());
        let day = today.max(roster.day());
        Some(keys::sign(&Statement { desk, previous, day, act }, &self.member))
    }
}

/// What a member leaves for the kit: the epochs it holds, sealed to it, behind a tag that says
/// which without telling them. `None` where the desk has no kit. Epochs that `additions` would start
/// are among them, except where the kit goes with whoever leaves.
pub fn deposit(fold: &Fold, keyring: &Keyring, additions: &Additions) -> Option<Vec<u8>> {
    let kit = fold.roster()?.recovery()?;
    let to = payamgir_seal::Recipient::from_bytes(&*kit.receiver.0).ok()?;
    let left = left(fold, keyring, additions);
    let seeds: Vec<&[u8; SEED_BYTES]> = left.iter().map(|epoch| &**epoch.seed()).collect();
    let mut plain = Zeroizing::new(Vec::with_capacity(2 + seeds.len() * SEED_BYTES));
    plain.extend_from_slice(&(seeds.len() as u16).to_be_bytes());
    seeds.iter().for_each(|seed| plain.extend_from_slice(&seed[..]));
    let sealed = seal_entry(&to, &plain).ok()?;
    Some([&tag(fold, keyring, additions)?[..], &sealed].concat())
}

/// The tag of the deposit that would be left now.
pub fn tag(fold: &Fold, keyring: &Keyring, additions: &Additions) -> Option<Hash> {
    let roster = fold.roster()?;
    let mut hash = Sha256::new().chain_update(TAG_DOMAIN).chain_update(roster.desk());
    hash.update(roster.recovery()?.receiver.id());
    let left = left(fold, keyring, additions);
    left.iter().for_each(|epoch| hash.update(keys::recipient(epoch).id()));
    Some(hash.finalize().into())
}

/// The epochs for the kit: those there are, and those that are coming.
fn left<'k>(fold: &Fold, keyring: &'k Keyring, additions: &Additions) -> Vec<&'k Identity> {
    let Some(roster) = fold.roster() else { return vec![] };
    let mut wanted: Vec<Recipient> = roster.epochs().iter().map(|e| e.recipient.clone()).collect();
    let sent = additions.iter().filter(|(kind, _)| *kind == kind::STATEMENT);
    let sent = sent.filter_map(|(_, body)| Some(Signed::decode(body).ok()?.statement.act));
    let waiting = roster.waiting().map(|(_, statement, _)| statement.act.clone());
    for act in waiting.chain(sent) {
        // Whoever made the kit and leaves must not find the next epoch under it.
        let kit_goes = keys::leaver(&act).is_some_and(|key| roster.signed_for_the_kit(key));
        wanted.extend(keys::epoch_of(&act).filter(|_| !kit_goes).cloned());
    }
    let held = |epoch: &&Identity| wanted.contains(&keys::recipient(epoch));
    keyring.epochs().filter(held).collect()
}

fn seeds(plain: &[u8]) -> Vec<Zeroizing<[u8; SEED_BYTES]>> {
    let Some((count, rest)) = plain.split_first_chunk::<2>() else { return vec![] };
    let (seeds, _) = rest.as_chunks::<SEED_BYTES>();
    seeds.iter().take(u16::from_be_bytes(*count).into()).map(|s| Zeroizing::new(*s)).collect()
}

/// A kit's name, by its key: six hex digits, printed on its pages too.
pub fn name(key: &Key) -> String {
    let [a, b, c] = kit_of(key);
    format!("{a:02x}{b:02x}{c:02x}")
}

fn kit_of(key: &Key) -> [u8; KIT_BYTES] {
    let hash = Sha256::digest(key);
    [hash[0], hash[1], hash[2]]
}

impl Page {
    /// The page's bytes, one for each word.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(PAGE_BYTES));
        out.extend_from_slice(&[VERSION, self.needed, self.number]);
        out.extend_from_slice(&self.kit);
        out.extend_from_slice(&*self.share);
        let check = Sha256::digest(&*out);
        out.extend_from_slice(&check[..2]);
        out
    }

    /// Reads a page.
    pub fn decode(bytes: &[u8]) -> Result<Self, NotAKit> {
        let bytes: &[u8; PAGE_BYTES] = bytes.try_into().map_err(|_| NotAKit::Page)?;
        let [version, needed, number, ..] = *bytes;
        let right = Sha256::digest(&bytes[..CHECK])[..2] == bytes[CHECK..];
        let possible = (2..=PAGES).contains(&needed) && (1..=PAGES).contains(&number);
        if version != VERSION || !right || !possible {
            return Err(NotAKit::Page);
        }
        let mut share = Zeroizing::new([0; SECRET_BYTES]);
        share.copy_from_slice(&bytes[3 + KIT_BYTES..CHECK]);
        Ok(Self { number, needed, kit: [bytes[3], bytes[4], bytes[5]], share })
    }
}

impl std::fmt::Debug for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Page({})", self.number)
    }
}

impl std::fmt::Debug for Kit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Kit(…)")
    }
}

impl std::fmt::Display for NotAKit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Page => f.write_str("not a page of a kit"),
            Self::Mixed => f.write_str("pages of different kits"),
            Self::TooFew { have, need } => write!(f, "{have} pages of {need}"),
            Self::Numbers => f.write_str("no such numbers of pages"),
            Self::Wrong => f.write_str("the pages do not fit together"),
        }
    }
}

impl std::error::Error for NotAKit {}

/// The caller's randomness, for the shares' polynomials.
struct Draw<'a>(&'a Random);

impl rand_core_10::TryRng for Draw<'_> {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut bytes = [0; 4];
        (self.0)(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut bytes = [0; 8];
        (self.0)(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Self::Error> {
        (self.0)(to);
        Ok(())
    }
}

impl rand_core_10::TryCryptoRng for Draw<'_> {}
