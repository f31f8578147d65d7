//! Listening, accepting, stopping.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use payamgir_log::Log;
use payamgir_seal::padding::sealed_size;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::auth::Gate;
use crate::channels::Channels;
use crate::desk::Desk;
use crate::desk_api::{Api, Ways};
use crate::editions::Editions;
use crate::flood::connection::Answering;
use crate::flood::{Flood, Rate};
use crate::intake::{Intake, Waiting};
use crate::journal::{Event, Journal};
use crate::receipts::Receipts;
use crate::returning::Returning;
use crate::routes;
use crate::settings::{Limits, Settings};
use crate::uploads::Uploads;
use crate::web::Web;
use crate::world::World;

/// Most bytes hyper reads ahead of us on a connection: bounds memory per connection.
const READ_BUFFER: usize = 64 * 1024;
/// Connections on the desk's address.
const DESK_CONNECTIONS: usize = 64;
/// Uploads that are read to their end at once.
const ADOPTING: usize = 2;
/// After the grace: time for cut parts to be sealed and answers to be written.
const LAST_WORDS: Duration = Duration::from_secs(5);
/// Pause after a failed accept, so that a shortage of files does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A server whose addresses are taken but which does not answer yet.
pub struct Bound {
    public: TcpListener,
    private: TcpListener,
    settings: Settings,
    uploads: Uploads,
}

/// Takes both addresses, and what is left of uploads that are not whole yet. Port 0 takes a free one.
pub async fn bind(settings: Settings, world: &World) -> io::Result<Bound> {
    let public = TcpListener::bind(settings.listen).await?;
    let private = TcpListener::bind(settings.desk_listen).await?;
    let most = sealed_size(settings.site.file_bytes) + 16;
    let room = (settings.limits.unfinished_bytes, most);
    let uploads = Uploads::open(settings.uploads.clone(), room, world.clone())?;
    Ok(Bound { public, private, settings, uploads })
}

impl Bound {
    /// The source's address and the desk's.
    pub fn addresses(&self) -> io::Result<(SocketAddr, SocketAddr)> {
        Ok((self.public.local_addr()?, self.private.local_addr()?))
    }

    /// Serves until `stop` resolves, then finishes: no new connections, uploads in flight go on
    /// for the grace, what is cut then is sealed as cut, and the log is closed.
    pub async fn serve(
        self,
        (log, desk): (Log, Desk),
        stores: Stores,
        (world, journal): (World, Journal),
        stop: impl Future<Output = ()>,
    ) {
        let Self { public, private, settings, uploads } = self;
        let limits = settings.limits;
        let (tasks, cut_off) = (TaskTracker::new(), CancellationToken::new());
        let kept = (settings, uploads, cut_off.clone());
        let house = House::new((log.clone(), desk), stores, (world, journal.clone()), kept);
        let keeping = house.keep_going();
        let doors = Doors { limits, abandon: CancellationToken::new(), journal: journal.clone() };
        let waiting = house.intake.waiting.clone();
        let (channels, web, api) = house.routes(&tasks);
        let public = doors.door((public, web), limits.connections, waiting);
        let private = doors.door((private, api), DESK_CONNECTIONS, Arc::default());
        let closing = CancellationToken::new();
        let open = [public, private].map(|door| tokio::spawn(door.open(closing.clone())));
        journal(Event::Started);
        stop.await;
        journal(Event::Stopping);
        let _ = tokio::task::spawn_blocking(move || channels.stop()).await;
        keeping.into_iter().for_each(|task| task.abort());
        closing.cancel();
        tasks.close();
        let finished = async {
            for door in open {
                let _ = door.await;
            }
            tasks.wait().await;
        };
        finish(finished, limits.stop_grace, &cut_off).await;
        // Who has not read its answer by now never will; the log is closed only once nobody
        // holds it.
        doors.abandon.cancel();
        let _ = tokio::task::spawn_blocking(|| log.close()).await;
        journal(Event::Stopped);
    }
}

/// What a server keeps besides the log.
pub struct Stores {
    /// Messengers.
    pub channels: Channels,
    /// Who comes back.
    pub returning: Returning,
    /// Receipts.
    pub receipts: Receipts,
    /// Who is let in.
    pub flood: Flood,
    /// What is published.
    pub editions: Editions,
}

/// What is behind both doors.
struct House {
    intake: Arc<Intake>,
    channels: Arc<Channels>,
    editions: Arc<Editions>,
    api: Arc<Api>,
    gate: Gate,
}

