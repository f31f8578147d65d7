//! Connections of this machine's same user only.
//!
//! The session's secret keeps others out of the pages; this keeps them from asking at all. On
//! Linux the kernel says in `/proc/net/tcp` whose a local connection is. Elsewhere the secret alone
//! stands.

use std::net::{IpAddr, SocketAddr};

use tokio::net::{TcpListener, TcpStream};

/// A listener that drops connections of other users.
pub(crate) struct Own {
    listener: TcpListener,
    user: Option<u32>,
}

impl Own {
    pub(crate) fn new(listener: TcpListener) -> Self {
        Self { listener, user: own_user() }
    }
}

impl axum::serve::Listener for Own {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    let own = tokio::task::block_in_place(|| {
                        is_allowed(self.user, peer, stream.local_addr().ok())
                    });
                    if own {
                        return (stream, peer);
                    }
                }
                // Too many open files, or a peer that went away: others must not wait long.
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Whether a connection is this user's. Where there is such a table and the connection is not in it,
/// it is gone, or nobody's that is known: then it is not heard.
fn is_allowed(user: Option<u32>, peer: SocketAddr, own: Option<SocketAddr>) -> bool {
    let (Some(user), Some(own)) = (user, own) else { return true };
    match std::fs::read_to_string("/proc/net/tcp") {
        Ok(table) => owner(&table, peer, own) == Some(user),
        Err(_) => true,
    }
}

/// The user of the socket that is `peer`'s end of a connection to `own`.
fn owner(table: &str, peer: SocketAddr, own: SocketAddr) -> Option<u32> {
    let (peer, own) = (in_hex(peer)?, in_hex(own)?);
    let line = table.lines().find(|line| {
        let mut words = line.split_ascii_whitespace().skip(1);
        words.next() == Some(&peer) && words.next() == Some(&own)
    })?;
    line.split_ascii_whitespace().nth(7)?.parse().ok()
}

/// An address as `/proc/net/tcp` writes it: the machine's byte order, in hexadecimal.
fn in_hex(address: SocketAddr) -> Option<String> {
    let IpAddr::V4(ip) = address.ip() else { return None };
    Some(format!("{:08X}:{:04X}", u32::from_ne_bytes(ip.octets()), address.port()))
}

/// This process's user.
fn own_user() -> Option<u32> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("Uid:"))?;
    line.split_ascii_whitespace().nth(2)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1C8F 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 12345 1 0 100 0 0 10 0
   1: 0100007F:D431 0100007F:1C8F 01 00000000:00000000 00:00000000 00000000  1001        0 12346 1 0 20 4 30 10 -1
   2: 0100007F:1C8F 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 12347 1 0 20 4 30 10 -1
";

    #[test]
    fn the_kernel_says_whose_a_connection_is() {
        let own = "127.0.0.1:7311".parse().unwrap();
        assert_eq!(owner(TABLE, "127.0.0.1:54321".parse().unwrap(), own), Some(1001));
        assert_eq!(owner(TABLE, "127.0.0.1:54322".parse().unwrap(), own), None);
        assert_eq!(owner("", own, own), None);
        assert_eq!(owner("nonsense\n 0: a", own, own), None);
    }

    #[test]
    fn this_process_is_somebodys() {
        if std::path::Path::new("/proc/self/status").exists() {
            assert!(own_user().is_some());
        }
    }
}
