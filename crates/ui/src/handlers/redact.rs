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
    /// What is kept as hidden now, in one word: a page made on something else keeps nothing.
    pub(crate) kept: String,
    /// Why nothing was kept.
    pub(crate) failed: Option<Failed>,
}

/// Why nothing was kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failed {
    /// Somebody hid something else meanwhile.
    Meanwhile,
    /// It could not be written, or the role does not allow it.
    NotDone,
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
    let mut chosen = read(&room, record, Some(spans(&fields))).await?;
    let keeps = fields.get("do") == "keep";
    if keeps && fields.get("kept") != chosen.kept {
        chosen.failed = Some(Failed::Meanwhile);
    }
    if !keeps || chosen.failed.is_some() {
        return Ok(html(&pages::redact(&room, &chosen)).into_response());
    }
    let spans = chosen.spans.iter().map(|span| (span.start, span.end)).collect();
    let office = room.office.clone();
    let done = tokio::task::spawn_blocking(move || office.act(Act::Redact { record, spans })).await;
    if !matches!(done, Ok(Ok(()))) {
        chosen.failed = Some(Failed::NotDone);
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
            let mark = kept.as_deref().map(in_one_word).unwrap_or_default();
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
                kept: mark,
                failed: None,
            }))
        })
        .await?;
    found.ok_or_else(|| Fault::NotHere(room.again()))
}

/// Spans as a form carries them.
fn in_one_word(spans: &[(u32, u32)]) -> String {
    let all: Vec<String> = spans.iter().map(|(start, end)| format!("{start}-{end}")).collect();
    all.join(".")
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
