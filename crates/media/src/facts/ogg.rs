//! OGG: the comments of Vorbis, Opus, Theora, Speex and FLAC streams (RFC 3533, Vorbis I §5).

use std::collections::BTreeMap;

use super::bytes::{array, le32, words};
use super::dates::iso6709;
use crate::FactKind;
use crate::fact::Facts;

/// Most pages that are looked at, most streams, most bytes of a packet, most comments.
const PAGES: usize = 4096;
const STREAMS: usize = 16;
const PACKET_BYTES: usize = 16 << 20;
const COMMENTS: usize = 1024;

/// What comes before the comments.
const MARKS: [&[u8]; 4] = [b"\x03vorbis", b"OpusTags", b"\x81theora", b"\x84\0\0\0"];

/// The packets of a stream that came so far: the comments are in the second or a later one.
#[derive(Default)]
struct Stream {
    packet: Vec<u8>,
    packets: usize,
}

/// What the streams that begin in `head` say.
pub(super) fn read(head: &[u8], facts: &mut Facts) {
    let mut streams: BTreeMap<[u8; 4], Stream> = BTreeMap::new();
    let mut at = 0;
    for _ in 0..PAGES {
        let (Some(b"OggS"), Some(serial)) = (head.get(at..at + 4), array(head, at + 14)) else {
            return;
        };
        let count = head.get(at + 26).map_or(0, |count| usize::from(*count));
        let Some(lacing) = head.get(at + 27..at + 27 + count) else {
            return;
        };
        at += 27 + count;
        if streams.len() >= STREAMS && !streams.contains_key(&serial) {
            return;
        }
        let stream = streams.entry(serial).or_default();
        for length in lacing {
            let length = usize::from(*length);
            stream.take(head.get(at..at + length).unwrap_or_default(), length < 255, facts);
            at += length;
        }
    }
}

impl Stream {
    /// A segment of the present packet, and whether it is its last.
    fn take(&mut self, segment: &[u8], last: bool, facts: &mut Facts) {
        // Headers come first; no codec has more than these.
        if self.packets > 16 || self.packet.len() > PACKET_BYTES {
            return;
        }
        self.packet.extend(segment);
        if last {
            self.packets += 1;
            packet(&self.packet, facts);
            self.packet.clear();
        }
    }
}

fn packet(packet: &[u8], facts: &mut Facts) {
    if let Some(mark) = MARKS.iter().find(|mark| packet.starts_with(mark)) {
        // FLAC's block header is all of its mark but its length.
        comments(&packet[mark.len()..], facts);
    } else if packet.first().is_some_and(|b| b & 0x7F == 4) {
        comments(packet.get(4..).unwrap_or_default(), facts);
    } else if packet.first().is_some_and(|b| b & 0x7F == 6) {
        facts.add(FactKind::Thumbnail, "FLAC");
    }
}

/// The vendor, then a list; every length in four bytes.
fn comments(body: &[u8], facts: &mut Facts) {
    let Some((vendor, mut rest)) = one(body) else { return };
    facts.add(FactKind::Software, &words(vendor));
    let count = le32(rest, 0).unwrap_or(0).min(COMMENTS);
    rest = rest.get(4..).unwrap_or_default();
    for _ in 0..count {
        let Some((comment, next)) = one(rest) else { return };
        let comment = words(comment);
        let (name, value) = comment.split_once('=').unwrap_or(("", &comment));
        tell(name, value, facts);
        rest = next;
    }
}

fn one(body: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = le32(body, 0)?;
    body.get(4..)?.split_at_checked(length)
}

/// A comment by its name, as people name them in Vorbis, Matroska and free frames of ID3.
pub(super) fn tell(name: &str, value: &str, facts: &mut Facts) {
    let kind = match name.to_ascii_uppercase().as_str() {
        "LOCATION" | "GEO_LOCATION" | "GPS" => return facts.add(FactKind::Place, &iso6709(value)),
        "DATE" | "CREATION_TIME" | "YEAR" => FactKind::Time,
        "MAKE" | "MODEL" | "DEVICE" => FactKind::Device,
        "SERIAL" | "ISRC" => FactKind::Serial,
        "ARTIST" | "PERFORMER" | "COMPOSER" | "AUTHOR" | "COPYRIGHT" | "ORGANIZATION" => {
            FactKind::Author
        }
        "CONTACT" | "OWNER" => FactKind::Owner,
        "ENCODER" | "ENCODED_BY" | "ENCODER_OPTIONS" | "SOFTWARE" => FactKind::Software,
        "TITLE" | "ALBUM" => FactKind::Title,
        "COMMENT" | "DESCRIPTION" => FactKind::Comment,
        // Matroska's statistics, which every writer needs.
        "DURATION" => return,
        "METADATA_BLOCK_PICTURE" | "COVERART" => return facts.add(FactKind::Thumbnail, name),
        _ => return facts.add(FactKind::Other, &format!("{name}: {value}")),
    };
    facts.add(kind, value);
}
