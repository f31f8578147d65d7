//! Sending: one thread for each account, one thing at a time.
//!
//! That a reply is about to be sent is on the disk before the platform is asked, and what became of it
//! is in the log before that is forgotten. A process that dies in between leaves a reply of which it is
//! not known whether it went out; it is never sent again (docs/FORMAT.md §18).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use payamgir_address::Address;
use payamgir_channels::pieces::{Unit, pieces};
use payamgir_channels::{Reason, Verdict, Words};
use payamgir_text::lang::Lang;
use payamgir_wire::send::{File, Send as Reply};
use zeroize::Zeroizing;

use super::line::Line;
use super::replies;

/// Things to do that may wait; beyond them a desk is told to come again.
const QUEUE: usize = 256;
/// How often one piece is tried where it is certain that it was not sent.
const TRIES: u32 = 5;
/// Longest pause between two tries, in seconds.
const LONGEST: u64 = 60;
const LOOK: Duration = Duration::from_millis(100);

/// Something to send or to do.
pub(crate) enum Task {
    /// A reply of the desk's.
    Reply(Box<(Address, Reply)>),
    /// Words of the server's own.
    Greet(Greeting),
    /// Something of one platform's alone.
    Other(Other),
}

/// Words of the server's own for a source.
pub(crate) struct Greeting {
    pub to: Words,
    pub about: Option<Words>,
    pub lang: Lang,
    pub too_large: bool,
}

/// Something of one platform's alone.
pub(crate) enum Other {
    /// Deletes what was sealed from the chat.
    Delete(i64, i64),
    /// Ends the waiting of somebody who pressed a button.
    Answered(Words),
    /// Leaves a group.
    Leave(i64),
}

/// Whether a source may still be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Window {
    Open,
    /// As a person's answer.
    Late,
    Over,
}

/// How a platform is told things.
pub(crate) trait Carrier: Send {
    /// How long one text may be.
    fn most(&self) -> (Unit, usize);
    /// Sends one text. `own` may come back in what the platform tells of it.
    fn text(&mut self, to: &Address, text: &str, own: &str, late: bool) -> Verdict;
    /// Sends a file.
    fn file(&mut self, _to: &Address, _file: &File, _own: &str) -> Verdict {
        Verdict::Refused(Reason::Form, None)
    }
    /// Whether somebody who wrote so many seconds ago may be answered.
    fn window(&self, _ago: u64) -> Window {
        Window::Open
    }
    /// Does something of this platform's alone.
    fn other(&mut self, _other: &Other) {}
}

/// What an account is given to do: replies come before all else.
pub(crate) struct Tasks {
    pub replies: SyncSender<Task>,
    pub others: SyncSender<Task>,
}

/// The other ends of it.
pub(crate) struct Given {
    replies: Receiver<Task>,
    others: Receiver<Task>,
}

impl Given {
    fn next(&self) -> Result<Task, RecvTimeoutError> {
        match self.replies.try_recv().or_else(|_| self.others.try_recv()) {
            Ok(task) => Ok(task),
            Err(_) => self.replies.recv_timeout(LOOK),
        }
    }
}

/// The two ends of an account's tasks.
pub(crate) fn tasks() -> (Tasks, Given) {
    let ((replies, first), (others, then)) = (sync_channel(QUEUE), sync_channel(QUEUE));
    (Tasks { replies, others }, Given { replies: first, others: then })
}

