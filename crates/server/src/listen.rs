//! Listening, accepting, stopping.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use payamgir_log::Log;
use payamgir_seal::padding::sealed_size;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::auth::Gate;
use crate::channels::Channels;
use crate::desk::Desk;
use crate::desk_api::{Api, Ways};
use crate::flood::connection::Answering;
use crate::flood::{Flood, Rate};
use crate::intake::Intake;
use crate::journal::{Event, Journal};
use crate::receipts::Receipts;
use crate::returning::Returning;
use crate::routes;
use crate::settings::Settings;
use crate::uploads::Uploads;
use crate::web::Web;
use crate::world::World;

/// Most bytes hyper reads ahead of us on a connection: bounds memory per connection.
const READ_BUFFER: usize = 64 * 1024;
/// Connections on the desk's address.
const DESK_CONNECTIONS: usize = 64;
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
        (channels, returning, receipts, flood): (Channels, Returning, Receipts, Flood),
        (world, journal): (World, Journal),
        stop: impl Future<Output = ()>,
    ) {
        let (channels, returning) = (Arc::new(channels), Arc::new(returning));
        let (receipts, flood) = (Arc::new(receipts), Arc::new(flood));
        let (settings, uploads) = (Arc::new(self.settings), Arc::new(self.uploads));
        let limits = settings.limits;
        let (tasks, cut_off) = (TaskTracker::new(), CancellationToken::new());
        let knows = desk.clone();
        let knows = Arc::new(move |key: &[u8; 32]| knows.now().knows(key));
        let gate = Gate::new(knows, world.clone(), journal.clone());
        let deposits = settings.deposits.clone();
        let told = (world.clone(), journal.clone());
        let ways = Ways {
            channels: channels.clone(),
            returning: returning.clone(),
            receipts: receipts.clone(),
            flood: flood.clone(),
        };
        let api = Arc::new(Api::new((log.clone(), desk.clone()), deposits, told, ways));
        let turning = tokio::spawn(returning.clone().keep_turning());
        let expiring = tokio::spawn(uploads.clone().keep_turning());
        let publishing = receipts.clone().keep_publishing(log.clone(), journal.clone());
        let publishing = tokio::spawn(publishing);
        let intake = Arc::new(Intake {
            settings,
            desk,
            log: log.clone(),
            world,
            journal: journal.clone(),
            returning,
            receipts,
            flood,
            turns: Semaphore::new(limits.uploads),
            uploads,
            waiting: Arc::default(),
            cut_off: cut_off.clone(),
        });
        let web = Arc::new(Web::new(intake, tasks.clone()));
        let abandon = CancellationToken::new();
        let door = |listener, router, connections| Door {
            listener,
            router,
            room: Arc::new(Semaphore::new(connections)),
            connections,
            head_timeout: limits.head_timeout,
            pause: limits.pause,
            pace: limits.connection_pace,
            abandon: abandon.clone(),
            journal: journal.clone(),
        };
        let public = door(self.public, routes::public(web, channels.clone()), limits.connections);
        let private = door(self.private, routes::private(api, Arc::new(gate)), DESK_CONNECTIONS);
        let closing = CancellationToken::new();
        let doors = [public, private].map(|door| tokio::spawn(door.open(closing.clone())));
        journal(Event::Started);
        stop.await;
        journal(Event::Stopping);
        let told = channels.clone();
        let _ = tokio::task::spawn_blocking(move || told.stop()).await;
        turning.abort();
        expiring.abort();
        publishing.abort();
        closing.cancel();
        tasks.close();
        let finished = async {
            for door in doors {
                let _ = door.await;
            }
            tasks.wait().await;
        };
        finish(finished, limits.stop_grace, &cut_off).await;
        // Who has not read its answer by now never will; the log is closed only once nobody
        // holds it.
        abandon.cancel();
        let _ = tokio::task::spawn_blocking(|| log.close()).await;
        journal(Event::Stopped);
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
        let turn = self.room.clone().acquire_owned().await.map_err(io::Error::other)?;
        // The peer's address is not looked at.
        let (stream, _) = self.listener.accept().await?;
        stream.set_nodelay(true)?;
        Ok((stream, turn))
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
