//! How this editor likes the window, sealed beside the rest: what is chosen once holds after locking.

use serde::{Deserialize, Serialize};

use super::{Office, lock};
use crate::store::{StoreError, Vault};

/// The file they are kept in.
const FILE: &str = "settings.age";

/// How this editor likes the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Keyboard shortcuts are off.
    pub keys_off: bool,
}

impl Settings {
    /// As they were kept; those of a new desk where none were, or where they do not open.
    pub(super) fn kept(vault: &Vault) -> Self {
        let kept = vault.read_whole(FILE).ok().flatten();
        kept.and_then(|kept| serde_json::from_slice(&kept).ok()).unwrap_or_default()
    }
}

impl Office {
    /// How this editor likes the window.
    pub fn settings(&self) -> Settings {
        *lock(&self.settings)
    }

    /// Keeps how this editor likes the window.
    pub fn set(&self, settings: Settings) -> Result<(), StoreError> {
        let json = serde_json::to_vec(&settings).map_err(|_| StoreError::Form)?;
        self.store().vault().write(FILE, &json)?;
        *lock(&self.settings) = settings;
        Ok(())
    }
}
