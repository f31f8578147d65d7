//! What is inside a sealed entry: one part of one submission (docs/FORMAT.md §3).

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::dropbox::Dropbox;
use crate::hex::{Group, Hash, Hex};
use crate::limits::{
    ALIAS_BYTES, ENTRY_JSON_BYTES, FILE_NAME_BYTES, MEDIA_TYPE_BYTES, REASON_BYTES, ROUTE_BYTES,
    SENDER_BYTES, TEXT_JSON_BYTES,
};
use crate::outcome::{Outcome, State};

/// The only version there is.
const VERSION: u32 = 1;
/// Bytes of the length before the JSON.
const LENGTH_BYTES: usize = 4;
/// Bytes of JSON that one byte of text can become.
const LONGEST_ESCAPE: usize = 6;
/// Up to this many bytes, room for the worst case costs less than counting.
const SMALL_ROOM: usize = 16 * 1024;
/// More than all of an entry's JSON but its words takes.
const FIXED_BYTES: usize = 512;

/// One part and where it belongs.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// Shared by the parts of one submission.
    pub group: Group,
    /// This part's place in its submission, from 0.
    pub index: u32,
    /// When the server took it, unix seconds. It exists only inside the seal.
    pub arrived: u64,
    /// How it came.
    pub channel: Channel,
    /// The language of the page it was written on: "fa" or "en".
    pub language: String,
    /// The made-up name by which the desk knows one messenger source; at most [`ALIAS_BYTES`].
    pub alias: Option<Zeroizing<String>>,
    /// The place of the part that this one is a newer version of.
    pub revises: Option<u32>,
    /// What is known of its source.
    pub origin: Option<Box<Origin>>,
    /// What came.
    pub part: Part,
}

/// What is known of a part's source.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// When the source wrote it, by the platform's clock, unix seconds.
    pub wrote: Option<u64>,
    /// Where an answer goes: sealed by the server, which does not keep it (docs/FORMAT.md §17); at
    /// most [`ROUTE_BYTES`].
    pub route: Option<Zeroizing<String>>,
    /// What the platform calls the source, where the operator chose to keep it; at most
    /// [`SENDER_BYTES`].
    pub sender: Option<Zeroizing<String>>,
    /// The same for one source, and for no other, as long as the alias is: two may have one alias.
    pub person: Option<Hex<16>>,
    /// Where answers to a codename go.
    pub dropbox: Option<Dropbox>,
}

/// How a part came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// The form on the web page.
    Web,
    /// A Telegram bot.
    Telegram,
    /// A Signal number.
    Signal,
    /// A WhatsApp number.
    Whatsapp,
    /// An Instagram account.
    Instagram,
    /// A sealed file that somebody carried.
    Carried,
    /// A channel this version does not know.
    #[serde(other)]
    Unknown,
}

/// What came.
#[derive(Clone, PartialEq, Eq)]
pub enum Part {
    /// Words.
    Text(Zeroizing<String>),
    /// A file, whose bytes are a blob.
    Attachment(Attachment),
    /// The source asks that an earlier part be deleted, or all of the submission.
    Deletion(Option<u32>),
    /// What the channel could not read, as it came.
    Unreadable(Zeroizing<Vec<u8>>),
    /// A file that a desk keeps to send with a reply. No part of a submission.
    Kept(Attachment),
    /// What became of a reply; its group is the reply's id. No part of a submission.
    Outcome(Outcome),
    /// A kind this version does not know; newer desks read it.
    Unknown,
}

/// A file a source sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// SHA-256 of the sealed blob.
    pub blob: Hash,
    /// True size of what arrived, in bytes, before padding.
    pub size: u64,
    /// The media type the sender's program stated; never believed.
    pub media_type: Zeroizing<String>,
    /// The name the sender's program stated; never used as a path.
    pub name: Zeroizing<String>,
    /// The line broke: this is only the beginning of the file.
    pub cut: bool,
}

/// Why bytes are not an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// The length points past the end or past the limit.
    Length,
    /// Something other than zeros follows the JSON.
    Padding,
    /// The JSON is not an entry's.
    Json,
    /// A version this program does not know.
    Version(u32),
}

#[derive(Serialize, Deserialize)]
struct Body<'a> {
    v: u32,
    kind: std::borrow::Cow<'a, str>,
    group: Group,
    index: u32,
    arrived: u64,
    channel: Channel,
    #[serde(default)]
    language: std::borrow::Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    alias: Option<Zeroizing<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revises: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of: Option<u32>,
    /// Base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    raw: Option<Zeroizing<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Zeroizing<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blob: Option<Hash>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_type: Option<Zeroizing<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Zeroizing<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cut: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wrote: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    route: Option<Zeroizing<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sender: Option<Zeroizing<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    person: Option<Hex<16>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dropbox: Option<Hex<16>>,
    /// Base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dropbox_key: Option<Zeroizing<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state: Option<std::borrow::Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<u32>,
}

