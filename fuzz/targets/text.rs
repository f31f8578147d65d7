//! Names, texts and language lists that strangers write.
#![no_main]

use libfuzzer_sys::fuzz_target;
use payamgir_text::direction::Direction;
use payamgir_text::lang::Lang;
use payamgir_text::{code, digits, filename, terminal};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = Lang::negotiate(Some(text));
    let _ = Lang::from_locale(text);
    let safe = filename::safe(text, "file");
    assert!(!safe.is_empty() && !safe.contains(['/', '\\', '\0']) && !safe.starts_with('.'));
    assert_eq!(filename::safe(&safe, "file"), safe);
    let visible = terminal::visible(text);
    assert!(!visible.contains(['\u{1b}', '\u{7}', '\u{9b}']));
    if let Some(number) = code::read(text, 29) {
        assert_eq!(code::read(&code::write(number, 29, 5), 29), Some(number));
    }
    let _ = terminal::with_direction(&visible, Direction::Rtl);
    let _ = (terminal::one_line(text, 40), terminal::isolate(text), digits::to_ascii(text));
});
