//! EXIF, wherever the image keeps it.

use std::io::Cursor;

use exif::{Context, Exif, Field, In, Reader, Tag, Value};

use super::bytes::{utf16, words};
use crate::FactKind;
use crate::fact::{Facts, place};

/// Which fields say what.
const FIELDS: [(Tag, FactKind); 24] = [
    (Tag::Make, FactKind::Device),
    (Tag::Model, FactKind::Device),
    (Tag::LensMake, FactKind::Device),
    (Tag::LensModel, FactKind::Device),
    (Tag(Context::Tiff, 0x013C), FactKind::Device), // HostComputer
    (Tag::BodySerialNumber, FactKind::Serial),
    (Tag::LensSerialNumber, FactKind::Serial),
    (Tag::ImageUniqueID, FactKind::Serial),
    (Tag(Context::Tiff, 0xC62F), FactKind::Serial), // CameraSerialNumber of DNG
    (Tag::Artist, FactKind::Author),
    (Tag::Copyright, FactKind::Author),
    (Tag::CameraOwnerName, FactKind::Owner),
    (Tag::Software, FactKind::Software),
    (Tag::DateTime, FactKind::Time),
    (Tag::DateTimeOriginal, FactKind::Time),
    (Tag::DateTimeDigitized, FactKind::Time),
    (Tag::GPSDateStamp, FactKind::Time),
    (Tag::OffsetTimeOriginal, FactKind::Time),
    (Tag::ImageDescription, FactKind::Title),
    (Tag::UserComment, FactKind::Comment),
    (Tag::GPSAreaInformation, FactKind::Place),
    (Tag::GPSProcessingMethod, FactKind::Other),
    (Tag::MakerNote, FactKind::Other),
    (Tag(Context::Exif, 0xA460), FactKind::Other), // CompositeImage
];

/// Windows' own fields, in UTF-16.
const WINDOWS: [(u16, FactKind); 5] = [
    (0x9C9B, FactKind::Title),
    (0x9C9C, FactKind::Comment),
    (0x9C9D, FactKind::Author),
    (0x9C9E, FactKind::Comment),
    (0x9C9F, FactKind::Title),
];

/// EXIF of JPEG, PNG, WebP and HEIC; of a block that is broken, what can be read.
pub(super) fn read(file: &[u8], facts: &mut Facts) {
    let mut reader = Reader::new();
    reader.continue_on_error(true);
    let read = reader.read_from_container(&mut Cursor::new(file));
    let read = read.or_else(|e| e.distill_partial_result(|_| ()));
    if let Ok(exif) = read {
        tell(&exif, facts);
    }
}

fn tell(exif: &Exif, facts: &mut Facts) {
    for field in exif.fields() {
        if let Some((_, kind)) = FIELDS.iter().find(|(tag, _)| *tag == field.tag) {
            facts.add(*kind, &said(field));
        }
        if let Some((_, kind)) = WINDOWS.iter().find(|(number, _)| field.tag.number() == *number) {
            facts.add(*kind, &wide(field));
        }
    }
    if exif.get_field(Tag::JPEGInterchangeFormat, In::THUMBNAIL).is_some() {
        facts.add(FactKind::Thumbnail, "EXIF");
    }
    let degrees = degrees(exif, Tag::GPSLatitude, Tag::GPSLatitudeRef).zip(degrees(
        exif,
        Tag::GPSLongitude,
        Tag::GPSLongitudeRef,
    ));
    if let Some(value) = degrees.and_then(|(lat, lon)| place(lat, lon)) {
        facts.add(FactKind::Place, &value);
    }
}

/// A field's text; of one that is not text, its name.
fn said(field: &Field) -> String {
    let name = || field.tag.to_string();
    match &field.value {
        Value::Ascii(parts) => parts.iter().map(|part| words(part)).collect::<Vec<_>>().join(" "),
        Value::Undefined(bytes, _) if field.tag == Tag::UserComment => comment(bytes),
        _ => name(),
    }
}

/// A comment of EXIF begins with eight bytes that name its encoding.
fn comment(bytes: &[u8]) -> String {
    let (encoding, text) = bytes.split_at_checked(8).unwrap_or_default();
    let text = if encoding.starts_with(b"UNICODE") { utf16(text, true) } else { words(text) };
    text.trim_matches('\0').to_owned()
}

fn wide(field: &Field) -> String {
    match &field.value {
        Value::Byte(bytes) | Value::Undefined(bytes, _) => utf16(bytes, false),
        _ => field.tag.to_string(),
    }
}

/// Degrees, minutes, seconds and the letter that says which side.
fn degrees(exif: &Exif, tag: Tag, side: Tag) -> Option<f64> {
    let Value::Rational(parts) = &exif.get_field(tag, In::PRIMARY)?.value else {
        return None;
    };
    let part = |at: usize| parts.get(at).map_or(0.0, |r| r.to_f64());
    let sum = part(0) + part(1) / 60.0 + part(2) / 3600.0;
    let negative = match exif.get_field(side, In::PRIMARY).map(|field| &field.value) {
        Some(Value::Ascii(text)) => matches!(text.first()?.first()?, b'S' | b'W' | b's' | b'w'),
        _ => false,
    };
    sum.is_finite().then_some(if negative { -sum } else { sum })
}
