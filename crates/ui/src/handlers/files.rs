//! Attachments: copies of pictures, sound and film as they are asked for, and saving.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use payamgir_desk::office::{Blob, Office, Whole};
use payamgir_media::{CLEAN_BYTES, Class, Fact, HEAD_BYTES, Kind, sniff};
use payamgir_wire::Attachment;
use tokio::sync::mpsc;

use super::deeds::Fields;
use super::{Fault, Room, page};
use crate::door::{Stands, Ui};
use crate::pages::sheets::Told;
use crate::pages::{frame, sheets};

/// Largest edge of a picture's copy, in pixels.
const EDGE: u32 = 1600;
/// How long a copy may take to be made.
const COPY_TIME: Duration = Duration::from_secs(20);
const CLEAN_TIME: Duration = Duration::from_secs(300);
/// Bytes read at once.
const PIECE: usize = 64 * 1024;

/// `GET /desk.css`
pub(crate) async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("../desk.css"))
        .into_response()
}

/// `GET /desk.js`
pub(crate) async fn script() -> Response {
    let kind = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
    (kind, include_str!("../desk.js")).into_response()
}

/// `GET /favicon.ico`, which browsers ask for by themselves.
pub(crate) async fn no_icon() -> StatusCode {
    StatusCode::NO_CONTENT
}

fn open(ui: &Ui, record: u64) -> Result<(Arc<Office>, Attachment, Blob), StatusCode> {
    let Stands::Open(office) = ui.stands() else { return Err(StatusCode::UNAUTHORIZED) };
    let blob = office.blob(record).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let (attachment, blob) = blob.ok_or(StatusCode::NOT_FOUND)?;
    Ok((office, attachment, blob))
}

fn kind(blob: &mut Blob) -> Kind {
    let mut head = vec![0; HEAD_BYTES.min(usize::try_from(blob.size()).unwrap_or(usize::MAX))];
    match blob.read_exact_at(0, &mut head) {
        Ok(()) => sniff(&head),
        Err(_) => Kind::Other,
    }
}

/// `GET /copy/17`: a picture drawn anew, in a process of its own; the original is never shown.
pub(crate) async fn copy(State(ui): State<Arc<Ui>>, Path(record): Path<u64>) -> Response {
    let made = tokio::task::spawn_blocking(move || {
        let (_, _, blob) = open(&ui, record)?;
        let _turn = ui.turn();
        let workshop = &ui.settings.workshop;
        workshop
            .picture(&mut Whole::new(blob), EDGE, COPY_TIME)
            .map_err(|_| StatusCode::UNPROCESSABLE_ENTITY)
    });
    match made.await.unwrap_or(Err(StatusCode::INTERNAL_SERVER_ERROR)) {
        Ok(picture) => {
            let kind = HeaderValue::from_static(picture.kind.media_type());
            ([(header::CONTENT_TYPE, kind)], picture.bytes).into_response()
        }
        Err(status) => status.into_response(),
    }
}

/// `GET /play/17`: sound or film, from any place in it; nothing opened touches the disk.
pub(crate) async fn play(
    State(ui): State<Arc<Ui>>,
    Path(record): Path<u64>,
    headers: HeaderMap,
) -> Response {
    ui.touch();
    let opened = tokio::task::spawn_blocking(move || {
        let (_, _, mut blob) = open(&ui, record)?;
        let kind = kind(&mut blob);
        let plays = matches!(kind.class(), Class::Audio | Class::Video);
        if plays { Ok((blob, kind)) } else { Err(StatusCode::UNSUPPORTED_MEDIA_TYPE) }
    });
    match opened.await.unwrap_or(Err(StatusCode::INTERNAL_SERVER_ERROR)) {
        Ok((blob, kind)) => ranged(blob, kind, headers.get(header::RANGE)),
        Err(status) => status.into_response(),
    }
}

