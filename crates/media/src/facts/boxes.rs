//! MP4, MOV and M4A: a walk over the boxes that may speak (ISO/IEC 14496-12, QuickTime File
//! Format). What lies between, sound and film, is read past.

use std::io::Read;

use super::bytes::{array, be16, be32, until_nul, words};
use super::dates::{iso6709, since_1904};
use super::{take, xmp};
use crate::fact::{Facts, place};
use crate::{FactKind, Refusal};

/// Most bytes of a box that is looked into.
const BOX_BYTES: u64 = 32 << 20;
/// Most boxes of a file, and how deep they may lie.
const BOXES: usize = 20_000;
const DEPTH: usize = 8;

/// What names say in `udta`, in `ilst` and, after `com.apple.quicktime.` or alone, in `keys`.
const NAMES: [(&[u8], FactKind); 36] = [
    (b"\xA9xyz", FactKind::Place),
    (b"location.ISO6709", FactKind::Place),
    (b"location.name", FactKind::Place),
    (b"\xA9day", FactKind::Time),
    (b"creationdate", FactKind::Time),
    (b"\xA9mak", FactKind::Device),
    (b"\xA9mod", FactKind::Device),
    (b"make", FactKind::Device),
    (b"model", FactKind::Device),
    (b"camera.identifier", FactKind::Serial),
    (b"content.identifier", FactKind::Serial),
    (b"xid ", FactKind::Serial),
    (b"\xA9ART", FactKind::Author),
    (b"\xA9aut", FactKind::Author),
    (b"\xA9wrt", FactKind::Author),
    (b"\xA9dir", FactKind::Author),
    (b"aART", FactKind::Author),
    (b"auth", FactKind::Author),
    (b"perf", FactKind::Author),
    (b"author", FactKind::Author),
    (b"artist", FactKind::Author),
    (b"\xA9cpy", FactKind::Author),
    (b"cprt", FactKind::Author),
    (b"\xA9too", FactKind::Software),
    (b"\xA9swr", FactKind::Software),
    (b"software", FactKind::Software),
    (b"\xA9enc", FactKind::Software),
    (b"\xA9nam", FactKind::Title),
    (b"\xA9alb", FactKind::Title),
    (b"titl", FactKind::Title),
    (b"title", FactKind::Title),
    (b"\xA9cmt", FactKind::Comment),
    (b"\xA9des", FactKind::Comment),
    (b"desc", FactKind::Comment),
    (b"ownr", FactKind::Owner),
    (b"apID", FactKind::Owner),
];

/// Boxes that hold boxes.
const HOLDERS: [&[u8; 4]; 5] = [b"moov", b"trak", b"mdia", b"udta", b"meta"];

/// What a file says, read from its beginning to its end.
pub(super) fn read(input: &mut impl Read, facts: &mut Facts) -> Result<(), Refusal> {
    let mut walk = Walk { facts, keys: vec![], left: BOXES };
    while let Some((name, size)) = header(input)? {
        walk.left = walk.left.checked_sub(1).ok_or(Refusal::Malformed)?;
        if !matches!(&name, b"moov" | b"udta" | b"meta" | b"uuid" | b"moof") {
            skip(input, size)?;
            continue;
        }
        if size > BOX_BYTES {
            return Err(Refusal::TooLarge);
        }
        let mut body = vec![];
        take(input, usize::try_from(size).unwrap_or(0), &mut body)?;
        xmp::scan(&body, walk.facts);
        walk.open(&name, &body, 0);
    }
    Ok(())
}

/// The next box's name and the size of its body; `None` at the end.
fn header(input: &mut impl Read) -> Result<Option<([u8; 4], u64)>, Refusal> {
    let mut head = vec![];
    take(input, 8, &mut head)?;
    let (Some(size), Some(name)) = (be32(&head, 0), array(&head, 4)) else {
        return Ok(None);
    };
    match size {
        // To the end of the file.
        0 => Ok(Some((name, u64::MAX))),
        1 => {
            take(input, 8, &mut head)?;
            let size = array(&head, 8).map(u64::from_be_bytes);
            Ok(size.and_then(|size| size.checked_sub(16)).map(|size| (name, size)))
        }
        _ => Ok(u64::from(size).checked_sub(8).map(|size| (name, size))),
    }
}

fn skip(input: &mut impl Read, size: u64) -> Result<(), Refusal> {
    let skipped = std::io::copy(&mut input.take(size), &mut std::io::sink());
    skipped.map(drop).map_err(|_| Refusal::Malformed)
}

struct Walk<'a> {
    facts: &'a mut Facts,
    /// The names of `keys`, to which the entries of the next `ilst` refer by number, from 1.
    keys: Vec<Vec<u8>>,
    left: usize,
}

