//! The middle pane: what came, what was written, what was done.

use maud::{Markup, html};
use payamgir_desk::office::{Came, Piece, Shown, State, View, What};
use payamgir_desk::store::Class;
use payamgir_desk::work::{Act, Heard, Note, Redaction, Reply, Stage};
use payamgir_redact::{Span, pieces};
use payamgir_roster::Role;
use payamgir_wire::Attachment;

use super::audit::told;
use super::{composer, list};
use crate::handlers::Room;
use crate::handlers::panes::Panes;

/// The conversation.
pub(crate) fn conversation(room: &Room, panes: &Panes, view: &View) -> Markup {
    let say = room.say;
    let others = room.office.others_at(view.number);
    html! {
        section #conversation .pane.pane-conversation aria-labelledby="conversation-title" data-conversation=(view.number) {
            header.conversation-head {
                p.back { a href=(panes.place.closed().href(say.lang)) data-action="back" { (say.t("‹ فهرست", "‹ List")) } }
                (title(room, panes, view))
                (actions(room, panes, view))
                @if !others.is_empty() {
                    p #presence .presence {
                        @for (at, key) in others.iter().enumerate() {
                            @if at > 0 { (say.t("، ", ", ")) }
                            bdi { (say.member(&room.office, key)) }
                        }
                        " " (say.t("همین حالا اینجا می‌نویسد.", "is writing here now."))
                    }
                }
            }
            div.scroll {
                ol.timeline { @for piece in &view.pieces { (one(room, panes, view, piece)) } }
                (composer::composer(room, panes, view))
            }
        }
    }
}

/// A form that does one thing to this conversation.
pub(crate) fn deed(
    room: &Room,
    panes: &Panes,
    view: &View,
    class: &str,
    content: &Markup,
) -> Markup {
    let say = room.say;
    html! {
        form class=[(!class.is_empty()).then_some(class)] action={ "/" (say.lang.code()) "/do" } method="post" data-inline="conversation" autocomplete="off" {
            input type="hidden" name="id" value=(view.number);
            input type="hidden" name="seen" value=(panes.size);
            input type="hidden" name="back" value=(panes.place.href(say.lang));
            (content)
        }
    }
}

fn title(room: &Room, panes: &Panes, view: &View) -> Markup {
    let say = room.say;
    let name = view.alias.clone().unwrap_or_else(|| list::numbered(room, view.number));
    let (do_it, words) = match view.state {
        State::Resolved | State::Snoozed => ("reopen", say.t("بازگشودن", "Reopen")),
        _ => ("resolve", say.t("پایان", "Resolve")),
    };
    let resolve =
        html! { button.primary name="do" value=(do_it) data-action="resolve" { (words) } };
    let details = match &*panes.place.details {
        "off" => panes.place.details("on"),
        "on" => panes.place.details("off"),
        _ => panes.place.details("on"),
    };
    html! {
        div.title {
            h2 #conversation-title tabindex="-1" { bdi { (name) } }
            " "
            span.meta {
                @if view.alias.is_some() { (list::numbered(room, view.number)) (say.t("، ", ", ")) }
                (say.channel(view.channel)) (say.t("، ", ", ")) b { (say.state(view.state)) }
            }
        }
        div.title-end {
            (deed(room, panes, view, "", &resolve))
            " " a.button.to-details href=(details.href(say.lang)) data-action="details" { (say.t("جزئیات ›", "Details ›")) }
        }
    }
}

fn actions(room: &Room, panes: &Panes, view: &View) -> Markup {
    let say = room.say;
    let mine = view.case.assignee == Some(room.office.me());
    let quarantined = view.state == State::Quarantined;
    let take = html! { button name="do" value="assign-me" data-action="assign-me" { (say.t("بردار برای خودم", "Assign to me")) } };
    let give = html! {
        label.hidden for="assign" { (say.t("سپردن به", "Assign to")) }
        (list::members(room, "assign", Some("assign")))
        button name="do" value="assign" { (say.t("بسپار", "Assign")) }
    };
    let later = html! {
        label.hidden for="snooze" { (say.t("برای بعد، تا", "Snooze until")) }
        select #snooze name="until" data-action="snooze" {
            option value="24" { (say.t("فردا", "tomorrow")) }
            option value="72" { (say.t("سه روز دیگر", "in three days")) }
            option value="168" { (say.t("هفته‌ی دیگر", "next week")) }
            option value="8760" { (say.t("تا فرستنده بنویسد", "the source writes")) }
        }
        button name="do" value="snooze" { (say.t("برای بعد", "Snooze")) }
    };
    let away = html! {
        button.danger name="do" value=(if quarantined { "release" } else { "quarantine" }) data-action="quarantine" {
            (if quarantined { say.t("از قرنطینه درآر", "Release") } else { say.t("قرنطینه", "Quarantine") })
        }
    };
    html! {
        div.actions {
            @if !mine { (deed(room, panes, view, "", &take)) }
            (deed(room, panes, view, "field-pair", &give))
            (deed(room, panes, view, "field-pair", &later))
            (deed(room, panes, view, "", &away))
        }
    }
}

