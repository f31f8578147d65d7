//! Asking platforms. What goes wrong is told without addresses: they hold tokens.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use ureq::http::Uri;
use ureq::tls::TlsConfig;
use zeroize::Zeroizing;

const CONNECT: Duration = Duration::from_secs(20);
/// How long a platform may be silent in the middle.
const PAUSE: Duration = Duration::from_secs(30);
/// How long anything may take but waiting for updates and fetching files.
const WHOLE: Duration = Duration::from_secs(60);
/// How long fetching a file may take.
const FILE: Duration = Duration::from_secs(600);
/// Most bytes of an answer that is no file.
const ANSWER: u64 = 16 << 20;

/// A client. Clones share it.
#[derive(Clone)]
pub(crate) struct Http(ureq::Agent);

/// An answer, whatever it says.
pub(crate) struct Answer {
    pub status: u16,
    pub body: Zeroizing<Vec<u8>>,
}

/// A file's answer.
pub(crate) struct Stream {
    pub status: u16,
    pub length: Option<u64>,
    pub body: Box<dyn Read + Send>,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    /// The platform was not reached: nothing was asked.
    NotAsked,
    /// It may have heard.
    Unsure,
}

impl Http {
    /// A client that goes through a SOCKS proxy where one is named; `None` where its address is
    /// malformed.
    pub(crate) fn new(proxy: Option<&str>) -> Option<Self> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = TlsConfig::builder().unversioned_rustls_crypto_provider(provider).build();
        let proxy = match proxy {
            Some(proxy) => Some(ureq::Proxy::new(&through(proxy)?).ok()?),
            None => None,
        };
        let agent = ureq::Agent::config_builder()
            .tls_config(tls)
            .proxy(proxy)
            // A token must not follow where an answer points.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .user_agent("payamgir")
            .timeout_connect(Some(CONNECT))
            .timeout_per_read(Some(PAUSE))
            .max_idle_connections_per_host(4)
            .build();
        Some(Self(agent.into()))
    }

    /// A client for one platform; `None` where its address is neither encrypted nor this machine's. A
    /// server on this machine is not asked through the proxy.
    pub(crate) fn to(api: &str, proxy: Option<&str>) -> Option<Self> {
        is_private(api).then_some(())?;
        Self::new(proxy.filter(|_| !is_loopback(api)))
    }

    pub(crate) fn post(
        &self,
        url: &str,
        (kind, body): (&str, &[u8]),
        bearer: Option<&str>,
        wait: Duration,
    ) -> Result<Answer, NoAnswer> {
        let mut request = self.0.post(url).header("content-type", kind);
        if let Some(bearer) = bearer {
            request = request.header("authorization", format!("Bearer {bearer}"));
        }
        let whole = Some(WHOLE + wait);
        let config = request.config().timeout_global(whole).timeout_per_read(Some(PAUSE + wait));
        read(config.build().send(body).map_err(failed)?)
    }

    pub(crate) fn get(&self, url: &str, bearer: Option<&str>) -> Result<Answer, NoAnswer> {
        read(self.call(url, bearer, WHOLE)?)
    }

    /// Fetches a file as it comes.
    pub(crate) fn file(&self, url: &str, bearer: Option<&str>) -> Result<Stream, NoAnswer> {
        let answer = self.call(url, bearer, FILE)?;
        let status = answer.status().as_u16();
        let length = answer.headers().get("content-length");
        let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
        let body = answer.into_body().into_with_config().limit(u64::MAX).reader();
        Ok(Stream { status, length, body: Box::new(body) })
    }

    fn call(
        &self,
        url: &str,
        bearer: Option<&str>,
        whole: Duration,
    ) -> Result<ureq::http::Response<ureq::Body>, NoAnswer> {
        let mut request = self.0.get(url);
        if let Some(bearer) = bearer {
            request = request.header("authorization", format!("Bearer {bearer}"));
        }
        request.config().timeout_global(Some(whole)).build().call().map_err(failed)
    }
}

