//! A page that is made and compressed once, but for some words in it that are new each time.
//!
//! What stands between the words is compressed by itself (RFC 1951), each piece ending at a byte; the words go
//! between as they are, in stored blocks. So a page costs its checksum and no compression.

use flate2::{Compress, Compression, Crc, FlushCompress, Status};

/// The head of a gzip file without a name or a time (RFC 1952 §2.3), of an unknown system.
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
/// Most bytes of a stored block.
const STORED: usize = 65_535;

/// The page without its words.
pub(super) struct Spliced {
    between: Vec<Between>,
}

struct Between {
    text: String,
    deflated: Vec<u8>,
}

impl Spliced {
    /// A page in which `mark` stands wherever words go.
    pub(super) fn new(page: &str, mark: &str) -> Self {
        let all: Vec<&str> = page.split(mark).collect();
        let last = all.len() - 1;
        let between = |(at, text): (usize, &&str)| Between {
            text: (*text).to_owned(),
            deflated: deflate(text.as_bytes(), at == last),
        };
        Self { between: all.iter().enumerate().map(between).collect() }
    }

    /// With these words, one for each mark.
    pub(super) fn plain(&self, words: &[&str]) -> String {
        let room = |parts: &[&str]| parts.iter().map(|part| part.len()).sum::<usize>();
        let texts: Vec<&str> = self.between.iter().map(|between| &*between.text).collect();
        let mut page = String::with_capacity(room(&texts) + room(words));
        for (at, text) in texts.iter().enumerate() {
            page.push_str(text);
            page.push_str(words.get(at).copied().unwrap_or_default());
        }
        page
    }

    /// The same as a gzip file.
    pub(super) fn gzip(&self, words: &[&str]) -> Vec<u8> {
        let (mut file, mut crc) = (HEAD.to_vec(), Crc::new());
        for (at, between) in self.between.iter().enumerate() {
            file.extend_from_slice(&between.deflated);
            crc.update(between.text.as_bytes());
            let word = words.get(at).copied().unwrap_or_default().as_bytes();
            crc.update(word);
            for part in word.chunks(STORED) {
                let length = part.len() as u16;
                file.push(0);
                file.extend_from_slice(&length.to_le_bytes());
                file.extend_from_slice(&(!length).to_le_bytes());
                file.extend_from_slice(part);
            }
        }
        file.extend_from_slice(&crc.sum().to_le_bytes());
        file.extend_from_slice(&crc.amount().to_le_bytes());
        file
    }
}

/// Compressed blocks that end at a byte; `last` ends the file.
fn deflate(bytes: &[u8], last: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 64);
    let mut compress = Compress::new(Compression::best(), false);
    let flush = if last { FlushCompress::Finish } else { FlushCompress::Sync };
    let status = compress.compress_vec(bytes, &mut out, flush).expect("there is room");
    let taken = compress.total_in() == bytes.len() as u64;
    assert!(taken && (!last || status == Status::StreamEnd), "there is room for all of it");
    out
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn both_are_the_same_page(pieces in prop::collection::vec("[a-zآ-ی<>\n]{0,200}", 1..6), words in prop::collection::vec("[^\0]{0,40}", 6)) {
            let spliced = Spliced::new(&pieces.join("\0"), "\0");
            let words: Vec<&str> = words[..pieces.len() - 1].iter().map(String::as_str).collect();
            let plain = spliced.plain(&words);
            let expected: String = (0..pieces.len()).map(|at| format!("{}{}", pieces[at], words.get(at).unwrap_or(&""))).collect();
            prop_assert_eq!(&plain, &expected);
            let mut read = String::new();
            GzDecoder::new(&spliced.gzip(&words)[..]).read_to_string(&mut read).unwrap();
            prop_assert_eq!(read, plain);
        }
    }

    #[test]
    fn pages_of_some_length_come_whole() {
        let page = format!("{}\0{}", "سلام دنیا ".repeat(5000), "<p>x</p>".repeat(3000));
        let long = "و".repeat(50_000);
        let spliced = Spliced::new(&page, "\0");
        let mut read = String::new();
        GzDecoder::new(&spliced.gzip(&[&long])[..]).read_to_string(&mut read).unwrap();
        assert!(read == spliced.plain(&[&long]));
    }
}
