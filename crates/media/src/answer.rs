//! What a worker says to its workshop: one byte, then an answer of its job's form.
//!
//! The reader takes nothing on trust: a worker may have been taken over by what it read.

use crate::fact::tidy;
use crate::{FACTS, Fact, FactKind, Kind, Picture, Refusal};

/// Most bytes of a list of facts: a value is at most 300 characters of 4 bytes.
pub(crate) const FACTS_BYTES: usize = FACTS * (3 + 1200) + 1;

const DONE: u8 = 0;
/// Refusals that a worker itself finds; the place in this list, from 1, is the number.
const REFUSALS: [Refusal; 4] =
    [Refusal::TooLarge, Refusal::Malformed, Refusal::NotSupported, Refusal::NoSandbox];

/// The bytes of an answer.
pub(crate) fn write(answer: Result<Vec<u8>, Refusal>) -> Vec<u8> {
    match answer {
        Ok(mut body) => {
            body.insert(0, DONE);
            body
        }
        Err(refusal) => {
            let at = REFUSALS.iter().position(|r| *r == refusal).unwrap_or(1);
            vec![u8::try_from(at + 1).unwrap_or(2)]
        }
    }
}

/// An answer's body, or the refusal.
pub(crate) fn read(bytes: &[u8]) -> Result<&[u8], Refusal> {
    match bytes.split_first() {
        Some((&DONE, body)) => Ok(body),
        Some((&at, [])) => Err(*REFUSALS.get(usize::from(at) - 1).unwrap_or(&Refusal::Crashed)),
        _ => Err(Refusal::Crashed),
    }
}

/// Facts: each its kind's number, its value's length in two bytes, its value.
pub(crate) fn write_facts(facts: &[Fact]) -> Vec<u8> {
    let mut out = vec![];
    for fact in facts {
        let value = fact.value.as_bytes();
        out.push(fact.kind.number());
        out.extend(u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes());
        out.extend(value.iter().take(usize::from(u16::MAX)));
    }
    out
}

/// The inverse; the limits of a [`Fact`] are held to again.
pub(crate) fn read_facts(mut bytes: &[u8]) -> Result<Vec<Fact>, Refusal> {
    let mut facts = vec![];
    while let [kind, a, b, rest @ ..] = bytes {
        let length = usize::from(u16::from_be_bytes([*a, *b]));
        let (value, rest) = rest.split_at_checked(length).ok_or(Refusal::Crashed)?;
        let kind = FactKind::numbered(*kind).ok_or(Refusal::Crashed)?;
        let value = tidy(std::str::from_utf8(value).map_err(|_| Refusal::Crashed)?);
        facts.push(Fact { kind, value });
        bytes = rest;
    }
    if bytes.is_empty() && facts.len() <= FACTS { Ok(facts) } else { Err(Refusal::Crashed) }
}

/// A picture: width, height, whether it moved, whether it is a PNG, its bytes.
pub(crate) fn write_picture(picture: &Picture) -> Vec<u8> {
    let mut out = Vec::with_capacity(picture.bytes.len() + 10);
    out.extend(picture.width.to_be_bytes());
    out.extend(picture.height.to_be_bytes());
    out.push(u8::from(picture.moved));
    out.push(u8::from(picture.kind == Kind::Png));
    out.extend(&picture.bytes);
    out
}

/// The inverse; the bytes begin as their kind does.
pub(crate) fn read_picture(bytes: &[u8]) -> Result<Picture, Refusal> {
    let [w0, w1, w2, w3, h0, h1, h2, h3, moved @ 0..=1, png @ 0..=1, bytes @ ..] = bytes else {
        return Err(Refusal::Crashed);
    };
    let kind = if *png == 1 { Kind::Png } else { Kind::Jpeg };
    if crate::sniff(bytes) != kind {
        return Err(Refusal::Crashed);
    }
    Ok(Picture {
        width: u32::from_be_bytes([*w0, *w1, *w2, *w3]),
        height: u32::from_be_bytes([*h0, *h1, *h2, *h3]),
        moved: *moved == 1,
        kind,
        bytes: bytes.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let facts = vec![
            Fact { kind: FactKind::Place, value: "35.7, 51.4".to_owned() },
            Fact { kind: FactKind::Other, value: "ی".repeat(300) },
        ];
        let body = write(Ok(write_facts(&facts)));
        assert!(read(&body).and_then(read_facts) == Ok(facts));
        for refusal in REFUSALS {
            assert_eq!(read(&write(Err(refusal))), Err(refusal));
        }
    }

    #[test]
    fn the_longest_list_fits() {
        let fact = |_| Fact { kind: FactKind::Other, value: "😀".repeat(300) };
        let facts: Vec<Fact> = (0..FACTS).map(fact).collect();
        assert_eq!(write(Ok(write_facts(&facts))).len(), FACTS_BYTES);
    }

    proptest! {
        #[test]
        fn any_answer_is_read(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
            if let Ok(body) = read(&bytes) {
                let _ = read_facts(body);
                let _ = read_picture(body);
            }
            let _ = (read_facts(&bytes), read_picture(&bytes));
        }
    }
}
