//! Everything the server is told. The defaults suit a virtual server with 1 GB of memory.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::pages::Site;

/// What the server is told.
pub struct Settings {
    /// Where sources come.
    pub listen: SocketAddr,
    /// Where desks come; also health checks. Keep it private.
    pub desk_listen: SocketAddr,
    /// The folder where members leave what the recovery kit opens; made when one does.
    pub deposits: PathBuf,
    /// The folder of uploads that are not whole yet; made at the start.
    pub uploads: PathBuf,
    /// What the pages say; its limits are shown and enforced.
    pub site: Site,
    /// What the server bears.
    pub limits: Limits,
}

/// What the server bears, beyond what the pages say.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most bytes of one request's body.
    pub submission_bytes: u64,
    /// Connections open at once on the source's address; more wait in the system's queue.
    pub connections: usize,
    /// What one connection may send at once, and then in a second; who sends more waits.
    pub connection_pace: (f64, f64),
    /// Bytes that uploads which are not whole yet may take, all together.
    pub unfinished_bytes: u64,
    /// Files being received at once; more wait while their sender's line is held back.
    pub uploads: usize,
    /// How long a file waits for its turn.
    pub upload_wait: Duration,
    /// How long a request's head may take, and how long an idle connection is kept.
    pub head_timeout: Duration,
    /// How long a body may pause.
    pub pause: Duration,
    /// Bytes that must arrive in each [`Limits::pace_window`].
    pub pace_bytes: u64,
    /// The window in which the pace is measured.
    pub pace_window: Duration,
    /// How long uploads in flight may go on once the server is told to stop.
    pub stop_grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            submission_bytes: 6 << 30,
            connections: 512,
            connection_pace: (f64::INFINITY, 0.0),
            unfinished_bytes: 8 << 30,
            uploads: 24,
            upload_wait: Duration::from_secs(60),
            head_timeout: Duration::from_secs(20),
            pause: Duration::from_secs(45),
            pace_bytes: 30_000,
            pace_window: Duration::from_secs(60),
            stop_grace: Duration::from_secs(30),
        }
    }
}
