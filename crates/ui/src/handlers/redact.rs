//! Choosing what of a text is hidden.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use payamgir_desk::work::Act;
use payamgir_redact::{Find, Span, find};

use super::deeds::Fields;
use super::{Fault, Room, page as html, see_other};
use crate::door::Ui;
use crate::pages::redact as pages;

/// A text and what is to be hidden of it.
pub(crate) struct Chosen {
    pub(crate) record: u64,
    pub(crate) conversation: u64,
    pub(crate) text: String,
    pub(crate) finds: Vec<Find>,
    pub(crate) spans: Vec<Span>,
    /// Whether nothing was chosen yet: then what was found is ticked.
    pub(crate) fresh: bool,
}

/// `GET /fa/redact/17`
pub(crate) async fn page(
    State(ui): State<Arc<Ui>>,
    Path((lang, record)): Path<(String, u64)>,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let chosen = read(&room, record, None).await?;
    Ok(html(&pages::redact(&room, &chosen)).into_response())
}

/// `POST /fa/redact/17`: a preview, or to be kept.
pub(crate) async fn keep(
    State(ui): State<Arc<Ui>>,
    Path((lang, record)): Path<(String, u64)>,
    body: String,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let fields = Fields::read(&body);
    let chosen = read(&room, record, Some(spans(&fields))).await?;
    if fields.get("do") != "keep" {
        return Ok(html(&pages::redact(&room, &chosen)).into_response());
    }
    let spans = chosen.spans.iter().map(|span| (span.start, span.end)).collect();
    let office = room.office.clone();
    let done = tokio::task::spawn_blocking(move || office.act(Act::Redact { record, spans })).await;
    if !matches!(done, Ok(Ok(()))) {
        return Ok(html(&pages::redact(&room, &chosen)).into_response());
    }
    let place = crate::place::Place { c: Some(chosen.conversation), ..Default::default() };
    Ok(see_other(&format!("{}#r-{record}", place.href(room.say.lang))))
}

async fn read(room: &Room, record: u64, given: Option<Vec<Span>>) -> Result<Chosen, Fault> {
    let found = room
        .look(move |office| {
            let Some(text) = office.text(record)? else { return Ok(None) };
            let conversation = {
                let store = office.store();
                store.catalog().conversation_of(record).map(|c| c.number)
            };
            let work = office.work();
            let names: Vec<String> = work.names().iter().cloned().collect();
            let finds = find(&text, &names);
            let kept = work.redaction(record).map(|redaction| redaction.spans.clone());
            let fresh = given.is_none() && kept.is_none();
            let spans = match (given, kept) {
                (Some(given), _) => joined(&text, given),
                (None, Some(kept)) => {
                    let kept = kept.into_iter().map(|(start, end)| Span { start, end });
                    joined(&text, kept.collect())
                }
                (None, None) => joined(&text, payamgir_redact::spans(&text, &finds)),
            };
            Ok(conversation.map(|conversation| Chosen {
                record,
                conversation,
                text,
                finds,
                spans,
                fresh,
            }))
        })
        .await?;
    found.ok_or_else(|| Fault::NotHere(room.again()))
}

fn spans(fields: &Fields) -> Vec<Span> {
    let read = |value: &str| {
        let (start, end) = value.split_once('-')?;
        Some(Span { start: start.parse().ok()?, end: end.parse().ok()? })
    };
    fields.all("span").filter_map(read).collect()
}

/// In order, apart, within the text; only blanks between two of them are hidden too.
fn joined(text: &str, mut spans: Vec<Span>) -> Vec<Span> {
    let chars: Vec<char> = text.chars().collect();
    spans.retain(|span| span.start < span.end && span.end as usize <= chars.len());
    spans.sort_by_key(|span| (span.start, span.end));
    let mut out: Vec<Span> = vec![];
    for span in spans {
        match out.last_mut() {
            Some(last) if span.start <= last.end || blank(&chars, last.end, span.start) => {
                last.end = last.end.max(span.end);
            }
            _ => out.push(span),
        }
    }
    out
}

fn blank(chars: &[char], from: u32, to: u32) -> bool {
    chars[from as usize..to as usize].iter().all(|c| *c == ' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_joined_over_blanks_and_those_beyond_the_text_dropped() {
        let span = |start, end| Span { start, end };
        let given = vec![span(5, 8), span(0, 4), span(20, 22), span(3, 3), span(7, 9)];
        let joined = joined("abcd efgh\nij", given);
        let joined: Vec<_> = joined.iter().map(|span| (span.start, span.end)).collect();
        assert_eq!(joined, [(0, 9)]);
    }
}
