//! The frame that every page of an open desk shares.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use payamgir_desk::office::Sync;
use payamgir_desk::store::StoreError;
use payamgir_text::lang::Lang;

use crate::handlers::Room;
use crate::keys;
use crate::place::Place;
use crate::say::Say;
use crate::status;

/// What sets one page's frame apart from another's.
pub(crate) struct Frame<'a> {
    pub(crate) room: &'a Room,
    pub(crate) title: &'a str,
    /// Of the list and the conversation, not of a sheet.
    pub(crate) panes: bool,
    /// What stands in the search field.
    pub(crate) q: &'a str,
    /// This page in the other language.
    pub(crate) other: String,
}

/// A whole page around `main`.
pub(crate) fn page(frame: &Frame<'_>, main: &Markup) -> Markup {
    let (room, say) = (frame.room, frame.room.say);
    let keys_off = room.office.settings().keys_off;
    let sync = room.office.sync_state();
    let code = say.lang.code();
    let status = format!("/status?lang={code}&size={}", room.office.size());
    html! {
        (DOCTYPE)
        html lang=(code) dir=(say.lang.dir()) {
            (head(say, frame.title, &html! {}))
            body.panes-page[frame.panes]
                data-lock={ "/" (code) "/lock" } data-status=(status) data-presence="/presence"
                data-activity="/activity" data-idle=(room.ui.settings.idle)
                data-keys=(if keys_off { "off" } else { "on" }) {
                a.skip href=(if frame.panes { "#conversation" } else { "#main" }) {
                    (say.t("پرش به محتوا", "Skip to the content"))
                }
                (alarm_strip(say, &sync))
                (top(frame, &sync))
                div #live .live role="status" aria-live="polite" {}
                p #said .hidden role="status" aria-live="polite" {}
                (main)
                script #keys type="application/json" { (PreEscaped(keys::json())) }
            }
        }
    }
}

pub(crate) fn head(say: Say, title: &str, more: &Markup) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (title) " – " (name(say)) }
            link rel="stylesheet" href="/desk.css";
            script src="/desk.js" defer {}
            (more)
        }
    }
}

pub(crate) fn name(say: Say) -> &'static str {
    say.t("میز پیامگیر", "Payamgir desk")
}

/// What cannot be missed, in its own words. The script shows one that comes later.
fn alarm_strip(say: Say, sync: &Sync) -> Markup {
    let alarm = sync.said.as_ref().filter(|said| said.alarm);
    html! {
        div #alarm .alarm-strip role="alert" hidden[alarm.is_none()] {
            p {
                strong { (alarm.map_or("", |said| said.what(say.lang))) }
                " "
                a href={ "/" (say.lang.code()) "/alarm" } { (say.t("چه باید کرد", "What to do")) }
            }
        }
    }
}

fn top(frame: &Frame<'_>, sync: &Sync) -> Markup {
    let say = frame.room.say;
    let code = say.lang.code();
    let (other, other_name) = match say.lang {
        Lang::Fa => (Lang::En, "English"),
        Lang::En => (Lang::Fa, "فارسی"),
    };
    html! {
        header.top {
            a.desk-name href={ "/" (code) "/" } { (name(say)) }
            form #search .search role="search" action={ "/" (code) "/" } method="get" autocomplete="off" {
                label.hidden for="q" { (say.t("جست‌وجو در پیام‌ها", "Search the submissions")) }
                input #q name="q" type="search" dir="auto" autocomplete="off" spellcheck="false"
                    maxlength="1000" value=(frame.q)
                    placeholder=(say.t("جست‌وجو: «عبارت» یا وضعیت:باز", "Search: \"a phrase\" or is:open"))
                    data-action="search";
                button { (say.t("بگرد", "Search")) }
            }
            (sync_line(frame.room, sync))
            a.lang href=(frame.other) lang=(other.code()) hreflang=(other.code()) dir=(other.dir()) { (other_name) }
            (menu(say))
            form.lock-now action={ "/" (code) "/lock" } method="post" {
                input type="hidden" name="to" value={ "/" (code) (frame.other.get(3..).unwrap_or("/")) };
                button.primary data-action="lock" { (say.t("قفل", "Lock")) }
            }
        }
    }
}

