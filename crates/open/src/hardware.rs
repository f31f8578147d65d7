//! The age half of a member in hardware, through an age plugin (C2SP age-plugin): a program named
//! `age-plugin-…` on the search path that wraps and unwraps file keys.

use std::io::{Read, Write};
use std::iter;
use std::sync::Arc;

use age::plugin::{IdentityPluginV1, RecipientPluginV1};
use age_core::secrecy::SecretString;
use zeroize::Zeroizing;

/// What is sealed is a multiple of so many bytes long: its size tells little.
const BLOCK: usize = 4096;

/// How a plugin speaks to the person before the machine.
pub trait Ask: Send + Sync {
    /// Shows a message, as "touch the key".
    fn message(&self, text: &str);
    /// Asks yes or no; `None` where nobody can be asked.
    fn confirm(&self, text: &str, yes: &str, no: Option<&str>) -> Option<bool>;
    /// Asks for something that may be seen.
    fn public(&self, text: &str) -> Option<String>;
    /// Asks for something that may not, as a PIN.
    fn secret(&self, text: &str) -> Option<SecretString>;
}

/// A key that only the plugin can use.
#[derive(Clone)]
pub struct Hardware {
    identity: age::plugin::Identity,
    recipient: Option<age::plugin::Recipient>,
}

/// Why the hardware did not do it: for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotDone(pub String);

impl Hardware {
    /// Reads what a plugin prints for a new key: the line `AGE-PLUGIN-…`, and the recipient in a
    /// comment where it has one.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines().map(str::trim);
        let identity = lines.find(|line| line.starts_with("AGE-PLUGIN-"))?.parse().ok()?;
        let words = text.split_whitespace().filter(|word| word.starts_with("age1"));
        let mut recipients = words.filter_map(|word| word.parse::<age::plugin::Recipient>().ok());
        let ours = |it: &age::plugin::Recipient| it.plugin() == plugin(&identity);
        let recipient = recipients.find(ours);
        Some(Self { identity, recipient })
    }

    /// The line of an identity file: the identity, and the recipient if it is known.
    pub(crate) fn line(&self) -> Zeroizing<String> {
        let recipient = self.recipient.as_ref().map(|to| format!(" {to}")).unwrap_or_default();
        Zeroizing::new(format!("{}{recipient}", self.identity))
    }

    /// Reads that line.
    pub(crate) fn from_line(line: &str) -> Option<Self> {
        Self::parse(&line.replace(' ', "\n"))
    }

    /// The plugin's program.
    pub fn program(&self) -> String {
        format!("age-plugin-{}", plugin(&self.identity))
    }

    /// Seals to this key; zeros follow what was sealed.
    pub(crate) fn seal(&self, plain: &[u8], ask: &Arc<dyn Ask>) -> Result<Vec<u8>, NotDone> {
        let recipients: Vec<_> = self.recipient.iter().cloned().collect();
        // The recipient is enough, and asks for no touch.
        let known = !recipients.is_empty();
        let identities = if known { vec![] } else { vec![self.identity.clone()] };
        let name = plugin(&self.identity);
        let to = RecipientPluginV1::new(name, &recipients, &identities, Asking(ask.clone()));
        let to = to.map_err(not_done)?;
        let encryptor = age::Encryptor::with_recipients(iter::once(&to as &dyn age::Recipient));
        let mut padded = Zeroizing::new(Vec::with_capacity(plain.len().next_multiple_of(BLOCK)));
        padded.extend_from_slice(plain);
        padded.resize(plain.len().next_multiple_of(BLOCK), 0);
        let mut stream = encryptor.map_err(not_done)?.wrap_output(vec![]).map_err(not_done)?;
        stream.write_all(&padded).and_then(|()| stream.finish()).map_err(not_done)
    }

    /// Opens what was sealed to it, of at most `most` bytes.
    pub(crate) fn open(
        &self,
        sealed: &[u8],
        most: usize,
        ask: &Arc<dyn Ask>,
    ) -> Result<Zeroizing<Vec<u8>>, NotDone> {
        let (name, all) = (plugin(&self.identity), [self.identity.clone()]);
        let key = IdentityPluginV1::new(name, &all, Asking(ask.clone())).map_err(not_done)?;
        let stream = age::Decryptor::new_buffered(sealed).map_err(not_done)?;
        let stream = stream.decrypt(iter::once(&key as &dyn age::Identity)).map_err(not_done)?;
        let mut plain = Zeroizing::new(Vec::with_capacity(sealed.len().min(most + 1)));
        stream.take(most as u64 + 1).read_to_end(&mut plain).map_err(not_done)?;
        if plain.len() > most { Err(NotDone("too long".into())) } else { Ok(plain) }
    }
}

fn plugin(identity: &age::plugin::Identity) -> &str {
    identity.plugin()
}

fn not_done(error: impl std::fmt::Display) -> NotDone {
    NotDone(error.to_string())
}

/// Nobody to speak to.
pub(crate) struct Nobody;

impl Ask for Nobody {
    fn message(&self, _: &str) {}

    fn confirm(&self, _: &str, _: &str, _: Option<&str>) -> Option<bool> {
        None
    }

    fn public(&self, _: &str) -> Option<String> {
        None
    }

    fn secret(&self, _: &str) -> Option<SecretString> {
        None
    }
}

#[derive(Clone)]
struct Asking(Arc<dyn Ask>);

impl age::Callbacks for Asking {
    fn display_message(&self, message: &str) {
        self.0.message(message);
    }

    fn confirm(&self, message: &str, yes: &str, no: Option<&str>) -> Option<bool> {
        self.0.confirm(message, yes, no)
    }

    fn request_public_string(&self, description: &str) -> Option<String> {
        self.0.public(description)
    }

    fn request_passphrase(&self, description: &str) -> Option<SecretString> {
        self.0.secret(description)
    }
}

impl std::fmt::Display for NotDone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotDone {}
