//! What was done here and is not in the log yet, sealed on the disk.

use payamgir_roster::Key;
use payamgir_work::{Signed, Work};
use zeroize::Zeroizing;

use crate::store::{StoreError, Vault};

/// Events on their way, in the order in which they were made.
#[derive(Default)]
pub(super) struct Outbox {
    next: u64,
    waiting: Vec<Waiting>,
    /// Files of events that the log has, still to be removed.
    done: Vec<String>,
}

struct Waiting {
    file: String,
    signed: Signed,
    sent: bool,
    /// The server did not take it.
    refused: bool,
}

impl Outbox {
    pub(super) fn open(vault: &Vault) -> Result<Self, StoreError> {
        let mut outbox = Self::default();
        for file in vault.names("outbox-")? {
            let number = file.trim_start_matches("outbox-").trim_end_matches(".age").parse();
            outbox.next = outbox.next.max(number.unwrap_or(0) + 1);
            let bytes = vault.read_whole(&file);
            // One that does not open was sealed under a key that is gone: nothing can be done for it.
            if let Ok(Some(bytes)) = bytes
                && let Ok(signed) = Signed::decode(&bytes)
            {
                outbox.waiting.push(Waiting { file, signed, sent: false, refused: false });
            }
        }
        Ok(outbox)
    }

    /// Keeps an event; durable when this returns.
    pub(super) fn keep(&mut self, vault: &Vault, signed: Signed) -> Result<(), StoreError> {
        let file = format!("outbox-{:012}.age", self.next);
        vault.write(&file, &Zeroizing::new(signed.encode()))?;
        self.next += 1;
        self.waiting.push(Waiting { file, signed, sent: false, refused: false });
        Ok(())
    }

    /// The events on their way.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Signed> {
        self.waiting.iter().map(|waiting| &waiting.signed)
    }

    /// The first events that were not sent since the desk was unlocked: at most so many, and so many
    /// bytes, but one at least.
    pub(super) fn unsent(&self, most: usize, bytes: usize) -> Vec<Signed> {
        let unsent = self.waiting.iter().filter(|waiting| !waiting.sent);
        let mut left = bytes;
        let fits = |(at, signed): &(usize, Signed)| {
            let size = signed.encode().len();
            let fits = *at == 0 || size <= left;
            left = left.saturating_sub(size);
            fits
        };
        let all = unsent.take(most).map(|waiting| waiting.signed.clone()).enumerate();
        all.take_while(fits).map(|(_, signed)| signed).collect()
    }

    /// The first `count` unsent ones were taken by the server.
    pub(super) fn mark_sent(&mut self, count: usize) {
        let unsent = self.waiting.iter_mut().filter(|waiting| !waiting.sent);
        unsent.take(count).for_each(|waiting| waiting.sent = true);
    }

    /// The first unsent one was refused by the server. It is not sent again until the next unlocking.
    pub(super) fn mark_refused(&mut self) {
        if let Some(first) = self.waiting.iter_mut().find(|waiting| !waiting.sent) {
            (first.sent, first.refused) = (true, true);
        }
    }

    /// Whether the server did not take something that is still here.
    pub(super) fn is_refused(&self) -> bool {
        self.waiting.iter().any(|waiting| waiting.refused)
    }

    /// Forgets what the log has.
    pub(super) fn forget_heard(&mut self, work: &Work, me: &Key) {
        let heard = |waiting: &Waiting| {
            let event = waiting.signed.event();
            event.is_ok_and(|event| work.has_heard(me, &event.id))
        };
        let (gone, left) = std::mem::take(&mut self.waiting).into_iter().partition(heard);
        self.waiting = left;
        let gone: Vec<Waiting> = gone;
        self.done.extend(gone.into_iter().map(|waiting| waiting.file));
    }

    /// Removes the files of what is done. One that stays is sent again and passed over by all.
    pub(super) fn clean(&mut self, vault: &Vault) -> Result<(), StoreError> {
        while let Some(file) = self.done.pop() {
            vault.remove(&file)?;
        }
        Ok(())
    }
}