impl Entry {
    /// The entry's bytes before padding: big-endian length, then JSON.
    ///
    /// Fails with [`Malformed::Length`] when the JSON would be over [`ENTRY_JSON_BYTES`].
    pub fn encode(self) -> Result<Zeroizing<Vec<u8>>, Malformed> {
        // Room for all of it: growing would leave copies of the words behind.
        let mut out = Zeroizing::new(Vec::with_capacity(self.room()));
        out.extend_from_slice(&[0; LENGTH_BYTES]);
        serde_json::to_writer(&mut *out, &self.into_body()).map_err(|_| Malformed::Json)?;
        let length = out.len() - LENGTH_BYTES;
        if length > ENTRY_JSON_BYTES {
            return Err(Malformed::Length);
        }
        out[..LENGTH_BYTES].copy_from_slice(&(length as u32).to_be_bytes());
        Ok(out)
    }

    fn room(&self) -> usize {
        let in_json = |text: &str| match text.len() * LONGEST_ESCAPE {
            room @ ..=SMALL_ROOM => room,
            _ => text.chars().map(json_bytes).sum(),
        };
        let words = match &self.part {
            Part::Text(text) => in_json(text),
            Part::Attachment(attachment) | Part::Kept(attachment) => {
                in_json(&attachment.name) + in_json(&attachment.media_type)
            }
            Part::Unreadable(raw) => raw.len() * 2,
            Part::Deletion(_) | Part::Unknown => 0,
            Part::Outcome(_) => REASON_BYTES * LONGEST_ESCAPE,
        };
        let origin = self.origin.as_ref().map_or(0, |origin| {
            let sender = origin.sender.as_ref().map_or(0, |sender| in_json(sender));
            let dropbox = origin.dropbox.as_ref().map_or(0, |dropbox| dropbox.key.len() * 2);
            origin.route.as_ref().map_or(0, |route| route.len()) + sender + dropbox
        });
        FIXED_BYTES + words + origin
    }

    /// Reads an opened entry: the length, the JSON and the zeros after it.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let (length, rest) = bytes.split_first_chunk::<LENGTH_BYTES>().ok_or(Malformed::Length)?;
        let length = u32::from_be_bytes(*length) as usize;
        if length > ENTRY_JSON_BYTES {
            return Err(Malformed::Length);
        }
        let (json, padding) = rest.split_at_checked(length).ok_or(Malformed::Length)?;
        // No early end: so the compiler may look at many bytes at once.
        if padding.iter().fold(0, |all, byte| all | byte) != 0 {
            return Err(Malformed::Padding);
        }
        Self::from_json(json)
    }

    fn from_json(json: &[u8]) -> Result<Self, Malformed> {
        match serde_json::from_slice::<Body<'_>>(json) {
            Ok(body) if body.v == VERSION => Self::from_body(body).ok_or(Malformed::Json),
            _ => Err(misread(json)),
        }
    }

    fn from_body(body: Body<'_>) -> Option<Self> {
        let part = match &*body.kind {
            "text" => Part::Text(body.text?),
            kind @ ("attachment" | "kept") => {
                let attachment = Attachment {
                    blob: body.blob?,
                    size: body.size?,
                    media_type: body.media_type?,
                    name: body.name?,
                    cut: body.cut?,
                };
                if kind == "kept" { Part::Kept(attachment) } else { Part::Attachment(attachment) }
            }
            "deletion" => Part::Deletion(body.of),
            "unreadable" => Part::Unreadable(unbase64(&body.raw?)?),
            "outcome" => Part::Outcome(Outcome {
                state: State::read(&body.state?),
                reason: body.reason.filter(|reason| reason.len() <= REASON_BYTES),
                code: body.code,
            }),
            _ => Part::Unknown,
        };
        let origin = Origin {
            wrote: body.wrote,
            route: body.route.filter(|route| route.len() <= ROUTE_BYTES),
            sender: body.sender.filter(|sender| sender.len() <= SENDER_BYTES),
            person: body.person,
            dropbox: body
                .dropbox
                .zip(body.dropbox_key)
                .and_then(|(id, key)| Dropbox::read(id, &key)),
        };
        let origin = (origin != Origin::default()).then(|| Box::new(origin));
        let alias = body.alias.filter(|alias| alias.len() <= ALIAS_BYTES);
        Some(Self {
            group: body.group,
            index: body.index,
            arrived: body.arrived,
            channel: body.channel,
            language: body.language.into_owned(),
            alias,
            revises: body.revises,
            origin,
            part,
        })
    }

    fn into_body(self) -> Body<'static> {
        let mut body = Body {
            v: VERSION,
            kind: "unknown".into(),
            group: self.group,
            index: self.index,
            arrived: self.arrived,
            channel: self.channel,
            language: self.language.into(),
            alias: self.alias,
            revises: self.revises,
            of: None,
            raw: None,
            text: None,
            blob: None,
            size: None,
            media_type: None,
            name: None,
            cut: None,
            wrote: None,
            route: None,
            sender: None,
            person: None,
            dropbox: None,
            dropbox_key: None,
            state: None,
            reason: None,
            code: None,
        };
        if let Some(origin) = self.origin {
            (body.wrote, body.route, body.sender) = (origin.wrote, origin.route, origin.sender);
            body.person = origin.person;
            body.dropbox = origin.dropbox.as_ref().map(|dropbox| dropbox.id);
            body.dropbox_key = origin.dropbox.as_ref().map(Dropbox::key_text);
        }
        match self.part {
            Part::Text(text) => (body.kind, body.text) = ("text".into(), Some(text)),
            Part::Attachment(attachment) => attachment.fill(&mut body),
            Part::Kept(attachment) => {
                attachment.fill(&mut body);
                body.kind = "kept".into();
            }
            Part::Deletion(of) => (body.kind, body.of) = ("deletion".into(), of),
            Part::Unreadable(raw) => {
                let raw = Zeroizing::new(BASE64.encode(&raw));
                (body.kind, body.raw) = ("unreadable".into(), Some(raw));
            }
            Part::Outcome(outcome) => {
                (body.kind, body.state) = ("outcome".into(), Some(outcome.state.word().into()));
                (body.reason, body.code) = (outcome.reason, outcome.code);
            }
            Part::Unknown => {}
        }
        body
    }
}

