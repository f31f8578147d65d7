//! The last pane: what is known about a conversation.

use maud::{Markup, html};
use payamgir_desk::office::{Piece, View};
use payamgir_desk::work::Check;

use super::audit::told;
use super::conversation::deed;
use crate::handlers::Room;
use crate::handlers::deeds::check_word;
use crate::handlers::panes::Panes;
use crate::handlers::publish::title;

/// Events shown here; the audit has all.
const DID: usize = 12;

/// The details.
pub(crate) fn details(room: &Room, panes: &Panes, view: &View) -> Markup {
    let say = room.say;
    html! {
        section #details .pane.pane-details aria-labelledby="details-title" {
            header.details-head {
                p.back { a href=(panes.place.details("").href(say.lang)) { (say.t("‹ گفت‌وگو", "‹ Conversation")) } }
                h2 #details-title { (say.t("جزئیات", "Details")) }
                a.close href=(panes.place.details("off").href(say.lang)) data-action="details" aria-label=(say.t("بستن جزئیات", "Close details")) { (say.t("بستن", "Close")) }
            }
            section {
                h3 { (say.t("سپرده به", "Assigned to")) }
                p { bdi { (view.case.assignee.as_ref().map_or(say.t("هیچ‌کس", "nobody").to_owned(), |key| say.member(&room.office, key))) } }
            }
            (publishing(room, view))
            (labels(room, panes, view))
            (check(room, panes, view))
            (facts(room, panes, view))
            (similar(room, panes, view))
            (did(room, view))
            section {
                h3 { (say.t("رکوردها در لاگ", "Records in the log")) }
                p.numbers { @for (at, record) in view.records.iter().enumerate() { @if at > 0 { (say.t("، ", ", ")) } bdi { (say.name(*record)) } } }
            }
            (erase(room, panes, view))
        }
    }
}

/// Items that are made of it, and the way to one more.
fn publishing(room: &Room, view: &View) -> Markup {
    let say = room.say;
    let code = say.lang.code();
    let work = room.office.work();
    let key = room.office.key_of(view.number);
    let made = work.publishing().items().filter(|(_, item)| {
        item.now().is_some_and(|now| key.is_some_and(|key| now.on.contains(&key)))
    });
    html! {
        section {
            h3 { (say.t("انتشار", "Publishing")) }
            ul.plain-list {
                @for (id, _) in made { li { a href={ "/" (code) "/item/" (id) } { bdi { (title(room, id)) } } } }
                li { a href={ "/" (code) "/item/new?c=" (view.number) } { (say.t("از این، نوشته‌ای بساز", "Make an item of this")) } }
            }
        }
    }
}

fn labels(room: &Room, panes: &Panes, view: &View) -> Markup {
    let say = room.say;
    let add = html! {
        label.hidden for="label" { (say.t("برچسب تازه", "New label")) }
        input #label name="label" list="labels" dir="auto" maxlength="60" required placeholder=(say.t("برچسب تازه", "New label")) data-action="label";
        button name="do" value="label" { (say.t("بزن", "Add")) }
    };
    html! {
        section {
            h3 { (say.t("برچسب‌ها", "Labels")) }
            ul.chips {
                @for label in &view.case.labels {
                    @let drop = html! {
                        input type="hidden" name="label" value=(label);
                        span.chip { bdi { (label) } button name="do" value="unlabel" aria-label={ (say.t("برداشتن برچسب ", "Remove the label ")) (label) } { "×" } }
                    };
                    li { (deed(room, panes, view, "", &drop)) }
                }
            }
            (deed(room, panes, view, "field-pair", &add))
        }
    }
}

fn check(room: &Room, panes: &Panes, view: &View) -> Markup {
    let say = room.say;
    let all = [Check::Unchecked, Check::Checking, Check::Confirmed, Check::Doubtful, Check::False];
    let form = html! {
        fieldset.verify {
            legend.hidden { (say.t("راستی‌آزمایی", "Verification")) }
            @for state in all {
                label data-kind=(check_word(state)) {
                    input type="radio" name="state" value=(check_word(state)) checked[view.case.check == state];
                    " " span { (say.check(state)) }
                }
            }
            button name="do" value="check" { (say.t("ثبت", "Set")) }
        }
    };
    html! {
        section {
            h3 { (say.t("راستی‌آزمایی", "Verification")) }
            (deed(room, panes, view, "", &form))
        }
    }
}

