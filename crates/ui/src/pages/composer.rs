//! Where notes and replies are written: two forms that cannot be taken for one another.

use maud::{Markup, html};
use payamgir_desk::office::{To, View};
use payamgir_desk::work::{Reply, Stage};
use payamgir_wire::Channel;

use super::conversation::deed;
use super::parts::words;
use crate::handlers::Room;
use crate::handlers::panes::Panes;

/// A note stays, a reply goes.
pub(crate) fn composer(room: &Room, panes: &Panes, view: &View) -> Markup {
    let say = room.say;
    html! {
        div #composer .composer {
            fieldset.tabs {
                legend.hidden { (say.t("چه می‌نویسید؟", "What are you writing?")) }
                label.tab.tab-note {
                    input #write-note type="radio" name="write" data-action="note" data-focus="note";
                    span { (say.t("یادداشت ", "Note ")) small { (say.t("در میز می‌ماند", "stays at the desk")) } }
                }
                label.tab.tab-reply {
                    input #write-reply type="radio" name="write" data-action="reply" data-focus="reply" checked;
                    span { (say.t("پاسخ ", "Reply ")) small { (say.t("برای فرستنده", "goes to the source")) } }
                }
            }
            (note(room, panes, view))
            (reply(room, panes, view))
        }
    }
}

/// A number used once: the same form sent twice does one thing.
fn once(room: &Room) -> Markup {
    html! { input type="hidden" name="once" value=(room.office.id()); }
}

fn note(room: &Room, panes: &Panes, view: &View) -> Markup {
    let say = room.say;
    let form = html! {
        (once(room))
        label for="note" { (say.t("یادداشتی برای همکاران؛ فرستنده هرگز آن را نمی‌بیند", "A note for colleagues; the source never sees it")) }
        textarea #note name="text" rows="3" dir="auto" required maxlength="20000" autocomplete="off" {}
        p.tools { button.note-button name="do" value="note" { (say.t("نگه‌دار", "Keep the note")) } }
    };
    html! { (composed(deed(room, panes, view, "write write-note", &form), view)) }
}

fn reply(room: &Room, panes: &Panes, view: &View) -> Markup {
    let say = room.say;
    let work = room.office.work();
    let mine = |reply: &&Reply| reply.stage == Stage::Draft && reply.author == room.office.me();
    let own = view.case.replies.iter().filter_map(|id| work.reply(id)).find(mine);
    let alone = room
        .office
        .roster()
        .is_some_and(|roster| roster.policy().author_may_approve && roster.policy().threshold <= 1);
    let form = html! {
        (once(room))
        @if let Some(own) = own { input type="hidden" name="reply" value=(own.id); }
        label for="reply" { (say.t("پاسخ به فرستنده، از راه ", "Reply to the source, over: ")) (say.channel(view.channel)) }
        div.canned-anchor {
            textarea #reply name="text" rows="4" dir="auto" required maxlength="20000" autocomplete="off" data-canned="canned" aria-describedby="reply-hint" {
                @if let Some(own) = own { (own.text) }
            }
            (canned(room))
        }
        p #reply-hint .hint {
            span.js-only { (say.t("برای پاسخ‌های آماده / بزنید. ", "Press / for canned replies. ")) }
            (say.t("نام خود یا همکاری را ننویسید. ", "Do not write your name or a colleague's. "))
            (way(room, view))
        }
        (canned_plain(room))
        p.tools {
            button name="do" value="draft" { (say.t("نگه‌داشتن پیش‌نویس", "Keep as a draft")) }
            " "
            button.primary name="do" value="queue" { (if alone { say.t("به صف بفرست", "Queue it") } else { say.t("برای تأیید", "Send for approval") }) }
        }
        details.versions {
            summary { (say.t("پیش‌نمایش: فرستنده چنین می‌بیند", "Preview: the source sees it so")) }
            div #preview .preview data-preview="reply" {
                @match own {
                    Some(own) => (words(&own.text)),
                    None => p.hint { (say.t("هنوز چیزی نوشته نشده است.", "Nothing is written yet.")) },
                }
            }
        }
    };
    html! {
        (composed(deed(room, panes, view, "write write-reply", &form), view))
        (attachment(room, panes, view))
    }
}