impl Attachment {
    fn fill(self, body: &mut Body<'static>) {
        body.kind = "attachment".into();
        body.blob = Some(self.blob);
        body.size = Some(self.size);
        let media_type = prefix(&self.media_type, MEDIA_TYPE_BYTES);
        body.media_type = Some(Zeroizing::new(media_type.to_owned()));
        body.name = Some(Zeroizing::new(suffix(&self.name, FILE_NAME_BYTES).to_owned()));
        body.cut = Some(self.cut);
    }
}

fn unbase64(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    BASE64.decode(text.as_bytes()).ok().map(Zeroizing::new)
}

/// Why JSON is not an entry's: a version of which nothing more is known, or none at all.
fn misread(json: &[u8]) -> Malformed {
    #[derive(Deserialize)]
    struct Version {
        v: u32,
    }
    match serde_json::from_slice(json) {
        Ok(Version { v }) if v != VERSION => Malformed::Version(v),
        _ => Malformed::Json,
    }
}

/// Cuts a text into pieces whose JSON form is at most [`TEXT_JSON_BYTES`], at line ends where
/// one is near, so that no length of text is refused for the format's sake.
pub fn text_parts(text: &str) -> impl Iterator<Item = &str> {
    pieces(text, TEXT_JSON_BYTES)
}

/// Pieces whose JSON form is at most `most` bytes.
pub(crate) fn pieces(text: &str, most: usize) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, after) = rest.split_at(piece_end(rest, most));
        rest = after;
        Some(piece)
    })
}

fn piece_end(text: &str, most: usize) -> usize {
    if text.len() * LONGEST_ESCAPE <= most {
        return text.len();
    }
    let mut used = 0;
    let mut last_line_end = 0;
    for (at, c) in text.char_indices() {
        used += json_bytes(c);
        if used > most {
            return if last_line_end > at / 2 { last_line_end } else { at };
        }
        if c == '\n' {
            last_line_end = at + 1;
        }
    }
    text.len()
}

/// Bytes `c` takes inside a JSON string as serde_json writes it.
fn json_bytes(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        c if c < ' ' => 6,
        c => c.len_utf8(),
    }
}

fn prefix(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn suffix(text: &str, most: usize) -> &str {
    let mut start = text.len().saturating_sub(most);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    &text[start..]
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Entry(…)")
    }
}

impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Part(…)")
    }
}

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Length => f.write_str("the entry's length does not fit"),
            Self::Padding => f.write_str("the entry's padding is not zeros"),
            Self::Json => f.write_str("the entry's body is not one this program knows"),
            Self::Version(v) => write!(f, "the entry is of version {v}"),
        }
    }
}

impl std::error::Error for Malformed {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(part: Part) -> Entry {
        Entry {
            group: Hex([0xab; 16]),
            index: 3,
            arrived: 1_763_800_000,
            channel: Channel::Web,
            language: "fa".into(),
            alias: None,
            revises: None,
            origin: None,
            part,
        }
    }

