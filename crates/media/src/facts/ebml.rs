//! WebM (RFC 8794, RFC 9559): a flat walk over a file as it comes, in which whatever holds
//! others is entered and whatever does not speak is read past. Sizes that are unknown, as a
//! browser writes them, need no care that way.

use std::io::Read;

use super::bytes::words;
use super::{ogg, take};
use crate::fact::Facts;
use crate::{FactKind, Refusal};

/// Most elements of a file, and most bytes of one that is looked into.
const ELEMENTS: usize = 1 << 20;
const TEXT_BYTES: u64 = 64 * 1024;

/// EBML, Segment, Info, Tracks, TrackEntry, Tags, Tag, SimpleTag.
const HOLDERS: [u64; 8] =
    [0x1A45_DFA3, 0x1853_8067, 0x1549_A966, 0x1654_AE6B, 0xAE, 0x1254_C367, 0x7373, 0x67C8];
const CLUSTER: u64 = 0x1F43_B675;
const TAG_NAME: u64 = 0x45A3;
const TAG_STRING: u64 = 0x4487;

/// Title, the track's name, muxer, writer, the segment's UID, an attached file's name.
const NAMES: [(u64, FactKind); 6] = [
    (0x7BA9, FactKind::Title),
    (0x536E, FactKind::Title),
    (0x4D80, FactKind::Software),
    (0x5741, FactKind::Software),
    (0x466E, FactKind::Other),
    (0x4660, FactKind::Other),
];
const DATE: u64 = 0x4461;

/// What a file says, read from its beginning to its end.
pub(super) fn read(input: &mut impl Read, facts: &mut Facts) -> Result<(), Refusal> {
    let mut tag = String::new();
    for _ in 0..ELEMENTS {
        let (Some((id, _)), Some(size)) = (number(input, false)?, number(input, true)?) else {
            return Ok(());
        };
        let (size, known) = size;
        if HOLDERS.contains(&id) || id == CLUSTER && !known {
            continue;
        }
        let mut body = vec![];
        if size <= TEXT_BYTES && (id < 0x1_0000) {
            take(input, usize::try_from(size).unwrap_or(0), &mut body)?;
        } else {
            let skipped = std::io::copy(&mut input.take(size), &mut std::io::sink());
            skipped.map_err(|_| Refusal::Malformed)?;
        }
        tell(id, &body, &mut tag, facts);
    }
    Err(Refusal::TooLarge)
}

/// A number of variable length, with its mark or without, and whether it is a known size;
/// `None` at the end, or where there is no number.
fn number(input: &mut impl Read, bare: bool) -> Result<Option<(u64, bool)>, Refusal> {
    let mut bytes = vec![];
    take(input, 1, &mut bytes)?;
    let Some(first) = bytes.first().copied().filter(|first| *first != 0) else {
        return Ok(None);
    };
    let more = first.leading_zeros();
    take(input, usize::try_from(more).unwrap_or(0), &mut bytes)?;
    let whole = bytes.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    // Seven bits of each byte are the number.
    let mask = (1_u64 << (7 * (more + 1))) - 1;
    Ok(Some((if bare { whole & mask } else { whole }, whole & mask != mask)))
}

fn tell(id: u64, body: &[u8], tag: &mut String, facts: &mut Facts) {
    let text = || words(body).trim_end_matches('\0').to_owned();
    match id {
        TAG_NAME => *tag = text(),
        TAG_STRING => ogg::tell(tag, &text(), facts),
        DATE => facts.add(FactKind::Time, "DateUTC"),
        _ => {
            if let Some((_, kind)) = NAMES.iter().find(|(known, _)| *known == id) {
                facts.add(*kind, &text());
            }
        }
    }
}