/// The bytes that are asked for (RFC 9110 §14): one range, or all.
fn ranged(blob: Blob, kind: Kind, asked: Option<&HeaderValue>) -> Response {
    let size = blob.size();
    let asked = asked.and_then(|value| value.to_str().ok());
    let (status, from, to) = match asked.map(|asked| range(asked, size)) {
        None => (StatusCode::OK, 0, size),
        Some(Some((from, to))) => (StatusCode::PARTIAL_CONTENT, from, to),
        Some(None) => {
            let said = [(header::CONTENT_RANGE, format!("bytes */{size}"))];
            return (StatusCode::RANGE_NOT_SATISFIABLE, said).into_response();
        }
    };
    let fields = [
        (header::CONTENT_TYPE, kind.media_type().to_owned()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::CONTENT_LENGTH, (to - from).to_string()),
        (header::CONTENT_RANGE, format!("bytes {from}-{}/{size}", to.saturating_sub(1))),
    ];
    let mut response = (status, fields, body(blob, from, to)).into_response();
    if status == StatusCode::OK {
        response.headers_mut().remove(header::CONTENT_RANGE);
    }
    response
}

/// `bytes=a-b`, `bytes=a-` or `bytes=-n` as a half-open range within `size`.
fn range(asked: &str, size: u64) -> Option<(u64, u64)> {
    let (from, to) = asked.strip_prefix("bytes=")?.split_once('-')?;
    let (from, to) = match (from, to) {
        ("", last) => (size.saturating_sub(last.parse().ok()?), size),
        (from, "") => (from.parse().ok()?, size),
        (from, to) => (from.parse().ok()?, to.parse::<u64>().ok()?.checked_add(1)?.min(size)),
    };
    (from < to).then_some((from, to))
}

/// Pieces read on a thread of their own, a few ahead of who takes them.
fn body(mut blob: Blob, from: u64, to: u64) -> Body {
    let (ahead, pieces) = mpsc::channel::<io::Result<Vec<u8>>>(4);
    tokio::task::spawn_blocking(move || {
        let mut at = from;
        while at < to {
            let mut piece = vec![0; PIECE.min((to - at) as usize)];
            let read = blob.read_exact_at(at, &mut piece);
            at += piece.len() as u64;
            let failed = read.is_err();
            if ahead.blocking_send(read.map(|()| piece)).is_err() || failed {
                return;
            }
        }
    });
    Body::from_stream(Pieces(pieces))
}

struct Pieces(mpsc::Receiver<io::Result<Vec<u8>>>);

impl futures_core::Stream for Pieces {
    type Item = io::Result<Vec<u8>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(cx)
    }
}

/// `GET /fa/facts/12`: what a conversation's attachments say of their makers.
pub(crate) async fn facts(
    State(ui): State<Arc<Ui>>,
    Path((lang, number)): Path<(String, u64)>,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let ui = room.ui.clone();
    let told = room.look(move |office| {
        let Some(view) = office.view(number)? else { return Ok(None) };
        let mut told: Vec<Told> = vec![];
        for record in office.here(&view) {
            let Some((attachment, blob)) = office.blob(record)? else { continue };
            let name = payamgir_text::terminal::one_line(&attachment.name, 200);
            let _turn = ui.turn();
            let facts = ui.settings.workshop.facts(&mut Whole::new(blob), COPY_TIME);
            told.push((record, name, facts));
        }
        Ok(Some(told))
    });
    let told = told.await?.ok_or_else(|| Fault::NotHere(room.again()))?;
    Ok(page(&sheets::facts(&room, number, &told)).into_response())
}

