//! What is published and what is to be.

pub(crate) mod bulletin;
pub(crate) mod edition;
pub(crate) mod item;
pub(crate) mod reading;
pub(crate) mod tell;

use maud::{Markup, html};
use payamgir_desk::office::publishing::Issue;
use payamgir_desk::work::{Id, Proposal};
use payamgir_wire::hex::Hash;

use super::frame::sheet;
use crate::handlers::Room;
use crate::handlers::publish::{Said, title};

/// How far something is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Written.
    Draft,
    /// Published as it is written.
    Published,
    /// Published, and written anew since.
    Changed,
    /// Published as withdrawn.
    Withdrawn,
}

/// All of it on one page.
pub(crate) fn overview(room: &Room) -> Markup {
    let say = room.say;
    let work = room.office.work();
    let publishing = work.publishing();
    let at = |path: &str| format!("/{}/{path}", say.lang.code());
    let issue = issue(room);
    let mut editions: Vec<_> = publishing.editions().collect();
    editions.sort_by_key(|(_, edition)| std::cmp::Reverse(edition.now().map(|now| now.made)));
    let mut items: Vec<_> = publishing.items().collect();
    items.sort_by_key(|(_, item)| std::cmp::Reverse(item.now().map(|now| now.made)));
    editions.retain(|(id, _)| !publishing.is_dropped(id));
    items.retain(|(id, _)| !publishing.is_dropped(id));
    let content = html! {
        h1 { (say.t("انتشار", "Publishing")) }
        p.lead { (say.t("پیام‌ها اینجا نوشته و شماره می‌شوند. هر شماره را به اندازهٔ آستانهٔ میز تأیید کنند، سرور نشان می‌دهد.", "Here submissions become items, and items an edition. Once as many as the desk’s threshold asks for have approved an edition, the server shows it.")) }
        p.tools {
            @if publishing.bulletin().now().is_none() {
                a.button.primary href=(at("bulletin")) { (say.t("نخست: نام و زبان‌های نشریه", "First: the bulletin’s name and languages")) } " "
            }
            a.button href=(at("item/new")) { (say.t("نوشتهٔ تازه", "New item")) } " "
            a.button href=(at("edition/new")) { (say.t("شمارهٔ تازه", "New edition")) } " "
            @if publishing.bulletin().now().is_some() { a.button href=(at("bulletin")) { (say.t("نام و زبان‌های نشریه", "The bulletin’s name and languages")) } }
        }
        (not_kept(room))
        h2 #editions { (say.t("شماره‌ها", "Editions")) }
        @if editions.is_empty() { p { (say.t("هنوز شماره‌ای نیست.", "No edition yet.")) } }
        ul.rows-plain {
            @for (id, edition) in editions {
                @if let Some(now) = edition.now() {
                    li {
                        a href=(at(&format!("edition/{id}"))) { b { bdi { (now.body.headings.first().map_or("—", |heading| &heading.title)) } } }
                        @let count = now.body.items.len() as u64;
                        span.meta { (say.number(count)) " " (say.t("نوشته", if count == 1 { "item" } else { "items" })) }
                        span.meta { (edition_state(room, id, &now.hash, issue.as_ref())) }
                    }
                }
            }
        }
        h2 #items { (say.t("نوشته‌ها", "Items")) }
        @if items.is_empty() { p { (say.t("هنوز نوشته‌ای نیست. در هر گفت‌وگو «از این، نوشته‌ای بساز» هست.", "No item yet. In each conversation there is “Make an item of this”.")) } }
        ul.rows-plain {
            @for (id, item) in items {
                @if let Some(now) = item.now() {
                    li {
                        a href=(at(&format!("item/{id}"))) lang=(now.body.lang) { bdi { (title(room, id)) } }
                        @if !now.body.byline.name().is_empty() { span.meta { bdi { (now.body.byline.name()) } } }
                        span.meta { (stage_words(room, stage(id, &now.hash, issue.as_ref(), now.body.withdrawn.is_some()))) }
                    }
                }
            }
        }
        (dropped(room))
    };
    sheet(room, (say.t("انتشار", "Publishing"), "publish"), &content)
}

