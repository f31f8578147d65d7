//! Help, canned replies, names, members, the alarm, what attachments tell.

use super::frame::sheet;
use crate::handlers::Room;
use crate::handlers::files::Still;
use crate::keys::KEYS;
use crate::place::Place;
use maud::{Markup, html};
use payamgir_desk::work::Id;
use payamgir_media::{Fact, Refusal};
use payamgir_roster::Role;
use payamgir_text::lang::Lang;

/// Shortcuts and the search's operators.
pub(crate) fn help(room: &Room) -> Markup {
    let say = room.say;
    let off = room.office.settings().keys_off;
    let content = html! {
        h1 { (say.t("راهنما", "Help")) }
        form.switch action={ "/" (say.lang.code()) "/help" } method="post" {
            p { (if off { say.t("میان‌برهای صفحه‌کلید خاموش‌اند.", "Keyboard shortcuts are off.") } else { say.t("میان‌برهای صفحه‌کلید روشن‌اند.", "Keyboard shortcuts are on.") }) }
            " "
            button name="keys" value=(if off { "on" } else { "off" }) { (if off { say.t("روشن کن", "Turn them on") } else { say.t("خاموش کن", "Turn them off") }) }
        }
        h2 #shortcuts { (say.t("میان‌برها", "Shortcuts")) }
        p.lead { (say.t("کلیدها از روی جایشان شناخته می‌شوند؛ صفحه‌کلید فارسی باشد یا انگلیسی فرقی نمی‌کند. در خانه‌های نوشتن کار نمی‌کنند.", "Keys are known by their place, whether the keyboard is Persian or English. They do nothing while you are writing.")) }
        div.table tabindex="0" role="region" aria-label=(say.t("میان‌برها", "Shortcuts")) {
            table.keys {
                thead { tr { th scope="col" { (say.t("کلید", "Key")) } th scope="col" { (say.t("کار", "What it does")) } } }
                tbody {
                    @for key in &KEYS {
                        tr {
                            td { bdi dir="ltr" { @if key.shift && key.cap != "?" { kbd { "Shift" } " " } kbd { (key.cap) } } }
                            td { (key.does(say.lang)) }
                        }
                    }
                }
            }
        }
        h2 #operators { (say.t("جست‌وجو", "Search")) }
        p.lead { (say.t("واژه‌ها را بنویسید؛ هر واژه از آغازش می‌یابد. ی و ي، ک و ك، نیم‌فاصله و رقم فارسی و لاتین یکی شمرده می‌شوند. میان گیومه، همان واژه‌ها پشت سر هم.", "Write words; each finds by its beginning. Persian and Arabic forms of letters, half-spaces and digits of either kind count as the same. Within quotes: these words, one after another.")) }
        div.table tabindex="0" role="region" aria-label=(say.t("عملگرهای جست‌وجو", "Search operators")) {
            table {
                thead { tr { th scope="col" { (say.t("نمونه", "Example")) } th scope="col" { (say.t("چه می‌یابد", "What it finds")) } } }
                tbody { @for (example, finds) in operators(say.lang) {
                    tr { th scope="row" { a href=(Place { q: example.to_owned(), ..Place::default() }.href(say.lang)) { code dir="auto" { (example) } } } td { (finds) } }
                } }
            }
        }
    };
    sheet(room, (say.t("راهنما", "Help"), "help"), &content)
}

