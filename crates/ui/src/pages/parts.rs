//! What a source sent, as the middle pane shows it: words, pictures, sound, films, documents, and what
//! is missing of them.

use maud::{Markup, html};
use payamgir_desk::office::{Absent, Came, Shown, What};
use payamgir_desk::store::Class;
use payamgir_desk::work::Redaction;
use payamgir_redact::{Span, pieces};
use payamgir_wire::Attachment;

use super::conversation::{record, time};
use crate::handlers::Room;
use crate::handlers::panes::Panes;

pub(crate) fn submission(room: &Room, panes: &Panes, came: &Came) -> Markup {
    let say = room.say;
    let digits = payamgir_wire::reference(&came.group);
    let reference = format!("{}-{}-{}", &digits[..3], &digits[3..6], &digits[6..]);
    let (images, others): (Vec<&Shown>, Vec<&Shown>) = came
        .parts
        .iter()
        .partition(|part| part.class == Class::Image && panes.here.contains(&part.record));
    html! {
        li.entry.entry-in id={ "r-" (came.number) } {
            article {
                header.entry-head {
                    h3 { (say.t("پیام", "Submission")) }
                    " " span.who { (say.channel(came.channel)) }
                    " " (time(room, came.arrived))
                    " " span.meta { (say.t("پیگیری ", "reference ")) bdi dir="ltr" { (payamgir_text::digits::localize(&reference, say.lang)) } }
                    " " (record(room, Some(came.number)))
                }
                @for of in &came.deletion { p.flag { (deletion(room, *of)) } }
                @for part in &others { (shown(room, panes, part)) }
                @if !images.is_empty() { (album(room, &images)) }
                @if came.gapped {
                    p.lost data-kind="missing" {
                        strong { (say.t("ناقص.", "Missing.")) } " "
                        (say.t("میان آنچه رسید بخشی نیست: فرستنده نفرستاد، خط قطع شد، یا پاک شده است.", "A part between those that came is not here: it was not sent, the line broke, or it was erased."))
                    }
                }
            }
        }
    }
}

fn deletion(room: &Room, of: Option<u32>) -> String {
    let say = room.say;
    match of {
        None => say
            .t(
                "فرستنده خواسته است که این پیام پاک شود.",
                "The source has asked that this be deleted.",
            )
            .to_owned(),
        Some(place) => {
            let place = say.name(u64::from(place) + 1);
            format!(
                "{} {place}",
                say.t(
                    "فرستنده خواسته است که این بخش پاک شود:",
                    "The source has asked that this part be deleted:"
                )
            )
        }
    }
}

fn shown(room: &Room, panes: &Panes, part: &Shown) -> Markup {
    let say = room.say;
    match &part.what {
        What::Text(text) => html! {
            div id={ "r-" (part.record) } {
                @match &part.redaction {
                    Some(redaction) => (redacted(room, part.record, text, redaction)),
                    None => (words(text)),
                }
                p.tools { a href={ "/" (say.lang.code()) "/redact/" (part.record) } { (say.t("پوشاندن واژه‌ها", "Hide words")) } }
                (versions(room, part))
            }
        },
        What::Attachment(attachment) => file(room, panes, part, attachment),
        What::Unreadable(size) => html! {
            p.lost data-kind="unreadable" {
                strong { (say.t("ناخوانا.", "Unreadable.")) } " "
                (say.t("کانال نتوانست آنچه آمد را بخواند؛ همان‌گونه نگه داشته شده است", "The channel could not read what came; it is kept as it came")) " (" (say.size(*size as u64)) ")."
            }
        },
        What::Unknown => html! {
            p.lost data-kind="unreadable" { (say.t("این نسخه‌ی برنامه این گونه بخش را نمی‌شناسد.", "This version of the program does not know this kind of part.")) }
        },
    }
}

/// Paragraphs, each in its own direction; nothing of the original is changed.
pub(crate) fn words(text: &str) -> Markup {
    html! { div.words { @for line in text.lines() { p dir="auto" { (line) } } } }
}

