//! Where an item is written, beside its preview.

use std::collections::BTreeSet;

use maud::{Markup, html};
use payamgir_bulletin::card::lacking;
use payamgir_desk::work::Id;
use payamgir_redact::{What, find};
use payamgir_wire::edition::{Byline, Kind, LINE, Label, Medium, WORDS};

use super::super::frame::sheet;
use super::{aside, kept_now, named, newest, read_only, stage, stage_words, wrong};
use crate::handlers::Room;
use crate::handlers::publish::item::{Form, spoken};
use crate::handlers::publish::media::attachments;
use crate::handlers::publish::{title, today};
use crate::place::Place;

/// Most finds that an editor is told of.
const SHOWN: usize = 12;

/// The form, what it will look like, and what can be added.
pub(crate) fn item(room: &Room, form: &Form) -> Markup {
    let say = room.say;
    let code = say.lang.code();
    let here = format!("item/{}", form.id);
    let at = format!("/{code}/{here}");
    let content = html! {
        h1 { @if form.base.is_some() { (title(room, &form.id)) } @else { (say.t("نوشتهٔ تازه", "New item")) } }
        (standing(room, form))
        (wrong(room, form.wrong.as_ref()))
        @if form.wrong.is_none() && form.base.is_some() { (telling(room, form)) }
        (original(room, form))
        @if let Some(theirs) = &form.theirs { (kept_now(room, &[theirs.title.clone(), theirs.body.clone(), theirs.pulls.join("\n")])) }
        div.write-item {
            form #item .stack action=(at) method="post" autocomplete="off" data-preview={ (at) "/preview" } data-preview-again={ "/" (code) "/preview" } {
                (hidden(form))
                (words(room, form))
                (around(room, form))
                (related(room, form))
                (media(room, form))
                (later(room, form))
                p.tools {
                    button.primary name="do" value="keep" { (say.t("نگه‌دار", "Keep")) } " "
                    button formaction={ (at) "/preview" } formtarget="preview" formnovalidate { (say.t("پیش‌نمایش", "Preview")) }
                    @if room.office.sets_paper() { " " button formaction={ (at) "/paper" } formtarget="preview" formnovalidate { (say.t("روی کاغذ", "On paper")) } }
                }
            }
            aside.item-preview aria-label=(say.t("پیش‌نمایش", "Preview")) {
                iframe #preview name="preview" title=(say.t("پیش‌نمایش", "Preview")) {}
            }
        }
        @if form.base.is_some() { (add_media(room, form)) (aside(room, ("item", &form.id))) }
        @else { p.hint { (say.t("عکس و صدا را پس از نخستین نگه داشتن می‌توان افزود.", "Pictures and sound can be added once it was kept.")) } }
    };
    sheet(room, (say.t("نوشته", "Item"), &here), &content)
}

/// How far it is, and where it came from.
fn standing(room: &Room, form: &Form) -> Markup {
    let say = room.say;
    let code = say.lang.code();
    let issue = super::issue(room);
    html! {
        p.tools {
            a href={ "/" (code) "/publish" } { (say.t("‹ انتشار", "‹ Publishing")) }
            @if let Some(base) = &form.base {
                " " b { (stage_words(room, stage(&form.id, base, issue.as_ref(), form.item.withdrawn.is_some()))) }
                " " a href={ "/" (code) "/item/" (form.id) "/posts" } { (say.t("برای پیام‌رسان‌ها", "For messengers")) }
                " " a href={ "/" (code) "/item/" (form.id) "/tell" } { (say.t("به فرستنده بگو", "Tell the source")) }
                " " a href={ "/" (code) "/item/new?of=" (form.id) } { (say.t("ترجمه‌اش را بنویس", "Write its translation")) }
                " " a href={ "/" (code) "/item/new?answers=" (form.id) } { (say.t("پاسخ مجمع را بنویس", "Write the assembly’s answer")) }
            }
            @for number in &form.on {
                " " a href=(Place::default().with(*number).href(say.lang)) { (say.t("گفت‌وگوی ", "Conversation ")) (say.name(*number)) }
            }
        }
    }
}

fn hidden(form: &Form) -> Markup {
    html! {
        @if let Some(base) = &form.base { input type="hidden" name="base" value=(base); }
        @for number in &form.on { input type="hidden" name="on" value=(number); }
    }
}

