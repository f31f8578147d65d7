//! What messengers' platforms tell: bodies of webhooks, answers, lines of a daemon; and words that are
//! cut to what a messenger takes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use payamgir_channels::meta::Said;
use payamgir_channels::pieces::{Unit, pieces};
use payamgir_channels::signal::{self, Line};
use payamgir_channels::{Came, Heard, Kind, Manner, instagram, telegram, whatsapp};
use payamgir_text::lang::Lang;

fn hold(heard: &Heard) {
    let came: &Came = match heard {
        Heard::Came(came) => came,
        Heard::Echo(came) => came,
        _ => return,
    };
    assert!(!came.items.is_empty() || came.kind == Kind::Deletion);
    assert!(!came.message.is_empty());
    let _ = (came.digest(), came.text());
}

fn hold_all(all: &[Said]) {
    assert!(!all.is_empty());
    all.iter().for_each(|said| hold(&said.heard));
}

fn cut(text: &str) {
    for (unit, most) in [(Unit::Utf16, 4096), (Unit::Chars, 24), (Unit::Bytes, 16)] {
        let all = pieces(text, unit, most);
        assert!(all.iter().all(|piece| !piece.trim().is_empty()));
    }
}

fuzz_target!(|data: &[u8]| {
    for names in [false, true] {
        let manner = Manner { lang: if names { Lang::Fa } else { Lang::En }, names };
        hold(&telegram::read(data, manner).heard);
        for update in telegram::split(data).unwrap_or_default() {
            hold(&telegram::read(update.get().as_bytes(), manner).heard);
        }
        hold_all(&whatsapp::read(data, manner));
        hold_all(&instagram::read(data, manner));
        if let Line::Heard(heard) = signal::read(data, manner) {
            hold(&heard);
        }
    }
    cut(&String::from_utf8_lossy(data));
});
