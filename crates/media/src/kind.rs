//! What a file is, by its content and never by its name.

use std::io::{Cursor, Read, Seek};

use zip::ZipArchive;

/// How much of a file's beginning is worth handing to [`sniff`]: 64 KiB. Less is answered too.
pub const HEAD_BYTES: usize = 64 * 1024;

/// Most members of a zip that are looked at.
const MEMBERS: usize = 4096;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are the formats'")]
pub enum Kind {
    Jpeg,
    Png,
    WebP,
    Gif,
    Heic,
    Pdf,
    Mp4,
    Mov,
    M4a,
    Ogg,
    Mp3,
    Wav,
    WebM,
    Docx,
    Odt,
    Zip,
    /// UTF-8 without control characters.
    Text,
    /// None of these, or empty.
    Other,
}

/// What a person would call a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Class {
    Image,
    Audio,
    Video,
    Document,
    Other,
}

/// Each kind, its class, media type and extension.
const TABLE: [(Kind, Class, &str, &str); 18] = [
    (Kind::Jpeg, Class::Image, "image/jpeg", "jpg"),
    (Kind::Png, Class::Image, "image/png", "png"),
    (Kind::WebP, Class::Image, "image/webp", "webp"),
    (Kind::Gif, Class::Image, "image/gif", "gif"),
    (Kind::Heic, Class::Image, "image/heic", "heic"),
    (Kind::Pdf, Class::Document, "application/pdf", "pdf"),
    (Kind::Mp4, Class::Video, "video/mp4", "mp4"),
    (Kind::Mov, Class::Video, "video/quicktime", "mov"),
    (Kind::M4a, Class::Audio, "audio/mp4", "m4a"),
    (Kind::Ogg, Class::Audio, "audio/ogg", "ogg"),
    (Kind::Mp3, Class::Audio, "audio/mpeg", "mp3"),
    (Kind::Wav, Class::Audio, "audio/wav", "wav"),
    (Kind::WebM, Class::Video, "video/webm", "webm"),
    (
        Kind::Docx,
        Class::Document,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "docx",
    ),
    (Kind::Odt, Class::Document, "application/vnd.oasis.opendocument.text", "odt"),
    (Kind::Zip, Class::Other, "application/zip", "zip"),
    (Kind::Text, Class::Document, "text/plain", "txt"),
    (Kind::Other, Class::Other, "application/octet-stream", "bin"),
];

impl Kind {
    /// What a person would call it.
    pub fn class(self) -> Class {
        self.row().1
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        self.row().2
    }

    /// The extension of a name for it, without the dot.
    pub fn extension(self) -> &'static str {
        self.row().3
    }

    fn row(self) -> (Kind, Class, &'static str, &'static str) {
        let found = TABLE.into_iter().find(|row| row.0 == self);
        found.unwrap_or((Kind::Other, Class::Other, "application/octet-stream", "bin"))
    }
}

/// What a file is that begins with `head`, which may be cut anywhere.
///
/// Of a zip only the members within `head` are seen: one that is a document but does not say so
/// there is [`Kind::Zip`]. [`sniff_zip`] sees the whole.
pub fn sniff(head: &[u8]) -> Kind {
    let starts = |magic: &[u8]| head.starts_with(magic);
    let riff = |form: &[u8]| starts(b"RIFF") && head.get(8..12) == Some(form);
    match head {
        _ if starts(b"\xFF\xD8\xFF") => Kind::Jpeg,
        _ if starts(b"\x89PNG\r\n\x1A\n") => Kind::Png,
        _ if starts(b"GIF87a") || starts(b"GIF89a") => Kind::Gif,
        _ if riff(b"WEBP") => Kind::WebP,
        _ if riff(b"WAVE") => Kind::Wav,
        _ if starts(b"%PDF-") => Kind::Pdf,
        _ if starts(b"OggS") => Kind::Ogg,
        _ if starts(b"\x1A\x45\xDF\xA3") => ebml(head),
        _ if starts(b"PK\x03\x04") => members_in(head),
        _ if head.get(4..8) == Some(b"ftyp") => brand(head),
        _ if quicktime(head) => Kind::Mov,
        _ if starts(b"ID3") || mpeg_audio(head) => Kind::Mp3,
        _ => text(head),
    }
}

/// What a zip is, by all its members' names: [`Kind::Docx`], [`Kind::Odt`], [`Kind::Zip`], or
/// [`Kind::Other`] where it cannot be read. Looks at the first 4096 members.
pub fn sniff_zip(file: impl Read + Seek) -> Kind {
    let Ok(mut archive) = ZipArchive::new(file) else {
        return Kind::Other;
    };
    if archive.file_names().take(MEMBERS).any(|name| name == "word/document.xml") {
        return Kind::Docx;
    }
    let mut mimetype = String::new();
    let read = archive.by_name("mimetype").map(|file| file.take(64).read_to_string(&mut mimetype));
    match read {
        Ok(Ok(_)) if mimetype == Kind::Odt.media_type() => Kind::Odt,
        _ => Kind::Zip,
    }
}

/// What a whole file in memory is.
pub(crate) fn sniff_whole(bytes: &[u8]) -> Kind {
    match sniff(bytes.get(..HEAD_BYTES).unwrap_or(bytes)) {
        Kind::Zip | Kind::Docx | Kind::Odt => sniff_zip(Cursor::new(bytes)),
        kind => kind,
    }
}