fn words(room: &Room, form: &Form) -> Markup {
    let (say, item) = (room.say, &form.item);
    html! {
        label for="title" { (say.t("عنوان", "Title")) }
        input #title name="title" dir="auto" maxlength=(LINE) required value=(item.title);
        label for="body" { (say.t("متن", "Text")) }
        p #body-hint .hint { (say.t("## سرفصل، **پررنگ**، *تأکید*، > نقل، - فهرست، 1. شمارش، [^۱] پانوشت، ```شعر با مصراع‌هایی که « / » جدایشان می‌کند.", "## heading, **strong**, *stress*, > quotation, - list, 1. count, [^1] note, ```poem with hemistichs parted by “ / ”.")) }
        textarea #body name="body" rows="18" dir="auto" lang=(item.lang) maxlength=(WORDS) required aria-describedby="body-hint" { "\n" (item.body) }
        label for="pulls" { (say.t("نقل‌های برجسته، هر خط یکی؛ عین جمله‌های متن", "Pull quotes, one a line; words of the text")) }
        textarea #pulls name="pulls" rows="2" dir="auto" { "\n" (item.pulls.join("\n")) }
    }
}

fn around(room: &Room, form: &Form) -> Markup {
    let (say, item) = (room.say, &form.item);
    let by = match item.byline {
        Byline::None => "none",
        Byline::Name(_) => "name",
        Byline::Collective(_) => "collective",
    };
    let kinds = [
        ("words", say.t("پیام", "a submission"), Kind::Words),
        ("answer", say.t("پاسخ مجمع", "the assembly’s answer"), Kind::Answer),
        ("resolution", say.t("مصوبه", "a resolution"), Kind::Resolution),
    ];
    let labels = [
        ("none", say.t("چیزی گفته نشود", "say nothing"), Label::None),
        ("unchecked", say.t("بررسی‌نشدنی", "could not be checked"), Label::Unchecked),
        ("partly", say.t("تأیید در بخشی", "confirmed in part"), Label::Partly),
        ("confirmed", say.t("تأییدشده", "confirmed"), Label::Confirmed),
    ];
    html! {
        fieldset.pairs {
            legend { (say.t("به نام", "By-line")) }
            (named(say.t("چه نامی", "What name"), &html! { select name="by" {
                option value="none" selected[by == "none"] { (say.t("بی‌نام", "none")) }
                option value="name" selected[by == "name"] { (say.t("نامی که خواسته است", "a name they chose")) }
                option value="collective" selected[by == "collective"] { (say.t("جمعی", "a collective")) }
            } }))
            (named(say.t("نام", "Name"), &html! { input name="byline" dir="auto" maxlength=(LINE) value=(item.byline.name()); }))
        }
        fieldset.pairs {
            legend { (say.t("جا و زمان، هر اندازه که بشود گفت", "Place and day, as far as may be told")) }
            (named(say.t("جا", "Place"), &html! { input name="place" dir="auto" maxlength=(LINE) value=(item.place) placeholder=(say.t("شهری در جنوب", "a town in the south")); }))
            (named(say.t("زمان: سال، یا سال-ماه، یا سال-ماه-روز", "Day: a year, year-month or year-month-day"), &html! { input name="day" dir="ltr" maxlength="12" value=(form.typed.day) placeholder="1405-08"; }))
        }
        fieldset.pairs {
            legend { (say.t("چیست و تا کجا سنجیده شده", "What it is, and how far it was checked")) }
            (named(say.t("چیست", "What it is"), &html! { select name="kind" { @for (value, words, kind) in kinds { option value=(value) selected[item.kind == kind] { (words) } } } }))
            (named(say.t("راستی‌آزمایی", "Verification"), &html! { select name="label" { @for (value, words, label) in labels { option value=(value) selected[item.label == label] { (words) } } } }))
        }
        fieldset.pairs {
            legend { (say.t("زبان و نشانی", "Language and address")) }
            (named(say.t("زبان", "Language"), &html! { select name="lang" {
                @for lang in languages(room, &item.lang) { option value=(lang) selected[item.lang == lang] { (payamgir_bulletin::letters::endonym(&lang)) } }
            } }))
            (named(say.t("نشانی: حروف کوچک لاتین، رقم، خط تیره", "Address: small Latin letters, digits, hyphens"), &html! { input name="slug" dir="ltr" maxlength="60" required value=(item.slug); }))
        }
    }
}