fn one(room: &Room, panes: &Panes, view: &View, piece: &Piece) -> Markup {
    match piece {
        Piece::Submission(came) => submission(room, panes, came),
        Piece::Note(note) => note_entry(room, note),
        Piece::Reply(reply) => reply_entry(room, panes, view, reply),
        Piece::Event(heard) => event(room, heard),
    }
}

fn time(room: &Room, unix: u64) -> Markup {
    let (say, now) = (room.say, room.office.now());
    let same_day = say.when(unix, now);
    html! { time datetime=(say.machine_time(unix)) title=(say.whole_time(unix)) { (same_day) } }
}

fn record(room: &Room, record: Option<u64>) -> Markup {
    let say = room.say;
    html! {
        @match record {
            Some(record) => {
                a.record href={ "#r-" (record) } title=(say.t("رکورد در لاگ", "Record in the log")) {
                    (say.t("رکورد ", "record ")) (say.name(record))
                }
            }
            None => span.record { (say.t("در راه", "on the way")) },
        }
    }
}

fn submission(room: &Room, panes: &Panes, came: &Came) -> Markup {
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
            p dir="auto" {
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
                p dir="auto" {
                    @for (hidden, piece) in &all { @if *hidden { del { (piece) } } @else { (piece) } }
                }
            }
        }
        p.tools { a href={ "/" (say.lang.code()) "/redact/" (record) } { (say.t("تغییر آنچه پوشیده است", "Change what is hidden")) } }
    }
}

fn versions(room: &Room, part: &Shown) -> Markup {
    let say = room.say;
    html! {
        @if !part.before.is_empty() {
            details.versions {
                summary { (say.t("فرستنده آن را ویرایش کرده؛ نسخه‌های پیشین", "The source edited it; earlier versions")) }
                ol { @for (arrived, text) in &part.before { li { (time(room, *arrived)) p.words dir="auto" { (text) } } } }
            }
        }
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
                    a href={ "/copy/" (image.record) } { img src={ "/copy/" (image.record) } loading="lazy" alt=(alt(at)); }
                }
            }
        }
        @for image in images {
            @if let What::Attachment(attachment) = &image.what { (document(room, image.record, attachment)) }
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
                p.lost data-kind="missing" {
                    strong { (say.t("هنوز اینجا نیست.", "Not here yet.")) } " "
                    (say.t("در حال گرفتن از سرور است.", "It is being fetched from the server."))
                }
            } @else if part.class == Class::Audio {
                figure.player data-player {
                    figcaption { bdi { (attachment.name.as_str()) } }
                    audio controls preload="metadata" src=(src) data-action="play" {}
                    (speeds(room, part.record))
                }
            } @else if part.class == Class::Video {
                figure.film {
                    video controls preload="metadata" width="640" src=(src) {}
                    figcaption { bdi { (attachment.name.as_str()) } }
                }
            }
            @if attachment.cut {
                p.lost data-kind="cut" {
                    strong { (say.t("بریده.", "Cut.")) } " "
                    (say.t("خط قطع شد و تنها آغاز پرونده رسید: ", "The line broke and only the beginning came: ")) (say.size(attachment.size)) "."
                }
            }
            @if here { (document(room, part.record, attachment)) }
        }
    }
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

fn note_entry(room: &Room, note: &Note) -> Markup {
    let say = room.say;
    html! {
        li.entry.entry-note {
            article {
                header.entry-head {
                    h3 { (say.t("یادداشت", "Note")) }
                    " " span.who { bdi { (say.member(&room.office, &note.author)) } }
                    " " (time(room, note.made))
                    " " span.stays { (say.t("در میز می‌ماند", "stays at the desk")) }
                    @if note.record.is_none() { " " (record(room, None)) }
                }
                (words(&note.text))
            }
        }
    }
}

fn reply_entry(room: &Room, panes: &Panes, view: &View, reply: &Reply) -> Markup {
    let say = room.say;
    let state = match reply.stage {
        Stage::Draft => "draft",
        Stage::Queued { .. } => "queued",
        Stage::Withdrawn => "withdrawn",
    };
    html! {
        li.entry.entry-reply data-state=(state) id={ "p-" (reply.id) } {
            article {
                header.entry-head {
                    h3 { (say.t("پاسخ", "Reply")) }
                    " " span.who { bdi { (say.member(&room.office, &reply.author)) } }
                    " " (time(room, reply.made))
                }
                (words(&reply.text))
                p.state { (reply_state(room, reply)) }
                @if reply.stage == Stage::Draft { (reply_tools(room, panes, view, reply)) }
            }
        }
    }
}

