//! Who did what, as the log has it: verified, or passed over and why.

use maud::{Markup, html};
use payamgir_desk::office::Wanted;
use payamgir_desk::work::{Act, Heard, Ignored};
use payamgir_text::digits;
use payamgir_wire::hex::Hex;

use super::conversation::deed_words;
use super::frame::sheet;
use crate::handlers::Room;
use crate::handlers::sheets::Audit;
use crate::place::Place;
use crate::say::Say;

/// Rows of one page.
const ROWS: usize = 100;

/// One line of the audit, beside its place.
enum Line<'h> {
    Event(&'h Heard),
    /// An entry that is gone or does not open.
    Trouble(u64, &'static str),
}

/// The audit.
pub(crate) fn audit(room: &Room, asked: &Audit) -> Markup {
    let say = room.say;
    let work = room.office.work();
    let troubles = troubles(room, asked);
    let mut lines: Vec<(u64, Line<'_>)> = troubles;
    let number = digits::to_ascii(&asked.c).trim().parse::<u64>().ok();
    // What there is not has no key, and nothing was done with it.
    let about = number.map(|number| room.office.key_of(number));
    let events = work.heard().iter().filter(|heard| fits(heard, asked, about));
    lines.extend(events.map(|heard| (heard.record.unwrap_or(u64::MAX), Line::Event(heard))));
    lines.sort_by_key(|(record, _)| *record);
    let end = asked.before.unwrap_or(lines.len()).min(lines.len());
    let start = end.saturating_sub(ROWS);
    let content = html! {
        h1 { (say.t("چه کسی چه کرد", "Who did what")) }
        p.lead { (say.t("هر کاری را کننده‌اش امضا کرده و در لاگ است. ✓ یعنی امضا و اجازه‌ی آن کس درست است. آنچه نادرست بوده را همه‌ی میزها یکسان نادیده گرفته‌اند.", "Every act is signed by who did it and stands in the log. ✓ means that the signature and that person's role are right. What was not right is passed over by every desk alike.")) }
        (filters(room, asked))
        @if lines.is_empty() { p { (say.t("هنوز چیزی نیست.", "Nothing yet.")) } }
        @else { div.table tabindex="0" role="region" aria-label=(say.t("کارها", "Acts")) {
            table.acts {
                thead { tr {
                    th scope="col" { (say.t("رکورد", "Record")) } th scope="col" { (say.t("زمان", "When")) }
                    th scope="col" { (say.t("که", "Who")) } th scope="col" { (say.t("چه کرد", "Did what")) }
                    th scope="col" { (say.t("سنجش", "Checked")) }
                } }
                tbody { @for (record, line) in lines[start..end].iter().rev() { (row(room, *record, line)) } }
            }
        } }
        (pager(room, asked, (start, end, lines.len())))
    };
    sheet(room, (say.t("چه کسی چه کرد", "Who did what"), "audit"), &content)
}

fn troubles<'h>(room: &Room, asked: &Audit) -> Vec<(u64, Line<'h>)> {
    use payamgir_desk::store::Class;
    if !asked.who.is_empty() || !asked.c.is_empty() || !asked.what.is_empty() {
        return vec![];
    }
    let (store, say) = (room.office.store(), room.say);
    let catalog = store.catalog();
    let why = |class| match class {
        Class::Erased => say.t("پاک شده است؛ جای خالی‌اش می‌ماند.", "Erased; the gap stays."),
        Class::Withheld => say.t(
            "سرور نمی‌دهد و هیچ پاک شدنی آن را توضیح نمی‌دهد.",
            "The server withholds it and no erasure explains that.",
        ),
        Class::Altered => say.t("آن نیست که لاگ می‌گوید.", "Not what the log describes."),
        Class::Version => say.t("از نسخه‌ی دیگری است.", "Of another version."),
        _ => say.t("هیچ کلیدی از این میز آن را باز نمی‌کند.", "No key of this desk opens it."),
    };
    let all = catalog.troubles().iter();
    all.filter_map(|record| {
        Some((*record, Line::Trouble(*record, why(catalog.part(*record)?.class))))
    })
    .collect()
}

fn fits(heard: &Heard, asked: &Audit, about: Option<Option<u64>>) -> bool {
    let author =
        asked.who.is_empty() || heard.author.is_some_and(|key| Hex(key).to_string() == asked.who);
    let act = heard.event.as_ref().map(|event| &event.act);
    let what = asked.what.is_empty() || act.is_some_and(|act| act.word() == asked.what);
    let subjects = act.map(|act| act.subjects()).unwrap_or_default();
    let here = about.is_none_or(|key| key.is_some_and(|key| subjects.contains(&key)));
    author && what && here
}

fn filters(room: &Room, asked: &Audit) -> Markup {
    let say = room.say;
    let roster = room.office.roster();
    let keys: Vec<[u8; 32]> =
        roster.iter().flat_map(|r| r.members().map(|(key, _)| *key)).collect();
    html! {
        form.filter-form action={ "/" (say.lang.code()) "/audit" } method="get" autocomplete="off" {
            label { (say.t("که ", "Who ")) select name="who" {
                option value="" { (say.t("همه", "Everybody")) }
                @for key in &keys {
                    @let value = Hex(*key).to_string();
                    option value=(value) selected[value == asked.who] { (say.member(&room.office, key)) }
                }
            } }
            label { (say.t("چه ", "What ")) select name="what" {
                option value="" { (say.t("همه چیز", "Everything")) }
                @for word in WORDS { option value=(word) selected[word == asked.what] { (deed_words(say, word)) } }
            } }
            label { (say.t("گفت‌وگو ", "Conversation ")) input name="c" inputmode="numeric" size="8" value=(asked.c); }
            button { (say.t("نشان بده", "Show")) }
        }
    }
}

const WORDS: [&str; 23] = [
    "assign",
    "note",
    "label",
    "check",
    "resolve",
    "reopen",
    "snooze",
    "quarantine",
    "redact",
    "draft",
    "approve",
    "queue",
    "withdraw",
    "erase",
    "canned",
    "hide",
    "call",
    "item",
    "edition",
    "bulletin",
    "propose",
    "endorse",
    "post",
];

fn row(room: &Room, record: u64, line: &Line<'_>) -> Markup {
    let say = room.say;
    match line {
        Line::Trouble(record, why) => html! {
            tr data-kind="gap" { td { (say.name(*record)) } td colspan="4" { (why) } }
        },
        Line::Event(heard) => html! {
            tr data-kind=(if heard.outcome.is_ok() { "ok" } else { "ignored" }) {
                td { @if record == u64::MAX { (say.t("در راه", "on the way")) } @else { (say.name(record)) } }
                td { @if let Some(event) = &heard.event { time datetime=(say.machine_time(event.made)) { (say.whole_time(event.made)) } } }
                td { @if let Some(author) = &heard.author { bdi { (say.member(&room.office, author)) } } @else { (say.t("ناشناس", "unknown")) } }
                td { (told(room, heard)) }
                td.ok {
                    @match heard.outcome {
                        Ok(()) => span role="img" aria-label=(say.t("امضا و اجازه درست است", "the signature and the role are right")) { "✓" },
                        Err(why) => { (say.t("نادیده: ", "ignored: ")) (ignored(say, why)) }
                    }
                }
            }
        },
    }
}

/// Why an event was passed over.
fn ignored(say: Say, why: Ignored) -> &'static str {
    match why {
        Ignored::Unreadable => say.t("باز نمی‌شود", "it does not open"),
        Ignored::Malformed => say.t("درست نوشته نشده", "not written right"),
        Ignored::Unknown => say.t("از نسخه‌ی تازه‌تری است", "of a later version"),
        Ignored::OtherDesk => say.t("از میز دیگری است", "of another desk"),
        Ignored::NoMember => say.t("نویسنده آن زمان عضو نبود", "its author was no member then"),
        Ignored::NotAllowed => say.t("نقشش چنین اجازه‌ای نمی‌داد", "the role did not allow it"),
        Ignored::Signature => say.t("امضا درست نیست", "the signature is wrong"),
        Ignored::Repeated => say.t("پیش‌تر آمده بود", "it came before"),
        Ignored::NoSuchThing => say.t("از چیزی می‌گوید که نیست", "it speaks of what there is not"),
        Ignored::Stale => say.t("پیش از آن عوض شده بود", "it was changed before"),
        Ignored::TooFew => say.t("تأیید کافی نبود", "too few had approved"),
        Ignored::Erased => say.t("پاک شده", "erased"),
    }
}