/// Sends until `stop`.
pub(crate) fn keep_sending(
    line: &Arc<Line>,
    tasks: Given,
    mut carrier: Box<dyn Carrier>,
    stop: &Arc<AtomicBool>,
) -> JoinHandle<()> {
    let (line, stop) = (line.clone(), stop.clone());
    std::thread::spawn(move || {
        while !stop.load(Ordering::SeqCst) {
            match tasks.next() {
                Ok(Task::Reply(task)) => {
                    reply(&line, &mut *carrier, &task.0, &task.1, &stop);
                    line.unqueue(&task.1.reply.0);
                }
                Ok(Task::Greet(greeting)) => greet(&line, &mut *carrier, &greeting, &stop),
                Ok(Task::Other(other)) => carrier.other(&other),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    })
}

/// A piece of a reply.
enum Piece<'r> {
    Text(&'r str),
    File(&'r File),
}

/// Sends a reply that was not begun before.
fn reply(line: &Line, carrier: &mut dyn Carrier, to: &Address, reply: &Reply, stop: &AtomicBool) {
    let Some(held) = line.held() else { return };
    let keeper = &line.shared.keeper;
    let window = carrier.window(line.now().saturating_sub(to.wrote));
    if !keeper.ledger.begin(&reply.reply.0, keeper.today()).unwrap_or(false) {
        return;
    }
    let (mut ids, mut verdict) = (vec![], None);
    if window == Window::Over {
        verdict = Some(Verdict::Refused(Reason::Window, None));
    }
    let (unit, most) = carrier.most();
    let texts = pieces(&reply.text, unit, most).into_iter().map(Piece::Text);
    let all: Vec<Piece<'_>> = texts.chain(reply.file.as_ref().map(Piece::File)).collect();
    let own = reply.reply.to_string();
    line.sending.store(true, Ordering::SeqCst);
    for piece in all.iter().filter(|_| window != Window::Over) {
        match patiently(stop, TRIES, || send(carrier, to, piece, &own, window == Window::Late)) {
            Verdict::Accepted(id) => ids.push(id),
            other => {
                verdict = Some(other);
                break;
            }
        }
    }
    let unsent = matches!(verdict, Some(Verdict::Later(_) | Verdict::NotReached));
    if unsent && stop.load(Ordering::SeqCst) && ids.is_empty() {
        // The desk hands it over again.
        let _ = keeper.ledger.unbegin(&reply.reply.0);
    } else {
        replies::ended(line, &held, (&reply.reply, &to.to), &ids, verdict);
    }
    line.sending.store(false, Ordering::SeqCst);
    replies::unmatched(line);
}

fn send(
    carrier: &mut dyn Carrier,
    to: &Address,
    piece: &Piece<'_>,
    own: &str,
    late: bool,
) -> Verdict {
    match piece {
        Piece::Text(text) => carrier.text(to, text, own, late),
        Piece::File(file) => carrier.file(to, file, own),
    }
}

/// Tries again where it is certain that nothing was sent, as late as the platform wants.
fn patiently(stop: &AtomicBool, tries: u32, mut send: impl FnMut() -> Verdict) -> Verdict {
    for _ in 1..tries {
        match send() {
            verdict @ (Verdict::Later(_) | Verdict::NotReached) => {
                let seconds = if let Verdict::Later(seconds) = verdict { seconds } else { 5 };
                let until = std::time::Instant::now() + Duration::from_secs(seconds.min(LONGEST));
                while std::time::Instant::now() < until {
                    if stop.load(Ordering::SeqCst) {
                        return verdict;
                    }
                    std::thread::sleep(LOOK);
                }
            }
            verdict => return verdict,
        }
    }
    send()
}

/// Says something of the server's own: once at most, and never again where it is not known whether it
/// was heard.
fn greet(line: &Line, carrier: &mut dyn Carrier, greeting: &Greeting, stop: &AtomicBool) {
    let text = match greeting.too_large {
        true => Some(line.shared.too_large(greeting.lang)),
        false => line.shared.greeting(greeting.lang),
    };
    let Some(text) = text else { return };
    let to = Address {
        account: Zeroizing::new(line.key.clone()),
        to: greeting.to.clone(),
        about: greeting.about.clone(),
        wrote: line.now(),
    };
    line.sending.store(true, Ordering::SeqCst);
    // Replies wait behind it: it is not worth much patience.
    if let Verdict::Accepted(id) = patiently(stop, 1, || carrier.text(&to, text, "", false)) {
        replies::said(line, &to.to, &id);
    }
    line.sending.store(false, Ordering::SeqCst);
}