fn reply_state(room: &Room, reply: &Reply) -> Markup {
    let say = room.say;
    let missing = room.office.roster().map_or(0, |roster| reply.missing(&roster));
    html! {
        @match reply.stage {
            Stage::Draft if missing > 0 => {
                b { (say.t("چشم‌به‌راه تأیید", "Waiting for approval")) }
                (say.t("؛ هنوز ", "; still ")) (say.number(missing as u64)) (say.t(" نفر دیگر", " more"))
            }
            Stage::Draft => b { (say.t("پیش‌نویس، آماده‌ی رفتن", "Draft, ready to go")) },
            Stage::Queued { by, record, .. } => {
                b { (say.t("در صف فرستادن", "Queued")) } (say.t("؛ ", "; "))
                (say.t("به خواست ", "by ")) bdi { (say.member(&room.office, &by)) }
                @if record.is_none() { (say.t("؛ هنوز به سرور نرسیده", "; not at the server yet")) }
            }
            Stage::Withdrawn => b { (say.t("پس گرفته شده", "Withdrawn")) },
        }
        @for key in &reply.approvals {
            (say.t("، تأیید ", ", approved by ")) bdi { (say.member(&room.office, key)) }
        }
    }
}

fn reply_tools(room: &Room, panes: &Panes, view: &View, reply: &Reply) -> Markup {
    let (say, office) = (room.say, &room.office);
    let roster = office.roster();
    let editor = roster.as_ref().and_then(|r| r.role(&office.me())) >= Some(Role::Editor);
    let own = reply.author == office.me();
    let approved = reply.approvals.contains(&office.me());
    let ready = roster.as_ref().is_some_and(|roster| reply.missing(roster) == 0);
    let tools = html! {
        input type="hidden" name="reply" value=(reply.id);
        input type="hidden" name="text" value=(reply.text_hash());
        @if !own && !approved { button.primary name="do" value="approve-queue" { (say.t("تأیید", "Approve")) } " " }
        @if ready { button.primary name="do" value="send" { (say.t("بفرست", "Queue it")) } " " }
        button name="do" value="withdraw" { (say.t("پس بگیر", "Withdraw")) }
    };
    html! { @if editor { (deed(room, panes, view, "tools", &tools)) } }
}

fn event(room: &Room, heard: &Heard) -> Markup {
    let say = room.say;
    let made = heard.event.as_ref().map(|event| event.made);
    let draft = matches!(heard.event.as_ref().map(|event| &event.act), Some(Act::Draft { .. }));
    html! {
        @if !draft {
            li.entry.entry-event {
                p {
                    @if let Some(author) = &heard.author { b { bdi { (say.member(&room.office, author)) } } " " }
                    (told(room, heard)) " "
                    @if let Some(made) = made { (time(room, made)) }
                    @if heard.record.is_none() { " " (record(room, None)) }
                }
            }
        }
    }
}

/// What a kind of act is called.
pub(crate) fn deed_words(say: crate::say::Say, word: &str) -> &'static str {
    match word {
        "assign" => say.t("سپرد", "assigned"),
        "note" => say.t("یادداشت نوشت", "wrote a note"),
        "label" => say.t("برچسب زد", "added a label"),
        "unlabel" => say.t("برچسب برداشت", "removed a label"),
        "check" => say.t("سنجید", "checked"),
        "resolve" => say.t("پایان داد", "resolved"),
        "reopen" => say.t("بازگشود", "reopened"),
        "snooze" => say.t("برای بعد گذاشت", "snoozed"),
        "quarantine" => say.t("به قرنطینه برد", "quarantined"),
        "release" => say.t("از قرنطینه درآورد", "released"),
        "redact" => say.t("واژه‌هایی پوشاند", "hid words"),
        "unredact" => say.t("پوشش را برداشت", "hid nothing any more"),
        "draft" => say.t("پاسخ نوشت", "wrote a reply"),
        "approve" => say.t("پاسخ را تأیید کرد", "approved a reply"),
        "queue" => say.t("پاسخ را به صف فرستاد", "queued a reply"),
        "withdraw" => say.t("پاسخ را پس گرفت", "withdrew a reply"),
        "erase" => say.t("پاک شدن را خواست", "asked for erasing"),
        "canned" => say.t("پاسخ آماده نوشت", "wrote a canned reply"),
        "uncanned" => say.t("پاسخ آماده‌ای را برداشت", "removed a canned reply"),
        "hide" => say.t("نامی به فهرست افزود", "added a name to hide"),
        "unhide" => say.t("نامی را از فهرست برداشت", "removed a name to hide"),
        _ => say.t("نام خود را گفت", "said what they are called"),
    }
}