fn operators(lang: Lang) -> Vec<(&'static str, &'static str)> {
    match lang {
        Lang::Fa => vec![
            ("«دو کلمه»", "همین واژه‌ها، پشت سر هم"),
            ("برچسب:شمارش", "گفت‌وگوهایی با این برچسب؛ نام چندواژه‌ای را در گیومه بنویسید"),
            ("وضعیت:باز", "باز، پایان‌یافته، به‌تعویق، قرنطینه، من، بی‌پاسخ، تکراری، بریده …"),
            ("دارد:عکس", "متن، پرونده، عکس، صدا، فیلم، سند، یادداشت، پیش‌نویس"),
            ("کانال:وب", "از این راه آمده"),
            ("از:123456789", "نام ساختگی فرستنده، یا شماره‌ی پیگیری نه‌رقمی"),
            ("پس‌از:1405/9/1", "از این روز به بعد؛ شمسی یا میلادی؛ ماه یا سال هم می‌شود"),
            ("پیش‌از:2026-11-22", "پیش از این روز"),
            ("بزرگ‌تر از:2مگابایت", "نویسه‌های متن و بایت‌های پرونده‌ها با هم؛ کوچک‌تر از: هم هست"),
            ("-برچسب:شمارش", "هر چه این را ندارد"),
        ],
        Lang::En => vec![
            ("\"two words\"", "These words, one after another"),
            ("label:minutes", "Conversations with this label; quote a label of several words"),
            (
                "is:open",
                "open, resolved, snoozed, quarantined, mine, unassigned, unanswered, duplicate, cut …",
            ),
            ("has:image", "text, file, image, audio, video, document, note, draft"),
            ("channel:web", "That came this way"),
            ("from:123456789", "A source's made-up name, or the reference of nine digits"),
            (
                "after:2026-11-01",
                "From this day on; Gregorian or Jalali; a month or a year will do",
            ),
            ("before:1405/9/1", "Before this day"),
            (
                "larger:2MB",
                "Characters of its texts and bytes of its files together; there is smaller: too",
            ),
            ("-label:minutes", "Whatever lacks this"),
        ],
    }
}

/// Words kept for replies.
pub(crate) fn canned(room: &Room, open: Option<Id>) -> Markup {
    let say = room.say;
    let work = room.office.work();
    let at = format!("/{}/canned", say.lang.code());
    let chosen = work.canned().find(|(id, _)| Some(**id) == open);
    let lang = chosen.map_or(say.lang.code(), |(_, canned)| &canned.lang);
    let content = html! {
        h1 { (say.t("پاسخ‌های آماده", "Canned replies")) }
        div.two {
            nav.pick-list aria-label=(say.t("پاسخ‌های آماده", "Canned replies")) { ul {
                @for (id, canned) in work.canned() {
                    li { a href={ (at) "?id=" (id) } lang=(canned.lang) dir="auto" aria-current=[(Some(*id) == open).then_some("page")] {
                        (canned.title) small { (canned.text.chars().take(80).collect::<String>()) }
                    } }
                }
                li { a href=(at) { (say.t("+ پاسخ تازه", "+ New reply")) } }
            } }
            form.stack action=(at) method="post" autocomplete="off" {
                @if let Some((id, _)) = chosen { input type="hidden" name="id" value=(id); }
                label for="title" { (say.t("نام (آنچه پس از / می‌نویسید)", "Name (what you type after /)")) }
                input #title name="title" dir="auto" maxlength="60" required value=(chosen.map_or("", |(_, c)| &c.title));
                label for="canned-lang" { (say.t("زبان", "Language")) }
                select #canned-lang name="lang" {
                    option value="fa" selected[lang == "fa"] { "فارسی" }
                    option value="en" selected[lang == "en"] { "English" }
                }
                label for="text" { (say.t("متن", "Words")) }
                textarea #text name="text" rows="6" dir="auto" maxlength="20000" required { (chosen.map_or("", |(_, c)| &c.text)) }
                p.tools {
                    button.primary name="do" value="keep" { (say.t("نگه‌دار", "Keep")) }
                    @if chosen.is_some() { " " button.danger name="do" value="drop" formnovalidate { (say.t("بردار", "Remove")) } }
                }
            }
        }
    };
    sheet(room, (say.t("پاسخ‌های آماده", "Canned replies"), "canned"), &content)
}

