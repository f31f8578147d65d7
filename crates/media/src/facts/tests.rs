use std::io::{Cursor, Write};

use proptest::prelude::*;
use zip::write::SimpleFileOptions;

use super::*;
use crate::FactKind;

/// A box of ISO base media.
fn boxed(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(body.len() + 8).unwrap().to_be_bytes();
    [size.as_slice(), name, body].concat()
}

fn film() -> Vec<u8> {
    let mvhd = [[0; 4], 3_600_000_000_u32.to_be_bytes(), [0; 4]].concat();
    let xyz = boxed(b"\xA9xyz", b"\0\x12\x15\xC7+35.6892+051.3890/");
    let key = boxed(b"mdta", b"com.apple.quicktime.model");
    let keys = boxed(b"keys", &[b"\0\0\0\0\0\0\0\x01", key.as_slice()].concat());
    let data = boxed(b"data", b"\0\0\0\x01\0\0\0\0Phone 9");
    let ilst = boxed(b"ilst", &boxed(&[0, 0, 0, 1], &data));
    let hdlr = boxed(b"hdlr", &[0; 24]);
    let meta = boxed(b"meta", &[hdlr, keys, ilst].concat());
    let moov = [boxed(b"mvhd", &mvhd), boxed(b"udta", &xyz), meta].concat();
    [boxed(b"ftyp", b"qt  \0\0\0\0"), boxed(b"mdat", &[7; 100_000]), boxed(b"moov", &moov)].concat()
}

