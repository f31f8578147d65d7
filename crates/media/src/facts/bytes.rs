//! Numbers and places in bytes that may end anywhere.

/// `N` bytes at `at`.
pub(super) fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

/// Two bytes, the greater first.
pub(super) fn be16(bytes: &[u8], at: usize) -> Option<usize> {
    array(bytes, at).map(|b| usize::from(u16::from_be_bytes(b)))
}

/// Four bytes, the greatest first.
pub(super) fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    array(bytes, at).map(u32::from_be_bytes)
}

/// Four bytes, the least first, as a length.
pub(super) fn le32(bytes: &[u8], at: usize) -> Option<usize> {
    array(bytes, at).and_then(|b| usize::try_from(u32::from_le_bytes(b)).ok())
}

/// Where `what` is first found at or after `from`.
pub(super) fn find(bytes: &[u8], what: &[u8], from: usize) -> Option<usize> {
    let first = *what.first()?;
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(|b| *b == first)?;
        if bytes.get(at..at.checked_add(what.len())?) == Some(what) {
            return Some(at);
        }
        at += 1;
    }
}

/// The text up to a NUL or the end, and what follows the NUL.
pub(super) fn until_nul(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut parts = bytes.splitn(2, |b| *b == 0);
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}

/// Bytes as text: UTF-8, or else Latin-1.
pub(super) fn words(bytes: &[u8]) -> String {
    let bytes = bytes.get(..4096).unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        // Cut by ourselves in the middle of a character.
        Err(e) if e.error_len().is_none() => {
            String::from_utf8_lossy(&bytes[..e.valid_up_to()]).into_owned()
        }
        Err(_) => latin(bytes),
    }
}

/// Bytes as Latin-1.
pub(super) fn latin(bytes: &[u8]) -> String {
    bytes.iter().take(4096).map(|b| char::from(*b)).collect()
}

/// Bytes as UTF-16, with a mark of order or else as told.
pub(super) fn utf16(bytes: &[u8], big: bool) -> String {
    let (bytes, big) = match bytes {
        [0xFF, 0xFE, rest @ ..] => (rest, false),
        [0xFE, 0xFF, rest @ ..] => (rest, true),
        _ => (bytes, big),
    };
    let unit =
        |pair: &[u8; 2]| if big { u16::from_be_bytes(*pair) } else { u16::from_le_bytes(*pair) };
    let units: Vec<u16> = bytes.as_chunks().0.iter().take(2048).map(unit).collect();
    String::from_utf16_lossy(&units)
}