/// Names that redaction looks for.
pub(crate) fn names(room: &Room) -> Markup {
    let say = room.say;
    let work = room.office.work();
    let at = format!("/{}/names", say.lang.code());
    let content = html! {
        h1 { (say.t("نام‌های پنهان‌کردنی", "Names to hide")) }
        p.lead { (say.t("هنگام پوشاندن متن این نام‌ها پیشنهاد می‌شوند. فهرست مهرشده میان اعضای میز می‌ماند.", "These names are suggested when a text is redacted. The list stays sealed among the desk's members.")) }
        form.filter-form action=(at) method="post" autocomplete="off" {
            label { (say.t("نام ", "Name ")) input name="name" dir="auto" maxlength="60" required; }
            button.primary { (say.t("بیفزا", "Add")) }
        }
        ul.rows-plain {
            @for name in work.names() {
                li { b { bdi { (name) } } form action=(at) method="post" { button name="drop" value=(name) aria-label={ (say.t("برداشتن ", "Remove ")) (name) } { (say.t("بردار", "Remove")) } } }
            }
        }
    };
    sheet(room, (say.t("نام‌های پنهان‌کردنی", "Names to hide"), "names"), &content)
}

/// Who the desk is.
pub(crate) fn members(room: &Room) -> Markup {
    let say = room.say;
    let roster = room.office.roster();
    let work = room.office.work();
    let role = |role: Role| match role {
        Role::Reader => say.t("خواننده", "reader"),
        Role::Editor => say.t("ویراستار", "editor"),
        Role::Admin => say.t("سرپرست", "admin"),
    };
    let members: Vec<([u8; 32], Role)> =
        roster.iter().flat_map(|r| r.members().map(|(key, role)| (*key, role))).collect();
    let content = html! {
        h1 { (say.t("اعضای میز", "Members")) }
        form.filter-form action={ "/" (say.lang.code()) "/members" } method="post" autocomplete="off" {
            label { (say.t("همکاران شما را به این نام ببینند: ", "Let your colleagues see you as: ")) input name="name" dir="auto" maxlength="60" required value=(work.called(&room.office.me()).unwrap_or("")); }
            button.primary { (say.t("نگه‌دار", "Keep")) }
        }
        div.table tabindex="0" role="region" aria-label=(say.t("اعضا", "Members")) { table {
            thead { tr { th scope="col" { (say.t("نام", "Name")) } th scope="col" { (say.t("نقش", "Role")) } th scope="col" { (say.t("کلید", "Key")) } } }
            tbody { @for (key, its) in &members {
                tr {
                    th scope="row" { bdi { (room.office.called(key)) } @if *key == room.office.me() { " (" (say.t("شما", "you")) ")" } }
                    td { (role(*its)) } td { bdi dir="ltr" { (&payamgir_wire::key::key_text(key)[..16]) } }
                }
            } }
        } }
        p { (say.t("دعوت، حذف و تغییر نقش با دستورهای payamgir desk invite، remove و role است.", "Inviting, removing and changing roles are the commands payamgir desk invite, remove and role.")) }
    };
    sheet(room, (say.t("اعضای میز", "Members"), "members"), &content)
}

/// What happened, and what to do.
pub(crate) fn alarm(room: &Room) -> Markup {
    let say = room.say;
    let said = room.office.sync_state().said.filter(|said| said.alarm);
    let content = html! {
        @match said {
            None => {
                h1 { (say.t("هشداری نیست", "There is no alarm")) }
                p { (say.t("لاگ سرور با هر آنچه این میز دیده می‌خواند.", "The server's log agrees with all that this desk has seen.")) }
            }
            Some(said) => {
                section.alarm aria-labelledby="alarm-title" role="alert" {
                    h1 #alarm-title { (said.what(say.lang)) }
                    p { (said.to_do(say.lang)) }
                    @if said.stops { (contradicted(room)) }
                }
            }
        }
        p.tools { a.button href=(Place::default().href(say.lang)) { (say.t("بازگشت به فهرست", "Back to the list")) } }
    };
    sheet(room, (say.t("هشدار", "Alarm"), "alarm"), &content)
}

