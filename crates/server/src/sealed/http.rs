//! Where sealed pieces are handed in: by a script or a program as they are, and by a courier's form.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use multer::{Field, Multipart};
use tokio::task::JoinError;
use zeroize::Zeroizing;

use super::uploaded::Uploaded;
use super::{HandIn, Tally};
use crate::fields::{boundary, drain, next_chunk, short, skip_field};
use crate::flood::{Admitted, Ticket, Typed};
use crate::guard::Watch;
use crate::intake::{Entrance, Intake};
use crate::journal::Event;
use crate::pages::{self, Carried, Problem};
use crate::web::{Spoken, Web, html, status};

/// Bytes of a field of words beside the files: blocks that were pasted.
const PASTED_BYTES: usize = payamgir_wire::limits::BLOCK_BYTES;

/// `GET /key`: the desk's present key.
pub(crate) async fn key(State(web): State<Arc<Web>>) -> Response {
    let key = super::present_key(&web.intake.desk);
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], key.to_string()).into_response()
}

/// `GET /challenge`: what is to be solved before much is sent, as 503; 204 where nothing is.
pub(crate) async fn challenge(State(web): State<Arc<Web>>) -> Response {
    let asked = web.intake.flood.ahead(web.intake.log.filled());
    asked.map_or_else(|| StatusCode::NO_CONTENT.into_response(), IntoResponse::into_response)
}

/// `POST /sealed`: pieces, one after another; or one alone whose blob was uploaded before, which two header
/// fields name: `upload` its address and `blob` its SHA-256. The answer says in JSON what became of them.
pub(crate) async fn hand_in(State(web): State<Arc<Web>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let uploaded = match Uploaded::read(&head.headers) {
        Ok(uploaded) => uploaded,
        Err(status) => return status.into_response(),
    };
    let mut admitted = match web.intake.let_in(&Ticket::of(&head.headers)).await {
        Ok(admitted) => admitted,
        Err(kept_out) => {
            web.intake.hear_out(body).await;
            return kept_out.into_response();
        }
    };
    let taking = web.clone();
    let task = async move {
        match uploaded {
            Some(uploaded) => taking.intake.uploaded(&uploaded, body).await,
            None => taking.intake.pieces(body, &mut admitted).await,
        }
    };
    told(&web, web.tasks.spawn(task).await)
}

fn told(web: &Web, tally: Result<Tally, JoinError>) -> Response {
    let tally = tally.unwrap_or_else(|_| failed(web));
    let json = serde_json::to_string(&tally).expect("numbers");
    let kind = [(header::CONTENT_TYPE, "application/json")];
    let mut response = (verdict(&tally), kind, json).into_response();
    // Who may bring no more by this lane may work for the rest.
    if tally.problem == Some(Problem::Busy)
        && let Some(ahead) = web.intake.flood.ahead(web.intake.log.filled())
    {
        ahead.ask(&mut response);
    }
    response
}

fn failed(web: &Web) -> Tally {
    (web.intake.journal)(Event::TaskFailed);
    Tally { problem: Some(Problem::Internal), ..Tally::default() }
}

