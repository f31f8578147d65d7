//! Takes what is due to the webhook.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use ureq::Agent;

use super::Meta;
use super::queue::Parcel;
use super::sign::{Headers, SignatureKind, headers};
use crate::fault::Fault;

/// How often the queue is looked at.
const GLANCE: Duration = Duration::from_millis(10);

/// Starts the thread that delivers; it ends with the stand-in.
pub(crate) fn start(meta: &Arc<Meta>) {
    let meta = Arc::downgrade(meta);
    thread::spawn(move || {
        while let Some(meta) = meta.upgrade() {
            if !meta.deliver() {
                drop(meta);
                thread::sleep(GLANCE);
            }
        }
    });
}

impl Meta {
    /// Tries one delivery, where one is due.
    fn deliver(&self) -> bool {
        let Some(parcel) = self.queue().take(self.clock.now(), self.kind.keep) else {
            return false;
        };
        let status = self.attempt(&parcel, self.faults.take("webhook"));
        self.queue().settle(&parcel, status, self.clock.now());
        true
    }

    fn attempt(&self, parcel: &Parcel, fault: Option<Fault>) -> u16 {
        match fault {
            None => self.copies(parcel),
            Some(Fault::Close) => 0,
            Some(Fault::Status(status, _)) => status,
            Some(Fault::DoneButClose) => {
                self.copies(parcel);
                0
            }
            Some(Fault::DoneButStatus(status)) => {
                self.copies(parcel);
                status
            }
            Some(Fault::Hang(long)) => {
                thread::sleep(long);
                self.copies(parcel)
            }
            Some(Fault::Cut(keep)) => {
                let signed = self.signed(SignatureKind::Good, &parcel.body);
                self.post(&parcel.body[..keep.min(parcel.body.len())], &signed)
            }
        }
    }

    /// Posts all copies at one moment, each on its own connection.
    fn copies(&self, parcel: &Parcel) -> u16 {
        let signed = self.signed(SignatureKind::Good, &parcel.body);
        let post = || self.post(&parcel.body, &signed);
        let statuses: Vec<u16> = thread::scope(|scope| {
            let all: Vec<_> = (0..parcel.copies).map(|_| scope.spawn(post)).collect();
            all.into_iter().map(|one| one.join().unwrap_or(0)).collect()
        });
        let safe = statuses.iter().find(|status| (200..300).contains(*status));
        *safe.or(statuses.first()).unwrap_or(&0)
    }

    pub(crate) fn signed(&self, kind: SignatureKind, body: &[u8]) -> Headers {
        headers(kind, self.app_secret(), body)
    }

    /// The status of the answer; 0 where none came in time.
    pub(crate) fn post(&self, body: &[u8], headers: &Headers) -> u16 {
        let address = self.queue().address.clone();
        let mut request = self.agent().post(address).header("Content-Type", "application/json");
        request = request.header("User-Agent", "facebookexternalua");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        request.send(body).map_or(0, |mut answer| {
            // Read to its end: the other side shall not see a connection that breaks.
            let _ = answer.body_mut().read_to_vec();
            answer.status().as_u16()
        })
    }

    /// A client of its own for each call, so that no connection is used twice.
    pub(crate) fn agent(&self) -> Agent {
        Agent::config_builder()
            .timeout_global(Some(self.queue().patience))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_connections(0)
            .proxy(None)
            .build()
            .into()
    }
}
