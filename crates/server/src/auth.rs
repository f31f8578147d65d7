//! Who may fetch the log: a member's Ed25519 key, by HTTP message signatures (RFC 9421).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header, request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use ed25519_dalek::{Signature, VerifyingKey};
use payamgir_wire::limits::{APPEND_BYTES, CLOCK_SKEW_SECONDS, REPLY_BYTES};
use payamgir_wire::signature::{self, Params};
use sha2::{Digest, Sha256};

use crate::journal::{Event, Journal};
use crate::world::World;

/// How long a member's request may take to bring its body.
const BODY_TIME: Duration = Duration::from_secs(120);
/// Nonces remembered; only members can fill this.
const NONCES: usize = 100_000;

/// Why a desk's request is refused. It is told to the desk, which can then say what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No signature, or not written the one accepted way.
    Malformed,
    /// The key is not a member's.
    UnknownKey,
    /// Signed too long ago, too far ahead, or before this server started.
    Clock,
    /// The nonce was used before.
    Replayed,
    /// The signature does not fit the request.
    Signature,
}

/// Whose signature a request bears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asking(pub(crate) [u8; 32]);

/// Whether requests signed by a key are heard.
pub(crate) type Knows = Arc<dyn Fn(&[u8; 32]) -> bool + Send + Sync>;

/// Checks requests and remembers their nonces.
pub(crate) struct Gate {
    knows: Knows,
    world: World,
    journal: Journal,
    /// Nonces are forgotten at a restart, so nothing dated before it is accepted. A request of
    /// a desk whose clock is ahead could be repeated once across a restart: it reads, or adds
    /// what the roster refuses the second time.
    started: u64,
    nonces: Mutex<HashMap<[u8; 16], u64>>,
}

impl Gate {
    pub(crate) fn new(knows: Knows, world: World, journal: Journal) -> Self {
        let started = (world.now)();
        Self { knows, world, journal, started, nonces: Mutex::default() }
    }

    /// Checks the head; gives who asks, and the SHA-256 that the body must have.
    fn check(&self, head: &request::Parts) -> Result<(Asking, [u8; 32]), Refusal> {
        let field = |name| one(&head.headers, name).ok_or(Refusal::Malformed);
        let params = Params::parse(field(signature::header::SIGNATURE_INPUT)?)
            .map_err(|_| Refusal::Malformed)?;
        let bytes = signature::parse_signature(field(signature::header::SIGNATURE)?)
            .map_err(|_| Refusal::Malformed)?;
        let digest = field(signature::header::CONTENT_DIGEST)?;
        let body_sha256 = signature::parse_digest(digest).map_err(|_| Refusal::Malformed)?;
        let request = signature::Request {
            method: head.method.as_str(),
            authority: field(header::HOST.as_str())?,
            path: head.uri.path(),
            query: head.uri.query().unwrap_or_default(),
            body_sha256: &body_sha256,
        };
        self.check_signed(&params, &request, &bytes)?;
        Ok((Asking(params.key), body_sha256))
    }

    fn check_signed(
        &self,
        params: &Params,
        request: &signature::Request<'_>,
        bytes: &[u8; 64],
    ) -> Result<(), Refusal> {
        if !(self.knows)(&params.key) {
            return Err(Refusal::UnknownKey);
        }
        let key = VerifyingKey::from_bytes(&params.key).map_err(|_| Refusal::UnknownKey)?;
        key.verify_strict(params.base(request).as_bytes(), &Signature::from_bytes(bytes))
            .map_err(|_| Refusal::Signature)?;
        self.check_fresh(params)
    }

    /// Only after the signature: strangers leave no trace here.
    fn check_fresh(&self, params: &Params) -> Result<(), Refusal> {
        let now = (self.world.now)();
        let skewed = params.created.abs_diff(now) > CLOCK_SKEW_SECONDS;
        if skewed || params.created < self.started {
            return Err(Refusal::Clock);
        }
        let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        if nonces.len() >= NONCES {
            nonces.retain(|_, created| created.abs_diff(now) <= CLOCK_SKEW_SECONDS);
        }
        if nonces.len() >= NONCES || nonces.insert(params.nonce, params.created).is_some() {
            return Err(Refusal::Replayed);
        }
        Ok(())
    }
}

/// The middleware in front of every route of the desk's API. A body is read only for who is known,
/// and handed on whole.
pub(crate) async fn members_only(
    State(gate): State<Arc<Gate>>,
    request: Request,
    next: Next,
) -> Response {
    let (mut head, body) = request.into_parts();
    let refused = |refusal: Refusal| {
        (gate.journal)(Event::DeskRefused(refusal));
        (StatusCode::UNAUTHORIZED, refusal.word()).into_response()
    };
    let (asking, expected) = match gate.check(&head) {
        Ok(checked) => checked,
        Err(refusal) => return refused(refusal),
    };
    head.extensions.insert(asking);
    let most = if is_large(head.uri.path()) { REPLY_BYTES } else { APPEND_BYTES };
    let read = axum::body::to_bytes(body, most);
    let Ok(Ok(body)) = tokio::time::timeout(BODY_TIME, read).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    if Sha256::digest(&body)[..] != expected {
        return refused(Refusal::Signature);
    }
    // The body may have taken its time, and who asks may have been removed meanwhile.
    if !(gate.knows)(&asking.0) {
        return refused(Refusal::UnknownKey);
    }
    next.run(Request::from_parts(head, body.into())).await
}

