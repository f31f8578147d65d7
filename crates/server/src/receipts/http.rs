//! Receipts over HTTP: the page on which one is checked, and what programs ask.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use payamgir_log::{Code, Hash, RECEIPT_RECORDS, Salt};
use payamgir_text::code;

use super::{Found, Unread, blocking};
use crate::desk_api::{Api, binary};
use crate::fields::urlencoded;
use crate::flood::Ticket;
use crate::journal::Event;
use crate::pages::{self, Checked, Problem};
use crate::small::Small;
use crate::web::{Spoken, Web, html, status};

const TEXT: [(header::HeaderName, &str); 1] = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];

/// `GET /checkpoint`: what was published last.
pub(crate) async fn checkpoint(State(web): State<Arc<Web>>) -> Response {
    let receipts = web.intake.receipts.clone();
    match blocking(move || receipts.published()).await {
        Ok(Some(note)) => (TEXT, note).into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(unread) => failed(&web, &unread),
    }
}

/// `GET /desk/1/published`: the same, for a desk that holds it against its copy.
pub(crate) async fn published(State(api): State<Arc<Api>>) -> Response {
    let receipts = api.receipts.clone();
    match blocking(move || receipts.published()).await {
        Ok(Some(note)) => binary(note),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(Unread) => {
            (api.journal)(Event::ReceiptsFailed);
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// `GET /log`: the log's public key, as C2SP writes it.
pub(crate) async fn log(State(web): State<Arc<Web>>) -> Response {
    (TEXT, format!("{}\n", web.site().log_key)).into_response()
}

/// `POST /receipt`: the digits of a receipt; the answer is its proofs. 202 where they are not published yet,
/// with the seconds after which to ask again.
pub(crate) async fn prove(State(web): State<Arc<Web>>, Small(body): Small) -> Response {
    let Some(code) = std::str::from_utf8(&body).ok().and_then(read) else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    match find(&web, code).await {
        Ok(Found::Proofs(proofs, _)) => (TEXT, proofs).into_response(),
        Ok(Found::Waits(seconds)) => {
            (StatusCode::ACCEPTED, [(header::RETRY_AFTER, seconds.to_string())]).into_response()
        }
        Ok(Found::Never) => StatusCode::GONE.into_response(),
        Ok(Found::Nothing) => StatusCode::NOT_FOUND.into_response(),
        Err(unread) => failed(&web, &unread),
    }
}

/// `POST /receipts`: a salt, and the hashes of contents that were brought sealed, 32 bytes each: a receipt for them,
/// whose digits who asks knows from these. `retry-after` has the seconds until it can be checked at the earliest.
pub(crate) async fn give(
    State(web): State<Arc<Web>>,
    headers: HeaderMap,
    Small(body): Small,
) -> Response {
    let Some((salt, hashes)) = asked(&body) else { return StatusCode::BAD_REQUEST.into_response() };
    if let Err(challenge) = web.intake.let_in(&Ticket::of(&headers)).await {
        return challenge.into_response();
    }
    let giving = web.clone();
    match blocking(move || given(&giving, &hashes, salt)).await {
        Ok(Given::Yes) => {
            (TEXT, [(header::RETRY_AFTER, web.intake.receipts.until().to_string())]).into_response()
        }
        Ok(Given::Strange) => StatusCode::NOT_FOUND.into_response(),
        Ok(Given::Full) => StatusCode::INSUFFICIENT_STORAGE.into_response(),
        Err(unread) => failed(&web, &unread),
    }
}

fn asked(body: &[u8]) -> Option<(Salt, Vec<[u8; 32]>)> {
    let (salt, hashes) = body.split_first_chunk()?;
    let (hashes, rest) = hashes.as_chunks::<32>();
    let fits = (1..=RECEIPT_RECORDS).contains(&hashes.len()) && rest.is_empty();
    fits.then(|| (*salt, hashes.to_vec()))
}

enum Given {
    Yes,
    /// Something of it is not here.
    Strange,
    /// There are too many receipts, or none are given.
    Full,
}

fn given(web: &Web, hashes: &[[u8; 32]], salt: Salt) -> Result<Given, Unread> {
    let (reader, mut records) = (web.intake.log.reader()?, vec![]);
    for hash in hashes {
        let Some(record) = reader.once(&Hash(*hash))? else { return Ok(Given::Strange) };
        records.push(record);
    }
    let given = web.intake.receipts.give(&web.intake.log, &records, salt)?;
    Ok(given.map_or(Given::Full, |_| Given::Yes))
}

/// `GET /<language>/receipt`: where a receipt is checked.
pub(crate) async fn form(State(spoken): State<Spoken>) -> Response {
    html(StatusCode::OK, pages::receipt(spoken.site(), spoken.lang, None).into_string())
}

/// `POST /<language>/receipt`: the same, and what became of what was typed.
pub(crate) async fn check(
    State(spoken): State<Spoken>,
    headers: HeaderMap,
    body: Result<Small, StatusCode>,
) -> Response {
    let (site, lang) = (spoken.site(), spoken.lang);
    let fields = body.ok().and_then(|Small(body)| urlencoded(&headers, &body, &["receipt"]));
    let Some([typed]) = &fields else {
        let page = pages::message(site, lang, Problem::Malformed);
        return html(status(Problem::Malformed), page.into_string());
    };
    let (answer, checked) = match read(typed) {
        None => (StatusCode::UNPROCESSABLE_ENTITY, Checked::Misread),
        Some(code) => match find(&spoken.web, code).await {
            Ok(found) => (StatusCode::OK, checked(found)),
            Err(Unread) => {
                (spoken.web.intake.journal)(Event::ReceiptsFailed);
                let page = pages::message(site, lang, Problem::Internal);
                return html(status(Problem::Internal), page.into_string());
            }
        },
    };
    html(answer, pages::receipt(site, lang, Some((typed, &checked))).into_string())
}

fn checked(found: Found) -> Checked {
    match found {
        Found::Nothing => Checked::Unknown,
        Found::Never => Checked::Never,
        Found::Waits(seconds) => Checked::Waits(seconds.div_ceil(60)),
        Found::Proofs(proofs, parts) => Checked::In(proofs, parts),
    }
}

/// A receipt as it is shown.
pub(crate) fn written(code: Code) -> String {
    code::RECEIPT.write(u128::from_be_bytes(code.bytes()))
}

/// A code, in whatever digits it was typed.
fn read(typed: &str) -> Option<Code> {
    code::RECEIPT.read(typed).map(|number| Code::new(number.to_be_bytes()))
}

async fn find(web: &Web, code: Code) -> Result<Found, Unread> {
    let (receipts, log) = (web.intake.receipts.clone(), web.intake.log.clone());
    blocking(move || receipts.find(&log, code)).await
}

fn failed(web: &Web, _: &Unread) -> Response {
    (web.intake.journal)(Event::ReceiptsFailed);
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