impl House {
    fn new(
        (log, desk): (Log, Desk),
        stores: Stores,
        (world, journal): (World, Journal),
        (settings, uploads, cut_off): (Settings, Uploads, CancellationToken),
    ) -> Self {
        let channels = Arc::new(stores.channels);
        let (returning, receipts) = (Arc::new(stores.returning), Arc::new(stores.receipts));
        let editions = Arc::new(stores.editions);
        let (flood, turns) = (Arc::new(stores.flood), Semaphore::new(settings.limits.uploads));
        let knows = desk.clone();
        let knows = Arc::new(move |key: &[u8; 32]| knows.now().knows(key));
        let gate = Gate::new(knows, world.clone(), journal.clone());
        let ways = Ways {
            channels: channels.clone(),
            returning: returning.clone(),
            receipts: receipts.clone(),
            flood: flood.clone(),
            editions: editions.clone(),
        };
        let told = (world.clone(), journal.clone());
        let deposits = settings.deposits.clone();
        let api = Arc::new(Api::new((log.clone(), desk.clone()), deposits, told, ways));
        let intake = Arc::new(Intake {
            settings: Arc::new(settings),
            desk,
            log,
            world,
            journal,
            returning,
            receipts,
            flood,
            turns,
            adopting: Semaphore::new(ADOPTING),
            uploads: Arc::new(uploads),
            waiting: Arc::default(),
            cut_off,
        });
        Self { intake, channels, editions, api, gate }
    }

    /// What happens by the clock, until it is aborted.
    fn keep_going(&self) -> [JoinHandle<()>; 3] {
        let intake = &self.intake;
        let (log, journal) = (intake.log.clone(), intake.journal.clone());
        [
            tokio::spawn(intake.returning.clone().keep_turning()),
            tokio::spawn(intake.uploads.clone().keep_turning()),
            tokio::spawn(intake.receipts.clone().keep_publishing(log, journal)),
        ]
    }

    /// The messengers, and what answers at the source's door and at the desk's.
    fn routes(self, tasks: &TaskTracker) -> (Arc<Channels>, Router, Router) {
        let web = Arc::new(Web::new(self.intake, tasks.clone()));
        let public = routes::public(web, self.channels.clone(), self.editions);
        (self.channels, public, routes::private(self.api, Arc::new(self.gate)))
    }
}

/// What all doors share.
struct Doors {
    limits: Limits,
    /// Cancelled when connections are dropped as they are.
    abandon: CancellationToken,
    journal: Journal,
}

impl Doors {
    fn door(
        &self,
        (listener, router): (TcpListener, Router),
        connections: usize,
        waiting: Arc<AtomicU64>,
    ) -> Door {
        Door {
            listener,
            router,
            room: Arc::new(Semaphore::new(connections)),
            connections,
            waiting,
            head_timeout: self.limits.head_timeout,
            pause: self.limits.pause,
            pace: self.limits.connection_pace,
            abandon: self.abandon.clone(),
            journal: self.journal.clone(),
        }
    }
}

async fn finish(finished: impl Future<Output = ()>, grace: Duration, cut_off: &CancellationToken) {
    let mut finished = pin!(finished);
    if tokio::time::timeout(grace, &mut finished).await.is_err() {
        cut_off.cancel();
        let _ = tokio::time::timeout(LAST_WORDS, finished).await;
    }
}

/// One listener and what is behind it.
struct Door {
    listener: TcpListener,
    router: Router,
    room: Arc<Semaphore>,
    /// How many connections there may be.
    connections: usize,
    /// Counts who waits: bodies are to hurry while somebody stands outside.
    waiting: Arc<AtomicU64>,
    head_timeout: Duration,
    /// How long a peer may leave unread what is sent to it.
    pause: Duration,
    /// What one connection may send.
    pace: Rate,
    /// Cancelled when connections are dropped as they are.
    abandon: CancellationToken,
    journal: Journal,
}

impl Door {
    /// Accepts until `closing`, then waits for the connections there are.
    async fn open(self, closing: CancellationToken) {
        let graceful = GracefulShutdown::new();
        loop {
            let accepted = tokio::select! {
                () = closing.cancelled() => break,
                accepted = self.accept() => accepted,
            };
            match accepted {
                Ok((stream, turn)) => self.converse(stream, turn, &graceful),
                Err(error) => {
                    (self.journal)(Event::AcceptFailed(error.kind()));
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
        drop(self.listener);
        graceful.shutdown().await;
    }

    async fn accept(&self) -> io::Result<(TcpStream, OwnedSemaphorePermit)> {
        let turn = self.turn().await?;
        // The peer's address is not looked at.
        let (stream, _) = self.listener.accept().await?;
        stream.set_nodelay(true)?;
        Ok((stream, turn))
    }

    /// A connection's place. Where there is none, those there are make haste.
    async fn turn(&self) -> io::Result<OwnedSemaphorePermit> {
        if let Ok(turn) = self.room.clone().try_acquire_owned() {
            return Ok(turn);
        }
        let _counted = Waiting::new(&self.waiting);
        self.room.clone().acquire_owned().await.map_err(io::Error::other)
    }

    fn converse(&self, stream: TcpStream, turn: OwnedSemaphorePermit, graceful: &GracefulShutdown) {
        let service =
            Answering::new(self.router.clone(), self.pace, (&self.room, self.connections));
        let mut patient = TimeoutStream::new(stream);
        patient.set_write_timeout(Some(self.pause));
        let abandon = self.abandon.clone();
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.head_timeout)
            .max_buf_size(READ_BUFFER)
            .half_close(false)
            .serve_connection(TokioIo::new(Box::pin(patient)), service);
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            tokio::select! {
                // What goes wrong on a connection is the peer's affair; it is not recorded.
                _ = watched => {}
                () = abandon.cancelled() => {}
            }
            drop(turn);
        });
    }
}
