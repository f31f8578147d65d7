//! A request's body, watched: it must keep a pace, pause only so long, and be parsed as it comes.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, HttpBody};
use bytes::Bytes;
use futures_core::Stream;
use tokio::time::{Instant, Sleep};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use crate::pages::Problem;
use crate::settings::Limits;

/// Most bytes the form parser may hold without giving anything out. It bounds what a hostile
/// part header can occupy.
const UNPARSED_BYTES: u64 = 256 * 1024;

/// How many times the pace is asked for while somebody waits for a turn or outside the door: 1.5 kB a second, so that
/// the slowest line that is meant to be served may stall for some seconds.
const CROWDED: u64 = 3;
/// By which the window is shorter then: who sends nothing holds no place for long.
const SHORTER: u32 = 3;

/// Most bytes of a small body.
const SMALL: u64 = 128 * 1024;

/// How often it is looked whether a sender is silent.
const LOOK: Duration = Duration::from_secs(2);

/// Why a body ended early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The connection broke.
    Cut,
    /// It paused too long or came too slowly.
    TooSlow,
    /// More came than may.
    TooLong,
    /// Bytes came that lead nowhere.
    Unparsable,
    /// The server is stopping and the grace is over.
    Stopping,
}

/// Shared between the body and the one who reads its fields.
#[derive(Clone, Default)]
pub(crate) struct Watch {
    fault: Arc<AtomicU8>,
    unparsed: Arc<AtomicU64>,
    /// Who waits, for a turn to send a file or for a connection.
    waiting: Arc<AtomicU64>,
}

const FAULTS: [Fault; 5] =
    [Fault::Cut, Fault::TooSlow, Fault::TooLong, Fault::Unparsable, Fault::Stopping];

impl Watch {
    /// A watch that knows how many wait.
    pub(crate) fn beside(waiting: &Arc<AtomicU64>) -> Self {
        Self { waiting: waiting.clone(), ..Self::default() }
    }

    /// Why the body ended early, if it did.
    pub(crate) fn fault(&self) -> Option<Fault> {
        let number = self.fault.load(Ordering::Relaxed);
        FAULTS.get(usize::from(number).wrapping_sub(1)).copied()
    }

    /// The parser gave something out.
    pub(crate) fn parsed(&self) {
        self.unparsed.store(0, Ordering::Relaxed);
    }

    /// The same as the page says it; nothing where the line just broke.
    pub(crate) fn problem(&self) -> Option<Problem> {
        match self.fault()? {
            Fault::TooSlow => Some(Problem::TooSlow),
            Fault::TooLong => Some(Problem::TooMuch),
            // A server that stops is a line that broke, to whoever was sending.
            Fault::Stopping | Fault::Cut | Fault::Unparsable => None,
        }
    }

    fn set(&self, fault: Fault) {
        let number = FAULTS.iter().position(|other| *other == fault).map_or(0, |at| at + 1);
        self.fault.store(number as u8, Ordering::Relaxed);
    }
}

/// The watched body.
pub(crate) struct Guarded {
    body: BodyDataStream,
    /// As its sender says it.
    length: Option<u64>,
    watch: Watch,
    limits: Limits,
    taken: u64,
    window: (Instant, u64),
    /// When something came last, and when it is next looked whether that is too long ago.
    heard: Instant,
    look: Pin<Box<Sleep>>,
    stop: Pin<Box<WaitForCancellationFutureOwned>>,
    rest: bool,
    /// When the last chunk was handed on: until the next is asked for it is we who hold the
    /// sender back, for a turn or for the disk, and that is not the sender's slowness.
    handed: Option<Instant>,
    /// The body is refused; what still comes is thrown away so that the sender, who reads only
    /// once it has sent, gets the answer.
    discarding: Option<Fault>,
}

/// The body ended early; [`Watch::fault`] says why.
#[derive(Debug)]
pub(crate) struct EndedEarly;

impl Guarded {
    /// The next bytes; `None` at the end.
    pub(crate) async fn chunk(&mut self) -> Option<Result<Bytes, EndedEarly>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    pub(crate) fn new(body: Body, watch: Watch, limits: Limits, stop: CancellationToken) -> Self {
        Self {
            length: HttpBody::size_hint(&body).exact(),
            body: body.into_data_stream(),
            watch,
            limits,
            taken: 0,
            window: (Instant::now(), 0),
            heard: Instant::now(),
            look: Box::pin(tokio::time::sleep(LOOK.min(limits.pause))),
            stop: Box::pin(stop.cancelled_owned()),
            rest: false,
            // It may wait for a turn before it is read.
            handed: Some(Instant::now()),
            discarding: None,
        }
    }