/// A voice or a picture, with words or without: a draft of its own. Not where its messenger takes none.
fn attachment(room: &Room, panes: &Panes, view: &View) -> Markup {
    let say = room.say;
    let way = room.office.way(view.number).ok().flatten();
    let takes = way.is_some_and(|way| {
        !matches!(way.channel, Channel::Instagram | Channel::Web | Channel::Carried)
    });
    html! {
        @if takes {
            details.write.write-reply {
                summary { (say.t("فرستادن صدا یا عکس", "Send a voice or a picture")) }
                form.attach method="post" action={ "/" (say.lang.code()) "/attach" } enctype="multipart/form-data" {
                    (once(room))
                    input type="hidden" name="id" value=(view.number);
                    input type="hidden" name="back" value=(panes.place.href(say.lang));
                    label for="file" { (say.t("صدا یا عکس، تا ۱۵ مگابایت", "Voice or picture, up to 15 MB")) }
                    input #file type="file" name="file" accept="image/*,audio/*" required aria-describedby="file-hint";
                    p #file-hint .hint { (say.t("نسخه‌ای بی‌نام‌ونشان از آن ساخته می‌شود. صدای شما و آنچه در عکس دیده می‌شود می‌ماند.", "A copy without metadata is made of it. Your voice, and what the picture shows, stay in it.")) }
                    label for="beside" { (say.t("نوشته‌ای همراه آن، اگر می‌خواهید", "Words with it, if you like")) }
                    textarea #beside name="text" rows="2" dir="auto" maxlength="20000" autocomplete="off" {}
                    p.tools { button { (say.t("نگه‌داشتن پیش‌نویس", "Keep as a draft")) } }
                }
            }
        }
    }
}

/// How the reply will go, and until when it can.
fn way(room: &Room, view: &View) -> Markup {
    let say = room.say;
    let Ok(Some(way)) = room.office.way(view.number) else {
        return html! { b { (say.t("این فرستنده راه بازگشتی نگذاشته است؛ پاسخ در صف می‌ماند.", "This source left no way back; a reply waits in the queue.")) } };
    };
    let now = room.office.now();
    html! {
        @match way.until {
            None if matches!(way.to, To::Dropbox(_)) => (say.t("پاسخ با کلید هشت واژه‌ی فرستنده مهر می‌شود و در سرور می‌ماند تا خودش بیاید و بخواند. فقط نوشته.", "The answer is sealed to the source's eight words, and waits at the server until they come and read it. Words only.")),
            None => (say.t("سرور آن را می‌فرستد و نشانی را نگه نمی‌دارد.", "The server sends it and does not keep the address.")),
            Some(until) if until > now => {
                (say.t("این پیام‌رسان تا این زمان پاسخ می‌گیرد: ", "This messenger takes an answer until "))
                (super::conversation::time(room, until))
            }
            Some(_) => b { (say.t("مهلت پاسخ در این پیام‌رسان گذشته است؛ شاید نپذیرد تا فرستنده دوباره بنویسد.", "This messenger's time to answer is over; it may refuse until the source writes again.")) },
        }
    }
}

/// Says which conversation is being written to: for presence, and so that words are kept.
fn composed(form: Markup, view: &View) -> maud::PreEscaped<String> {
    let with = format!("<form data-compose=\"{}\" ", view.number);
    maud::PreEscaped(form.0.replacen("<form ", &with, 1))
}

/// Canned replies without a script: to be read and copied.
fn canned_plain(room: &Room) -> Markup {
    let work = room.office.work();
    let all: Vec<_> = work.canned().collect();
    html! {
        @if !all.is_empty() {
            details.canned-plain {
                summary { (room.say.t("پاسخ‌های آماده", "Canned replies")) }
                @for (_, canned) in &all {
                    p lang=(canned.lang) dir="auto" { b { (canned.title) } ": " (canned.text) }
                }
            }
        }
    }
}

/// Canned replies for the script: opened by / in the box.
fn canned(room: &Room) -> Markup {
    let say = room.say;
    let work = room.office.work();
    let all: Vec<_> = work.canned().collect();
    html! {
        ul #canned .canned role="listbox" aria-label=(say.t("پاسخ‌های آماده", "Canned replies"))
            data-none=(say.t("پاسخ آماده‌ای با این واژه نیست", "No canned reply has this word"))
            data-some=(say.t("{n} پاسخ آماده", "{n} canned replies")) hidden {
            @for (id, canned) in &all {
                li id={ "canned-" (id) } role="option" aria-selected="false" lang=(canned.lang) dir="auto" data-text=(canned.text) {
                    b { (canned.title) } " " span { (canned.text) }
                }
            }
        }
    }
}
