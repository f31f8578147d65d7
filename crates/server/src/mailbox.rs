//! Where a newcomer, who is no member yet, leaves its answer to an invitation (docs/FORMAT.md §12).
//!
//! Anybody who reaches the desk's address may leave one, so it is small: some answers for each
//! invitation that is open, in memory. The newcomer leaves its answer again until it is admitted,
//! so a restart loses nothing. What is in an answer only the inviter can read.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use payamgir_roster::{Roster, invitation_number};
use payamgir_wire::limits::ANSWER_BYTES;
use payamgir_wire::sync;

use crate::auth::Asking;
use crate::desk_api::{Api, binary};

/// Answers kept for one invitation: an honest one and some that were made without the code.
const ANSWERS: usize = 8;
/// The first byte of an answer.
const ANSWER_VERSION: u8 = 1;
/// How long an answer may take to come.
const BODY_TIME: Duration = Duration::from_secs(20);
const SECONDS_A_DAY: u64 = 86_400;

type Id = [u8; 16];

/// The answers, by their invitations.
#[derive(Default)]
pub(crate) struct Mailbox(Mutex<BTreeMap<Id, Vec<Vec<u8>>>>);

impl Mailbox {
    /// Keeps an answer to an invitation that is open; the same one twice is one.
    fn keep(&self, roster: &Roster, id: Id, answer: &[u8]) -> StatusCode {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|id, _| roster.invitation(id).is_some());
        let answers = all.entry(id).or_default();
        if answers.iter().any(|known| known == answer) {
            return StatusCode::ACCEPTED;
        }
        // A newcomer sends its answer again and again: the honest one comes back.
        if answers.len() >= ANSWERS {
            answers.remove(0);
        }
        answers.push(answer.to_vec());
        StatusCode::ACCEPTED
    }

    fn all(&self, roster: &Roster) -> Vec<u8> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut out = vec![];
        let open = all.iter().filter(|(id, _)| roster.invitation(id).is_some());
        open.flat_map(|(_, answers)| answers)
            .for_each(|answer| sync::write_addition(&mut out, 0, answer));
        out
    }
}

/// The invitation of that number that can still be taken up.
fn open(roster: &Roster, number: u32, today: u64) -> Option<(Id, Vec<u8>)> {
    let fits =
        |id: &Id, last_day: u32| invitation_number(id) == number && today <= u64::from(last_day);
    let mut found = roster.invitations().filter(|(id, i)| fits(id, i.last_day));
    found.next().map(|(id, invitation)| (*id, invitation.exchange.clone()))
}

/// `GET /join/1/<number>`, unsigned: the invitation's id and the inviter's message.
pub(crate) async fn invitation(
    State(api): State<Arc<Api>>,
    Path(number): Path<u32>,
) -> Result<Response, StatusCode> {
    let now = api.desk.now();
    let roster = now.roster().ok_or(StatusCode::NOT_FOUND)?;
    let (id, exchange) = open(roster, number, api.today()).ok_or(StatusCode::NOT_FOUND)?;
    Ok(binary([&id[..], &exchange].concat()))
}

/// `POST /join/1/<number>`, unsigned: an answer to it.
pub(crate) async fn answer(
    State(api): State<Arc<Api>>,
    Path(number): Path<u32>,
    body: Body,
) -> Response {
    let read = axum::body::to_bytes(body, ANSWER_BYTES);
    let Ok(Ok(answer)) = tokio::time::timeout(BODY_TIME, read).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let now = api.desk.now();
    let found =
        now.roster().and_then(|roster| Some((roster, open(roster, number, api.today())?.0)));
    let Some((roster, id)) = found else { return StatusCode::NOT_FOUND.into_response() };
    let shaped = answer.len() == ANSWER_BYTES && answer[0] == ANSWER_VERSION;
    if !shaped || answer[1..17] != id {
        return StatusCode::BAD_REQUEST.into_response();
    }
    api.mailbox.keep(roster, id, &answer).into_response()
}

/// `GET /desk/1/answers`: what newcomers left, for those who invited them.
pub(crate) async fn answers(State(api): State<Arc<Api>>) -> Response {
    let now = api.desk.now();
    binary(now.roster().map(|roster| api.mailbox.all(roster)).unwrap_or_default())
}

/// `GET /desk/1/welcome`: what its inviter told the member who asks.
pub(crate) async fn welcome(
    State(api): State<Arc<Api>>,
    axum::Extension(Asking(key)): axum::Extension<Asking>,
) -> Result<Response, StatusCode> {
    let now = api.desk.now();
    let welcome = now.roster().and_then(|roster| roster.welcome(&key)).unwrap_or_default();
    if welcome.is_empty() { Err(StatusCode::NOT_FOUND) } else { Ok(binary(welcome.to_vec())) }
}

impl Api {
    /// The server's day, in days since 1970-01-01.
    pub(crate) fn today(&self) -> u64 {
        (self.world.now)() / SECONDS_A_DAY
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer, SigningKey};
    use payamgir_roster::{Act, Fold, Role, Signed, Statement, kind};
    use payamgir_wire::armor::{Label, dearmor};

    use super::*;

    const LAST_DAY: u32 = 30_000;

    /// The desk of the vectors, with one invitation.
    fn invited(id: Id) -> Roster {
        let public = include_str!("../../../testdata/desk.txt");
        let mut fold = Fold::default();
        fold.hear(0, kind::STATEMENT, &dearmor(Label::Desk, public).unwrap()).unwrap();
        let mut roster = fold.roster().unwrap().clone();
        let exchange = vec![5; 33];
        let act = Act::Invited { id, role: Role::Reader, last_day: LAST_DAY, exchange };
        let (desk, previous) = (roster.desk(), roster.head());
        let statement = Statement { desk, previous, day: 20_000, act };
        let key = SigningKey::from_bytes(&[7; 32]);
        let public = key.verifying_key().to_bytes();
        let signed = Signed::new(statement, public, |message| key.sign(message).to_bytes());
        roster.take(&signed, 1).unwrap();
        roster
    }

    #[test]
    fn an_invitation_is_found_by_its_number_until_its_day_is_over() {
        let (id, roster) = ([3; 16], invited([3; 16]));
        let number = invitation_number(&id);
        assert!((10_000..100_000).contains(&number));
        assert_eq!(open(&roster, number, LAST_DAY.into()), Some((id, vec![5; 33])));
        assert_eq!(open(&roster, number, u64::from(LAST_DAY) + 1), None);
        assert_eq!(open(&roster, number ^ 1, 0), None);
    }

    #[test]
    fn the_mailbox_is_small_and_forgets_what_is_over() {
        let (id, roster, mailbox) = ([3; 16], invited([3; 16]), Mailbox::default());
        for answer in 0..ANSWERS as u8 {
            assert_eq!(mailbox.keep(&roster, id, &[answer]), StatusCode::ACCEPTED);
            assert_eq!(mailbox.keep(&roster, id, &[answer]), StatusCode::ACCEPTED);
        }
        assert_eq!(mailbox.keep(&roster, id, &[99]), StatusCode::ACCEPTED);
        let all = mailbox.all(&roster);
        let all = sync::read_additions(&all).unwrap();
        assert_eq!((all.len(), all[0].1), (ANSWERS, &[1][..]), "the oldest makes room");
        let other = invited([4; 16]);
        assert!(mailbox.all(&other).is_empty());
        mailbox.keep(&other, [4; 16], &[1]);
        assert_eq!(mailbox.0.lock().unwrap().len(), 1, "what is over is dropped");
    }
}
