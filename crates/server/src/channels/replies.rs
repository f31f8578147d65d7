//! What becomes of replies: handed over by a desk, begun, ended, told of by their platform. The desk
//! hears of it in sealed entries; the server keeps a reply's random id and hashes.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use payamgir_address::NotOpened;
use payamgir_channels::{Came, Reason, Status, Verdict, Words};
use payamgir_log::Log;
use payamgir_wire::hex::Hex;
use payamgir_wire::send::Send as Reply;
use payamgir_wire::{Channel, Entry, Outcome, Part, State};

use super::line::{Line, Shared};
use super::names::{marks, under};
use super::taking::NotTaken;
use super::{Channels, Trouble};
use crate::desk::Desk;

/// Statuses kept for a moment: a platform may tell of something before it answers that it took it.
const EARLY: usize = 64;
/// Moments in one receipt: more are looked at by nobody.
const AT_ONCE: usize = 64;

/// What a desk is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It waits to be sent, or what became of it is in the log.
    Taken,
    /// There is too much to send already, or it could not be noted.
    Busy,
}

/// Takes a reply from a desk, which hands it over again until the log says what became of it.
pub(crate) fn hand_over(channels: &Channels, reply: Reply, (log, desk): (&Log, &Desk)) -> Answer {
    let Some(shared) = channels.shared() else { return Answer::Busy };
    match shared.keeper.ledger.sending(&reply.reply.0) {
        Ok(None) => {}
        Ok(Some(_)) => return Answer::Taken,
        Err(_) => return Answer::Busy,
    }
    let opened = shared.keeper.keys().open(&reply.route);
    let (line, to) = match opened {
        Ok(to) => (channels.line(&to.account), to),
        Err(NotOpened::KeyGone) => return refuse(shared, (log, desk), &reply, Reason::KeyGone),
        Err(NotOpened::Malformed) => return refuse(shared, (log, desk), &reply, Reason::Address),
    };
    match line {
        None => refuse(shared, (log, desk), &reply, Reason::Account),
        Some(line) if line.give_reply(to, reply) => Answer::Taken,
        Some(_) => Answer::Busy,
    }
}

/// It cannot be sent by anybody here.
fn refuse(shared: &Shared, held: (&Log, &Desk), reply: &Reply, reason: Reason) -> Answer {
    let day = shared.keeper.today();
    let begun = shared.keeper.ledger.begin(&reply.reply.0, day);
    if !begun.unwrap_or(false) {
        return Answer::Busy;
    }
    let outcome = failed(reason, None);
    match tell(shared, held, Channel::Unknown, &reply.reply, outcome) {
        Ok(()) => {
            let _ = shared.keeper.ledger.end(&reply.reply.0, &[], day);
            Answer::Taken
        }
        Err(_) => {
            let _ = shared.keeper.ledger.unbegin(&reply.reply.0);
            Answer::Busy
        }
    }
}

/// What a process that died had begun: nobody knows whether it went out.
pub(crate) fn settle_begun(shared: &Shared, log: &Log, desk: &Desk) {
    let begun = shared.keeper.ledger.begun().unwrap_or_default();
    for reply in begun {
        let outcome = unsure();
        if tell(shared, (log, desk), Channel::Unknown, &Hex(reply), outcome).is_ok() {
            let _ = shared.keeper.ledger.end(&reply, &[], shared.keeper.today());
        }
    }
}

/// What became of sending a reply, into the log; then into the ledger. Where the log fails, it stays
/// begun, and is settled when the server starts again.
pub(crate) fn ended(
    line: &Line,
    (log, desk): &(Log, Desk),
    (reply, to): (&Hex<16>, &str),
    ids: &[Words],
    verdict: Option<Verdict>,
) {
    let outcome = match verdict {
        None => Outcome { state: State::Accepted, reason: None, code: None },
        Some(Verdict::Refused(_, code)) if !ids.is_empty() => failed(Reason::Partly, code),
        Some(Verdict::Refused(reason, code)) => {
            if reason == Reason::Account {
                let signal = line.channel == Channel::Signal;
                line.wrong(if signal { Trouble::NoAccount } else { Trouble::Token });
            }
            failed(reason, code)
        }
        Some(Verdict::Later(_)) if ids.is_empty() => failed(Reason::Rate, None),
        Some(Verdict::NotReached) if ids.is_empty() => failed(Reason::Unreachable, None),
        Some(Verdict::Later(_) | Verdict::NotReached) => failed(Reason::Partly, None),
        Some(Verdict::Unsure | Verdict::Accepted(_)) => unsure(),
    };
    let (shared, keeper) = (&line.shared, &line.shared.keeper);
    let state = outcome.state;
    if tell(shared, (log, desk), line.channel, reply, outcome).is_err() {
        return line.wrong(Trouble::Storage);
    }
    let sent: Vec<_> = ids.iter().map(|id| sent_marks(line, to, id)[0]).collect();
    // What is told of one piece is told of all only where it is the last, and all went out.
    let whole = usize::from(state == State::Accepted);
    let pieces = &sent[..sent.len().saturating_sub(whole)];
    let pieces: Vec<_> = pieces.iter().map(|mark| (piece_of(mark), 0)).collect();
    let noted = keeper.ledger.note(&pieces, keeper.today());
    let noted = noted.and_then(|()| keeper.ledger.end(&reply.0, &sent, keeper.today()));
    if noted.and_then(|()| note(line, reply, state)).is_err() {
        line.wrong(Trouble::Storage);
    }
}