/// The bulletin's languages, and the one that the item is in.
fn languages(room: &Room, own: &str) -> Vec<String> {
    let mut all = spoken(&room.office);
    if !all.iter().any(|lang| lang == own) {
        all.push(own.to_owned());
    }
    all
}

/// What stands in a kept item that may tell of somebody and that nobody hid.
fn telling(room: &Room, form: &Form) -> Markup {
    let say = room.say;
    let names: Vec<String> = room.office.work().names().iter().cloned().collect();
    let texts = form.item.texts();
    let finds = texts.iter().flat_map(|text| {
        find(text, &names).into_iter().map(|found| (found.what, &text[found.start..found.end]))
    });
    let all: BTreeSet<(What, &str)> = finds.collect();
    let lacking = lacking(&texts.concat());
    html! {
        @if !lacking.is_empty() {
            p.told role="note" { (say.t("قلم نشریه این نویسه‌ها را ندارد؛ روی کارت نیستند و روی کاغذ خانه‌ای خالی‌اند: ", "The bulletin’s font does not have these letters; cards leave them out, and paper has boxes in their place: ")) bdi { @for c in lacking.iter().take(SHOWN) { (c) " " } } }
        }
        @if !all.is_empty() {
            div.told role="note" {
                p { (say.t("این‌ها در نوشته هست و شاید از کسی بگوید. اگر باید بماند، بماند:", "These stand in the item and may tell of somebody. What should stay may stay:")) }
                ul { @for (what, words) in all.iter().take(SHOWN) { li { (what.word(say.lang)) ": " bdi { (words) } } } }
            }
        }
    }
}

/// What a translation is made from.
fn original(room: &Room, form: &Form) -> Markup {
    let work = room.office.work();
    let of = form.item.translates.and_then(|id| work.publishing().written(&id));
    let Some(now) = of.and_then(|of| of.now()) else { return html! {} };
    let (say, item) = (room.say, &now.body);
    let about = [item.byline.name(), &item.place].map(str::to_owned);
    let texts = [item.title.clone(), item.body.clone()].into_iter().chain(about);
    read_only(say.t("نوشتهٔ اصلی", "The original"), &texts.collect::<Vec<_>>())
}

fn related(room: &Room, form: &Form) -> Markup {
    let (say, item) = (room.say, &form.item);
    let work = room.office.work();
    let tied = |id: &Id| item.translates == Some(*id) || item.answers.contains(id);
    let offered = newest(room).into_iter().filter(|id| *id != form.id);
    let others: Vec<Id> =
        offered.filter(|id| tied(id) || !work.publishing().is_dropped(id)).collect();
    html! {
        @if !others.is_empty() {
            label for="translates" { (say.t("ترجمهٔ", "Translation of")) }
            select #translates name="translates" {
                option value="" { "—" }
                @for id in &others { option value=(id) selected[item.translates == Some(*id)] { (title(room, id)) } }
            }
            details open[!item.answers.is_empty()] {
                summary { (say.t("پاسخ است به …", "It answers …")) }
                ul.ticks { @for id in &others {
                    li { label { input type="checkbox" name="answers" value=(id) checked[item.answers.contains(id)]; " " bdi { (title(room, id)) } } }
                } }
            }
        }
    }
}

fn media(room: &Room, form: &Form) -> Markup {
    html! { @for medium in &form.item.media { (medium_fields(room, medium)) } }
}

