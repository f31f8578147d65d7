//! DOCX and ODT: the members that speak of the document, and the images among the others.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::read::ZipFile;

use super::{images, xml};
use crate::fact::Facts;
use crate::{Class, FactKind, Kind, Refusal, sniff};

/// Most members of an archive; most bytes of one, and of all that are looked into.
const MEMBERS: usize = 4096;
const MEMBER_BYTES: u64 = 16 << 20;
const ALL_BYTES: u64 = 128 << 20;

/// Names of elements and attributes in properties.
const PROPERTIES: [(&str, FactKind); 22] = [
    ("created", FactKind::Time),
    ("modified", FactKind::Time),
    ("lastPrinted", FactKind::Time),
    ("creation-date", FactKind::Time),
    ("print-date", FactKind::Time),
    ("date", FactKind::Time),
    ("creator", FactKind::Author),
    ("lastModifiedBy", FactKind::Author),
    ("initial-creator", FactKind::Author),
    ("printed-by", FactKind::Author),
    ("Manager", FactKind::Author),
    ("Company", FactKind::Owner),
    ("Application", FactKind::Software),
    ("AppVersion", FactKind::Software),
    ("Template", FactKind::Software),
    ("generator", FactKind::Software),
    ("title", FactKind::Title),
    ("subject", FactKind::Title),
    ("description", FactKind::Comment),
    ("keywords", FactKind::Comment),
    ("keyword", FactKind::Comment),
    ("user-defined", FactKind::Other),
];

/// Names in the text itself: changes and comments.
const CHANGES: [(&str, FactKind); 4] = [
    ("author", FactKind::Author),
    ("creator", FactKind::Author),
    ("initials", FactKind::Author),
    ("rsidRoot", FactKind::Serial),
];

/// What a document says; an archive that is none is refused.
pub(super) fn read(file: &[u8], kind: Kind, facts: &mut Facts) -> Result<(), Refusal> {
    match kind {
        Kind::Docx | Kind::Odt => {}
        Kind::Zip => return Err(Refusal::NotSupported),
        _ => return Err(Refusal::Malformed),
    }
    let mut archive = ZipArchive::new(Cursor::new(file)).map_err(|_| Refusal::Malformed)?;
    if archive.len() > MEMBERS {
        return Err(Refusal::TooLarge);
    }
    let mut left = ALL_BYTES;
    for at in 0..archive.len() {
        // A member that cannot be read says nothing to other programs either.
        if let Ok(member) = archive.by_index(at) {
            left = left.saturating_sub(look(member, left, facts));
        }
    }
    Ok(())
}

/// What one member says, and how many bytes it took.
fn look(mut member: ZipFile<'_, impl Read>, left: u64, facts: &mut Facts) -> u64 {
    // 1980 is where a zip's time begins: not known, or taken away.
    if let Some(time) = member.last_modified().filter(|time| time.year() > 1980) {
        facts.add(FactKind::Time, &time.to_string());
    }
    let name = member.name().to_owned();
    let mut body = vec![];
    if !speaks(&name) {
        return 0;
    }
    let _ = (&mut member).take(MEMBER_BYTES.min(left)).read_to_end(&mut body);
    match name.as_str() {
        "docProps/core.xml" | "docProps/app.xml" | "docProps/custom.xml" | "meta.xml" => {
            tell(&body, &PROPERTIES, facts);
            if name == "docProps/custom.xml" {
                facts.add(FactKind::Other, "custom.xml");
            }
        }
        _ if name.starts_with("docProps/") || name.starts_with("Thumbnails/") => {
            facts.add(FactKind::Thumbnail, "thumbnail");
        }
        _ if name.ends_with(".xml") => tell(&body, &CHANGES, facts),
        _ => image(&body, facts),
    }
    body.len() as u64
}

fn speaks(name: &str) -> bool {
    let word =
        name.starts_with("word/") && !name.starts_with("word/theme/") && name.ends_with(".xml");
    let odt = matches!(name, "meta.xml" | "content.xml" | "styles.xml");
    let folders = ["docProps/", "Thumbnails/", "word/media/", "Pictures/", "media/"];
    word || odt || folders.iter().any(|folder| name.starts_with(folder))
}

fn tell(body: &[u8], names: &[(&str, FactKind)], facts: &mut Facts) {
    let text = String::from_utf8_lossy(body);
    for (name, kind) in names {
        xml::values(&text, name).iter().for_each(|value| facts.add(*kind, value));
    }
}

fn image(body: &[u8], facts: &mut Facts) {
    let kind = sniff(body);
    if kind.class() == Class::Image {
        images::read(body, kind, facts);
    }
}
