//! Where sealed pieces are handed in: by a script or a program as they are, and by a courier's form.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use multer::{Field, Multipart};

use super::uploaded::Uploaded;
use super::{HandIn, Tally};
use crate::fields::{boundary, drain, next_chunk, skip_field};
use crate::flood::Ticket;
use crate::guard::{Guarded, Watch};
use crate::intake::Intake;
use crate::journal::Event;
use crate::pages::{self, Problem};
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
    if let Err(challenge) = web.intake.let_in(&Ticket::of(&head.headers)).await {
        web.intake.hear_out(body).await;
        return challenge.into_response();
    }
    let taking = web.clone();
    let task = async move {
        match uploaded {
            Some(uploaded) => taking.intake.uploaded(&uploaded, body).await,
            None => taking.intake.pieces(body).await,
        }
    };
    told(&web, web.tasks.spawn(task).await)
}

fn told(web: &Web, tally: Result<Tally, tokio::task::JoinError>) -> Response {
    let tally = tally.unwrap_or_else(|_| {
        (web.intake.journal)(Event::TaskFailed);
        Tally { problem: Some(Problem::Internal), ..Tally::default() }
    });
    let json = serde_json::to_string(&tally).expect("numbers");
    (verdict(&tally), [(header::CONTENT_TYPE, "application/json")], json).into_response()
}

/// 200 only where all that came is in the log.
fn verdict(tally: &Tally) -> StatusCode {
    match tally {
        Tally { problem: Some(problem), .. } => status(*problem),
        Tally { other: 0, damaged: 0, .. } => StatusCode::OK,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// `GET /<language>/carry`: the courier's form.
pub(crate) async fn form(State(spoken): State<Spoken>) -> Response {
    html(StatusCode::OK, pages::carry(spoken.site(), spoken.lang, None).into_string())
}

/// `POST /<language>/carry`: any number of sealed files, and blocks that were pasted.
pub(crate) async fn carried(State(spoken): State<Spoken>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let content_type = head.headers.get(header::CONTENT_TYPE).cloned();
    let web = spoken.web.clone();
    if web.intake.let_in(&Ticket::of(&head.headers)).await.is_err() {
        web.intake.hear_out(body).await;
        let page = pages::message(spoken.site(), spoken.lang, Problem::Busy);
        return html(status(Problem::Busy), page.into_string());
    }
    let taking = web.clone();
    let task = web.tasks.spawn(async move {
        let content_type = content_type.as_ref().and_then(|value| value.to_str().ok());
        taking.intake.carried(content_type, body).await
    });
    let tally = task.await.unwrap_or_else(|_| {
        (web.intake.journal)(Event::TaskFailed);
        Tally { problem: Some(Problem::Internal), ..Tally::default() }
    });
    let page = pages::carry(spoken.site(), spoken.lang, Some(&tally));
    html(verdict(&tally), page.into_string())
}

/// Bytes of a body that is refused which are read and thrown away: who sends more does not hear why.
const HEARD_OUT: usize = 1 << 20;

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

    pub(super) fn guarded(&self, body: Body) -> (Guarded, Watch) {
        let watch = Watch::beside(&self.waiting);
        let limits = self.settings.limits;
        let stream = body.into_data_stream();
        (Guarded::new(stream, watch.clone(), limits, self.cut_off.clone()), watch)
    }

    /// Reads a body that is pieces and nothing else.
    pub(crate) async fn pieces(&self, body: Body) -> Tally {
        let (mut body, watch) = self.guarded(body);
        let mut row = HandIn::new(self);
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
    async fn carried(&self, content_type: Option<&str>, body: Body) -> Tally {
        let (body, watch) = self.guarded(body);
        let mut tally = Tally::default();
        let mut form = match boundary(content_type) {
            Ok(boundary) => Multipart::new(body, boundary),
            Err(problem) => {
                drain(body, &watch).await;
                return Tally { problem: Some(problem), ..tally };
            }
        };
        loop {
            let field = form.next_field().await;
            watch.parsed();
            match field {
                Ok(Some(field)) => tally.add(&self.carried_field(field, &watch).await),
                Ok(None) => return tally,
                Err(_) => {
                    let problem = watch.problem().unwrap_or(Problem::Malformed);
                    tally.problem.get_or_insert(problem);
                    return tally;
                }
            }
        }
    }

    async fn carried_field(&self, mut field: Field<'_>, watch: &Watch) -> Tally {
        match field.name() {
            Some("text") => return self.pasted(field, watch).await,
            Some("files") => {}
            _ => {
                skip_field(field, watch).await;
                return Tally::default();
            }
        }
        let mut row = HandIn::new(self);
        loop {
            match next_chunk(&mut field, watch).await {
                Ok(Some(chunk)) if row.feed(&chunk).await.is_ok() => {}
                Ok(Some(_)) => {
                    skip_field(field, watch).await;
                    return row.finish();
                }
                // A file nobody chose is empty, and no damage.
                Ok(None) => return row.finish(),
                Err(_) => return row.finish(),
            }
        }
    }

    /// Blocks in a field of words; other words beside them are the courier's and are not kept.
    async fn pasted(&self, mut field: Field<'_>, watch: &Watch) -> Tally {
        let mut bytes = vec![];
        while let Ok(Some(chunk)) = next_chunk(&mut field, watch).await {
            if bytes.len() + chunk.len() > PASTED_BYTES {
                skip_field(field, watch).await;
                return Tally { problem: Some(Problem::TextTooLong), ..Tally::default() };
            }
            bytes.extend_from_slice(&chunk);
        }
        let text = String::from_utf8_lossy(&bytes);
        self.blocks(&text).await.map_or_else(Tally::default, |(tally, _)| tally)
    }

    /// Takes the blocks in a text; gives also the words around them. `None` where there is none.
    pub(crate) async fn blocks(&self, text: &str) -> Option<(Tally, String)> {
        let (mut tally, mut words, mut rest) = (Tally::default(), String::new(), text);
        let mut found_one = false;
        while let Some(found) = payamgir_wire::piece::find(rest) {
            found_one = true;
            words.push_str(found.before);
            rest = found.after;
            match found.pieces {
                Ok(heads) => tally.add(&self.heads(heads).await),
                Err(_) => tally.damaged += 1,
            }
        }
        words.push_str(rest);
        found_one.then_some((tally, words))
    }

    /// Takes pieces without blobs.
    async fn heads(&self, heads: Vec<payamgir_wire::piece::Head>) -> Tally {
        let mut tally = Tally::default();
        for head in heads {
            if !super::is_ours(&self.desk, &head) {
                tally.other += 1;
                continue;
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
