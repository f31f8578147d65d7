//! WAV: `LIST INFO`, broadcast's `bext`, and an ID3 tag among its chunks.

use std::io::Read;

use super::bytes::{array, le32, until_nul, words};
use super::{id3, take, xmp};
use crate::fact::Facts;
use crate::{FactKind, Refusal};

/// Most chunks of a file, and most bytes of one that is looked into.
const CHUNKS: usize = 4096;
const CHUNK_BYTES: usize = 16 << 20;

/// Which entries of `LIST INFO` say what.
const NAMES: [(&[u8; 4], FactKind); 9] = [
    (b"IART", FactKind::Author),
    (b"ICOP", FactKind::Author),
    (b"IENG", FactKind::Author),
    (b"ISFT", FactKind::Software),
    (b"INAM", FactKind::Title),
    (b"ISBJ", FactKind::Title),
    (b"ICMT", FactKind::Comment),
    (b"ICRD", FactKind::Time),
    (b"ISRC", FactKind::Device),
];

/// What a file says, read from its beginning to its end.
pub(super) fn read(input: &mut impl Read, facts: &mut Facts) -> Result<(), Refusal> {
    take(input, 12, &mut vec![])?;
    for _ in 0..CHUNKS {
        let mut head = vec![];
        take(input, 8, &mut head)?;
        let (Some(name), Some(size)) = (array::<4>(&head, 0), le32(&head, 4)) else {
            return Ok(());
        };
        // Chunks begin at even places.
        let padded = size + size % 2;
        let mut body = vec![];
        if matches!(&name, b"LIST" | b"bext" | b"id3 " | b"ID3 " | b"_PMX" | b"iXML") {
            take(input, padded.min(CHUNK_BYTES), &mut body)?;
        }
        let rest = (padded - body.len().min(padded)) as u64;
        let skipped = std::io::copy(&mut input.take(rest), &mut std::io::sink());
        skipped.map_err(|_| Refusal::Malformed)?;
        chunk(&name, &body, facts);
    }
    Ok(())
}

fn chunk(name: &[u8; 4], body: &[u8], facts: &mut Facts) {
    match name {
        b"LIST" if body.starts_with(b"INFO") => info(&body[4..], facts),
        b"bext" => broadcast(body, facts),
        b"id3 " | b"ID3 " => id3::read(body, &[], facts),
        b"_PMX" => xmp::scan(body, facts),
        b"iXML" => facts.add(FactKind::Other, "iXML"),
        _ => {}
    }
}

fn info(mut list: &[u8], facts: &mut Facts) {
    while let (Some(name), Some(size)) = (array::<4>(list, 0), le32(list, 4)) {
        let Some(value) = list.get(8..8 + size) else { return };
        let kind = NAMES.iter().find(|(known, _)| **known == name).map(|(_, kind)| *kind);
        facts.add(kind.unwrap_or(FactKind::Other), &words(until_nul(value).0));
        list = list.get(8 + size + size % 2..).unwrap_or_default();
    }
}

/// EBU Tech 3285: description, originator, its reference, date and time, in fixed widths.
fn broadcast(body: &[u8], facts: &mut Facts) {
    let fields = [
        (0..256, FactKind::Comment),
        (256..288, FactKind::Author),
        (288..320, FactKind::Serial),
        (320..338, FactKind::Time),
    ];
    for (range, kind) in fields {
        facts.add(kind, &words(until_nul(body.get(range).unwrap_or_default()).0));
    }
}