fn redacted(room: &Room, record: u64, text: &str, redaction: &Redaction) -> Markup {
    let say = room.say;
    let spans: Vec<Span> =
        redaction.spans.iter().map(|(start, end)| Span { start: *start, end: *end }).collect();
    // What was meant is not known: then nothing is shown.
    let Ok(all) = pieces(text, &spans) else {
        return html! {
            p.lost data-kind="unreadable" { (say.t("آنچه برای پوشاندن ثبت شده با متن نمی‌خواند؛ متن نشان داده نمی‌شود.", "What is recorded as hidden does not fit the text: the text is not shown.")) }
            p.tools { a href={ "/" (say.lang.code()) "/redact/" (record) } { (say.t("تغییر آنچه پوشیده است", "Change what is hidden")) } }
        };
    };
    html! {
        div.words.redacted {
            p.as-written dir="auto" {
                @for (hidden, piece) in &all {
                    @if *hidden { span.gone role="img" aria-label=(say.t("پنهان", "hidden")) { (payamgir_redact::HIDDEN) } }
                    @else { (piece) }
                }
            }
        }
        p.state {
            (say.t("پوشانده‌ی ", "Hidden by ")) bdi { (say.member(&room.office, &redaction.author)) } (say.t("، ", ", ")) (time(room, redaction.made))
        }
        details.versions {
            summary { (say.t("ببینید دقیقاً چه پوشانده شده", "See exactly what is hidden")) }
            div.words {
                p.as-written dir="auto" {
                    @for (hidden, piece) in &all { @if *hidden { del { (piece) } } @else { (piece) } }
                }
            }
        }
        p.tools { a href={ "/" (say.lang.code()) "/redact/" (record) } { (say.t("تغییر آنچه پوشیده است", "Change what is hidden")) } }
    }
}

fn versions(room: &Room, part: &Shown) -> Markup {
    let say = room.say;
    let bared = part.redaction.is_none() && part.before.iter().any(|old| old.redaction.is_some());
    html! {
        @if bared {
            p.flag { (say.t("در نسخه‌ی پیشین واژه‌هایی پوشانده شده بود؛ در این نسخه چیزی پوشیده نیست.", "Words of an earlier version are hidden; nothing of this one is.")) }
        }
        @if !part.before.is_empty() {
            details.versions {
                summary { (say.t("فرستنده آن را ویرایش کرده؛ نسخه‌های پیشین", "The source edited it; earlier versions")) }
                ol { @for old in &part.before { li id={ "r-" (old.record) } { (time(room, old.arrived)) (earlier(room, old)) } } }
            }
        }
    }
}

fn earlier(room: &Room, old: &Shown) -> Markup {
    match (&old.what, &old.redaction) {
        (What::Text(text), Some(redaction)) => redacted(room, old.record, text, redaction),
        (What::Text(text), None) => words(text),
        (What::Attachment(attachment), _) => document(room, old.record, attachment),
        _ => html! {},
    }
}

fn album(room: &Room, images: &[&Shown]) -> Markup {
    let say = room.say;
    let alt = |at: usize| {
        let (at, of) = (say.number(at as u64 + 1), say.number(images.len() as u64));
        format!("{} {at} {} {of}", say.t("رونوشت عکس", "Copy of photo"), say.t("از", "of"))
    };
    html! {
        ul.album aria-label=(say.t("عکس‌ها", "Photos")) {
            @for (at, image) in images.iter().enumerate() {
                li id={ "r-" (image.record) } {
                    a href={ "/copy/" (image.record) } { img src={ "/copy/" (image.record) } loading="lazy" alt=(alt(at)) data-failed=(say.t("این عکس نشان داده نشد؛ خراب است یا بزرگ‌تر از اندازه.", "This picture is not shown: it is damaged, or too large.")); }
                }
            }
        }
        @for image in images {
            @if let What::Attachment(attachment) = &image.what { (cut(room, attachment)) (document(room, image.record, attachment)) }
            (versions(room, image))
        }
    }
}

