//! What the keyring forgets the store forgets: an epoch whose key is gone opens nothing any more,
//! and what was opened with it must not outlive it here. And what a key that comes later opens is
//! opened then.

use std::collections::BTreeSet;

use payamgir_open::Keyring;
use payamgir_roster::{Recipient, Roster};
use payamgir_wire::hex::Hex;

use crate::store::{SEGMENT, StoreError, Vault};

/// The file that tells with which epochs' keys the store was made.
const FILE: &str = "epochs.age";

/// The ids of the epochs that a keyring opens.
fn ids(keys: &Keyring) -> BTreeSet<[u8; 32]> {
    keys.epochs().map(|epoch| Recipient(Box::new(*epoch.public())).id()).collect()
}

/// A record in each segment that was made with a key that is gone now, or without one that is here.
pub(super) fn changed(
    vault: &Vault,
    (keys, roster): (&Keyring, Option<&Roster>),
    size: u64,
) -> Result<Vec<u64>, StoreError> {
    let Some(before) = known(vault)? else { return Ok(vec![]) };
    let now = ids(keys);
    let other =
        |epoch: &&payamgir_roster::Epoch| before.contains(&epoch.id) != now.contains(&epoch.id);
    let first = roster.into_iter().flat_map(Roster::epochs).filter(other).map(|epoch| epoch.from);
    // What was on its way when the next epoch began stands after it: from there on, all of it.
    Ok(match first.min() {
        Some(from) => (from / SEGMENT..=size / SEGMENT).map(|number| number * SEGMENT).collect(),
        None => vec![],
    })
}

/// Remembers the keys that the store is made with now.
pub(super) fn remember(vault: &Vault, keys: &Keyring) -> Result<(), StoreError> {
    let now = ids(keys);
    if known(vault)?.as_ref() == Some(&now) {
        return Ok(());
    }
    let text: Vec<String> = now.iter().map(|id| Hex(*id).to_string()).collect();
    vault.write(FILE, text.join("\n").as_bytes())
}

/// `None` where nothing was made yet.
fn known(vault: &Vault) -> Result<Option<BTreeSet<[u8; 32]>>, StoreError> {
    // One that does not open is of another store's key: that store's segments do not open either.
    let Ok(Some(text)) = vault.read_whole(FILE) else { return Ok(None) };
    let text = std::str::from_utf8(&text).unwrap_or_default();
    Ok(Some(text.lines().filter_map(|line| Hex::parse(line).ok()).map(|id| id.0).collect()))
}