impl Walk<'_> {
    fn open(&mut self, name: &[u8; 4], body: &[u8], depth: usize) {
        match name {
            b"mvhd" | b"tkhd" | b"mdhd" => self.times(body),
            b"hdlr" => self.handler(body),
            b"keys" => self.keys = keys(body),
            b"ilst" => self.each(body, depth, Self::entry),
            b"udta" => self.each(body, depth, Self::user),
            b"meta" => {
                // A full box in ISO files, a plain one in QuickTime's.
                let plain = body.get(4..8) == Some(b"hdlr");
                let body = if plain { body } else { body.get(4..).unwrap_or_default() };
                self.each(body, depth, Self::open);
            }
            _ if HOLDERS.contains(&name) => self.each(body, depth, Self::open),
            _ => {}
        }
    }

    fn each(
        &mut self,
        mut bytes: &[u8],
        depth: usize,
        with: fn(&mut Self, &[u8; 4], &[u8], usize),
    ) {
        while let (Some(size), Some(name)) = (be32(bytes, 0), array(bytes, 4)) {
            let size = usize::try_from(size).unwrap_or(0);
            let Some(left) = self.left.checked_sub(1) else { return };
            let Some(body) = bytes.get(8..size).filter(|_| depth < DEPTH) else { return };
            self.left = left;
            with(self, &name, body, depth + 1);
            bytes = &bytes[size..];
        }
    }

    /// Made and changed; longer numbers in version 1.
    fn times(&mut self, body: &[u8]) {
        let time = |long: usize, short: usize| match body.first() {
            Some(1) => array(body, long).map(u64::from_be_bytes),
            _ => be32(body, short).map(u64::from),
        };
        for seconds in [time(4, 4), time(12, 8)].into_iter().flatten() {
            self.facts.add(FactKind::Time, &since_1904(seconds).unwrap_or_default());
        }
    }

    /// A track of neither sound, film nor subtitles may hold places, one for each second.
    fn handler(&mut self, body: &[u8]) {
        let (component, kind) = (body.get(4..8), body.get(8..12));
        if component != Some(b"dhlr") && matches!(kind, Some(b"meta" | b"camm" | b"gpmd")) {
            self.facts.add(FactKind::Other, "data track");
        }
    }

    /// An entry of `udta`: QuickTime's texts, 3GPP's boxes, `meta`.
    fn user(&mut self, name: &[u8; 4], body: &[u8], depth: usize) {
        match name {
            b"meta" => self.open(name, body, depth),
            b"loci" => self.loci(body),
            b"XMP_" => xmp::scan(body, self.facts),
            [0xA9, ..] => {
                let text = be16(body, 0).and_then(|length| body.get(4..4 + length));
                self.tell(name, text.unwrap_or(body));
            }
            // 3GPP TS 26.244, 8: version, flags, language, text.
            b"auth" | b"titl" | b"perf" | b"cprt" => {
                self.tell(name, body.get(6..).unwrap_or_default())
            }
            b"dscp" => self.tell(b"desc", body.get(6..).unwrap_or_default()),
            _ => self.facts.add(FactKind::Other, &words(name)),
        }
    }

    /// 3GPP TS 26.244, 8.9: a name, a role, longitude and latitude in 16.16.
    fn loci(&mut self, body: &[u8]) {
        let (name, rest) = until_nul(body.get(6..).unwrap_or_default());
        self.facts.add(FactKind::Place, &words(name));
        let fixed = |at| array(rest, at).map(|b| f64::from(i32::from_be_bytes(b)) / 65_536.0);
        if let Some(value) = fixed(5).zip(fixed(1)).and_then(|(lat, lon)| place(lat, lon)) {
            self.facts.add(FactKind::Place, &value);
        }
    }

    /// An entry of `ilst`: iTunes' name, or the number of a key; then `data`.
    fn entry(&mut self, name: &[u8; 4], body: &[u8], _depth: usize) {
        let number = usize::try_from(u32::from_be_bytes(*name)).unwrap_or(0);
        let key = number.checked_sub(1).and_then(|at| self.keys.get(at)).cloned();
        match (name, key) {
            (b"covr", _) => self.facts.add(FactKind::Thumbnail, "covr"),
            (b"----", _) => self.facts.add(FactKind::Other, &words(&visible(body))),
            (_, Some(key)) => self.tell(&key, data(body)),
            _ => self.tell(name, data(body)),
        }
    }

    fn tell(&mut self, name: &[u8], value: &[u8]) {
        let short = name.strip_prefix(b"com.apple.quicktime.").unwrap_or(name);
        let known = NAMES.iter().find(|(known, _)| *known == short);
        let text = words(value);
        match known.map(|(_, kind)| *kind) {
            Some(FactKind::Place) => self.facts.add(FactKind::Place, &iso6709(&text)),
            Some(kind) => self.facts.add(kind, &text),
            None => self.facts.add(FactKind::Other, &format!("{}: {text}", words(short))),
        }
    }
}

/// The value of a `data` box: after its header, type and locale.
fn data(body: &[u8]) -> &[u8] {
    let size = be32(body, 0).and_then(|size| usize::try_from(size).ok());
    size.and_then(|size| body.get(16..size)).unwrap_or_default()
}

/// The letters of an entry in free form.
fn visible(body: &[u8]) -> Vec<u8> {
    body.iter().map(|b| if b.is_ascii_graphic() { *b } else { b' ' }).take(1024).collect()
}

/// QuickTime's `keys`: a count, then each a size, a namespace and a name.
fn keys(body: &[u8]) -> Vec<Vec<u8>> {
    let mut keys = vec![];
    let mut at = 8;
    while let Some(size) = be32(body, at).and_then(|size| usize::try_from(size).ok()) {
        let Some(name) = at.checked_add(size).and_then(|end| body.get(at + 8..end)) else { break };
        keys.push(name.get(..256).unwrap_or(name).to_vec());
        if keys.len() >= 1024 {
            break;
        }
        at += size;
    }
    keys
}