fn file(room: &Room, panes: &Panes, part: &Shown, attachment: &Attachment) -> Markup {
    let say = room.say;
    let here = panes.here.contains(&part.record);
    let src = format!("/play/{}", part.record);
    html! {
        div id={ "r-" (part.record) } {
            @if !here {
                (name_of(room, attachment))
                p.lost data-kind="missing" data-fetch {
                    strong { (say.t("هنوز اینجا نیست.", "Not here yet.")) } " "
                    (absent(room, attachment))
                }
            } @else if part.class == Class::Audio {
                figure.player data-player {
                    figcaption { bdi { (payamgir_text::terminal::one_line(&attachment.name, 200)) } }
                    audio controls preload="none" src=(src) data-action="play" data-failed=(unplayed(room)) {}
                    (speeds(room, part.record))
                }
            } @else if part.class == Class::Video {
                figure.film {
                    video controls preload="none" width="640" src=(src) data-failed=(unplayed(room)) {}
                    figcaption { bdi { (payamgir_text::terminal::one_line(&attachment.name, 200)) } }
                    (speeds(room, part.record))
                }
            }
            (cut(room, attachment))
            @if here { (document(room, part.record, attachment)) }
            (versions(room, part))
        }
    }
}

/// Why an attachment is not on this machine.
fn absent(room: &Room, attachment: &Attachment) -> &'static str {
    let say = room.say;
    match room.office.absent(&attachment.blob) {
        Absent::Coming => say.t("در حال گرفتن از سرور است.", "It is being fetched from the server."),
        Absent::Unreachable => say.t(
            "به سرور نمی‌رسیم؛ همین که بشود گرفته می‌شود.",
            "The server cannot be reached; it is fetched as soon as it can be.",
        ),
        Absent::Lost => say.t(
            "سرور آن را ندارد؛ شاید پاک شده است. پس از باز کردن دوباره‌ی میز باز می‌پرسیم.",
            "The server does not have it; it may have been erased. It is asked for again after the next unlocking.",
        ),
    }
}

fn cut(room: &Room, attachment: &Attachment) -> Markup {
    let say = room.say;
    html! {
        @if attachment.cut {
            p.lost data-kind="cut" {
                strong { (say.t("بریده.", "Cut.")) } " "
                (say.t("خط قطع شد و تنها آغاز پرونده رسید: ", "The line broke and only the beginning came: ")) (say.size(attachment.size)) "."
            }
        }
    }
}

fn unplayed(room: &Room) -> &'static str {
    room.say.t(
        "مرورگر این را پخش نکرد: خراب است یا از گونه‌ای که نمی‌شناسد.",
        "The browser did not play this: it is damaged, or of a kind it does not know.",
    )
}

fn speeds(room: &Room, record: u64) -> Markup {
    let say = room.say;
    html! {
        fieldset.speed.js-only {
            legend.hidden { (say.t("تندی", "Speed")) }
            @for speed in ["0.75", "1", "1.25", "1.5", "2"] {
                label {
                    input type="radio" name={ "speed-" (record) } value=(speed) checked[speed == "1"];
                    span { (payamgir_text::digits::localize(speed, say.lang)) "×" }
                }
            }
        }
    }
}

fn name_of(room: &Room, attachment: &Attachment) -> Markup {
    let say = room.say;
    let name = if attachment.name.is_empty() {
        say.t("بی‌نام", "no name")
    } else {
        &*attachment.name
    };
    html! {
        p.document-name {
            bdi { (payamgir_text::terminal::one_line(name, 200)) } " "
            span.meta { bdi { (payamgir_text::terminal::one_line(&attachment.media_type, 60)) } (say.t("، ", ", ")) (say.size(attachment.size)) }
        }
    }
}

/// What is never shown: saved where the editor asks, with a warning.
fn document(room: &Room, record: u64, attachment: &Attachment) -> Markup {
    let say = room.say;
    let save = format!("/{}/save/{record}", say.lang.code());
    html! {
        div.document {
            (name_of(room, attachment))
            details {
                summary { (say.t("ذخیره", "Save")) }
                p.warn { (say.t("میز این پرونده را باز نکرده و نسنجیده است. اصل آن را تنها روی رایانه‌ای باز کنید که به اینترنت وصل نیست.", "The desk has not opened or checked this file. Open the original only on a computer that is not connected to the internet.")) }
                div.tools {
                    form action=(save) method="post" { button name="how" value="clean" { (say.t("رونوشت بی آنچه از سازنده‌اش می‌گوید", "A copy without what it says of its maker")) } }
                    form action=(save) method="post" { button.danger name="how" value="original" { (say.t("اصل پرونده", "The original")) } }
                }
            }
        }
    }
}