fn medium_fields(room: &Room, medium: &Medium) -> Markup {
    let say = room.say;
    let record = medium.record;
    let name = |field: &str| format!("medium-{record}-{field}");
    let picture = medium.media_type.starts_with("image/");
    let line = |field: &str, words: &'static str, value: &str| {
        html! { label { (words) input name=(name(field)) dir="auto" maxlength=(LINE) value=(value); } }
    };
    html! {
        fieldset.medium {
            legend { (if picture { say.t("تصویر", "Picture") } else { say.t("صدا یا فیلم", "Sound or film") }) }
            input type="hidden" name="medium" value=(record);
            @for (field, value) in [("hash", medium.hash.to_string()), ("type", medium.media_type.clone()), ("width", medium.width.to_string()), ("height", medium.height.to_string())] {
                input type="hidden" name=(name(field)) value=(value);
            }
            @if picture { img src={ "/copy/" (record) } alt=(medium.alt) width="160"; }
            @else { audio controls preload="none" src={ "/play/" (record) } {} }
            (line("alt", say.t("چه در آن است (برای کسی که نمی‌بیند یا نمی‌شنود)", "What is in it (for those who do not see or hear it)"), &medium.alt))
            (line("caption", say.t("زیرنویس", "Caption"), &medium.caption))
            (line("credit", say.t("از کیست", "Credit"), &medium.credit))
            @if !picture { label { (say.t("متن آنچه شنیده می‌شود", "The words that are heard")) textarea name=(name("transcript")) rows="3" dir="auto" { "\n" (medium.transcript) } } }
            label { input type="checkbox" name=(name("drop")) value="yes"; " " (say.t("بردار", "Take it out")) }
        }
    }
}

/// Corrections, and taking it back.
fn later(room: &Room, form: &Form) -> Markup {
    let (say, typed, today) = (room.say, &form.typed, today(room));
    let gone_day = if typed.gone_day.is_empty() { &today } else { &typed.gone_day };
    html! {
        details open[typed.gone || !typed.corrections.is_empty()] {
            summary { (say.t("تصحیح، پس گرفتن", "Corrections, withdrawal")) }
            label for="corrections" { (say.t("تصحیح‌ها، هر خط یکی: روز، دونقطه، چه نادرست بود", "Corrections, one a line: day, colon, what was wrong")) }
            textarea #corrections name="corrections" rows="2" dir="auto" placeholder={ (today) ": " (say.t("چه نادرست بود", "what was wrong")) } { "\n" (typed.corrections) }
            label { input type="checkbox" name="withdrawn" value="yes" checked[typed.gone]; " " (say.t("پس گرفته شود؛ به جایش این می‌ماند که چه روز و چرا:", "Withdraw it; in its place stays the day, and why:")) }
            span.pairs {
                (named(say.t("روز پس گرفتن", "Day of withdrawal"), &html! { input name="withdrawn-day" dir="ltr" maxlength="12" value=(gone_day); }))
                (named(say.t("چرا", "Why"), &html! { input name="reason" dir="auto" maxlength=(LINE) value=(typed.reason); }))
            }
        }
    }
}

/// Copies of what the source sent, or of a file from this machine.
fn add_media(room: &Room, form: &Form) -> Markup {
    let say = room.say;
    let at = format!("/{}/item/{}/media", say.lang.code(), form.id);
    let all: Vec<(u64, String)> =
        form.on.iter().flat_map(|number| attachments(&room.office, *number)).collect();
    html! {
        section #media {
            h2 { (say.t("عکس و صدا", "Pictures and sound")) }
            p.hint { (say.t("نسخه‌ای پاک ساخته می‌شود، بی آنچه از سازنده و جا و دستگاه می‌گوید. چهره و صدا را خودتان ببینید و بشنوید. پیش از افزودن، نوشته را نگه دارید.", "A clean copy is made, without what it tells of its maker, place and device. Look and listen for faces and voices yourself. Keep the item before you add.")) }
            @for (record, media_type) in &all {
                form.filter-form action=(at) method="post" enctype="multipart/form-data" {
                    input type="hidden" name="record" value=(record);
                    @if media_type.starts_with("image/") { img src={ "/copy/" (record) } alt="" width="96"; }
                    label { (say.t("چه در آن است ", "What is in it ")) input name="alt" dir="auto" maxlength=(LINE) required; }
                    button { (say.t("نسخهٔ پاک را بیفزا", "Add a clean copy")) " (" (say.name(*record)) ")" }
                }
            }
            form.filter-form action=(at) method="post" enctype="multipart/form-data" {
                label { (say.t("پرونده‌ای از این رایانه ", "A file from this machine ")) input type="file" name="file" accept="image/*,audio/*,video/*" required; }
                label { (say.t("چه در آن است ", "What is in it ")) input name="alt" dir="auto" maxlength=(LINE) required; }
                button { (say.t("بیفزا", "Add")) }
            }
        }
    }
}