fn failed(reason: Reason, code: Option<u32>) -> Outcome {
    Outcome { state: State::Failed, reason: Some(reason.word().to_owned()), code }
}

fn unsure() -> Outcome {
    let reason = Some(Reason::Interrupted.word().to_owned());
    Outcome { state: State::Unknown, reason, code: None }
}

/// Seals an outcome and adds it to the log.
fn tell(
    shared: &Shared,
    held: (&Log, &Desk),
    channel: Channel,
    reply: &Hex<16>,
    outcome: Outcome,
) -> Result<(), payamgir_log::Error> {
    let entry = Entry {
        group: *reply,
        index: 0,
        arrived: shared.keeper.now(),
        channel,
        language: shared.manner.lang.code().to_owned(),
        alias: None,
        revises: None,
        origin: None,
        part: Part::Outcome(outcome),
    };
    shared.append(held, entry, vec![])
}

/// Signal's names are moments, and anybody may speak of any: they count from whom it was sent to.
fn sent_marks(line: &Line, to: &str, id: &str) -> Vec<payamgir_address::Mark> {
    let to = if line.channel == Channel::Signal { to } else { "" };
    marks(line, "sent", &[to, id])
}

/// Notes that a mark is of a piece that does not speak for its reply.
fn piece_of(mark: &payamgir_address::Mark) -> payamgir_address::Mark {
    under(mark, "piece")
}

fn state_marks(line: &Line, reply: &Hex<16>, state: State) -> Vec<payamgir_address::Mark> {
    marks(line, "state", &[&reply.to_string(), state.word()])
}

fn note(line: &Line, reply: &Hex<16>, state: State) -> Result<(), payamgir_ledger::Failed> {
    let keeper = &line.shared.keeper;
    keeper.ledger.note(&[(state_marks(line, reply, state)[0], 0)], keeper.today())
}

/// The server said something of its own, which the platform may tell of.
pub(crate) fn said(line: &Line, to: &str, id: &str) {
    let keeper = &line.shared.keeper;
    if keeper.ledger.note(&[(sent_marks(line, to, id)[0], 0)], keeper.today()).is_err() {
        line.wrong(Trouble::Storage);
    }
}

/// Whether the platform tells of something that went out from here.
pub(crate) fn is_own(line: &Line, came: &Came) -> Result<bool, NotTaken> {
    let ledger = &line.shared.keeper.ledger;
    let to = came.who.as_deref().map_or("", String::as_str);
    let marks = sent_marks(line, to, &came.message);
    let own =
        ledger.sent(&marks).and_then(|sent| Ok(sent.is_some() || ledger.find(&marks)?.is_some()));
    own.map_err(|_| NotTaken::Storage)
}

/// Statuses of which it is not known yet what they mean.
#[derive(Default)]
pub(crate) struct Early(Mutex<VecDeque<Status>>);

impl Early {
    fn keep(&self, status: Status) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.truncate(EARLY - 1);
        all.push_front(status);
    }

    fn take(&self) -> Vec<Status> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).drain(..).rev().collect()
    }
}

/// What a platform told before it was known of what it told.
pub(crate) fn unmatched(line: &Line) {
    for status in line.early.take() {
        let _ = status_of(line, status, false);
    }
}

/// Hears what a platform tells of something that was sent.
pub(crate) fn heard(line: &Line, status: Status) -> Result<(), NotTaken> {
    status_of(line, status, line.is_sending())
}

fn status_of(line: &Line, status: Status, keep: bool) -> Result<(), NotTaken> {
    let (log, desk) = line.held().ok_or(NotTaken::Closed)?;
    let storage = || {
        line.wrong(Trouble::Storage);
        NotTaken::Storage
    };
    let ledger = &line.shared.keeper.ledger;
    let mut found = false;
    for id in status.message.split(',').take(AT_ONCE) {
        let Some((reply, piece)) = reply_of(line, &status, id).map_err(|_| storage())? else {
            continue;
        };
        found = true;
        if piece && status.state != State::Failed {
            continue;
        }
        let known = ledger.find(&state_marks(line, &reply, status.state));
        if known.map_err(|_| storage())?.is_some() {
            continue;
        }
        let reason = if piece { Some(Reason::Partly) } else { status.reason };
        let reason = reason.map(|reason| reason.word().to_owned());
        let outcome = Outcome { state: status.state, reason, code: status.code };
        let told = tell(&line.shared, (&log, &desk), line.channel, &reply, outcome);
        told.map_err(|_| storage())?;
        note(line, &reply, status.state).map_err(|_| storage())?;
    }
    if !found && keep {
        line.early.keep(status);
    }
    Ok(())
}

/// The reply that a platform means, by its own name for it or by ours that it gives back; and whether it
/// speaks of a piece that does not stand for all.
fn reply_of(
    line: &Line,
    status: &Status,
    id: &str,
) -> Result<Option<(Hex<16>, bool)>, payamgir_ledger::Failed> {
    let ledger = &line.shared.keeper.ledger;
    let marks = sent_marks(line, status.who.as_deref().map_or("", String::as_str), id);
    if let Some(reply) = ledger.sent(&marks)? {
        let pieces: Vec<_> = marks.iter().map(piece_of).collect();
        return Ok(Some((Hex(reply), ledger.find(&pieces)?.is_some())));
    }
    let own = status.own.as_ref().and_then(|own| Hex::<16>::parse(own).ok());
    match own {
        Some(own) if ledger.sending(&own.0)?.is_some() => Ok(Some((own, false))),
        _ => Ok(None),
    }
}
