//! The alarm that stands: what contradicted the log, until somebody has looked into it. It says
//! nothing of what sources sent, and is sealed as all of the store is.

use super::Said;
use crate::store::{StoreError, Vault};

/// The file it is kept in.
const FILE: &str = "alarm.age";

/// The alarm that stands, if one does. One that does not open stands too: better once too often.
pub(super) fn standing(vault: &Vault) -> Option<Said> {
    match vault.read_whole(FILE) {
        Ok(None) => None,
        Ok(Some(kept)) => Some(serde_json::from_slice(&kept).unwrap_or_else(|_| forgotten())),
        Err(_) => Some(forgotten()),
    }
}

/// Keeps it; durable when this returns.
pub(super) fn keep(vault: &Vault, said: &Said) -> Result<(), StoreError> {
    vault.write(FILE, &serde_json::to_vec(said).map_err(|_| StoreError::Form)?)
}

/// Somebody has looked into it.
pub(super) fn forget(vault: &Vault) -> Result<(), StoreError> {
    vault.remove(FILE)
}

fn forgotten() -> Said {
    Said {
        fa: "هشدار: این میز پیش‌تر هشداری درباره‌ی لاگ داد که دیگر خوانده نمی‌شود.".into(),
        en: "ALARM: this desk gave an alarm about the log before, which cannot be read any more."
            .into(),
        to_do_fa: "به سرور اعتماد نکنید تا بدانید چه شده است.".into(),
        to_do_en: "Do not trust the server until you know what happened.".into(),
        alarm: true,
        stops: true,
    }
}
