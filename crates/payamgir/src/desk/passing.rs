//! `desk passes`: passes for people the desk knows, which the server signs without seeing them.

use std::path::Path;

use payamgir_desk::passes::Blinded;
use payamgir_text::bytewords;
use payamgir_text::digits;
use payamgir_text::lang::Lang;
use serde_json::json;
use zeroize::Zeroizing;

use super::place::Place;
use super::session::Session;
use super::syncing::unreachable_server;
use crate::problem::Problem;
use crate::words::{Say, pick};
use crate::{output, world};

/// Words of the fingerprint of the server's key for passes.
const WORDS: usize = 8;
/// Under what the key is kept: a server that had one for each batch could tell them apart.
const KEPT: &str = "passes-key";

/// `payamgir desk passes`
pub fn run(
    place: &Place,
    (count, new_key, json): (u8, bool, bool),
    passphrase: Option<&Path>,
    lang: Lang,
) -> Result<(), Problem> {
    let mut session = Session::open(place, passphrase, lang)?;
    let blinded = Blinded::draw(count.into(), &world::random);
    let answer = session.client()?.passes(blinded.points()).map_err(unreachable_server)?;
    let answer = answer.ok_or_else(refused)?;
    let (passes, key) = blinded.finish(&answer).map_err(|error| not_signed().because(error))?;
    pin(&mut session, &key, new_key)?;
    let written: Vec<String> = passes.iter().map(|pass| pass.written()).collect();
    let key = |lang| {
        let words: Vec<&str> =
            key[..WORDS].iter().map(|byte| bytewords::word(*byte, lang)).collect();
        words.join(" ")
    };
    if json {
        let (fa, en) = (key(Lang::Fa), key(Lang::En));
        return output::json(&json!({ "passes": written, "key_fa": fa, "key_en": en }));
    }
    for pass in written {
        output::line(digits::localize(&pass, lang))?;
    }
    let told = pick(
        lang,
        "هر کدام از نخستین بار تا شش ساعت راه می‌دهد؛ به هر کس چند تا، دست به دست، بدهید. کلید سرور برای این برگه‌ها باید همیشه همین باشد:",
        "Each lets in for six hours from its first use; give some to each person, from hand to hand. The server's key for passes should always be this one:",
    );
    eprintln!("{told}\n  {}", key(lang));
    Ok(())
}

/// Keeps the key that the server signs with, and refuses another.
fn pin(session: &mut Session<'_>, key: &[u8], new_key: bool) -> Result<(), Problem> {
    match session.keyring.secret(KEPT) {
        Some(known) if *known == *key => return Ok(()),
        Some(_) if !new_key => return Err(other_key()),
        _ => session.keyring.set_secret(KEPT, Some(Zeroizing::new(key.to_vec()))),
    }
    session.place.keep_keyring(&session.keyring, &session.member)
}

fn other_key() -> Problem {
    let what = Say::new(
        "کلید سرور برای برگه‌های ورود عوض شده است.",
        "The server's key for passes is another than before.",
    );
    let to_do = Say::new(
        "شاید می‌خواهد برگه‌ها را از هم بشناسد. از گرداننده بپرسید؛ اگر خودش آن را عوض کرده: ‎--new-key. برگه‌های پیشین دیگر کار نمی‌کنند.",
        "It may want to tell passes apart. Ask the operator; if they changed it: --new-key. Passes from before are good no longer.",
    );
    Problem::new(what, to_do)
}

fn refused() -> Problem {
    let what = Say::new("سرور برگه‌ای نداد.", "The server gave out no passes.");
    let to_do = Say::new(
        "تنها ویراستار و سرپرست می‌گیرند، و روی‌هم صد هزار تا.",
        "Only editors and admins get them, a hundred thousand in all.",
    );
    Problem::new(what, to_do)
}

fn not_signed() -> Problem {
    let what = Say::new("پاسخ سرور درست نیست.", "The server's answer is not right.");
    let to_do = Say::new(
        "برگه‌ای به کسی ندهید؛ سرور شاید می‌خواهد آنها را از هم بشناسد.",
        "Give none to anybody; the server may want to tell them apart.",
    );
    Problem::new(what, to_do)
}
