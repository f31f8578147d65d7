//! Who may ask: this browser, for its own pages, and nobody else on this machine.
//!
//! Pages on loopback can be reached by every site open in the same browser (through a name that
//! resolves to this machine, or a form that is sent here) and by every user of the machine. So: the
//! `Host` must be ours, what changes something must say that it comes from our own pages, a secret
//! that only the browser we started has must be there, and the connection must be this user's
//! ([`crate::listen`]).

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// What the browser must show.
pub struct Secrets {
    /// The session's: what the cookie holds.
    pub session: [u8; 32],
    /// What is given for it once, in the address the browser is started with. `None`: it was used.
    pub entry: Option<[u8; 32]>,
}

/// The gate in front of all pages.
pub(crate) struct Gate {
    session: [u8; 32],
    entry: Mutex<Option<[u8; 32]>>,
    authority: String,
    origin: String,
    /// With the port in it: cookies are shared over ports, and two desks may be open.
    cookie: String,
}

/// Why somebody is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TurnedAway {
    /// Another name for this machine.
    Host,
    /// From another site's page, or one that does not say where it comes from.
    Origin,
    /// Without the session's secret.
    Session,
}

impl Gate {
    pub(crate) fn new(secrets: Secrets, at: SocketAddr) -> Self {
        let entry = Mutex::new(secrets.entry);
        let (authority, origin) = (at.to_string(), format!("http://{at}"));
        let cookie = format!("payamgir-{}", at.port());
        Self { session: secrets.session, entry, authority, origin, cookie }
    }

    fn check(
        &self,
        method: &Method,
        headers: &HeaderMap,
        entering: bool,
    ) -> Result<(), TurnedAway> {
        if one(headers, header::HOST) != Some(&self.authority) {
            return Err(TurnedAway::Host);
        }
        if entering {
            return Ok(());
        }
        // Navigations that the editor begins (a bookmark, an address typed) are `none`.
        let site = headers.get("sec-fetch-site").map(|value| value.as_bytes());
        let own = match site {
            None => true,
            Some(b"same-origin") => true,
            Some(b"none") => *method == Method::GET,
            Some(_) => false,
        };
        let reads = *method == Method::GET || *method == Method::HEAD;
        let says = one(headers, header::ORIGIN);
        let from_us =
            if reads { says.is_none_or(|o| o == self.origin) } else { says == Some(&self.origin) };
        if !own || !from_us {
            return Err(TurnedAway::Origin);
        }
        let shown = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
        let mut cookies =
            shown.flat_map(|all| all.split("; ")).filter_map(|one| one.split_once('='));
        let known = cookies.any(|(name, value)| name == self.cookie && self.is_session(value));
        if known { Ok(()) } else { Err(TurnedAway::Session) }
    }

    fn is_session(&self, shown: &str) -> bool {
        HEXLOWER.decode(shown.as_bytes()).is_ok_and(|shown| same(&shown, &self.session))
    }

    /// The cookie, for who shows the entry's secret, once.
    pub(crate) fn enter(&self, shown: &str) -> Option<HeaderValue> {
        let mut entry = self.entry.lock().unwrap_or_else(PoisonError::into_inner);
        let shown = HEXLOWER.decode(shown.as_bytes()).ok()?;
        if !same(&shown, entry.as_ref()?) {
            return None;
        }
        *entry = None;
        let session = HEXLOWER.encode(&self.session);
        let cookie = format!("{}={session}; Path=/; HttpOnly; SameSite=Strict", self.cookie);
        HeaderValue::from_str(&cookie).ok()
    }
}

