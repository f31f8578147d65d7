//! Asking the server, every request signed (RFC 9421).

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use payamgir_open::Member;
use payamgir_wire::signature::{self, Params};
use sha2::{Digest, Sha256};
use ureq::http::Uri;
use ureq::tls::TlsConfig;

const CONNECT: Duration = Duration::from_secs(60);
/// Silence after which a transfer is given up.
const SILENCE: Duration = Duration::from_secs(60);
/// The longest any one answer may take: a page of records on the slowest line.
const ANSWER: Duration = Duration::from_secs(1800);
/// The longest a checkpoint may take; it is a few hundred bytes.
const CHECKPOINT: Duration = Duration::from_secs(180);
/// Largest checkpoint, refusal or error body that is read.
const SMALL_BYTES: u64 = 16 * 1024;

/// Where a server's desk address is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    base: String,
    authority: String,
}

/// The text is not an address a desk may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadAddress {
    /// Not `http://host[:port]` or `https://host[:port]`.
    Form,
    /// Plain http to a host that is neither this machine nor an onion service.
    NotPrivate,
}

/// Why a request got no usable answer.
#[derive(Debug)]
pub enum Failure {
    /// The server could not be reached, or the line broke.
    Network(Box<dyn std::error::Error + Send + Sync>),
    /// The server refused the signature; holds its word: `clock`, `unknown-key`, ….
    Refused(String),
    /// No such thing there.
    NotFound,
    /// An answer with another status.
    Status(u16),
    /// The proxy's address is not `socks5://host:port`.
    Proxy,
}

/// Fills a buffer with random bytes.
pub type Random = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// What the client asks of the world.
#[derive(Clone)]
pub struct World {
    /// Unix seconds.
    pub now: Arc<dyn Fn() -> u64 + Send + Sync>,
    /// Fills a buffer from the operating system's generator.
    pub random: Random,
}

/// A member's connection to a server. Clones share it.
#[derive(Clone)]
pub struct Client {
    server: Server,
    member: Arc<Member>,
    world: World,
    agent: ureq::Agent,
}

impl Server {
    /// Reads an address. Plain http is allowed only where the line itself is private: to this
    /// machine and to onion services.
    pub fn parse(text: &str) -> Result<Self, BadAddress> {
        let uri: Uri = text.parse().map_err(|_| BadAddress::Form)?;
        let (scheme, host) = (uri.scheme_str(), uri.host().ok_or(BadAddress::Form)?);
        let bare = matches!(uri.path(), "" | "/") && uri.query().is_none();
        let default_port = match scheme {
            Some("https") => 443,
            Some("http") if is_private(host) => 80,
            Some("http") => return Err(BadAddress::NotPrivate),
            _ => return Err(BadAddress::Form),
        };
        if !bare || text.contains('@') {
            return Err(BadAddress::Form);
        }
        let authority = match uri.port_u16().filter(|port| *port != default_port) {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        Ok(Self { base: format!("{}://{authority}", scheme.unwrap_or_default()), authority })
    }
}

impl std::fmt::Display for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.base)
    }
}

