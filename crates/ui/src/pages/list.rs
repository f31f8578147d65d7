//! The first pane: lists and rows.

use maud::{Markup, html};
use payamgir_desk::office::{Row, State, Wanted};
use payamgir_desk::work::Check;

use crate::handlers::Room;
use crate::handlers::panes::Panes;
use crate::place::Place;

/// The lists there are, with how many stand on each.
pub(crate) fn views(room: &Room, panes: &Panes) -> Markup {
    let say = room.say;
    let now = room.office.now();
    let current = panes.place.wanted();
    html! {
        nav #views .views aria-label=(say.t("نماها", "Views")) {
            ul {
                @for (at, wanted) in Wanted::ALL.into_iter().enumerate() {
                    li.first[at == 0] {
                        a href=(Place::list(wanted).href(say.lang)) aria-current=[(wanted == current && panes.place.q.is_empty()).then_some("page")] {
                            span.view-name { (say.wanted(wanted)) }
                            span.count { (count(room, panes.counts.of[at])) }
                            @if let (0, Some(oldest)) = (at, panes.counts.oldest) {
                                span.age { (say.t("کهنه‌ترین: ", "oldest: ")) (say.ago(oldest, now)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A Persian zero is lost among the dots.
fn count(room: &Room, count: u64) -> String {
    match count {
        0 => room.say.t("هیچ", "0").to_owned(),
        count => room.say.number(count),
    }
}

/// The list, in the form that does something to what is ticked.
pub(crate) fn list(room: &Room, panes: &Panes) -> Markup {
    let say = room.say;
    let here = panes.place.href(say.lang);
    let list_at = panes.place.closed().href(say.lang);
    html! {
        form #bulk .bulk action={ "/" (say.lang.code()) "/do" } method="post" data-inline="list" autocomplete="off" {
            input type="hidden" name="back" value=(here);
            div #list .list data-place=(panes.place.list_key()) data-url=(list_at) data-action="back" tabindex="-1" {
                input type="hidden" name="seen" value=(panes.size);
                input type="hidden" name="view" value=(panes.place.wanted().word());
                input type="hidden" name="q" value=(panes.place.q);
                div.list-head {
                    h2.list-title { (title(room, panes)) }
                    a #new .new href=(list_at) data-action="new" data-text=(say.t("{n} تازه", "{n} new")) hidden {}
                }
                (filters(room, panes))
                @if panes.rows.rows.is_empty() {
                    p.nothing-here { (nothing(room, panes)) }
                } @else {
                    ul.rows { @for (at, row) in panes.rows.rows.iter().enumerate() { (line(room, panes, at, row)) } }
                    (bulk_bar(room, panes))
                }
                (pager(room, panes))
            }
        }
    }
}

fn title(room: &Room, panes: &Panes) -> String {
    let say = room.say;
    if panes.place.q.trim().is_empty() {
        return say.wanted(panes.place.wanted()).to_owned();
    }
    if panes.rows.rows.is_empty() {
        return say.t("جست‌وجو", "Search").to_owned();
    }
    let more = if panes.rows.next.is_some() || panes.place.from.is_some() { "+" } else { "" };
    let found = say.number(panes.rows.rows.len() as u64);
    format!("{found}{more} {}", say.t("گفت‌وگو یافت شد", "found"))
}

fn nothing(room: &Room, panes: &Panes) -> &'static str {
    let say = room.say;
    match (panes.place.q.trim().is_empty(), panes.size) {
        (false, _) => say.t("چیزی یافت نشد.", "Nothing was found."),
        (true, 0..=1) => say.t("هنوز پیامی نرسیده است.", "Nothing has arrived yet."),
        (true, _) => say.t("این فهرست خالی است.", "This list is empty."),
    }
}

/// What was not understood is said; it is not searched for.
fn filters(room: &Room, panes: &Panes) -> Markup {
    let say = room.say;
    html! {
        @if !panes.place.q.trim().is_empty() {
            ul.filters aria-label=(say.t("جست‌وجو", "Search")) {
                li {
                    a.chip href=(Place::list(panes.place.wanted()).href(say.lang)) {
                        bdi { (panes.place.q) } " " span aria-hidden="true" { "×" }
                        span.hidden { (say.t("بردار", "remove")) }
                    }
                }
            }
        }
        @for unknown in &panes.asked.unknown {
            p.hint-box {
                bdi { (unknown) } " "
                (say.t("را نشناختیم و نگشتیم.", "was not understood and not searched for."))
                " " a href={ "/" (say.lang.code()) "/help#operators" } { (say.t("عملگرها", "Operators")) }
            }
        }
    }
}

fn line(room: &Room, panes: &Panes, at: usize, row: &Row) -> Markup {
    let (say, now) = (room.say, room.office.now());
    let name = row.alias.clone().unwrap_or_else(|| numbered(room, row.number));
    let open = panes.place.c == Some(row.number);
    let open_at =
        panes.place.c.and_then(|c| panes.rows.rows.iter().position(|row| row.number == c));
    let action = match open_at {
        None if at == 0 => Some("next"),
        Some(open_at) if at == open_at + 1 => Some("next"),
        Some(open_at) if at + 1 == open_at => Some("previous"),
        _ => None,
    };
    html! {
        li.row aria-current=[open.then_some("true")] {
            label.pick {
                input type="checkbox" name="id" value=(row.number) data-action=[open.then_some("select")];
                span.hidden { (say.t("برگزیدن ", "Select ")) (name) }
            }
            p.row-top {
                a.alias id={ "row-" (row.number) } href=(panes.place.with(row.number).href(say.lang)) data-open data-action=[action] { bdi { (name) } }
                " " span.channel { (say.channel(row.channel)) }
                @if let Some(assignee) = &row.assignee { " " span.who { bdi { (say.member(&room.office, assignee)) } } }
                " " (stands_since(room, panes, row, now))
            }
            @if let Some(why) = row.why.and_then(|why| say.why(why)) { p.why { (why) } }
            p.snippet dir="auto" {
                @if row.words.iter().all(|piece| piece.text.is_empty()) { em { (say.t("بی‌متن", "no text")) } }
                @for piece in &row.words { @if piece.hit { mark { (piece.text) } } @else { (piece.text) } }
            }
            p.row-end { (badges(room, row)) }
        }
    }
}

/// When its newest part came; on the list of those that wait, since when it waits.
fn stands_since(room: &Room, panes: &Panes, row: &Row, now: u64) -> Markup {
    let say = room.say;
    let waits = panes.place.wanted() == Wanted::Waiting && row.state == State::Waiting;
    let at = if waits { row.since } else { row.newest };
    html! { time datetime=(say.machine_time(at)) title=(say.whole_time(at)) { (say.when(at, now)) } }
}

/// What a conversation without an alias is called.
pub(crate) fn numbered(room: &Room, number: u64) -> String {
    format!("{} {}", room.say.t("شماره‌ی", "No."), room.say.name(number))
}

fn badges(room: &Room, row: &Row) -> Markup {
    let say = room.say;
    let files = [
        (row.attached[0], say.t("عکس", "photos"), say.t("عکس", "photo")),
        (row.attached[1], say.t("صدا", "sounds"), say.t("صدا", "sound")),
        (row.attached[2], say.t("فیلم", "films"), say.t("فیلم", "film")),
        (row.attached[3], say.t("پرونده", "files"), say.t("پرونده", "file")),
    ];
    let mut meta: Vec<String> = vec![];
    for (count, many, one) in files {
        if count > 0 {
            meta.push(format!(
                "{} {}",
                say.number(count.into()),
                if count == 1 { one } else { many }
            ));
        }
    }
    if row.length > 0 {
        let spoken = say.spoken(row.spoken);
        let sep = if spoken.is_empty() { "" } else { say.t("، ", ", ") };
        meta.push(format!(
            "{spoken}{sep}{} {}",
            say.number(row.length),
            say.t("نویسه", "characters")
        ));
    }
    html! {
        @if row.same > 1 { span.same { (say.number(row.same.into())) " " (say.t("پیام همسان", "the same")) } " " }
        @if row.broken { span.badge data-kind="bad" { (say.t("ناتمام یا ناخوانا", "cut or unreadable")) } " " }
        @if row.deletion { span.badge data-kind="deletion" { (say.t("خواسته پاک شود", "deletion asked")) } " " }
        @if row.draft { span.badge data-kind="draft" { (say.t("پیش‌نویس", "draft")) } " " }
        @if row.check != Check::Unchecked { span.badge data-kind="check" { (say.check(row.check)) } " " }
        @for label in &row.labels { span.chip { bdi { (label) } } " " }
        span.meta { (meta.join(say.t("، ", " · "))) }
    }
}

fn bulk_bar(room: &Room, panes: &Panes) -> Markup {
    let say = room.say;
    let pages = panes.rows.next.is_some() || panes.place.from.is_some();
    html! {
        div.bulk-bar role="group" aria-label=(say.t("کار با ردیف‌های برگزیده", "With the selected rows")) {
            label.pick.js-only { input type="checkbox" data-action="all"; span.hidden { (say.t("همه", "All")) } }
            span.field-pair {
                label.hidden for="bulk-label" { (say.t("برچسب", "Label")) }
                input #bulk-label name="label" list="labels" dir="auto" maxlength="60" placeholder=(say.t("برچسب", "Label"));
                button name="do" value="label" { (say.t("بزن", "Add")) }
            }
            span.field-pair {
                label.hidden for="bulk-who" { (say.t("سپردن به", "Assign to")) }
                (members(room, "bulk-who", None))
                button name="do" value="assign" { (say.t("بسپار", "Assign")) }
            }
            button name="do" value="resolve" { (say.t("پایان", "Resolve")) }
            button.danger name="do" value="quarantine" { (say.t("قرنطینه", "Quarantine")) }
            button name="do" value="release" { (say.t("از قرنطینه درآر", "Release")) }
            label.pick { input type="checkbox" name="same" value="on"; span { (say.t("با همسان‌ها", "and the same")) } }
            @if pages {
                label.pick { input type="checkbox" name="everything" value="on"; span { (say.t("همه‌ی این فهرست، همه‌ی برگ‌ها", "all of this list, on every page")) } }
            }
            details.bulk-erase {
                summary { (say.t("پاک کردن برای همیشه", "Erase for good")) }
                p { (say.t("پس از تأیید به اندازه‌ی آستانه برنمی‌گردد.", "Once enough have approved, it cannot be brought back.")) }
                label for="bulk-count" { (say.t("برای اطمینان بنویسید چند گفت‌وگو: ", "To be sure, type how many conversations: ")) }
                input #bulk-count name="confirm" inputmode="numeric" autocomplete="off" size="8";
                button.danger name="do" value="erase-many" { (say.t("پاک کن", "Erase")) }
            }
        }
    }
}

/// A field to choose a member with.
pub(crate) fn members(room: &Room, id: &str, action: Option<&str>) -> Markup {
    let (say, office) = (room.say, &room.office);
    let roster = office.roster();
    let keys: Vec<[u8; 32]> =
        roster.iter().flat_map(|r| r.members().map(|(key, _)| *key)).collect();
    html! {
        select id=(id) name="who" data-action=[action] {
            @for key in &keys {
                option value=(payamgir_wire::hex::Hex(*key)) { (say.member(office, key)) }
            }
            option value="" { (say.t("هیچ‌کس", "nobody")) }
        }
    }
}

fn pager(room: &Room, panes: &Panes) -> Markup {
    let say = room.say;
    let first = Place { from: None, ..panes.place.clone() };
    html! {
        nav.pager aria-label=(say.t("برگ‌های فهرست", "Pages of the list")) {
            @if panes.place.from.is_some() {
                a href=(first.href(say.lang)) { (say.t("‹ آغاز", "‹ Start")) }
            } @else {
                span.pager-off { (say.t("‹ آغاز", "‹ Start")) }
            }
            @if let Some(next) = panes.rows.next {
                @let more = Place { from: Some(next), ..panes.place.clone() };
                a href=(more.href(say.lang)) rel="next" { (say.t("بیشتر ›", "More ›")) }
            } @else {
                span.pager-off { (say.t("بیشتر ›", "More ›")) }
            }
        }
    }
}