fn read(answer: ureq::http::Response<ureq::Body>) -> Result<Answer, NoAnswer> {
    let status = answer.status().as_u16();
    let mut body = Zeroizing::new(vec![]);
    let mut reader = answer.into_body().into_with_config().limit(ANSWER).reader();
    reader.read_to_end(&mut body).map_err(|_| NoAnswer::Unsure)?;
    Ok(Answer { status, body })
}

/// What is certain not to have been heard, and what is not.
fn failed(error: ureq::Error) -> NoAnswer {
    use ureq::{Error, Timeout};
    match error {
        Error::HostNotFound
        | Error::ConnectionFailed
        | Error::BadUri(_)
        | Error::Tls(_)
        | Error::Timeout(Timeout::Connect | Timeout::Resolve) => NoAnswer::NotAsked,
        Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            NoAnswer::NotAsked
        }
        _ => NoAnswer::Unsure,
    }
}

/// Names are resolved by the proxy: this machine's resolver need not know who is asked.
fn through(proxy: &str) -> Option<String> {
    let rest = proxy.strip_prefix("socks5h://").or_else(|| proxy.strip_prefix("socks5://"))?;
    Some(format!("socks5h://{rest}"))
}

/// Whether an address is encrypted, or does not leave this machine.
fn is_private(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let host = uri.host().unwrap_or_default();
    let here = is_loopback(url);
    match uri.scheme_str() {
        Some("https") => !host.is_empty(),
        Some("http") => here || host.ends_with(".onion"),
        _ => false,
    }
}

fn is_loopback(url: &str) -> bool {
    let uri = url.parse::<Uri>().ok();
    let host = uri.as_ref().and_then(|uri| uri.host()).unwrap_or_default();
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

/// Whether an address is of one of these hosts, or below one of them, and private.
pub(crate) fn is_of(url: &str, hosts: &[String]) -> bool {
    let Some(own) = url.parse::<Uri>().ok().and_then(|uri| uri.authority().cloned()) else {
        return false;
    };
    let (own, port) = (own.host().to_ascii_lowercase(), own.port_u16());
    let fits = |host: &String| {
        let (name, at) = match host.rsplit_once(':') {
            Some((name, at)) => (name, at.parse().ok()),
            None => (host.as_str(), None),
        };
        let name = name.to_ascii_lowercase();
        let below =
            own.strip_suffix(&name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        below && port == at && !name.is_empty()
    };
    !url.contains('@') && is_private(url) && hosts.iter().any(fits)
}

/// A form with a file, as browsers send it.
pub(crate) fn form(
    fields: &[(&str, &str)],
    (name, file_name, kind, bytes): (&str, &str, &str, &[u8]),
    boundary: [u8; 16],
) -> (String, Zeroizing<Vec<u8>>) {
    let boundary = payamgir_wire::hex::Hex(boundary).to_string();
    let mut body = Zeroizing::new(Vec::with_capacity(bytes.len() + 1024));
    for (key, value) in fields {
        let part = format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"{key}\"\r\n\r\n{value}\r\n"
        );
        body.extend_from_slice(part.as_bytes());
    }
    let head = format!(
        "--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\n\
         content-type: {kind}\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_go_only_to_the_hosts_that_were_named() {
        let hosts = ["fbsbx.com".to_owned(), "127.0.0.1:8080".into()];
        let table = [
            ("https://lookaside.fbsbx.com/x?y=1", true),
            ("https://fbsbx.com/x", true),
            ("https://FBSBX.com/x", true),
            ("https://evilfbsbx.com/x", false),
            ("https://fbsbx.com.evil.example/x", false),
            ("https://fbsbx.com@evil.example/x", false),
            ("https://fbsbx.com:444/x", false),
            ("http://fbsbx.com/x", false),
            ("http://127.0.0.1:8080/x", true),
            ("http://127.0.0.1:8081/x", false),
            ("ftp://fbsbx.com/", false),
            ("", false),
        ];
        for (url, expected) in table {
            assert_eq!(is_of(url, &hosts), expected, "{url}");
        }
    }
}
