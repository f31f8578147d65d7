//! Reading and writing length-prefixed bytes. There is one encoding of everything: a reader that
//! ends before its bytes do has read something else.

use crate::Refusal;
use crate::member::{RECIPIENT_BYTES, Recipient};

/// Bytes on their way out of a body.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Refuses what is longer than any body.
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Self, Refusal> {
        if bytes.len() > crate::BODY_BYTES { Err(Refusal::TooLarge) } else { Ok(Self(bytes)) }
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Refusal> {
        let (head, rest) = self.0.split_first_chunk::<N>().ok_or(Refusal::Malformed)?;
        self.0 = rest;
        Ok(*head)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, Refusal> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn flag(&mut self) -> Result<bool, Refusal> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Refusal::Malformed),
        }
    }

    pub(crate) fn u16(&mut self) -> Result<u16, Refusal> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Refusal> {
        self.array().map(u64::from_be_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Refusal> {
        self.array().map(u32::from_be_bytes)
    }

    /// Bytes after their length, u16.
    pub(crate) fn short(&mut self, most: usize) -> Result<&'a [u8], Refusal> {
        let length = usize::from(self.u16()?);
        self.slice(length, most)
    }

    /// Bytes after their length, u32.
    pub(crate) fn long(&mut self) -> Result<&'a [u8], Refusal> {
        let length = usize::try_from(self.u32()?).map_err(|_| Refusal::Malformed)?;
        self.slice(length, crate::BODY_BYTES)
    }

    fn slice(&mut self, length: usize, most: usize) -> Result<&'a [u8], Refusal> {
        let (head, rest) = self.0.split_at_checked(length).ok_or(Refusal::Malformed)?;
        self.0 = rest;
        if length > most { Err(Refusal::TooLarge) } else { Ok(head) }
    }

    pub(crate) fn recipient(&mut self) -> Result<Recipient, Refusal> {
        self.array::<RECIPIENT_BYTES>().map(|bytes| Recipient(Box::new(bytes)))
    }

    /// 0 for none, or 1 and the thing.
    pub(crate) fn option<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Refusal>,
    ) -> Result<Option<T>, Refusal> {
        if self.flag()? { read(self).map(Some) } else { Ok(None) }
    }

    pub(crate) fn end(self) -> Result<(), Refusal> {
        if self.0.is_empty() { Ok(()) } else { Err(Refusal::Malformed) }
    }
}

/// Appends 0 for none, or 1 and the thing.
pub(crate) fn option<T>(
    out: &mut Vec<u8>,
    value: Option<&T>,
    write: impl FnOnce(&T, &mut Vec<u8>),
) {
    out.push(u8::from(value.is_some()));
    if let Some(value) = value {
        write(value, out);
    }
}