/// What was done, in words.
pub(crate) fn told(room: &Room, heard: &Heard) -> Markup {
    let say = room.say;
    let Some(event) = &heard.event else {
        return html! { (say.t("رویدادی که خوانده نمی‌شود", "an event that cannot be read")) };
    };
    let on = event.act.subjects();
    html! {
        (deed_words(say, deed_word(&event.act)))
        @match &event.act {
            Act::Assign { to: Some(to), .. } => { ": " bdi { (say.member(&room.office, &to.0)) } }
            Act::Assign { to: None, .. } => { ": " (say.t("هیچ‌کس", "nobody")) }
            Act::Label { label, .. } => { ": " span.chip { bdi { (label) } } }
            Act::Check { state, .. } => { ": " (say.check(*state)) }
            Act::Call { name } | Act::Hide { name, .. } => { ": " bdi { (name) } }
            Act::Redact { record, .. } => { " (" (say.t("رکورد ", "record ")) (say.name(*record)) ")" }
            Act::Erase { records } => { " (" (say.number(records.len() as u64)) " " (say.t("رکورد", "records")) ")" }
            _ => {}
        }
        @if let [key] = on { (conversation(room, *key)) }
        @if on.len() > 1 { " (" (say.number(on.len() as u64)) " " (say.t("گفت‌وگو", "conversations")) ")" }
    }
}

