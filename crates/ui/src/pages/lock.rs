//! The door: nothing of the desk's content is on these pages.

use maud::{DOCTYPE, Markup, html};
use payamgir_desk::office::Said;
use payamgir_text::lang::Lang;

use super::frame::{head, name};
use crate::handlers::door::at_the_door;
use crate::say::Say;

fn door(say: Say, here: &str, extra: &Markup) -> Markup {
    let (other, other_name) = match say.lang {
        Lang::Fa => (Lang::En, "English"),
        Lang::En => (Lang::Fa, "فارسی"),
    };
    html! {
        main {
            h1 { (name(say)) }
            (extra)
            p { a.lang href={ "/" (other.code()) "/" (here) } lang=(other.code()) hreflang=(other.code()) dir=(other.dir()) { (other_name) } }
        }
    }
}

/// The passphrase; what was wrong before.
pub(crate) fn locked(say: Say, said: Option<&Said>, to: &str) -> Markup {
    let wrong = said.map(|said| format!("{} {}", said.what(say.lang), said.to_do(say.lang)));
    let form = html! {
        form.stack action={ "/" (say.lang.code()) "/unlock" } method="post" autocomplete="off" {
            input type="hidden" name="to" value=(to);
            label for="passphrase" { (say.t("گذرواژه", "Passphrase")) }
            @if let Some(wrong) = &wrong { p.error #wrong { (wrong) } }
            input #passphrase name="passphrase" type="password" dir="ltr" autocomplete="off" required autofocus
                aria-invalid=[wrong.is_some().then_some("true")] aria-describedby=[wrong.is_some().then_some("wrong")];
            button.primary { (say.t("باز کن", "Unlock")) }
        }
        p { (say.t("تا باز نشود هیچ پیامی در این رایانه خوانا نیست.", "Until it is unlocked, nothing on this machine can be read.")) }
    };
    whole(say, say.t("قفل", "Locked"), (None, None, to), &door(say, "lock", &form))
}

/// On the way: how many of how many records.
pub(crate) fn opening(say: Say, (done, of): (u64, u64), to: &str) -> Markup {
    let done = done.min(of);
    let words = match say.lang {
        Lang::Fa => format!("در حال گشودن {} از {}", say.number(done), say.number(of)),
        Lang::En => format!("Opening {} of {}", say.number(done), say.number(of)),
    };
    let progress = html! {
        label for="opening" data-text=(say.t("در حال گشودن {done} از {of}", "Opening {done} of {of}")) { (words) }
        progress #opening max=(of.max(1)) value=(done) {}
        p { (say.t("این صفحه خودش تازه می‌شود.", "This page renews itself.")) }
    };
    whole(
        say,
        say.t("در حال گشودن", "Opening"),
        (Some(to), Some("1"), to),
        &door(say, "lock", &progress),
    )
}

/// The process ends; the next one asks for the passphrase.
pub(crate) fn locking(say: Say, to: &str) -> Markup {
    let words = html! {
        p { (say.t("میز قفل شد.", "The desk is locked.")) }
        p { a.button href=(at_the_door(to, say.lang)) { (say.t("دوباره باز کردن", "Unlock again")) } }
    };
    whole(say, say.t("قفل", "Locked"), (None, Some("2"), to), &door(say, "lock", &words))
}

/// The first page: it leads on.
pub(crate) fn entering(lang: Lang) -> Markup {
    let say = Say { lang, offset: 0 };
    let words =
        html! { p { a.button href={ "/" (lang.code()) "/lock" } { (say.t("ورود", "Enter")) } } };
    whole(say, say.t("ورود", "Enter"), (None, Some("0"), ""), &door(say, "lock", &words))
}

/// `done`: where to go once it is open; `refresh`: seconds after which to ask again without script;
/// `to`: where the editor was.
fn whole(
    say: Say,
    title: &str,
    (done, refresh, to): (Option<&str>, Option<&str>, &str),
    main: &Markup,
) -> Markup {
    let next = at_the_door(to, say.lang);
    html! {
        (DOCTYPE)
        html lang=(say.lang.code()) dir=(say.lang.dir()) {
            (head(say, title, &html! {
                @if let Some(seconds) = refresh {
                    meta http-equiv="refresh" content={ (seconds) ";url=" (next) };
                }
            }))
            body.door data-status=[done.map(|_| "/status")] data-progress=[done.map(|_| "opening")] data-done=[done] {
                (main)
            }
        }
    }
}