/// Whether two secrets are the same, in a time that does not tell where they differ.
fn same(a: &[u8], b: &[u8; 32]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

/// The value of a field that comes once.
fn one(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    let mut all = headers.get_all(name).iter();
    let first = all.next()?.to_str().ok()?;
    all.next().is_none().then_some(first)
}

/// Turns away whoever has no business here.
pub(crate) async fn guard(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    let entering = request.uri().path() == "/enter";
    match gate.check(request.method(), request.headers(), entering) {
        Ok(()) => next.run(request).await,
        Err(why) => turned_away(why),
    }
}

fn turned_away(why: TurnedAway) -> Response {
    let words = match why {
        TurnedAway::Session => {
            "میز را از پنجره‌ای باز کنید که خودش باز می‌کند.\nOpen the desk from the window that it opens itself.\n"
        }
        _ => "not here\n",
    };
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (StatusCode::FORBIDDEN, kind, words).into_response()
}

/// What every answer says of itself: nothing is kept, nothing but our own files is used. Under the
/// stricter `no-referrer` browsers would no longer say that a form comes from our own page.
pub(crate) async fn secure(mut response: Response) -> Response {
    const FIELDS: [(&str, &str); 8] = [
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
             media-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'",
        ),
        ("cache-control", "no-store"),
        ("referrer-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=(), clipboard-read=()"),
    ];
    for (name, value) in FIELDS {
        let absent = !response.headers().contains_key(name);
        if absent {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSION: [u8; 32] = [7; 32];

    fn gate() -> Gate {
        let secrets = Secrets { session: SESSION, entry: Some([9; 32]) };
        Gate::new(secrets, "127.0.0.1:7311".parse().unwrap())
    }

    fn headers(fields: &[(&'static str, &str)]) -> HeaderMap {
        fields
            .iter()
            .map(|(name, value)| {
                (header::HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
            })
            .collect()
    }

    #[test]
    fn only_our_own_pages_in_the_browser_we_started_are_heard() {
        use TurnedAway::{Host, Origin, Session};
        let cookie = format!("a=b; payamgir-7311={}", HEXLOWER.encode(&SESSION));
        let cookie = ("cookie", cookie.as_str());
        let (host, origin) = (("host", "127.0.0.1:7311"), ("origin", "http://127.0.0.1:7311"));
        let site = |site| ("sec-fetch-site", site);
        type Row<'a> = (Method, Vec<(&'static str, &'a str)>, Result<(), TurnedAway>);
        let table: Vec<Row<'_>> = vec![
            (Method::GET, vec![host, cookie], Ok(())),
            (Method::GET, vec![host, cookie, site("none")], Ok(())),
            (Method::GET, vec![host, cookie, site("same-origin")], Ok(())),
            (Method::POST, vec![host, cookie, origin, site("same-origin")], Ok(())),
            // A name of the attacker's that resolves to this machine.
            (Method::GET, vec![("host", "desk.attacker.example:7311"), cookie], Err(Host)),
            (Method::GET, vec![("host", "localhost:7311"), cookie], Err(Host)),
            (Method::GET, vec![("host", "127.0.0.1"), cookie], Err(Host)),
            (Method::GET, vec![cookie], Err(Host)),
            (Method::GET, vec![host, host, cookie], Err(Host)),
            // Another site's page, and another program's on this machine.
            (Method::GET, vec![host, cookie, site("cross-site")], Err(Origin)),
            (Method::GET, vec![host, cookie, site("same-site")], Err(Origin)),
            (Method::POST, vec![host, cookie], Err(Origin)),
            (Method::POST, vec![host, cookie, origin, site("none")], Err(Origin)),
            (Method::POST, vec![host, cookie, ("origin", "null")], Err(Origin)),
            (Method::POST, vec![host, cookie, ("origin", "http://127.0.0.1:7312")], Err(Origin)),
            (Method::POST, vec![host, cookie, ("origin", "https://127.0.0.1:7311")], Err(Origin)),
            // A port that was guessed.
            (Method::GET, vec![host], Err(Session)),
            (Method::GET, vec![host, ("cookie", "payamgir-7311=")], Err(Session)),
            (Method::GET, vec![host, ("cookie", "payamgir-7311=0707")], Err(Session)),
            (Method::POST, vec![host, origin], Err(Session)),
        ];
        for (method, fields, expected) in table {
            assert_eq!(
                gate().check(&method, &headers(&fields), false),
                expected,
                "{method} {fields:?}"
            );
        }
    }

    #[test]
    fn the_way_in_is_used_once() {
        let gate = gate();
        assert!(gate.enter(&HEXLOWER.encode(&[8; 32])).is_none());
        assert!(gate.enter("").is_none());
        assert!(gate.enter(&HEXLOWER.encode(&[9; 32])).is_some());
        assert!(gate.enter(&HEXLOWER.encode(&[9; 32])).is_none());
    }
}
