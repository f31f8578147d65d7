//! The middle pane: what came, what was written, what was done.

use maud::{Markup, html};
use payamgir_desk::office::{Piece, State, View};
use payamgir_desk::work::{Act, Heard, Note, Reply, Stage};
use payamgir_roster::Role;

use super::audit::told;
use super::fate;
use super::parts::{submission, words};
use super::{composer, list};
use crate::handlers::Room;
use crate::handlers::panes::Panes;

/// The conversation.
pub(crate) fn conversation(room: &Room, panes: &Panes, view: &View) -> Markup {
    let say = room.say;
    html! {
        section #conversation .pane.pane-conversation aria-labelledby="conversation-title" data-conversation=(view.number) data-fetched=(room.office.fetched()) {
            header.conversation-head {
                p.back { a href=(panes.place.closed().href(say.lang)) data-action="back" { (say.t("‹ فهرست", "‹ List")) } }
                (title(room, panes, view))
                (actions(room, panes, view))
                (presence(room, view.number))
            }
            div.scroll {
                ol.timeline { @for piece in &view.pieces { (one(room, panes, view, piece)) } }
                (composer::composer(room, panes, view))
            }
        }
    }
}

/// Who else is writing here. The script keeps it up to date.
fn presence(room: &Room, number: u64) -> Markup {
    let others = others(room, number);
    html! { p #presence .presence role="status" hidden[others.is_empty()] { (others) } }
}

/// Who else is writing there, in words; nothing where nobody is.
pub(crate) fn others(room: &Room, number: u64) -> String {
    let say = room.say;
    let names: Vec<String> =
        room.office.others_at(number).iter().map(|key| say.member(&room.office, key)).collect();
    match &names[..] {
        [] => String::new(),
        [one] => {
            format!(
                "\u{2068}{one}\u{2069} {}",
                say.t("همین حالا اینجا می‌نویسد.", "is writing here now.")
            )
        }
        more => {
            let names: Vec<String> =
                more.iter().map(|name| format!("\u{2068}{name}\u{2069}")).collect();
            let are = say.t("همین حالا اینجا می‌نویسند.", "are writing here now.");
            format!("{} {are}", names.join(say.t("، ", ", ")))
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
            " " a.button.fold-list href=(panes.place.with_list(if panes.place.list == "off" { "" } else { "off" }).href(say.lang)) data-action="fold-list" {
                (if panes.place.list == "off" { say.t("فهرست را نشان بده", "Show the list") } else { say.t("فهرست را ببند", "Fold the list") })
            }
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

pub(crate) fn time(room: &Room, unix: u64) -> Markup {
    let (say, now) = (room.say, room.office.now());
    let same_day = say.when(unix, now);
    html! { time datetime=(say.machine_time(unix)) title=(say.whole_time(unix)) { (same_day) } }
}

pub(crate) fn record(room: &Room, record: Option<u64>) -> Markup {
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
    let failed = fate::is_bad(room, reply);
    let state = match reply.stage {
        _ if failed => "failed",
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
                @if let Some(record) = reply.file { (kept_file(room, record)) }
                p.state { (reply_state(room, reply)) }
                (fate::of(room, reply))
                @if reply.stage == Stage::Draft { (reply_tools(room, panes, view, reply)) }
            }
        }
    }
}

/// What goes out with a reply, as whoever approves it sees and hears it.
fn kept_file(room: &Room, record: u64) -> Markup {
    let say = room.say;
    let kept = room.office.attachment(record).ok().flatten();
    let here = matches!(room.office.kept_here(record), Ok(true));
    let sound = kept.as_ref().is_some_and(|kept| kept.media_type.starts_with("audio/"));
    html! {
        @match kept {
            None => p.lost { (say.t("پرونده‌ی همراه در لاگ نیست.", "The file that goes with it is not in the log.")) },
            Some(_) if !here => p.hint { (say.t("پرونده‌ی همراه در راه است.", "The file that goes with it is on its way here.")) },
            Some(_) if sound => p { audio controls preload="none" src={ "/play/" (record) } {} },
            Some(_) => p { img src={ "/copy/" (record) } alt=(say.t("عکسی که با پاسخ می‌رود", "The picture that goes with the reply")) loading="lazy"; },
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
        @if ready { button.primary name="do" value="send" { (say.t("همین نوشته را به صف بفرست", "Queue these words")) } " " }
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
        "item" => say.t("نوشته‌ای برای انتشار نوشت", "wrote an item"),
        "edition" => say.t("شماره‌ای را چید", "put an edition together"),
        "bulletin" => {
            say.t("نام و زبان‌های نشریه را نوشت", "wrote the bulletin’s name and languages")
        }
        "propose" => say.t("انتشار شماره‌ای را پیشنهاد کرد", "proposed an edition"),
        "post" => say.t("انتشار در کانال را خواست", "asked for a post in the channel"),
        "endorse" => say.t("انتشار شماره‌ای را تأیید کرد", "approved an edition"),
        _ => say.t("نام خود را گفت", "said what they are called"),
    }
}
