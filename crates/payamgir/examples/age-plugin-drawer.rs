//! An age plugin for the tests: a "hardware key" that lies in a drawer, a file named by `DRAWER`.
//!
//! It speaks the plugin protocol (C2SP age-plugin) as one for a real key does: it asks for a touch
//! before it opens, and fails where the drawer is empty. Run without arguments it makes an identity.

use std::collections::{HashMap, HashSet};
use std::io;

use age_core::format::{FileKey, Stanza};
use age_core::secrecy::ExposeSecret;
use age_plugin::identity::{self, IdentityPluginV1};
use age_plugin::recipient::{self, RecipientPluginV1};
use age_plugin::{Callbacks, PluginHandler, print_new_identity, run_state_machine};
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};

const NAME: &str = "drawer";

/// The key in the drawer.
fn drawer() -> Result<ChaCha20Poly1305, String> {
    let path = std::env::var_os("DRAWER").ok_or("no drawer")?;
    let key = std::fs::read(path).map_err(|_| "the drawer is empty")?;
    let key: [u8; 32] = key.try_into().map_err(|_| "that is no key")?;
    Ok(ChaCha20Poly1305::new(&Key::from(key)))
}

struct Handler;

impl PluginHandler for Handler {
    type RecipientV1 = Wrap;
    type IdentityV1 = Unwrap;

    fn recipient_v1(self) -> io::Result<Wrap> {
        Ok(Wrap(0))
    }

    fn identity_v1(self) -> io::Result<Unwrap> {
        Ok(Unwrap)
    }
}

/// How many recipients and identities were named.
struct Wrap(usize);

impl RecipientPluginV1 for Wrap {
    fn add_recipient(&mut self, _: usize, _: &str, _: &[u8]) -> Result<(), recipient::Error> {
        self.0 += 1;
        Ok(())
    }

    fn add_identity(&mut self, _: usize, _: &str, _: &[u8]) -> Result<(), recipient::Error> {
        self.0 += 1;
        Ok(())
    }

    fn labels(&mut self) -> HashSet<String> {
        HashSet::new()
    }

    fn wrap_file_keys(
        &mut self,
        keys: Vec<FileKey>,
        _: impl Callbacks<recipient::Error>,
    ) -> io::Result<Result<Vec<Vec<Stanza>>, Vec<recipient::Error>>> {
        let key = match drawer() {
            Ok(key) => key,
            Err(message) => return Ok(Err(vec![recipient::Error::Internal { message }])),
        };
        // Each file key is sealed once in its life, so the nonce may be its hash's beginning; here
        // zeros do, for a key that is used in tests alone.
        let wrap = |file: &FileKey| key.encrypt(&Nonce::default(), &file.expose_secret()[..]);
        let stanza = |file| {
            let body = wrap(file).expect("16 bytes");
            Stanza { tag: NAME.into(), args: vec![], body }
        };
        Ok(Ok(keys.iter().map(|file| (0..self.0).map(|_| stanza(file)).collect()).collect()))
    }
}

struct Unwrap;

impl IdentityPluginV1 for Unwrap {
    fn add_identity(&mut self, _: usize, _: &str, _: &[u8]) -> Result<(), identity::Error> {
        Ok(())
    }

    fn unwrap_file_keys(
        &mut self,
        files: Vec<Vec<Stanza>>,
        mut callbacks: impl Callbacks<identity::Error>,
    ) -> io::Result<HashMap<usize, Result<FileKey, Vec<identity::Error>>>> {
        let _ = callbacks.message("touch the key in the drawer")?;
        let open = |stanza: &Stanza| {
            let opened = drawer().and_then(|key| {
                let plain = key.decrypt(&Nonce::default(), &stanza.body[..]);
                plain.map_err(|_| "another key's".to_owned())
            });
            opened.map(|plain| FileKey::init_with_mut(|to| to.copy_from_slice(&plain)))
        };
        let first = |(at, stanzas): (usize, Vec<Stanza>)| {
            let ours = stanzas.iter().find(|stanza| stanza.tag == NAME)?;
            let failed = |message| vec![identity::Error::Internal { message }];
            Some((at, open(ours).map_err(failed)))
        };
        Ok(files.into_iter().enumerate().filter_map(first).collect())
    }
}

fn main() -> io::Result<()> {
    match std::env::args().find_map(|arg| arg.strip_prefix("--age-plugin=").map(str::to_owned)) {
        Some(machine) => run_state_machine(&machine, Handler),
        None => {
            print_new_identity(NAME, &[1; 8], &[2; 8]);
            Ok(())
        }
    }
}