    /// Whether it says of itself that it is small.
    pub(crate) fn is_small(&self) -> bool {
        self.length.is_some_and(|length| length <= SMALL)
    }

    fn forgive_our_own_delay(&mut self) {
        if let Some(handed) = self.handed.take() {
            let now = Instant::now();
            self.window.0 += now.duration_since(handed);
            self.heard = now;
        }
    }

    fn arrived(&mut self, chunk: Bytes) -> Result<Option<Bytes>, Fault> {
        match (self.discarding, self.take(&chunk)) {
            (None, Ok(())) => Ok(Some(chunk)),
            (None, Err(fault @ (Fault::TooLong | Fault::Unparsable))) => {
                self.discarding = Some(fault);
                Ok(None)
            }
            (None, Err(fault)) | (Some(_), Err(fault @ Fault::TooSlow)) => Err(fault),
            (Some(fault), _) if self.taken / 2 > self.limits.submission_bytes => Err(fault),
            (Some(_), _) => Ok(None),
        }
    }

    fn take(&mut self, chunk: &Bytes) -> Result<(), Fault> {
        let length = chunk.len() as u64;
        self.taken += length;
        self.keep_pace(length)?;
        let unparsed = self.watch.unparsed.fetch_add(length, Ordering::Relaxed) + length;
        match self.taken > self.limits.submission_bytes {
            true => Err(Fault::TooLong),
            false if unparsed > UNPARSED_BYTES => Err(Fault::Unparsable),
            false => Ok(()),
        }
    }

    fn keep_pace(&mut self, length: u64) -> Result<(), Fault> {
        self.heard = Instant::now();
        self.window.1 += length;
        if self.is_in_pace() { Ok(()) } else { Err(Fault::TooSlow) }
    }

    fn is_in_pace(&mut self) -> bool {
        let (now, limits) = (Instant::now(), self.limits);
        let crowded = self.watch.waiting.load(Ordering::Relaxed) > 0;
        let (window, asked) = match crowded {
            true => {
                (limits.pace_window / SHORTER, limits.pace_bytes * CROWDED / u64::from(SHORTER))
            }
            false => (limits.pace_window, limits.pace_bytes),
        };
        if now.duration_since(self.window.0) < window {
            return true;
        }
        std::mem::replace(&mut self.window, (now, 0)).1 >= asked
    }

    /// Whether nothing came for too long, looked at now and then.
    fn is_silent(&mut self, cx: &mut Context<'_>) -> bool {
        while self.look.as_mut().poll(cx).is_ready() {
            let silent = self.heard.elapsed() >= self.limits.pause;
            if silent || !self.is_in_pace() {
                return true;
            }
            self.look.as_mut().reset(Instant::now() + LOOK.min(self.limits.pause));
        }
        false
    }

    fn end(&self, fault: Fault) -> Poll<Option<Result<Bytes, EndedEarly>>> {
        self.watch.set(fault);
        Poll::Ready(Some(Err(EndedEarly)))
    }
}

impl Stream for Guarded {
    type Item = Result<Bytes, EndedEarly>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // multer reads until its source has nothing ready and buffers it all. One chunk and then
        // a pause keeps what it holds within a chunk or two, however fast the sender is.
        self.forgive_our_own_delay();
        if std::mem::take(&mut self.rest) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        match Pin::new(&mut self.body).poll_next(cx) {
            Poll::Ready(Some(Ok(chunk))) => match self.arrived(chunk) {
                Ok(Some(chunk)) => {
                    self.handed = Some(Instant::now());
                    self.rest = true;
                    Poll::Ready(Some(Ok(chunk)))
                }
                Ok(None) => {
                    cx.waker().wake_by_ref();
                    Poll::Pending
                }
                Err(fault) => self.end(fault),
            },
            Poll::Ready(Some(Err(_))) => self.end(Fault::Cut),
            Poll::Ready(None) => match self.discarding {
                Some(fault) => self.end(fault),
                None => Poll::Ready(None),
            },
            Poll::Pending if self.stop.as_mut().poll(cx).is_ready() => self.end(Fault::Stopping),
            Poll::Pending if self.is_silent(cx) => self.end(Fault::TooSlow),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl std::fmt::Display for EndedEarly {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the body ended early")
    }
}

impl std::error::Error for EndedEarly {}
