//! An event as it is signed, and the bytes that are sealed (docs/FORMAT.md §14.1).

use payamgir_roster::{Hash, Key, message, verify};
use payamgir_wire::hex::Hex;
use serde::{Deserialize, Serialize};

use crate::{Act, EVENT_BYTES, Id, Ignored};

const VERSION: u32 = 1;
/// What events are signed under.
const DOMAIN: &[u8] = b"payamgir work 1";
const SIGNED_BYTES: usize = 32 + 64;
const LENGTH_BYTES: usize = 4;

/// One thing a member did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// The desk.
    pub desk: Hash,
    /// Random: what comes twice is known by it.
    pub id: Id,
    /// Records of the log that its author had seen.
    pub seen: u64,
    /// When, by its author's clock, in unix seconds. Shown and not relied on.
    pub made: u64,
    /// What.
    pub act: Act,
}

#[derive(Serialize, Deserialize)]
struct Body {
    v: u32,
    desk: Hex<32>,
    id: Id,
    seen: u64,
    made: u64,
    #[serde(flatten)]
    act: Act,
}

/// An event and its author's signature.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    /// Who.
    pub author: Key,
    signature: [u8; 64],
    /// The JSON that is signed: kept as it came, there may be fields this version does not know.
    json: Vec<u8>,
}

impl Event {
    fn encode(&self) -> Vec<u8> {
        let Self { desk, id, seen, made, act } = self.clone();
        let body = Body { v: VERSION, desk: Hex(desk), id, seen, made, act };
        serde_json::to_vec(&body).expect("an event has no map with other keys than strings")
    }

    fn decode(json: &[u8]) -> Result<Self, Ignored> {
        let body: Body = serde_json::from_slice(json).map_err(|_| unread(json))?;
        if body.v != VERSION {
            return Err(Ignored::Unknown);
        }
        body.act.check()?;
        let Body { desk, id, seen, made, act, .. } = body;
        Ok(Self { desk: desk.0, id, seen, made, act })
    }
}

/// Why JSON is not an event's: an act or a version that is not known here, or none at all.
fn unread(json: &[u8]) -> Ignored {
    #[derive(Deserialize)]
    struct Any {
        v: u32,
        act: String,
    }
    match serde_json::from_slice::<Any>(json) {
        Ok(any) if any.v != VERSION || !KNOWN.contains(&&*any.act) => Ignored::Unknown,
        _ => Ignored::Malformed,
    }
}

const KNOWN: [&str; 26] = [
    "assign",
    "note",
    "label",
    "check",
    "resolve",
    "reopen",
    "snooze",
    "quarantine",
    "redact",
    "draft",
    "approve",
    "queue",
    "withdraw",
    "erase",
    "canned",
    "hide",
    "call",
    "item",
    "edition",
    "bulletin",
    "propose",
    "endorse",
    "recall",
    "serve",
    "drop",
    "post",
];

impl Signed {
    /// Signs; `sign` is asked once. [`Ignored::Malformed`] where no desk would take it.
    pub fn new(
        event: &Event,
        author: Key,
        sign: impl FnOnce(&[u8]) -> [u8; 64],
    ) -> Result<Self, Ignored> {
        event.act.check()?;
        let json = event.encode();
        if json.len() + SIGNED_BYTES > EVENT_BYTES {
            return Err(Ignored::Malformed);
        }
        let signature = sign(&message(DOMAIN, &json));
        Ok(Self { author, signature, json })
    }

    /// The bytes before padding: the length of the rest, the author, the signature, the JSON.
    pub fn encode(&self) -> Vec<u8> {
        let length = (SIGNED_BYTES + self.json.len()) as u32;
        [&length.to_be_bytes()[..], &self.author, &self.signature, &self.json].concat()
    }

    /// Reads opened bytes; only zeros may follow. Nothing is verified here.
    pub fn decode(bytes: &[u8]) -> Result<Self, Ignored> {
        let (length, rest) = bytes.split_first_chunk::<LENGTH_BYTES>().ok_or(Ignored::Malformed)?;
        let length = u32::from_be_bytes(*length) as usize;
        let (body, padding) = rest.split_at_checked(length).ok_or(Ignored::Malformed)?;
        if length > EVENT_BYTES || padding.iter().any(|byte| *byte != 0) {
            return Err(Ignored::Malformed);
        }
        let (author, body) = body.split_first_chunk().ok_or(Ignored::Malformed)?;
        let (signature, json) = body.split_first_chunk().ok_or(Ignored::Malformed)?;
        Ok(Self { author: *author, signature: *signature, json: json.to_vec() })
    }

    /// The event, without asking whose signature it bears.
    pub fn event(&self) -> Result<Event, Ignored> {
        Event::decode(&self.json)
    }

    /// Whether the signature fits.
    pub fn verify(&self) -> Result<(), Ignored> {
        verify(&self.author, &message(DOMAIN, &self.json), &self.signature)
            .map_err(|_| Ignored::Signature)
    }
}

impl std::fmt::Debug for Signed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signed(…)")
    }
}
