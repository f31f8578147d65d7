//! Passes that a desk had signed blindly, and gave to people it knows.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use payamgir_ledger::Failed;
use payamgir_pass::{Issuer, POINT, Pass};

use crate::auth::Asking;
use crate::desk_api::{Api, binary};
use crate::journal::Event;
use crate::world::World;

/// Most passes that are ever signed.
const SIGNED: u64 = 100_000;
/// How long, and how often, a pass that was used lets in what belongs together: words, then files. Known only in
/// memory: the database does not say when a pass was used.
const TOGETHER: (Duration, u32) = (Duration::from_secs(6 * 3600), 64);

/// The passes there are, and those that are in use.
pub(super) struct Passes {
    ledger: payamgir_ledger::Passes,
    issuer: Issuer,
    signed: AtomicBool,
    now: Mutex<HashMap<[u8; 16], (Instant, u32)>>,
    world: World,
}

impl Passes {
    pub(super) fn open(folder: &Path, world: World) -> Result<Self, Failed> {
        let draw = || Issuer::draw(&*world.random).to_vec();
        let ledger = payamgir_ledger::Passes::open(&folder.join("passes.db"), draw)?;
        let (key, signed) = ledger.issuer()?;
        let issuer = Issuer::open(&key).ok_or_else(Failed::damaged)?;
        let signed = AtomicBool::new(signed > 0);
        Ok(Self { ledger, issuer, signed, now: Mutex::default(), world })
    }

    pub(super) fn has_signed(&self) -> bool {
        self.signed.load(Ordering::Relaxed)
    }

    /// Whether a pass lets in, which uses it up. Where the disk fails it does not.
    pub(super) async fn lets_in(self: Arc<Self>, pass: Pass) -> bool {
        let look = move || self.issuer.used(&pass).is_some_and(|used| self.is_good(&used));
        tokio::task::spawn_blocking(look).await.unwrap_or(false)
    }

    fn is_good(&self, pass: &[u8; 16]) -> bool {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        let (long, often) = TOGETHER;
        if let Some((since, times)) = now.get_mut(pass) {
            *times += 1;
            return since.elapsed() < long && *times <= often;
        }
        let first = self.ledger.use_up(pass).unwrap_or(false);
        if first {
            now.insert(*pass, (Instant::now(), 1));
        }
        first
    }

    fn sign(&self, points: &[u8]) -> Result<Option<Vec<u8>>, Failed> {
        let Some(answer) = self.issuer.sign(points, &*self.world.random) else { return Ok(None) };
        if !self.ledger.count((points.len() / POINT) as u64, SIGNED)? {
            return Ok(None);
        }
        self.signed.store(true, Ordering::Relaxed);
        Ok(Some(answer))
    }
}

/// `POST /desk/1/passes`: blinded passes of a member who may write, to be signed.
pub(crate) async fn sign(
    State(api): State<Arc<Api>>,
    axum::Extension(Asking(by)): axum::Extension<Asking>,
    body: Bytes,
) -> Response {
    if let Some(refusal) = api.refusal(&by) {
        return refusal;
    }
    let passes = api.flood.passes.clone();
    match tokio::task::spawn_blocking(move || passes.sign(&body)).await {
        Ok(Ok(Some(answer))) => binary(answer),
        Ok(Ok(None)) => (StatusCode::BAD_REQUEST, "refused").into_response(),
        _ => {
            (api.journal)(Event::PassesFailed);
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