    fn text(words: &str) -> Entry {
        entry(Part::Text(Zeroizing::new(words.to_owned())))
    }

    fn attachment(name: &str) -> Entry {
        entry(Part::Attachment(Attachment {
            blob: Hex([1; 32]),
            size: u64::MAX,
            media_type: Zeroizing::new("video/mp4".to_owned()),
            name: Zeroizing::new(name.to_owned()),
            cut: true,
        }))
    }

    #[test]
    fn the_bytes_are_those_of_the_format_document() {
        let bytes = text("سلام").encode().unwrap();
        let json = r#"{"v":1,"kind":"text","group":"abababababababababababababababab","index":3,"arrived":1763800000,"channel":"web","language":"fa","text":"سلام"}"#;
        assert_eq!(&bytes[..4], (json.len() as u32).to_be_bytes());
        assert_eq!(&bytes[4..], json.as_bytes());
    }

    #[test]
    fn unknown_kinds_channels_and_fields_are_tolerated_and_unknown_versions_named() {
        let json = br#"{"v":1,"kind":"dance","group":"abababababababababababababababab","index":0,"arrived":1,"channel":"pigeon","later":[1]}"#;
        let read = Entry::from_json(json).unwrap();
        assert!(read.part == Part::Unknown && read.channel == Channel::Unknown);
        assert_eq!(Entry::from_json(br#"{"v":9,"new":1}"#), Err(Malformed::Version(9)));
    }

    #[test]
    fn malformed_entries_are_named() {
        let table: [(&[u8], Malformed); 6] = [
            (b"", Malformed::Length),
            (b"\0\0\0\x05abc", Malformed::Length),
            (b"\xff\xff\xff\xff{}", Malformed::Length),
            (b"\0\0\0\x02{}\0\x01", Malformed::Padding),
            (b"\0\0\0\x02{}\0\0", Malformed::Json),
            (b"\0\0\0\x07{\"v\":1}", Malformed::Json),
        ];
        for (bytes, expected) in table {
            assert_eq!(Entry::decode(bytes), Err(expected));
        }
    }

    #[test]
    fn nothing_a_source_wrote_is_printed() {
        assert_eq!(format!("{:?}", text("راز")), "Entry(…)");
        assert_eq!(format!("{:?}", attachment("راز.jpg").part), "Part(…)");
    }

    proptest! {
        #[test]
        fn entries_come_back(words in ".{0,300}", name in ".{0,200}", zeros in 0usize..5000, of: Option<u32>) {
            let raw = entry(Part::Unreadable(Zeroizing::new(name.clone().into_bytes())));
            let mut named = entry(Part::Deletion(of));
            (named.alias, named.revises) = (Some(Zeroizing::new("heron 12".into())), of);
            let (route, sender) = (Some(Zeroizing::new("r".repeat(492))), Some(Zeroizing::new(name.chars().take(100).collect())));
            named.origin = Some(Box::new(Origin { wrote: of.map(u64::from), route, sender, person: of.map(|_| Hex([5; 16])), dropbox: of.map(|_| Dropbox { id: Hex([6; 16]), key: Box::new([9; 1216]) }) }));
            let outcome = Outcome { state: State::Failed, reason: of.map(|_| "window".into()), code: of };
            let outcome = entry(Part::Outcome(outcome));
            let Part::Attachment(file) = attachment(&name).part else { unreachable!() };
            let kept = entry(Part::Kept(file));
            for entry in [kept, text(&words), attachment(&name), raw, named, outcome] {
                let mut bytes = entry.clone().encode().unwrap().to_vec();
                bytes.resize(bytes.len() + zeros, 0);
                prop_assert!(Entry::decode(&bytes) == Ok(entry));
            }
        }

        #[test]
        fn decoding_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
            let _ = Entry::decode(&bytes);
        }

        #[test]
        fn every_piece_of_a_long_text_fits(words in "[\u{0}-\u{1f}\"\\\\a-zآ-ی😀]{0,40}", times in 1usize..4000) {
            let long = words.repeat(times);
            let pieces: Vec<&str> = text_parts(&long).collect();
            prop_assert_eq!(pieces.concat(), long.clone());
            for piece in pieces {
                prop_assert!(text(piece).encode().is_ok());
            }
        }

        #[test]
        fn over_long_names_keep_their_end(name in "[a-zآ-ی]{900,1200}") {
            let bytes = attachment(&name).encode().unwrap();
            let Part::Attachment(read) = Entry::decode(&bytes).unwrap().part else { unreachable!() };
            prop_assert!(read.name.len() <= FILE_NAME_BYTES && name.ends_with(&*read.name));
        }
    }
}