/// WebM says its name in the EBML header; Matroska in general is not treated.
fn ebml(head: &[u8]) -> Kind {
    let header = head.get(..64).unwrap_or(head);
    let webm = header.windows(4).any(|w| w == b"webm");
    if webm { Kind::WebM } else { Kind::Other }
}

/// ISO/IEC 14496-12 §4.3: the major brand says what the file is best used as.
fn brand(head: &[u8]) -> Kind {
    match head.get(8..12).unwrap_or_default() {
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" => Kind::Heic,
        b"avif" | b"avis" | b"crx " => Kind::Other,
        b"qt  " => Kind::Mov,
        b"M4A " | b"M4B " | b"M4P " => Kind::M4a,
        _ => Kind::Mp4,
    }
}

/// QuickTime files from before `ftyp` begin with one of these atoms.
fn quicktime(head: &[u8]) -> bool {
    matches!(head.get(4..8), Some(b"moov" | b"mdat" | b"wide"))
}

/// An MPEG audio frame header of layer III, with no reserved value in it.
fn mpeg_audio(head: &[u8]) -> bool {
    let [0xFF, b, c, ..] = *head else { return false };
    let layer_three = b & 0b1110_0110 == 0b1110_0010 && b & 0b0001_1000 != 0b0000_1000;
    layer_three && c >> 4 != 0b1111 && c >> 4 != 0 && c & 0b1100 != 0b1100
}

/// What a zip is by the local headers (APPNOTE 4.3.7) within its first bytes.
fn members_in(head: &[u8]) -> Kind {
    let odt = Kind::Odt.media_type().as_bytes();
    if head.get(30..38) == Some(b"mimetype") && head.get(38..38 + odt.len()) == Some(odt) {
        return Kind::Odt;
    }
    let local = |at: usize| head.get(at..at + 4) == Some(b"PK\x03\x04");
    let word = (0..head.len()).filter(|at| head.get(at + 30..at + 35) == Some(b"word/"));
    if word.into_iter().any(local) { Kind::Docx } else { Kind::Zip }
}

/// Text is UTF-8, cut at most in its last character, with no control but those of lines.
fn text(head: &[u8]) -> Kind {
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(e) if e.error_len().is_some() => return Kind::Other,
        Err(e) => std::str::from_utf8(&head[..e.valid_up_to()]).unwrap_or_default(),
    };
    let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{C}');
    if valid.is_empty() || valid.contains(odd) { Kind::Other } else { Kind::Text }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn heads() {
        let table: [(&[u8], Kind); 26] = [
            (b"\xFF\xD8\xFF\xE0", Kind::Jpeg),
            (b"\x89PNG\r\n\x1A\n", Kind::Png),
            (b"RIFF\0\0\0\0WEBPVP8 ", Kind::WebP),
            (b"RIFF\0\0\0\0WAVEfmt ", Kind::Wav),
            (b"RIFF\0\0\0\0AVI ", Kind::Other),
            (b"GIF89a", Kind::Gif),
            (b"\0\0\0\x18ftypheic", Kind::Heic),
            (b"\0\0\0\x18ftypmif1", Kind::Heic),
            (b"\0\0\0\x18ftypisom", Kind::Mp4),
            (b"\0\0\0\x18ftypqt  ", Kind::Mov),
            (b"\0\0\0\x08wide\0\0\0\0mdat", Kind::Mov),
            (b"\0\0\0\x18ftypM4A ", Kind::M4a),
            (b"\0\0\0\x18ftypavif", Kind::Other),
            (b"OggS\0\x02", Kind::Ogg),
            (b"ID3\x04\0", Kind::Mp3),
            (b"\xFF\xFB\x90\x64", Kind::Mp3),
            (b"\xFF\xFF\xFF\xFF", Kind::Other),
            (b"\x1A\x45\xDF\xA3\x9F\x42\x82\x84webm", Kind::WebM),
            (b"\x1A\x45\xDF\xA3\x9F\x42\x82\x88matroska", Kind::Other),
            (b"%PDF-1.7\n", Kind::Pdf),
            (b"PK\x03\x04rest", Kind::Zip),
            ("سلام\nدنیا".as_bytes(), Kind::Text),
            (b"caf\xC3", Kind::Text),
            (b"caf\xC3(", Kind::Other),
            (b"a\0b", Kind::Other),
            (b"", Kind::Other),
        ];
        for (head, want) in table {
            assert_eq!(sniff(head), want, "{head:?}");
        }
    }

    #[test]
    fn every_kind_has_a_row() {
        for (kind, class, media_type, extension) in TABLE {
            assert_eq!(kind.class(), class);
            assert_eq!((kind.media_type(), kind.extension()), (media_type, extension));
        }
        assert_eq!(Kind::Docx.class(), Class::Document);
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
            sniff(&bytes);
            sniff_zip(Cursor::new(&bytes));
            let zip = [b"PK\x03\x04".as_slice(), &bytes].concat();
            prop_assert!(matches!(sniff(&zip), Kind::Zip | Kind::Docx | Kind::Odt));
            sniff_whole(&zip);
        }
    }
}