fn menu(say: Say) -> Markup {
    let code = say.lang.code();
    let items = [
        ("publish", say.t("انتشار", "Publishing")),
        ("canned", say.t("پاسخ‌های آماده", "Canned replies")),
        ("names", say.t("نام‌های پنهان‌کردنی", "Names to hide")),
        ("members", say.t("اعضای میز", "Members")),
        ("audit", say.t("چه کسی چه کرد", "Who did what")),
    ];
    html! {
        details.menu {
            summary { (say.t("کارها", "Menu")) }
            ul {
                @for (to, words) in items { li { a href={ "/" (code) "/" (to) } { (words) } } }
                li { a href={ "/" (code) "/help" } data-action="help" { (say.t("راهنما و میان‌برها", "Help and shortcuts")) } }
            }
        }
    }
}

fn sync_line(room: &Room, sync: &Sync) -> Markup {
    let (say, now) = (room.say, room.office.now());
    let state = status::word(sync);
    let words = match (state, sync.done) {
        ("alarm", _) => say.t("هشدار", "Alarm").to_owned(),
        ("offline", _) => say.t("بی‌اتصال؛ باز هم می‌کوشد", "Offline; it keeps trying").to_owned(),
        ("working", _) => say.t("در حال گرفتن", "Fetching").to_owned(),
        (_, None) => say.t("هنوز همگام نشده", "Not synced yet").to_owned(),
        (_, Some(at)) if now < at + 60 => say.t("به‌روز", "Up to date").to_owned(),
        (_, Some(at)) => match say.lang {
            Lang::Fa => format!("به‌روز، {} پیش", say.ago(at, now)),
            Lang::En => format!("Up to date, {} ago", say.ago(at, now)),
        },
    };
    html! {
        p #sync .sync data-state=(state)
            data-idle=(say.t("به‌روز", "Up to date"))
            data-working=(say.t("در حال گرفتن {done} از {of}", "Fetching {done} of {of}"))
            data-offline=(say.t("بی‌اتصال؛ باز هم می‌کوشد", "Offline; it keeps trying"))
            data-alarm=(say.t("هشدار", "Alarm"))
            data-gone=(say.t("برنامه‌ی میز پاسخ نمی‌دهد", "The desk's program does not answer")) {
            (words)
            @if sync.waiting > 0 {
                (say.t("، ", ", ")) (say.number(sync.waiting as u64)) " " (say.t("در راه", "on the way"))
            }
        }
    }
}

/// A page of words.
pub(crate) fn sheet(room: &Room, (title, here): (&str, &str), content: &Markup) -> Markup {
    let main = html! { main #main .sheet { (just_said(room)) (content) } };
    let other = match room.say.lang {
        Lang::Fa => "en",
        Lang::En => "fa",
    };
    let other = format!("/{other}/{here}");
    page(&Frame { room, title, panes: false, q: "", other }, &main)
}

/// What became of what was just asked for, once; what can be undone is said beside the list.
fn just_said(room: &Room) -> Markup {
    let said = room.ui.toast().filter(|toast| toast.undo.is_empty());
    if said.is_some() {
        room.ui.hush();
    }
    html! {
        @if let Some(said) = said {
            p.flag[said.failed].notice[!said.failed] role=(if said.failed { "alert" } else { "status" }) { (room.say.t_of(&said.fa, &said.en)) }
        }
    }
}

/// There is no such thing.
pub(crate) fn not_here(room: &Room) -> Markup {
    let say = room.say;
    let title = say.t("چنین چیزی نیست", "There is no such thing");
    let words = say.t(
        "شاید پاک شده است، یا شماره‌اش درست نیست.",
        "It may have been erased, or the number is not right.",
    );
    plain(room, title, words)
}

/// The store could not be read.
pub(crate) fn broken(room: &Room, error: &StoreError) -> Markup {
    let say = room.say;
    let title = say.t("این صفحه باز نشد", "This page did not open");
    let words = say.t(
        "بایگانی این رایانه خوانده نشد. پیام‌ها در لاگ هستند و چیزی از دست نرفته است. میز را قفل و دوباره باز کنید.",
        "This machine's store could not be read. The submissions are in the log and nothing is lost. Lock the desk and open it again.",
    );
    let _ = error;
    plain(room, title, words)
}

/// A copy that was not made.
pub(crate) fn refused(room: &Room, why: &str) -> Markup {
    plain(room, room.say.t("رونوشت ساخته نشد", "The copy was not made"), why)
}

fn plain(room: &Room, title: &str, words: &str) -> Markup {
    let say = room.say;
    let content = html! {
        h1 { (title) }
        p { (words) }
        p.tools { a.button href=(Place::default().href(say.lang)) { (say.t("بازگشت به فهرست", "Back to the list")) } }
    };
    sheet(room, (title, ""), &content)
}