/// `POST /fa/save/17`: as it came, or a copy without what it says of its maker. The browser asks
/// the editor where to; nothing here writes it anywhere.
pub(crate) async fn save(
    State(ui): State<Arc<Ui>>,
    Path((lang, record)): Path<(String, u64)>,
    body: String,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let fields = Fields::read(&body);
    let (without, anyway) = (fields.get("how") != "original", fields.get("how") == "anyway");
    let ui = room.ui.clone();
    let made = tokio::task::spawn_blocking(move || {
        let (_, attachment, blob) = open(&ui, record).map_err(|_| None)?;
        match without {
            false => Ok((name(&attachment, "", None), Made::AsItCame(blob))),
            true => cleaned(&ui, &attachment, blob).map_err(Some),
        }
    });
    match made.await {
        // What the copy still says is told first; it is taken by asking once more.
        Ok(Ok((_, Made::Cleaned(_, Some(still))))) if !anyway => {
            Ok(page(&sheets::still(&room, record, &still)).into_response())
        }
        Ok(Ok((name, made))) => Ok(download(&name, made)),
        Ok(Err(Some(refusal))) => {
            let words = page(&frame::refused(&room, &refusal.words(room.say.lang)));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, words).into_response())
        }
        _ => Err(Fault::NotHere(room.again())),
    }
}

enum Made {
    AsItCame(Blob),
    Cleaned(Vec<u8>, Option<Still>),
}

/// What a clean copy is not: what it still says, or that nobody could look; whether it moves no more.
pub(crate) struct Still {
    pub(crate) left: Result<Vec<Fact>, payamgir_media::Refusal>,
    pub(crate) stilled: bool,
}

fn cleaned(
    ui: &Ui,
    attachment: &Attachment,
    blob: Blob,
) -> Result<(String, Made), payamgir_media::Refusal> {
    let _turn = ui.turn();
    let mut bytes = vec![];
    let mut whole = Whole::new(blob);
    let cleaned = ui.settings.workshop.clean(&mut whole, &mut bytes, CLEAN_BYTES, CLEAN_TIME)?;
    let name = name(attachment, "clean-", Some(cleaned.kind.extension()));
    let whole = !cleaned.stilled && cleaned.left.as_ref().is_ok_and(Vec::is_empty);
    let still = (!whole).then_some(Still { left: cleaned.left, stilled: cleaned.stilled });
    Ok((name, Made::Cleaned(bytes, still)))
}

/// A safe name; another ending where the copy is of another kind.
fn name(attachment: &Attachment, before: &str, ending: Option<&str>) -> String {
    let cut = if attachment.cut { "cut-" } else { "" };
    let mut name = attachment.name.to_string();
    if let Some(ending) = ending {
        let stem = name.rsplit_once('.').map_or(&*name, |(stem, _)| stem).to_owned();
        name = format!("{stem}.{ending}");
    }
    payamgir_text::filename::safe(&format!("{before}{cut}{name}"), "attachment")
}

fn download(name: &str, made: Made) -> Response {
    let said = format!("attachment; filename*=UTF-8''{}", percent(name));
    let (length, body) = match made {
        Made::AsItCame(blob) => {
            let size = blob.size();
            (size, body(blob, 0, size))
        }
        Made::Cleaned(bytes, _) => (bytes.len() as u64, Body::from(bytes)),
    };
    let fields = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, said),
        (header::CONTENT_LENGTH, length.to_string()),
    ];
    (fields, body).into_response()
}

/// RFC 8187's attribute characters stay; all else is percent-encoded.
fn percent(name: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&b);
    name.bytes()
        .map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_those_of_the_standard() {
        let table = [
            ("bytes=0-", Some((0, 100))),
            ("bytes=10-19", Some((10, 20))),
            ("bytes=90-500", Some((90, 100))),
            ("bytes=-10", Some((90, 100))),
            ("bytes=-500", Some((0, 100))),
            ("bytes=100-", None),
            ("bytes=20-10", None),
            ("bytes=-0", None),
            ("bytes=a-b", None),
            ("bytes=0-1,5-6", None),
            ("lines=0-1", None),
            ("bytes=0-18446744073709551615", None),
        ];
        for (asked, expected) in table {
            assert_eq!(range(asked, 100), expected, "{asked}");
        }
    }

    #[test]
    fn names_travel_in_a_header_whatever_is_in_them() {
        assert_eq!(percent("عکس 1.jpg"), "%D8%B9%DA%A9%D8%B3%201.jpg");
        assert_eq!(percent("a\"\r\n;b"), "a%22%0D%0A%3Bb");
    }
}