/// What to do where the log contradicts itself.
fn contradicted(room: &Room) -> Markup {
    let say = room.say;
    html! {
        h2 { (say.t("چه باید کرد", "What to do")) }
        ol {
            li { (say.t("پاسخی نفرستید و چیزی پاک نکنید. خواندن بی‌خطر است.", "Send no reply and erase nothing. Reading is safe.")) }
            li { (say.t("همین حالا به گرداننده‌ی سرور خبر دهید، از راهی جز این برنامه.", "Tell whoever keeps the server now, by some way other than this program.")) }
            li { (say.t("از همکاری بخواهید میز خودش را ببیند: آیا همین هشدار را دارد؟", "Ask a colleague to look at their own desk: does it give the same alarm?")) }
            li { (say.t("همگام‌سازی ایستاده است، پس از قفل و باز کردن میز هم، تا کسی بگوید که آن را بررسی کرده است.", "Syncing has stopped, also after locking and unlocking, until somebody says that they have looked into it.")) }
        }
        form action={ "/" (say.lang.code()) "/alarm" } method="post" {
            button.danger { (say.t("بررسی کردیم؛ دوباره از سرور بپرس", "We looked into it: ask the server again")) }
        }
    }
}

/// One attachment, and what it says of its maker.
pub(crate) type Told = (u64, String, Result<Vec<Fact>, Refusal>);

/// What a conversation's attachments say.
pub(crate) fn facts(room: &Room, number: u64, all: &[Told]) -> Markup {
    let say = room.say;
    let place = Place { c: Some(number), ..Place::default() };
    let content = html! {
        p { a href=(place.href(say.lang)) data-action="back" { (say.t("‹ گفت‌وگو", "‹ Conversation")) } }
        h1 { (say.t("پیوست‌ها چه می‌گویند", "What the attachments tell")) }
        p.lead { (say.t("آنچه در خود پرونده‌ها نوشته شده است. آنچه در عکس دیده یا در صدا شنیده می‌شود جز این است.", "What is written in the files themselves. What is seen in a picture or heard in a sound is another matter.")) }
        @for (record, name, told) in all {
            section id={ "f-" (record) } {
                h2 { bdi { (name) } }
                @match told {
                    Err(refusal) => p { (refusal.words(say.lang)) },
                    Ok(facts) if facts.is_empty() => p { (say.t("چیزی از جا، دستگاه یا سازنده در آن نیافتیم.", "We found nothing of a place, a device or an author in it.")) },
                    Ok(facts) => (facts_list(room, facts)),
                }
                form action={ "/" (say.lang.code()) "/save/" (record) } method="post" {
                    button name="how" value="clean" { (say.t("ذخیره‌ی رونوشتی بی این‌ها", "Save a copy without it")) }
                }
            }
        }
        @if all.is_empty() { p { (say.t("پیوستی روی این رایانه نیست.", "No attachment is on this machine.")) } }
    };
    sheet(
        room,
        (say.t("پیوست‌ها چه می‌گویند", "What the attachments tell"), &format!("facts/{number}")),
        &content,
    )
}

/// A copy that is not all that was asked for: what it still says, before anybody takes it.
pub(crate) fn still(room: &Room, record: u64, still: &Still) -> Markup {
    let say = room.say;
    let title = say.t("رونوشت چیزی را نگه داشته است", "The copy keeps something");
    let content = html! {
        h1 { (title) }
        @match &still.left {
            Err(refusal) => p { (say.t("رونوشت ساخته شد، ولی نتوانستیم ببینیم چه در آن مانده است: ", "The copy was made, but we could not look at what is left in it: ")) (refusal.words(say.lang)) },
            Ok(facts) if facts.is_empty() => {}
            Ok(facts) => {
                p { (say.t("این‌ها هنوز در رونوشت هستند:", "This is in the copy still:")) }
                (facts_list(room, facts))
            }
        }
        @if still.stilled { p { (say.t("اصل آن می‌جنبید؛ رونوشت تنها تصویر نخست است.", "The original moved; the copy is its first picture only.")) } }
        form.tools action={ "/" (say.lang.code()) "/save/" (record) } method="post" {
            button.danger name="how" value="anyway" { (say.t("با این همه ذخیره کن", "Save it all the same")) }
        }
        p.tools { a.button href=(Place::default().href(say.lang)) { (say.t("بازگشت به فهرست", "Back to the list")) } }
    };
    sheet(room, (title, ""), &content)
}

fn facts_list(room: &Room, facts: &[Fact]) -> Markup {
    html! { ul.facts { @for fact in facts { li { p { b { (fact.kind.word(room.say.lang)) } ": " bdi { (fact.value) } } } } } }
}