/// What attachments say of their makers is read when it is asked for.
fn facts(room: &Room, panes: &Panes, view: &View) -> Markup {
    let say = room.say;
    html! {
        @if !panes.here.is_empty() {
            section {
                h3 { (say.t("پیوست‌ها چه می‌گویند", "What the attachments tell")) }
                p { a href={ "/" (say.lang.code()) "/facts/" (view.number) } { (say.t("جا، دستگاه، سازنده: ببینید", "Place, device, author: look")) } }
            }
        }
    }
}

fn similar(room: &Room, panes: &Panes, view: &View) -> Markup {
    let say = room.say;
    let (count, some) = &view.same;
    html! {
        @if *count > 0 {
            section {
                h3 { (say.t("همسان‌ها", "The same")) }
                p { (say.number(u64::from(*count))) " " (say.t("پیام دیگر با همین متن یا نزدیک به آن.", "others of this text, or nearly so.")) }
                ul.plain-list {
                    @for number in some { li { a href=(panes.place.with(*number).href(say.lang)) data-open { bdi { (super::list::numbered(room, *number)) } } } }
                }
            }
        }
    }
}

fn did(room: &Room, view: &View) -> Markup {
    let say = room.say;
    let work = room.office.work();
    let events = view.case.trail.iter().rev().filter_map(|at| work.heard().get(*at as usize));
    html! {
        @if !view.case.trail.is_empty() {
            section {
                h3 { (say.t("چه کسی چه کرد", "Who did what")) }
                ol.did {
                    @for heard in events.take(DID) {
                        li {
                            @if let Some(author) = &heard.author { b { bdi { (say.member(&room.office, author)) } } " " }
                            (told(room, heard))
                        }
                    }
                }
                p { a href={ "/" (say.lang.code()) "/audit?c=" (view.number) } { (say.t("همه‌اش", "All of it")) } }
            }
        }
    }
}

/// Which of several submissions is meant.
fn submissions(room: &Room, view: &View) -> Markup {
    let say = room.say;
    let all = view.pieces.iter().filter_map(|piece| match piece {
        Piece::Submission(came) => Some(came),
        _ => None,
    });
    html! {
        @if all.clone().count() > 1 {
            label for="erase-only" { (say.t("کدام: ", "Which: ")) }
            select #erase-only name="only" {
                option value="" { (say.t("همه‌ی گفت‌وگو", "the whole conversation")) }
                @for came in all {
                    option value=(came.number) { (say.t("تنها پیامِ ", "only the submission of ")) (say.whole_time(came.arrived)) }
                }
            }
        }
    }
}

fn erase(room: &Room, panes: &Panes, view: &View) -> Markup {
    let say = room.say;
    let number = say.name(view.number);
    let form = html! {
        p { (say.t("آنچه فرستنده در این گفت‌وگو فرستاده، پس از تأیید به اندازه‌ی آستانه، اینجا و روی سرور پاک می‌شود و برنمی‌گردد. جای خالی‌شان در لاگ می‌ماند.", "Once as many as the threshold asks for have approved, all that the source sent in this conversation is erased here and at the server and cannot be brought back. The gap stays in the log.")) }
        @if view.records.iter().any(|record| room.office.work().erasure(*record).is_some()) {
            p.state { b { (say.t("پیشنهاد شده است؛ تأیید شما هم شمرده می‌شود.", "Put forward already; your approval counts too.")) } }
        }
        (submissions(room, view))
        label for="erase-word" { (say.t("برای اطمینان شماره‌ی گفت‌وگو را بنویسید: ", "To be sure, type the conversation's number: ")) (number) }
        input #erase-word name="confirm" inputmode="numeric" autocomplete="off" required;
        button.danger name="do" value="erase" { (say.t("برای همیشه پاک کن", "Erase for good")) }
    };
    html! {
        section #erase .erase {
            details {
                summary { (say.t("پاک کردن برای همیشه", "Erase for good")) }
                (deed(room, panes, view, "", &form))
            }
        }
    }
}
