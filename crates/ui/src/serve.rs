//! Serving until the desk is locked or ended.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::door::{Opener, Ui};
use crate::gate::{Gate, Secrets};
use crate::listen::Own;
use crate::routes;

/// How the pages are served.
pub struct Settings {
    /// Seconds without anything done after which the desk locks itself.
    pub idle: u64,
    /// Seconds of local time from UTC.
    pub offset: i32,
    /// The language spoken before one is chosen.
    pub lang: payamgir_text::lang::Lang,
    /// Unix seconds.
    pub now: Arc<dyn Fn() -> u64 + Send + Sync>,
    /// Where attachments are worked on: processes of their own.
    pub workshop: payamgir_media::Workshop,
    /// Fills a buffer from the operating system's generator.
    pub random: payamgir_desk::client::Random,
}

/// Why serving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The desk is to be locked: this process must end.
    Locked,
    /// Whoever started it is gone.
    Ended,
}

/// How long an answer under way may take once the desk is locked.
const GRACE: Duration = Duration::from_millis(500);
/// How often idleness is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Serves on `listener` until the desk is locked, or until `ended` is told.
pub fn serve(
    (listener, settings): (std::net::TcpListener, Settings),
    secrets: Secrets,
    opener: Arc<dyn Opener>,
    ended: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<Why> {
    listener.set_nonblocking(true)?;
    let at = listener.local_addr()?;
    let gate = Arc::new(Gate::new(secrets, at));
    let ui = Arc::new(Ui::new(gate, settings, opener));
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let why = runtime.block_on(async {
        let own = Own::new(TcpListener::from_std(listener)?);
        let app = routes::routes(ui.clone());
        tokio::spawn(async move { axum::serve(own, app).await });
        tokio::spawn(watch(ui.clone()));
        tokio::select! {
            () = ui.end.notified() => {
                // The answer that says so is on its way.
                tokio::time::sleep(GRACE).await;
                Ok(Why::Locked)
            }
            () = ended => Ok(Why::Ended),
        }
    });
    // Nothing waits for what is under way: what was promised is on the disk, and the process ends.
    std::mem::forget(runtime);
    why
}

/// Locks the desk when nobody is there any more.
async fn watch(ui: Arc<Ui>) {
    loop {
        tokio::time::sleep(LOOK).await;
        if ui.is_idle() {
            ui.lock();
            return;
        }
    }
}
