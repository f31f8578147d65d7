//! Work that must survive a crash, sealed under the server's own secrets until it is done.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::address::NotOpened;
use crate::keys::{ID_BYTES, Keys, Secret};

const PURPOSE: &[u8] = b"payamgir job 1";
const NONCE_BYTES: usize = 24;

impl Keys {
    /// Seals a job under the newest key: it goes when that is destroyed, done or not. `None` where there
    /// is no key yet.
    pub fn seal_job(&self, job: &[u8], fill: impl FnOnce(&mut [u8])) -> Option<Vec<u8>> {
        let secret = self.newest()?;
        let mut nonce = [0; NONCE_BYTES];
        fill(&mut nonce);
        let payload = Payload { msg: job, aad: &secret.id };
        let sealed = cipher(secret).encrypt(XNonce::from_slice(&nonce), payload).ok()?;
        Some([&secret.id[..], &nonce, &sealed].concat())
    }

    /// Opens a job that this server sealed.
    pub fn open_job(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, NotOpened> {
        let (id, rest) = sealed.split_at_checked(ID_BYTES).ok_or(NotOpened::Malformed)?;
        let (nonce, sealed) = rest.split_at_checked(NONCE_BYTES).ok_or(NotOpened::Malformed)?;
        let secret = self.of(id).ok_or(NotOpened::KeyGone)?;
        let payload = Payload { msg: sealed, aad: id };
        let job = cipher(secret).decrypt(XNonce::from_slice(nonce), payload);
        job.map(Zeroizing::new).map_err(|_| NotOpened::Malformed)
    }
}

fn cipher(secret: &Secret) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new((&*secret.derive(PURPOSE)).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Schedule;

    #[test]
    fn a_job_opens_as_it_was_and_not_once_its_key_is_gone() {
        let mut keys = Keys::default();
        assert!(keys.seal_job(b"x", |_| {}).is_none());
        keys.turn(100, Schedule::DEFAULT, |bytes| bytes.fill(7));
        let sealed = keys.seal_job(b"fetch it", |nonce| nonce.fill(9)).unwrap();
        assert_eq!(&keys.open_job(&sealed).unwrap()[..], b"fetch it");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(keys.open_job(&changed).is_err());
            assert!(keys.open_job(&sealed[..at]).is_err());
        }
        keys.turn(160, Schedule::DEFAULT, |bytes| bytes.fill(8));
        assert_eq!(keys.open_job(&sealed), Err(NotOpened::KeyGone));
    }
}