/// What was typed and not kept.
fn not_kept(room: &Room) -> Markup {
    let say = room.say;
    let all = crate::handlers::publish::typed::all(room);
    html! {
        @if !all.is_empty() {
            section #typed .told aria-label=(say.t("نوشته شده و نگه داشته نشده", "Typed and not kept")) {
                p { (say.t("این‌ها نوشته شده و نگه داشته نشده‌اند؛ تنها روی همین رایانه‌اند:", "These were typed and not kept; they are on this machine only:")) }
                ul.rows-plain { @for (id, title) in &all {
                    li {
                        a href={ "/" (say.lang.code()) "/item/" (id) "?typed=yes" } { bdi { (if title.is_empty() { say.t("بی‌عنوان", "untitled") } else { title }) } } " "
                        form.inline action={ "/" (say.lang.code()) "/item/" (id) "/forget" } method="post" {
                            button { (say.t("دور بریز", "Throw it away")) }
                        }
                    }
                } }
            }
        }
    }
}

/// What was put aside, to be brought back.
fn dropped(room: &Room) -> Markup {
    let say = room.say;
    let work = room.office.work();
    let publishing = work.publishing();
    let editions = publishing.editions().filter_map(|(id, edition)| {
        let heading = edition.now()?.body.headings.first()?.title.clone();
        Some(("edition", *id, heading))
    });
    let items = publishing.items().map(|(id, _)| ("item", *id, title(room, id)));
    let mut all: Vec<_> = editions.chain(items).collect();
    all.retain(|(_, id, _)| publishing.is_dropped(id));
    html! {
        @if !all.is_empty() {
            details #aside {
                summary { (say.t("کنار گذاشته‌ها", "Put aside")) " (" (say.number(all.len() as u64)) ")" }
                ul.rows-plain { @for (kind, id, title) in &all {
                    li {
                        a href={ "/" (say.lang.code()) "/" (kind) "/" (id) } { bdi { (title) } } " "
                        (bring_back(room, (kind, id), &html! {}))
                    }
                } }
            }
        }
    }
}

/// The button by which something that is not published is put aside.
pub(crate) fn aside(room: &Room, (kind, id): (&str, &Id)) -> Markup {
    let say = room.say;
    let dropped = room.office.work().publishing().is_dropped(id);
    html! {
        @if dropped {
            div.aside-form { (bring_back(room, (kind, id), &html! { span.hint { (say.t("کنار گذاشته شده است.", "It was put aside.")) } " " })) }
        } @else if !is_out(room, id) {
            form.aside-form action={ "/" (say.lang.code()) "/" (kind) "/" (id) "/aside" } method="post" {
                button { (say.t("کنار بگذار", "Put it aside")) } " "
                span.hint { (say.t("از فهرست‌ها می‌رود و در «کنار گذاشته‌ها» می‌ماند.", "It leaves the lists and stays under “Put aside”.")) }
            }
        }
    }
}

/// The button by which it is brought back, behind what is said of it.
fn bring_back(room: &Room, (kind, id): (&str, &Id), said: &Markup) -> Markup {
    let say = room.say;
    html! {
        form.inline action={ "/" (say.lang.code()) "/" (kind) "/" (id) "/aside" } method="post" {
            (said)
            input type="hidden" name="off" value="yes";
            button { (say.t("برگردان", "Bring it back")) }
        }
    }
}

/// Whether an item or an edition is published.
pub(crate) fn is_out(room: &Room, id: &Id) -> bool {
    issue(room).is_some_and(|issue| {
        issue.items.contains_key(id) || issue.editions.iter().any(|(known, _)| known == id)
    })
}

