//! Reading a form's body: its boundary, its fields, and what is thrown away.

use axum::http::{HeaderMap, header};
use bytes::Bytes;
use multer::Field;
use zeroize::Zeroizing;

use crate::guard::{Guarded, Watch};
use crate::pages::Problem;

/// A boundary is at most this long (RFC 2046 §5.1.1).
const BOUNDARY_BYTES: usize = 70;

/// The boundary of a form's body, by its content type.
pub(crate) fn boundary(content_type: Option<&str>) -> Result<String, Problem> {
    let boundary = multer::parse_boundary(content_type.unwrap_or_default());
    let boundary = boundary.map_err(|error| match error {
        multer::Error::NoMultipart | multer::Error::DecodeContentType(_) => Problem::WrongType,
        _ => Problem::Malformed,
    })?;
    if boundary.is_empty() || boundary.len() > BOUNDARY_BYTES {
        return Err(Problem::Malformed);
    }
    Ok(boundary)
}

/// UTF-8 with the line ends as they were typed; a form sends them as CR LF. Where the text was
/// cut at a limit, a broken last character is dropped.
pub(crate) fn decode(bytes: &[u8], whole: bool) -> Option<Zeroizing<String>> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if !whole && error.error_len().is_none() => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    Some(Zeroizing::new(text.replace("\r\n", "\n")))
}

/// Appends without leaving a copy behind when the buffer moves.
pub(crate) fn grow(to: &mut Zeroizing<Vec<u8>>, bytes: &[u8]) {
    if to.len() + bytes.len() > to.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity((to.len() + bytes.len()) * 2));
        larger.extend_from_slice(to);
        *to = larger;
    }
    to.extend_from_slice(bytes);
}

/// The field's next bytes, never none of them: multer ends an empty field with an empty chunk.
pub(crate) async fn next_chunk(
    field: &mut Field<'_>,
    watch: &Watch,
) -> multer::Result<Option<Bytes>> {
    loop {
        let chunk = field.chunk().await;
        watch.parsed();
        if !matches!(&chunk, Ok(Some(bytes)) if bytes.is_empty()) {
            return chunk;
        }
    }
}

pub(crate) async fn skip_field(mut field: Field<'_>, watch: &Watch) {
    while let Ok(Some(_)) = next_chunk(&mut field, watch).await {}
}

/// Most bytes of a pass as it is typed, and of a turn.
const SHORT_BYTES: usize = 128;

/// A short field; nothing where there was more than may be.
pub(crate) async fn short(mut field: Field<'_>, watch: &Watch) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(SHORT_BYTES));
    while let Ok(Some(chunk)) = next_chunk(&mut field, watch).await {
        if bytes.len() + chunk.len() > SHORT_BYTES {
            skip_field(field, watch).await;
            return Zeroizing::default();
        }
        bytes.extend_from_slice(&chunk);
    }
    Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned())
}

/// The fields of these names in a small form of words (`application/x-www-form-urlencoded`), in this order, empty
/// where they are missing; `None` where it is something else.
pub(crate) fn urlencoded<const N: usize>(
    headers: &HeaderMap,
    body: &[u8],
    names: &[&str; N],
) -> Option<[Zeroizing<String>; N]> {
    let content_type = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let essence = content_type.split(';').next()?.trim();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return None;
    }
    let mut fields = names.map(|_| Zeroizing::default());
    for (name, value) in form_urlencoded::parse(body) {
        if let Some(at) = names.iter().position(|known| *known == name) {
            fields[at] = Zeroizing::new(value.into_owned());
        }
    }
    Some(fields)
}

pub(crate) async fn drain(mut body: Guarded, watch: &Watch) {
    while let Some(Ok(_)) = body.chunk().await {
        watch.parsed();
    }
}
