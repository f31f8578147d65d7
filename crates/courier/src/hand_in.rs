//! Asking a server for its desk's key, and handing sealed files in.

use std::io::{Read, Seek};
use std::sync::Arc;
use std::time::Duration;

use payamgir_wire::desk_key::KEY_TEXT_BYTES;
use serde::Deserialize;
use ureq::SendBody;
use ureq::tls::TlsConfig;

use crate::work;

const CONNECT: Duration = Duration::from_secs(60);
/// Silence after which it is given up.
const SILENCE: Duration = Duration::from_secs(120);
const ANSWER_BYTES: u64 = 4096;
/// A while in which a server that takes some at a time takes more.
const TRICKLE: Duration = Duration::from_secs(1);

/// A server, and the way to it.
pub struct Server {
    base: String,
    agent: ureq::Agent,
}

/// What became of what was handed in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, serde::Serialize)]
pub struct Told {
    /// Taken now.
    pub new: u64,
    /// Taken before.
    pub known: u64,
    /// Sealed for another desk.
    pub other: u64,
    /// No sealed message, or damaged.
    pub damaged: u64,
}

/// Why there is no answer that can be used.
#[derive(Debug)]
pub enum Failure {
    /// The address or the proxy's is of a wrong form.
    Address,
    /// It could not be reached, or the line broke.
    Network(Box<dyn std::error::Error + Send + Sync>),
    /// It answered with this status.
    Status(u16),
}

impl Server {
    /// A server by its address, `http://…` or `https://…`; `proxy` is a SOCKS proxy's, for Tor
    /// `socks5h://127.0.0.1:9050`: names are resolved there.
    pub fn new(address: &str, proxy: Option<&str>) -> Result<Self, Failure> {
        let web = address.starts_with("http://") || address.starts_with("https://");
        if !web || address.contains(['@', ' ']) {
            return Err(Failure::Address);
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = TlsConfig::builder().unversioned_rustls_crypto_provider(provider).build();
        let remote = |proxy: &str| proxy.replacen("socks5://", "socks5h://", 1);
        let proxy =
            proxy.map(|proxy| ureq::Proxy::new(&remote(proxy)).map_err(|_| Failure::Address));
        let agent = ureq::Agent::config_builder()
            .tls_config(tls)
            .proxy(proxy.transpose()?)
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
        Ok(Self { base: address.trim_end_matches('/').to_owned(), agent })
    }

    /// A short text, and the status it came with.
    pub(crate) fn get(&self, path: &str) -> Result<(u16, String), Failure> {
        let answer = self.agent.get(format!("{}{path}", self.base)).call().map_err(network)?;
        let (status, mut text) = (answer.status().as_u16(), String::new());
        let body = answer.into_body().into_reader();
        body.take(KEY_TEXT_BYTES as u64).read_to_string(&mut text).map_err(network)?;
        Ok((status, text))
    }

    pub(crate) fn post(&self, path: &str) -> ureq::RequestBuilder<ureq::typestate::WithBody> {
        self.agent.post(format!("{}{path}", self.base))
    }
}

/// What a server shows to anybody at a path, if it is at most so many bytes.
pub fn fetch(server: &Server, path: &str, most: usize) -> Result<Vec<u8>, Failure> {
    let answer = server.agent.get(format!("{}{path}", server.base)).call().map_err(network)?;
    let (status, mut bytes) = (answer.status().as_u16(), vec![]);
    let body = answer.into_body().into_with_config().limit(most as u64).reader();
    body.take(most as u64).read_to_end(&mut bytes).map_err(network)?;
    if status == 200 { Ok(bytes) } else { Err(Failure::Status(status)) }
}

/// The text of the desk's present key.
pub fn fetch_key(server: &Server) -> Result<String, Failure> {
    match server.get("/key")? {
        (200, text) => Ok(text),
        (status, _) => Err(Failure::Status(status)),
    }
}

/// Pieces that may have to be read again.
pub trait Pieces: Read + Seek {}

impl<P: Read + Seek> Pieces for P {}

/// Hands in pieces, by a pass if there is one. What was taken before a line broke stays taken: they may be handed
/// in again. A flooded server takes some of them for each proof of work: then they are, as long as that helps.
pub fn hand_in(
    server: &Server,
    pass: Option<&str>,
    pieces: &mut dyn Pieces,
) -> Result<(Told, u16), Failure> {
    // Where more comes than people send, who works goes first; asked before much is on its way.
    let ahead = server.agent.get(format!("{}/challenge", server.base)).call().map_err(network)?;
    let (mut proof, mut before) = (work::asked(&ahead), Told::default());
    loop {
        let worked = proof.is_some();
        pieces.rewind().map_err(network)?;
        let (told, status, asked) = once(server, (pass, proof.as_deref()), pieces)?;
        // What was new the last time is known now.
        let known = told.known.saturating_sub(before.new);
        let all = Told { new: before.new + told.new, known, ..told };
        let helps = status == 503 && (told.new > 0 || (!worked && asked.is_some()));
        if !helps {
            return Ok((all, status));
        }
        if asked.is_none() {
            std::thread::sleep(TRICKLE);
        }
        (proof, before) = (asked, all);
    }
}

fn once(
    server: &Server,
    (pass, proof): (Option<&str>, Option<&str>),
    pieces: &mut dyn Pieces,
) -> Result<(Told, u16, Option<String>), Failure> {
    let mut request = server.post("/sealed");
    for (name, value) in [("pass", pass), ("proof", proof)] {
        if let Some(value) = value {
            request = request.header(name, value);
        }
    }
    let answer = request.send(SendBody::from_reader(pieces)).map_err(network)?;
    let (status, asked) = (answer.status().as_u16(), work::asked(&answer));
    let mut body = vec![];
    answer.into_body().into_reader().take(ANSWER_BYTES).read_to_end(&mut body).map_err(network)?;
    match serde_json::from_slice(&body) {
        Ok(told) => Ok((told, status, asked)),
        Err(_) if status == 503 => Ok((Told::default(), status, asked)),
        Err(_) => Err(Failure::Status(status)),
    }
}

pub(crate) fn network(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Failure {
    Failure::Network(error.into())
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Address => f.write_str("not an address"),
            Self::Network(error) => error.fmt(f),
            Self::Status(status) => write!(f, "the server answered {status}"),
        }
    }
}

impl std::error::Error for Failure {}