/// The one conversation that an act is about.
fn conversation(room: &Room, key: u64) -> Markup {
    let (store, say) = (room.office.store(), room.say);
    let Some(found) = store.catalog().keyed(key) else {
        return html! { " (" (say.t("گفت‌وگویی که دیگر نیست", "a conversation that is gone")) ")" };
    };
    let at = Place::list(Wanted::All).with(found.number).href(say.lang);
    html! { " " a href=(at) { (super::list::numbered(room, found.number)) } }
}

fn deed_word(act: &Act) -> &'static str {
    match act {
        Act::Label { off: true, .. } => "unlabel",
        Act::Quarantine { off: true, .. } => "release",
        Act::Redact { spans, .. } if spans.is_empty() => "unredact",
        Act::Canned { text, .. } if text.is_empty() => "uncanned",
        Act::Hide { off: true, .. } => "unhide",
        other => other.word(),
    }
}

fn pager(room: &Room, asked: &Audit, (start, end, all): (usize, usize, usize)) -> Markup {
    let say = room.say;
    let with = |before: usize| {
        let query = [("who", &*asked.who), ("what", &asked.what), ("c", &asked.c)];
        let query = serde_urlencoded::to_string(query).unwrap_or_default();
        format!("/{}/audit?{query}&before={before}", say.lang.code())
    };
    html! {
        nav.pager aria-label=(say.t("برگ‌ها", "Pages")) {
            @if end < all { a href=(with((end + ROWS).min(all))) rel="prev" { (say.t("‹ تازه‌تر", "‹ Newer")) } }
            @else { span.pager-off { (say.t("‹ تازه‌تر", "‹ Newer")) } }
            @if start > 0 { a href=(with(start)) rel="next" { (say.t("کهنه‌تر ›", "Older ›")) } }
            @else { span.pager-off { (say.t("کهنه‌تر ›", "Older ›")) } }
        }
    }
}
