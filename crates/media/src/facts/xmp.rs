//! XMP, wherever it lies open in a file.

use super::bytes::find;
use super::xml;
use crate::FactKind;
use crate::fact::{Facts, place};

/// Most bytes of a packet that are read, and most packets.
const PACKET_BYTES: usize = 1 << 20;
const PACKETS: usize = 16;

/// Which names say what.
const NAMES: [(&str, FactKind); 36] = [
    ("City", FactKind::Place),
    ("State", FactKind::Place),
    ("Country", FactKind::Place),
    ("Location", FactKind::Place),
    ("Sublocation", FactKind::Place),
    ("CreateDate", FactKind::Time),
    ("ModifyDate", FactKind::Time),
    ("MetadataDate", FactKind::Time),
    ("DateCreated", FactKind::Time),
    ("DateTimeOriginal", FactKind::Time),
    ("GPSTimeStamp", FactKind::Time),
    ("Make", FactKind::Device),
    ("Model", FactKind::Device),
    ("Lens", FactKind::Device),
    ("SerialNumber", FactKind::Serial),
    ("BodySerialNumber", FactKind::Serial),
    ("LensSerialNumber", FactKind::Serial),
    ("DocumentID", FactKind::Serial),
    ("OriginalDocumentID", FactKind::Serial),
    ("InstanceID", FactKind::Serial),
    ("creator", FactKind::Author),
    ("Author", FactKind::Author),
    ("AuthorsPosition", FactKind::Author),
    ("contributor", FactKind::Author),
    ("Credit", FactKind::Author),
    ("rights", FactKind::Author),
    ("CreatorTool", FactKind::Software),
    ("Producer", FactKind::Software),
    ("softwareAgent", FactKind::Software),
    ("title", FactKind::Title),
    ("Headline", FactKind::Title),
    ("description", FactKind::Comment),
    ("UserComment", FactKind::Comment),
    ("subject", FactKind::Comment),
    ("Owner", FactKind::Owner),
    ("OwnerName", FactKind::Owner),
];

/// Every packet that lies open in `bytes`.
pub(super) fn scan(bytes: &[u8], facts: &mut Facts) {
    let mut from = 0;
    for _ in 0..PACKETS {
        let Some(start) = find(bytes, b"<x:xmpmeta", from).or(find(bytes, b"<rdf:RDF", from))
        else {
            return;
        };
        let packet = &bytes[start..bytes.len().min(start + PACKET_BYTES)];
        let ends = [b"</x:xmpmeta>".as_slice(), b"</rdf:RDF>"];
        let end = ends.iter().find_map(|end| find(packet, end, 0)).unwrap_or(packet.len());
        tell(&String::from_utf8_lossy(&packet[..end]), facts);
        from = start + end.max(1);
    }
}

/// What a packet says, and that there is one.
pub(super) fn tell(xml: &str, facts: &mut Facts) {
    facts.add(FactKind::Other, "XMP");
    for (name, kind) in NAMES {
        xml::values(xml, name).iter().for_each(|value| facts.add(kind, value));
    }
    let first = |name| xml::values(xml, name).first().cloned();
    let Some((lat, lon)) = first("GPSLatitude").zip(first("GPSLongitude")) else {
        return;
    };
    let found = degrees(&lat).zip(degrees(&lon)).and_then(|(lat, lon)| place(lat, lon));
    facts.add(FactKind::Place, &found.unwrap_or_else(|| format!("{lat}, {lon}")));
}

/// XMP writes `35,41.352N` or `35,41,21N`; some write a decimal number.
fn degrees(text: &str) -> Option<f64> {
    let text = text.trim();
    let negative = text.ends_with(['S', 'W']);
    let parts = text.trim_end_matches(['N', 'S', 'E', 'W']).split(',');
    let mut sum = 0.0;
    for (part, scale) in parts.zip([1.0, 60.0, 3600.0]) {
        sum += part.trim().parse::<f64>().ok()? / scale;
    }
    Some(if negative { -sum } else { sum })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_degrees() {
        let table = [
            ("35,30N", Some(35.5)),
            ("35,30,36S", Some(-35.51)),
            ("51.25W", Some(-51.25)),
            ("-3.5", Some(-3.5)),
            ("north", None),
            ("", None),
        ];
        for (text, want) in table {
            let close = degrees(text).zip(want).map(|(a, b)| (a - b).abs() < 1e-9);
            assert_eq!(close, want.map(|_| true), "{text}");
        }
    }
}
