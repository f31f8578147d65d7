//! The one table of shortcuts: the script's handler, the help page and the tests read it.

use payamgir_text::lang::Lang;

/// One shortcut, matched by the key's place on the keyboard.
pub struct Key {
    /// The key as `KeyboardEvent.code` names it.
    pub code: &'static str,
    /// With Shift.
    pub shift: bool,
    /// The `data-action` it performs.
    pub action: &'static str,
    /// What stands on the key, on the help page.
    pub cap: &'static str,
    /// What it does, in Persian.
    fa: &'static str,
    /// In English.
    en: &'static str,
}

impl Key {
    /// What it does.
    pub fn does(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Fa => self.fa,
            Lang::En => self.en,
        }
    }
}

const fn key(
    (code, shift, cap): (&'static str, bool, &'static str),
    action: &'static str,
    fa: &'static str,
    en: &'static str,
) -> Key {
    Key { code, shift, action, cap, fa, en }
}

/// All of them.
pub const KEYS: [Key; 20] = [
    key(("KeyJ", false, "J"), "next", "گفت‌وگوی بعدی", "Next conversation"),
    key(("KeyK", false, "K"), "previous", "گفت‌وگوی پیشین", "Previous conversation"),
    key(("KeyU", false, "U"), "back", "بازگشت به فهرست", "Back to the list"),
    key(("KeyX", false, "X"), "select", "برگزیدن این ردیف", "Select this row"),
    key(("KeyA", true, "A"), "all", "برگزیدن همه‌ی ردیف‌ها", "Select every row"),
    key(("KeyI", false, "I"), "assign-me", "سپردن به خودم", "Assign to me"),
    key(("KeyA", false, "A"), "assign", "سپردن به کسی", "Assign to somebody"),
    key(("KeyL", false, "L"), "label", "افزودن برچسب", "Add a label"),
    key(("KeyE", false, "E"), "resolve", "پایان دادن", "Resolve"),
    key(("KeyS", false, "S"), "snooze", "گذاشتن برای بعد", "Snooze"),
    key(("KeyQ", true, "Q"), "quarantine", "قرنطینه", "Quarantine"),
    key(("KeyR", false, "R"), "reply", "نوشتن پاسخ", "Write a reply"),
    key(("KeyN", false, "N"), "note", "نوشتن یادداشت", "Write a note"),
    key(("KeyD", false, "D"), "details", "باز و بسته کردن جزئیات", "Show or hide the details"),
    key(("KeyF", false, "F"), "fold-list", "باز و بسته کردن فهرست", "Show or fold the list"),
    key(("KeyP", false, "P"), "play", "پخش یا ایست صدا", "Play or pause the voice note"),
    key(("Slash", false, "/"), "search", "جست‌وجو", "Search"),
    key(("KeyN", true, "N"), "new", "نشان دادن تازه‌رسیده‌ها", "Show new arrivals"),
    key(("Slash", true, "?"), "help", "راهنما", "Help"),
    key(("KeyL", true, "L"), "lock", "قفل کردن", "Lock"),
];

/// The table as the script reads it.
pub(crate) fn json() -> String {
    let all = KEYS.iter().map(
        |key| serde_json::json!({ "code": key.code, "shift": key.shift, "action": key.action }),
    );
    serde_json::Value::from_iter(all).to_string()
}