impl Client {
    /// A client for `member`. `proxy` is a SOCKS proxy's address, for Tor
    /// `socks5://127.0.0.1:9050`; names are resolved by the proxy and never on this machine.
    pub fn new(
        server: Server,
        member: Arc<Member>,
        world: World,
        proxy: Option<&str>,
    ) -> Result<Self, Failure> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = TlsConfig::builder().unversioned_rustls_crypto_provider(provider).build();
        let proxy = proxy.map(remote_names).transpose()?;
        let agent = ureq::Agent::config_builder()
            .tls_config(tls)
            .proxy(proxy)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .user_agent("")
            .accept("")
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(SILENCE))
            .timeout_per_read(Some(SILENCE))
            .build()
            .into();
        Ok(Self { server, member, world, agent })
    }

    /// Adds records to the log, as many as the server takes; gives its word about the first it
    /// refused, and how many it took before.
    pub fn add(&self, additions: &[(u8, Vec<u8>)]) -> Result<(usize, Option<String>), Failure> {
        let mut body = vec![];
        for (kind, bytes) in additions {
            payamgir_wire::sync::write_addition(&mut body, *kind, bytes);
        }
        let (status, answer) = self.post("/desk/1/add", &body, true)?;
        let words = answer.reader();
        match status {
            200 => Ok((additions.len(), None)),
            401 => Err(Failure::Refused(refusal(words))),
            409 => not_all(words).map(|(taken, word)| (taken, Some(word))),
            other => Err(Failure::Status(other)),
        }
    }

    /// The server's current checkpoint note.
    pub fn checkpoint(&self) -> Result<Vec<u8>, Failure> {
        let mut note = vec![];
        let answer = self.get("/desk/1/checkpoint", "", Some(CHECKPOINT), true)?;
        let mut body = answer.take(SMALL_BYTES);
        body.read_to_end(&mut note).map_err(network)?;
        Ok(note)
    }

    /// The checkpoint that everybody may have; `None` where there is none yet.
    pub fn published(&self) -> Result<Option<Vec<u8>>, Failure> {
        match self.small("/desk/1/published", SMALL_BYTES, true) {
            Ok(note) => Ok(Some(note)),
            Err(Failure::NotFound) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// The next page of frames of records `from..to`.
    pub fn log(&self, from: u64, to: u64) -> Result<impl Read + use<>, Failure> {
        self.get("/desk/1/log", &format!("from={from}&to={to}"), Some(ANSWER), true)
    }

    /// A blob's sealed bytes from an offset on.
    pub fn blob(&self, hash: &str, from: u64) -> Result<impl Read + use<>, Failure> {
        // A film may take days; silence still ends it.
        self.get(&format!("/desk/1/blob/{hash}"), &format!("from={from}"), None, true)
    }

    /// What is asked of a path with a query.
    pub(crate) fn query(&self, path: &str, query: &str) -> Result<impl Read + use<>, Failure> {
        self.get(path, query, Some(ANSWER), true)
    }

    /// A small answer, whole, of at most `most` bytes.
    pub(crate) fn small(&self, path: &str, most: u64, signed: bool) -> Result<Vec<u8>, Failure> {
        let mut bytes = vec![];
        let body = self.get(path, "", Some(ANSWER), signed)?;
        body.take(most).read_to_end(&mut bytes).map_err(network)?;
        Ok(bytes)
    }

    /// Posts a body; gives the status and a small answer.
    pub(crate) fn post(
        &self,
        path: &str,
        body: &[u8],
        signed: bool,
    ) -> Result<(u16, Small), Failure> {
        let request = self.agent.post(format!("{}{path}", self.server.base));
        let mut request = request.config().timeout_global(Some(ANSWER)).build();
        if signed {
            for (name, value) in self.signature_fields("POST", path, "", body) {
                request = request.header(name, value);
            }
        }
        let answer = request.send(body).map_err(network)?;
        let status = answer.status().as_u16();
        Ok((status, answer.into_body().into_with_config().limit(SMALL_BYTES)))
    }

    fn get(
        &self,
        path: &str,
        query: &str,
        within: Option<Duration>,
        signed: bool,
    ) -> Result<impl Read + use<>, Failure> {
        let mark = if query.is_empty() { "" } else { "?" };
        let request = self.agent.get(format!("{}{path}{mark}{query}", self.server.base));
        let mut request = request.config().timeout_global(within).build();
        if signed {
            for (name, value) in self.signature_fields("GET", path, query, &[]) {
                request = request.header(name, value);
            }
        }
        let answer = request.call().map_err(network)?;
        let status = answer.status().as_u16();
        let body = answer.into_body().into_with_config();
        match status {
            200 => Ok(body.limit(u64::MAX).reader()),
            401 => Err(Failure::Refused(refusal(body.limit(SMALL_BYTES).reader()))),
            404 => Err(Failure::NotFound),
            other => Err(Failure::Status(other)),
        }
    }

    fn signature_fields(
        &self,
        method: &str,
        path: &str,
        query: &str,
        body: &[u8],
    ) -> [(&'static str, String); 3] {
        let mut nonce = [0; 16];
        (self.world.random)(&mut nonce);
        let params =
            Params { created: (self.world.now)(), nonce, key: self.member.verifying_key() };
        let body_sha256 = Sha256::digest(body).into();
        let base = params.base(&signature::Request {
            method,
            authority: &self.server.authority,
            path,
            query,
            body_sha256: &body_sha256,
        });
        let signed = signature::signature(&self.member.sign(base.as_bytes()));
        [
            (signature::header::CONTENT_DIGEST, signature::digest(&body_sha256)),
            (signature::header::SIGNATURE_INPUT, params.input()),
            (signature::header::SIGNATURE, signed),
        ]
    }
}

/// A small answer's body.
pub(crate) type Small = ureq::BodyWithConfig<'static>;

/// `socks5:` as `socks5h:`: asking this machine's resolver would tell the network which onion
/// service a desk is about to visit.
fn remote_names(address: &str) -> Result<ureq::Proxy, Failure> {
    let rest = address.strip_prefix("socks5h://").or_else(|| address.strip_prefix("socks5://"));
    let rest = rest.ok_or(Failure::Proxy)?;
    ureq::Proxy::new(&format!("socks5h://{rest}")).map_err(|_| Failure::Proxy)
}

fn is_private(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let loopback = address.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    loopback || host == "localhost" || host.ends_with(".onion")
}

/// `<how many were taken> <word>`.
fn not_all(body: impl Read) -> Result<(usize, String), Failure> {
    let mut text = String::new();
    body.take(64).read_to_string(&mut text).map_err(network)?;
    let (taken, word) = text.split_once(' ').ok_or(Failure::Status(409))?;
    Ok((taken.parse().map_err(|_| Failure::Status(409))?, refusal(word.as_bytes())))
}

/// A word of the server's, made harmless: it is shown to an editor.
pub(crate) fn refusal(body: impl Read) -> String {
    let mut word = String::new();
    let _ = body.take(64).read_to_string(&mut word);
    word.retain(|c| c.is_ascii_lowercase() || c == '-');
    word
}

pub(crate) fn network(error: impl std::error::Error + Send + Sync + 'static) -> Failure {
    Failure::Network(Box::new(error))
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Network(_) => f.write_str("the server could not be reached"),
            Self::Refused(word) => write!(f, "the server refused: {word}"),
            Self::NotFound => f.write_str("the server does not have it"),
            Self::Proxy => f.write_str("the proxy's address is malformed"),
            Self::Status(status) => write!(f, "the server answered with status {status}"),
        }
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Network(error) => Some(&**error),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_private_or_encrypted() {
        let table = [
            ("http://127.0.0.1:8081", Ok("127.0.0.1:8081")),
            ("http://[::1]:8081/", Ok("[::1]:8081")),
            ("http://localhost", Ok("localhost")),
            ("http://abcdefgh.onion:80", Ok("abcdefgh.onion")),
            ("https://desk.example:443/", Ok("desk.example")),
            ("https://desk.example:8443", Ok("desk.example:8443")),
            ("http://desk.example", Err(BadAddress::NotPrivate)),
            ("http://127.0.0.1.example", Err(BadAddress::NotPrivate)),
            ("https://desk.example/path", Err(BadAddress::Form)),
            ("https://desk.example/?q", Err(BadAddress::Form)),
            ("https://user@desk.example", Err(BadAddress::Form)),
            ("ftp://127.0.0.1", Err(BadAddress::Form)),
            ("desk.example", Err(BadAddress::Form)),
            ("", Err(BadAddress::Form)),
        ];
        for (text, expected) in table {
            let parsed = Server::parse(text).map(|server| server.authority);
            assert_eq!(parsed, expected.map(str::to_owned), "{text}");
        }
    }
}