/// 200 only where all that came is in the log.
fn verdict(tally: &Tally) -> StatusCode {
    match tally {
        Tally { problem: Some(problem), .. } => status(*problem),
        Tally { other: 0, damaged: 0, .. } => StatusCode::OK,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// The same of a page: where nothing was brought, that is said.
fn shown(tally: &Tally) -> StatusCode {
    match verdict(tally) {
        StatusCode::OK if tally.is_nothing() => StatusCode::UNPROCESSABLE_ENTITY,
        status => status,
    }
}

/// `GET /<language>/carry`: the courier's form.
pub(crate) async fn form(State(spoken): State<Spoken>) -> Response {
    carry(&spoken, StatusCode::OK, &Carried::default())
}

/// `POST /<language>/carry`: any number of sealed files, and blocks that were pasted.
pub(crate) async fn carried(State(spoken): State<Spoken>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let content_type = head.headers.get(header::CONTENT_TYPE).cloned();
    let taking = spoken.web.clone();
    let task = spoken.web.tasks.spawn(async move {
        let content_type = content_type.as_ref().and_then(|value| value.to_str().ok());
        taking.intake.carried(content_type, body).await
    });
    let failed = |_| Carried { tally: Some(failed(&spoken.web)), ..Carried::default() };
    let carried = task.await.unwrap_or_else(failed);
    carry(&spoken, carried.tally.as_ref().map_or(StatusCode::OK, shown), &carried)
}

fn carry(spoken: &Spoken, status: StatusCode, carried: &Carried) -> Response {
    let passes = spoken.web.intake.flood.has_given();
    html(status, pages::carry((spoken.site(), passes), spoken.lang, carried).into_string())
}

/// Bytes of a body that is refused which are read and thrown away: who sends more does not hear why.
const HEARD_OUT: usize = 1 << 20;

/// Words that stood apart stay apart.
fn add_words(words: &mut String, more: &str) {
    if !words.trim().is_empty() && !more.trim().is_empty() {
        words.push_str("\n\n");
    }
    words.push_str(more);
}

/// What a courier's form brings to be let in by.
struct Asking {
    entrance: Entrance,
    /// The pass, as it was typed.
    pass: Zeroizing<String>,
    /// What was pasted and not taken.
    text: Zeroizing<String>,
}

impl Default for Asking {
    fn default() -> Self {
        let entrance = Entrance::Waits(Ticket::default());
        Self { entrance, pass: Zeroizing::default(), text: Zeroizing::default() }
    }
}

impl Intake {
    /// Reads some of a body that is refused: who is sending hears the answer only then.
    async fn hear_out(&self, body: Body) {
        let (mut body, watch) = self.guarded(body);
        let mut heard = 0;
        while let Some(Ok(chunk)) = body.chunk().await {
            watch.parsed();
            heard += chunk.len();
            if heard > HEARD_OUT {
                break;
            }
        }
    }

    /// Reads a body that is pieces and nothing else.
    pub(crate) async fn pieces(&self, body: Body, admitted: &mut Admitted) -> Tally {
        let (mut body, watch) = self.guarded(body);
        let mut row = HandIn::new(self, admitted);
        while let Some(chunk) = body.chunk().await {
            watch.parsed();
            match chunk {
                Ok(chunk) if row.feed(&chunk).await.is_ok() => {}
                Ok(_) => {
                    drain(body, &watch).await;
                    break;
                }
                Err(_) => {
                    // What came may end with a piece, and is not all of it.
                    let mut tally = row.finish();
                    tally.problem.get_or_insert(watch.problem().unwrap_or(Problem::Malformed));
                    return tally;
                }
            }
        }
        row.finish()
    }

    /// Reads a courier's form.
    async fn carried(&self, content_type: Option<&str>, body: Body) -> Carried {
        let (body, watch) = self.guarded(body);
        let mut tally = Tally::default();
        let mut form = match boundary(content_type) {
            Ok(boundary) => Multipart::new(body, boundary),
            Err(problem) => {
                drain(body, &watch).await;
                let tally = Tally { problem: Some(problem), ..tally };
                return Carried { tally: Some(tally), ..Carried::default() };
            }
        };
        let mut asking = Asking::default();
        loop {
            let field = form.next_field().await;
            watch.parsed();
            match field {
                Ok(Some(field)) => tally.add(&self.carried_field(field, &watch, &mut asking).await),
                Ok(None) => break,
                Err(_) => {
                    let problem = watch.problem().unwrap_or(Problem::Malformed);
                    tally.problem.get_or_insert(problem);
                    break;
                }
            }
        }
        let kept_out = asking.entrance.kept_out();
        if let Some(kept_out) = kept_out {
            tally.problem.get_or_insert(kept_out.why);
        }
        let mut turn = kept_out.map(|kept_out| (kept_out.turn.clone(), kept_out.wait));
        if kept_out.is_none() && tally.problem == Some(Problem::Busy) {
            let (problem, later) = self.flood.no_more(self.log.filled());
            (tally.problem, turn) = (Some(problem), Some(later));
        }
        let Asking { pass, text, .. } = asking;
        Carried { tally: Some(tally), pass, text, turn: turn.unwrap_or_default() }
    }

    async fn carried_field(&self, field: Field<'_>, watch: &Watch, asking: &mut Asking) -> Tally {
        match field.name() {
            Some("pass") => {
                asking.pass = short(field, watch).await;
                asking.entrance.bring(|ticket| ticket.pass = Typed::read(&asking.pass));
            }
            Some("turn") => {
                let turn = short(field, watch).await;
                asking.entrance.bring(|ticket| ticket.turn = Some(turn.to_string()));
            }
            Some("text") => return self.pasted(field, watch, asking).await,
            Some("files") => return self.carried_file(field, watch, asking).await,
            _ => skip_field(field, watch).await,
        }
        Tally::default()
    }

    async fn carried_file(
        &self,
        mut field: Field<'_>,
        watch: &Watch,
        asking: &mut Asking,
    ) -> Tally {
        // A file nobody chose is empty, and no damage.
        let Ok(Some(first)) = next_chunk(&mut field, watch).await else { return Tally::default() };
        let Some(admitted) = asking.entrance.enter(self).await else {
            skip_field(field, watch).await;
            return Tally::default();
        };
        let (mut row, mut chunk) = (HandIn::new(self, admitted), first);
        loop {
            if row.feed(&chunk).await.is_err() {
                skip_field(field, watch).await;
                return row.finish();
            }
            match next_chunk(&mut field, watch).await {
                Ok(Some(next)) => chunk = next,
                Ok(None) | Err(_) => return row.finish(),
            }
        }
    }

    /// Blocks in a field of words; other words beside them are the courier's and are not kept.
    async fn pasted(&self, mut field: Field<'_>, watch: &Watch, asking: &mut Asking) -> Tally {
        let mut bytes = vec![];
        while let Ok(Some(chunk)) = next_chunk(&mut field, watch).await {
            if bytes.len() + chunk.len() > PASTED_BYTES {
                skip_field(field, watch).await;
                return Tally { problem: Some(Problem::TextTooLong), ..Tally::default() };
            }
            bytes.extend_from_slice(&chunk);
        }
        let text = String::from_utf8_lossy(&bytes);
        if payamgir_wire::piece::find(&text).is_none() {
            return Tally::default();
        }
        let Some(admitted) = asking.entrance.enter(self).await else {
            asking.text = Zeroizing::new(text.into_owned());
            return Tally::default();
        };
        let taken = self.blocks(&text, admitted).await;
        let tally = taken.map_or_else(Tally::default, |(tally, _)| tally);
        if tally.problem.is_some() {
            asking.text = Zeroizing::new(text.into_owned());
        }
        tally
    }

    /// Takes the blocks in a text; gives also the words around them. `None` where there is none.
    pub(crate) async fn blocks(
        &self,
        text: &str,
        admitted: &mut Admitted,
    ) -> Option<(Tally, String)> {
        let (mut tally, mut words, mut rest) = (Tally::default(), String::new(), text);
        let mut found_one = false;
        while let Some(found) = payamgir_wire::piece::find(rest) {
            found_one = true;
            add_words(&mut words, found.before);
            rest = found.after;
            match found.pieces {
                Ok(heads) => tally.add(&self.heads(heads, admitted).await),
                Err(_) => tally.damaged += 1,
            }
        }
        add_words(&mut words, rest);
        found_one.then_some((tally, words))
    }

    /// Takes pieces without blobs.
    async fn heads(
        &self,
        heads: Vec<payamgir_wire::piece::Head>,
        admitted: &mut Admitted,
    ) -> Tally {
        let mut tally = Tally::default();
        for head in heads {
            if !super::is_ours(&self.desk, &head) {
                tally.other += 1;
                continue;
            }
            match self.is_known(&head, None).await {
                Ok(false) if self.takes_more(admitted).await => {}
                // It is looked up again below.
                Ok(true) => {}
                Ok(false) => return Tally { problem: Some(Problem::Busy), ..tally },
                Err(problem) => return Tally { problem: Some(problem), ..tally },
            }
            match super::add(&self.log, head, vec![]).await {
                Ok(added) => {
                    *if added.new { &mut tally.new } else { &mut tally.known } += 1;
                    tally.records.push(added.index);
                }
                Err(error) => {
                    tally.problem = Some(self.storage_problem(error));
                    return tally;
                }
            }
        }
        tally
    }
}