/// All items, what was begun last first.
pub(crate) fn newest(room: &Room) -> Vec<Id> {
    let work = room.office.work();
    let begun = |item: &payamgir_desk::work::Written<_>| item.versions().first().map(|of| of.made);
    let mut all: Vec<_> =
        work.publishing().items().map(|(id, item)| (std::cmp::Reverse(begun(item)), *id)).collect();
    all.sort_unstable();
    all.into_iter().map(|(_, id)| id).collect()
}

/// What is published now.
pub(crate) fn issue(room: &Room) -> Option<Issue> {
    let published = room.office.published()?;
    Issue::at(room.office.work().publishing(), &published)
}

/// How far an item is.
pub(crate) fn stage(id: &Id, hash: &Hash, issue: Option<&Issue>, withdrawn: bool) -> Stage {
    match issue.and_then(|issue| issue.items.get(id)) {
        None => Stage::Draft,
        Some(entry) if entry.hash != *hash => Stage::Changed,
        Some(_) if withdrawn => Stage::Withdrawn,
        Some(_) => Stage::Published,
    }
}

pub(crate) fn stage_words(room: &Room, stage: Stage) -> &'static str {
    let say = room.say;
    match stage {
        Stage::Draft => say.t("پیش‌نویس", "draft"),
        Stage::Published => say.t("منتشر شده", "published"),
        Stage::Changed => say.t("پس از انتشار عوض شده", "changed since it was published"),
        Stage::Withdrawn => say.t("پس گرفته شده", "withdrawn"),
    }
}

fn edition_state(room: &Room, id: &Id, hash: &Hash, issue: Option<&Issue>) -> String {
    let say = room.say;
    let work = room.office.work();
    let open = open_proposals(room, id);
    if let Some(proposal) = open.last() {
        let (approved, needed) = room.office.approvals_of(proposal);
        return format!(
            "{} {} {} {}",
            say.t("پیشنهاد شده؛ تأیید:", "proposed; approved by"),
            say.number(approved.len() as u64),
            say.t("از", "of"),
            say.number(needed as u64)
        );
    }
    let published = issue.and_then(|issue| issue.editions.iter().find(|(known, _)| known == id));
    let written = work.publishing().of_edition(id).and_then(|edition| edition.version(hash));
    match (published, written) {
        (None, _) => say.t("پیش‌نویس", "draft").to_owned(),
        (Some((_, body)), Some(now)) if **body == *now.body => {
            say.t("منتشر شده", "published").to_owned()
        }
        _ => say.t("پس از انتشار عوض شده", "changed since it was published").to_owned(),
    }
}

/// Proposals of an edition that follow what is published and are not published themselves.
pub(crate) fn open_proposals(room: &Room, id: &Id) -> Vec<std::sync::Arc<Proposal>> {
    let mut open = room.office.open_proposals().unwrap_or_default();
    open.retain(|proposal| proposal.release.edition == *id);
    open
}

/// A field under its name.
pub(crate) fn named(words: &str, field: &Markup) -> Markup {
    html! { label { span { (words) } (field) } }
}

/// What is kept now of what somebody else wrote meanwhile, to take over from.
pub(crate) fn kept_now(room: &Room, texts: &[String]) -> Markup {
    read_only(room.say.t("آنچه اکنون نگه داشته شده است", "What is kept now"), texts)
}

/// Texts to read and to take over from.
pub(crate) fn read_only(name: &str, texts: &[String]) -> Markup {
    html! {
        details.kept-now open {
            summary { (name) }
            @for text in texts.iter().filter(|text| !text.is_empty()) {
                textarea rows=(text.lines().count().clamp(1, 10)) dir="auto" readonly aria-label=(name) { "\n" (text) }
            }
        }
    }
}

/// What is wrong, above a form.
pub(crate) fn wrong(room: &Room, said: Option<&Said>) -> Markup {
    html! {
        @if let Some(said) = said { p.flag role="alert" { (room.say.t_of(&said.fa, &said.en)) } }
    }
}