fn letter() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(vec![]));
    let members = [
        ("word/document.xml", "<w:ins w:author=\"editor of it\"/>"),
        ("docProps/core.xml", "<dc:creator>someone</dc:creator>"),
    ];
    for (name, text) in members {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn song() -> Vec<u8> {
    let frame = |name: &[u8; 4], text: &[u8]| {
        let size = u32::try_from(text.len()).unwrap().to_be_bytes();
        [name.as_slice(), &size, &[0, 0], text].concat()
    };
    let body = [frame(b"TPE1", b"\x03singer"), frame(b"TIT2", b"\x01\xFF\xFE\x33\x06")].concat();
    let size = u32::try_from(body.len()).unwrap().to_be_bytes();
    [b"ID3\x03\0\0".as_slice(), &size, &body, b"\xFF\xFB\x90\x64"].concat()
}

fn voice() -> Vec<u8> {
    let text =
        |text: &str| [&u32::try_from(text.len()).unwrap().to_le_bytes(), text.as_bytes()].concat();
    let comments = [text("the vendor"), vec![1, 0, 0, 0], text("artist=a speaker")].concat();
    let packet = [b"OpusTags".as_slice(), &comments].concat();
    let page = [b"OggS".as_slice(), &[0; 22], &[1, u8::try_from(packet.len()).unwrap()]].concat();
    [page, packet].concat()
}

fn paper() -> Vec<u8> {
    let mut zlib = flate2::write::ZlibEncoder::new(vec![], flate2::Compression::fast());
    zlib.write_all(b"1 0 <</Author (hidden writer)>>").unwrap();
    let packed = zlib.finish().unwrap();
    let open = b"%PDF-1.7\n<</Producer (a printer)>>\n2 0 obj <</Type /ObjStm>>\nstream\n";
    [open.as_slice(), &packed, b"\nendstream"].concat()
}

fn sound() -> Vec<u8> {
    let info = b"INFOIART\x06\0\0\0voice\0ISFT\x02\0\0\0ab";
    let size = u32::try_from(info.len()).unwrap().to_le_bytes();
    [b"RIFF\0\0\0\0WAVEdata\x03\0\0\0\x01\x02\x03\0LIST".as_slice(), &size, info].concat()
}

fn drawing() -> Vec<u8> {
    let packet = "<x:xmpmeta><rdf:RDF exif:GPSLatitude=\"35,30N\" exif:GPSLongitude=\"51,15E\">\
                  <dc:creator>painter</dc:creator></rdf:RDF></x:xmpmeta>";
    let jpeg = b"\xFF\xD8\xFF\xFE\0\x07words\xFF\xE1";
    let length = u16::try_from(packet.len() + 2).unwrap().to_be_bytes();
    [jpeg.as_slice(), &length, packet.as_bytes(), b"\xFF\xDA\0\x02"].concat()
}

fn samples() -> Vec<Vec<u8>> {
    vec![film(), letter(), song(), voice(), paper(), sound(), drawing()]
}

/// A sample's name, its bytes, and what must be among its facts.
type Row = (&'static str, Vec<u8>, &'static [(FactKind, &'static str)]);

#[test]
fn what_samples_say() {
    let table: [Row; 7] = [
        (
            "film",
            film(),
            &[
                (FactKind::Place, "35.689200, 51.389000"),
                (FactKind::Time, "2018-01-28 16:00:00 UTC"),
                (FactKind::Device, "Phone 9"),
            ],
        ),
        ("letter", letter(), &[(FactKind::Author, "someone"), (FactKind::Author, "editor of it")]),
        ("song", song(), &[(FactKind::Author, "singer"), (FactKind::Title, "س")]),
        ("voice", voice(), &[(FactKind::Author, "a speaker"), (FactKind::Software, "the vendor")]),
        (
            "paper",
            paper(),
            &[(FactKind::Author, "hidden writer"), (FactKind::Software, "a printer")],
        ),
        ("sound", sound(), &[(FactKind::Author, "voice"), (FactKind::Software, "ab")]),
        (
            "drawing",
            drawing(),
            &[
                (FactKind::Place, "35.500000, 51.250000"),
                (FactKind::Author, "painter"),
                (FactKind::Comment, "words"),
            ],
        ),
    ];
    for (name, bytes, want) in table {
        let facts = read(&mut bytes.as_slice()).unwrap();
        let said: Vec<_> = facts.iter().map(|f| (f.kind, f.value.as_str())).collect();
        for fact in want {
            assert!(said.contains(fact), "{name}: {fact:?} is not in {said:?}");
        }
    }
}

#[test]
fn what_nobody_can_look_into_is_refused() {
    let table: [(&[u8], Refusal); 3] = [
        (b"", Refusal::NotSupported),
        (b"only words", Refusal::NotSupported),
        (b"PK\x03\x04nothing", Refusal::Malformed),
    ];
    for (bytes, want) in table {
        assert_eq!(read(&mut &bytes[..]).err(), Some(want), "{bytes:?}");
    }
}

#[test]
fn sizes_are_limited() {
    let endless = |head: &'static [u8]| read(&mut head.chain(std::io::repeat(0))).err();
    assert_eq!(endless(b"%PDF-1.7"), Some(Refusal::TooLarge));
    assert_eq!(endless(b"\xFF\xD8\xFF\xE0"), Some(Refusal::TooLarge));
    let moov = b"\0\0\0\x10ftypqt  \0\0\0\0\x7F\0\0\0moov";
    assert_eq!(read(&mut moov.as_slice()).err(), Some(Refusal::TooLarge));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn mutated_files_are_answered(
        mut bytes in prop::sample::select(samples()),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..16),
        cut in any::<prop::sample::Index>(),
        cuts: bool,
    ) {
        flips.iter().for_each(|(at, byte)| *at.get_mut(&mut bytes) = *byte);
        let end = if cuts { cut.index(bytes.len()) } else { bytes.len() };
        if let Ok(facts) = read(&mut &bytes[..end]) {
            prop_assert!(facts.len() <= crate::FACTS);
            prop_assert!(facts.iter().all(|f| f.value.chars().count() <= crate::VALUE_CHARS));
        }
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let heads: [&[u8]; 12] = [
            b"\xFF\xD8\xFF", b"\x89PNG\r\n\x1A\n", b"RIFF\0\0\0\0WEBP", b"RIFF\0\0\0\0WAVE", b"GIF89a",
            b"%PDF-/Author(", b"OggS\0", b"ID3\x04\0\x40", b"PK\x03\x04", b"\0\0\0\x08ftypisom",
            b"\0\0\0\x08ftypheic",
            b"\x1A\x45\xDF\xA3\x87\x42\x82\x84webm",
        ];
        for head in heads {
            let _ = read(&mut [head, &bytes].concat().as_slice());
        }
    }
}
