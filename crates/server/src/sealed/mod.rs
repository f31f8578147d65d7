//! What a source sealed itself, on its way into the log: from its browser, from a courier's hands, or
//! pasted somewhere (docs/FORMAT.md §20).
//!
//! The server cannot open it, nor know that it was sealed to the epoch it names: that is seen at the
//! desk. It looks at the form, takes each body once, and keeps it as a record of a kind of its own, so
//! that a desk never takes for the server's word what a stranger sealed.

mod hand_in;
pub(crate) mod http;
mod uploaded;

use payamgir_log::{Appended, Error, Kind, Log, PendingBlob};
use payamgir_wire::desk_key::DeskKey;
use payamgir_wire::hex::Hex;
use payamgir_wire::piece::Head;

use crate::desk::Desk;
use crate::pages::{self, Language, Site};

pub(crate) use hand_in::{HandIn, Tally};

/// Whether the epoch a piece names is one of this desk's.
pub(crate) fn is_ours(desk: &Desk, head: &Head) -> bool {
    let now = desk.now();
    let epochs = now.roster().map_or(&[][..], |roster| roster.epochs());
    epochs.iter().any(|epoch| epoch.id == head.epoch.0)
}

/// The desk's present key, as everybody may have it.
pub(crate) fn present_key(desk: &Desk) -> DeskKey {
    let recipient = desk.now().recipient.clone();
    DeskKey { desk: Hex(desk.id()), epoch: Hex(recipient.id()), recipient: recipient.to_string() }
}

/// The page that is carried, as the server shows it at `/<language>/offline.html`.
pub fn offline_page(site: &Site, lang: &Language, desk: &Desk) -> String {
    pages::offline(site, lang, &present_key(desk)).into_string()
}

/// Adds a piece's entry with its blob. The answer is durable.
pub(crate) async fn add(log: &Log, head: Head, blobs: Vec<PendingBlob>) -> Result<Appended, Error> {
    log.append_once(Kind::BROUGHT, head.entry, blobs).await
}