/// Whether a request of this path may be as large as a reply with a file: one, or an edition's files or
/// the list of them.
fn is_large(path: &str) -> bool {
    let files = ["/desk/1/send", "/desk/1/keep", "/desk/1/edition/files"];
    let lists = ["/desk/1/edition", "/desk/1/edition/missing"];
    files.contains(&path) || lists.contains(&path)
}

fn one<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

impl Refusal {
    /// The word in the response's body, which the desk turns into a sentence.
    pub fn word(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnknownKey => "unknown-key",
            Self::Clock => "clock",
            Self::Replayed => "replayed",
            Self::Signature => "signature",
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer, SigningKey};
    use std::sync::atomic::{AtomicU64, Ordering};

    struct Desk {
        gate: Gate,
        key: SigningKey,
        clock: Arc<AtomicU64>,
    }

    fn desk() -> Desk {
        let clock = Arc::new(AtomicU64::new(1_000_000));
        let now = clock.clone();
        let world = World {
            now: Arc::new(move || now.load(Ordering::Relaxed)),
            random: Arc::new(|bytes| bytes.fill(1)),
        };
        let key = SigningKey::from_bytes(&[4; 32]);
        let member = key.verifying_key().to_bytes();
        let knows: Knows = Arc::new(move |key| *key == member);
        Desk { gate: Gate::new(knows, world, Arc::new(|_| {})), key, clock }
    }

    struct Ask {
        created: u64,
        nonce: u8,
        signed_path: &'static str,
        sent: &'static str,
        signed_host: &'static str,
    }

    const FAIR: Ask = Ask {
        created: 1_000_000,
        nonce: 1,
        signed_path: "/desk/1/log",
        sent: "/desk/1/log?from=0",
        signed_host: "desk.example",
    };

    fn head(key: &SigningKey, ask: &Ask) -> request::Parts {
        let params = Params {
            created: ask.created,
            nonce: [ask.nonce; 16],
            key: key.verifying_key().to_bytes(),
        };
        let body_sha256 = Sha256::digest([]).into();
        let base = params.base(&signature::Request {
            method: "GET",
            authority: ask.signed_host,
            path: ask.signed_path,
            query: "from=0",
            body_sha256: &body_sha256,
        });
        let signed = key.sign(base.as_bytes()).to_bytes();
        let request = axum::http::Request::get(ask.sent)
            .header("host", "desk.example")
            .header(signature::header::CONTENT_DIGEST, signature::digest(&body_sha256))
            .header(signature::header::SIGNATURE_INPUT, params.input())
            .header(signature::header::SIGNATURE, signature::signature(&signed));
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn a_members_request_is_heard_once() {
        let desk = desk();
        let head = head(&desk.key, &FAIR);
        let asking = Asking(desk.key.verifying_key().to_bytes());
        assert_eq!(desk.gate.check(&head), Ok((asking, Sha256::digest([]).into())));
        assert_eq!(desk.gate.check(&head), Err(Refusal::Replayed));
    }

    #[test]
    fn every_other_request_is_refused_with_its_reason() {
        let stranger = SigningKey::from_bytes(&[5; 32]);
        let member = SigningKey::from_bytes(&[4; 32]);
        let table = [
            (&stranger, FAIR, Refusal::UnknownKey),
            (&member, Ask { created: 999_999, ..FAIR }, Refusal::Clock),
            (&member, Ask { created: 1_000_301, ..FAIR }, Refusal::Clock),
            (&member, Ask { signed_path: "/desk/1/blob", ..FAIR }, Refusal::Signature),
            (&member, Ask { sent: "/desk/1/log?from=9", ..FAIR }, Refusal::Signature),
            (&member, Ask { signed_host: "other.example", ..FAIR }, Refusal::Signature),
        ];
        for (key, ask, expected) in table {
            assert_eq!(desk().gate.check(&head(key, &ask)), Err(expected));
        }
    }

    #[test]
    fn a_missing_doubled_or_altered_field_is_refused() {
        let desk = desk();
        for name in ["content-digest", "signature-input", "signature", "host"] {
            let mut without = head(&desk.key, &FAIR);
            without.headers.remove(name);
            assert_eq!(desk.gate.check(&without), Err(Refusal::Malformed), "{name}");
            let mut doubled = head(&desk.key, &FAIR);
            let value = doubled.headers[name].clone();
            doubled.headers.append(header::HeaderName::from_static(name), value);
            assert_eq!(desk.gate.check(&doubled), Err(Refusal::Malformed), "{name}");
        }
    }

    #[test]
    fn time_passes_and_old_requests_die() {
        let desk = desk();
        let head = head(&desk.key, &FAIR);
        desk.clock.store(1_000_301, Ordering::Relaxed);
        assert_eq!(desk.gate.check(&head), Err(Refusal::Clock));
    }
}
