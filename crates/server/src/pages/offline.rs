//! The page that is carried: one file that seals with no network.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use payamgir_wire::desk_key::DeskKey;
use sha2::{Digest, Sha256};

use super::form::fingerprint;
use super::layout::STYLE;
use super::script::SCRIPT;
use super::sealing::told;
use super::{Language, Site};

/// The page, whole.
pub fn offline(site: &Site, lang: &Language, key: &DeskKey) -> Markup {
    let words = &lang.words;
    html! {
        (DOCTYPE)
        html lang=(lang.code) dir=(lang.dir) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(offline_policy());
                meta name="viewport" content="width=device-width,initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                link rel="icon" href="data:,";
                title { (words.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { p.name { bdi { (site.name(lang)) } } }
                main #main { (main(site, lang, key)) }
                (told((site, false), lang, key))
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

/// Its policy: its own script and style, and nothing from anywhere.
pub fn offline_policy() -> String {
    let hash = |text: &str| data_encoding::BASE64.encode(&Sha256::digest(text));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; worker-src blob:; \
         img-src data:; form-action 'none'; base-uri 'none'",
        hash(SCRIPT),
        hash(STYLE)
    )
}

fn main(site: &Site, lang: &Language, key: &DeskKey) -> Markup {
    let words = &lang.words;
    html! {
        h1 { (words.offline) }
        p.lead { (words.offline_lead) }
        p #way { (words.offline_needs) }
        form autocomplete="off" {
            div.row {
                div { label for="text" { (words.text) } p.hint #text-hint { (site.limits(words.text_hint, lang)) } }
                textarea name="text" id="text" dir="auto" rows="7" placeholder=" " autocomplete="off" spellcheck="false" aria-describedby="text-hint" {}
            }
            div.row {
                div { label for="files" { (words.files) } p.hint #files-hint { (words.offline_files_hint) } }
                input type="file" name="files" id="files" multiple aria-describedby="files-hint";
            }
            p.row { button { (words.offline_seal) } }
        }
        section.row #out hidden {
            h2 { (words.offline_done) }
            div {
                div data-block {
                    p { (words.offline_block) }
                    textarea.short rows="6" dir="ltr" readonly aria-label=(words.carry_block) {}
                    p { button.quiet type="button" data-copy { (words.offline_copy) } }
                }
                p { a.more download="1.bin" href="#out" { (words.offline_save) } }
                p.hint { (words.offline_after) }
            }
        }
        section.row {
            h2 { (words.key) }
            div { p { bdi { (fingerprint(&key.epoch, lang)) } } p.hint { (words.offline_key) } }
        }
    }
}
