//! Where an edition is put together, proposed and approved.

use std::sync::Arc;

use maud::{Markup, html};
use payamgir_desk::work::{Id, Proposal};
use payamgir_text::Lang;
use payamgir_wire::edition::{Edition, LINE, WORDS};

use super::super::frame::sheet;
use super::{aside, kept_now, named, newest, open_proposals, stage, stage_words, wrong};
use crate::handlers::Room;
use crate::handlers::publish::edition::Form;
use crate::handlers::publish::title;

/// The form, what it will look like, who approved.
pub(crate) fn edition(room: &Room, form: &Form) -> Markup {
    let say = room.say;
    let code = say.lang.code();
    let here = format!("edition/{}", form.id);
    let at = format!("/{code}/{here}");
    let content = html! {
        h1 { (form.edition.headings.first().map_or(say.t("شمارهٔ تازه", "New edition"), |heading| &heading.title)) }
        p.tools { a href={ "/" (code) "/publish" } { (say.t("‹ انتشار", "‹ Publishing")) } }
        (wrong(room, form.wrong.as_ref()))
        @if let Some(theirs) = &form.theirs { (kept_now(room, &written(room, theirs))) }
        (proposals(room, &form.id))
        form.stack action=(at) method="post" autocomplete="off" {
            @if let Some(base) = &form.base { input type="hidden" name="base" value=(base); }
            (headings(room, form))
            fieldset.pairs {
                legend { (say.t("روز و نشانی", "Day and address")) }
                (named(say.t("روزی که بر آن است", "The day it bears"), &html! { input name="day" dir="ltr" maxlength="12" required value=(form.typed_day); }))
                (named(say.t("نشانی: حروف کوچک لاتین، رقم، خط تیره", "Address: small Latin letters, digits, hyphens"), &html! { input name="slug" dir="ltr" maxlength="60" required value=(form.edition.slug); }))
            }
            (items(room, form))
            label { input type="checkbox" name="paper" value="yes" checked[form.edition.paper] disabled[!room.office.sets_paper() && !form.edition.paper]; " " (say.t("برای کاغذ هم: چهار PDF", "For paper too: four PDFs"))
                @if !room.office.sets_paper() { " " span.hint { (say.t("(این برنامه بی ویژگی pdf ساخته شده است)", "(this program was built without the feature pdf)")) } } }
            p.tools {
                button name="do" value="keep" { (say.t("نگه‌دار", "Keep")) } " "
                button.primary name="do" value="propose" { (say.t("نگه‌دار و برای انتشار پیشنهاد کن", "Keep and propose it for publication")) }
            }
        }
        @if form.base.is_some() { (looks(room, form, &at)) (aside(room, ("edition", &form.id))) }
    };
    sheet(room, (say.t("شماره", "Edition"), &here), &content)
}

/// An edition as words: its headings, and its items in their order.
fn written(room: &Room, edition: &Edition) -> Vec<String> {
    let headings = edition.headings.iter().map(|own| {
        let lines = [&*own.title, &own.cover, &own.intro].map(str::to_owned);
        lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    });
    let items: Vec<String> = edition.items.iter().map(|id| title(room, id)).collect();
    headings.chain([items.join("\n")]).collect()
}

/// "12th congress, day 2", in the language of its field.
fn example(lang: &str) -> &'static str {
    match payamgir_bulletin::letters::frame(lang) {
        Lang::Fa => "کنگرهٔ دوازدهم، روز ۲",
        Lang::En => "12th congress, day 2",
    }
}

fn headings(room: &Room, form: &Form) -> Markup {
    let say = room.say;
    let work = room.office.work();
    let bulletin = work.publishing().bulletin().now();
    let mut langs: Vec<String> = bulletin
        .iter()
        .flat_map(|now| &now.body.spoken)
        .map(|spoken| spoken.lang.clone())
        .collect();
    if langs.is_empty() {
        langs = vec!["fa".into(), "en".into()];
    }
    html! {
        @for lang in &langs {
            @let known = form.edition.headings.iter().find(|heading| heading.lang == *lang);
            fieldset.stack {
                legend { bdi { (payamgir_bulletin::letters::endonym(lang)) } }
                input type="hidden" name="lang" value=(lang);
                label { (say.t("نام شماره ", "The edition’s name ")) input name={ "title-" (lang) } dir="auto" maxlength=(LINE) value=(known.map_or("", |own| &own.title)) placeholder=(example(lang)); }
                label { (say.t("خط روی جلد ", "Cover line ")) input name={ "cover-" (lang) } dir="auto" maxlength=(LINE) value=(known.map_or("", |own| &own.cover)); }
                label { (say.t("سرآغاز ", "Introduction ")) textarea name={ "intro-" (lang) } rows="2" dir="auto" maxlength=(WORDS) { "\n" (known.map_or("", |own| &own.intro)) } }
            }
        }
    }
}

/// Items with the numbers of their places.
fn items(room: &Room, form: &Form) -> Markup {
    let say = room.say;
    let work = room.office.work();
    let issue = super::issue(room);
    let elsewhere: Vec<Id> = work
        .publishing()
        .editions()
        .filter(|(id, _)| **id != form.id && !work.publishing().is_dropped(id))
        .filter_map(|(_, edition)| edition.now())
        .flat_map(|now| now.body.items.clone())
        .collect();
    let chosen = &form.edition.items;
    let mut all: Vec<Id> = chosen.clone();
    let free = |id: &Id| {
        let known = chosen.contains(id) || elsewhere.contains(id);
        !known && !work.publishing().is_dropped(id)
    };
    all.extend(newest(room).into_iter().filter(free));
    let unplaced = all.len() > chosen.len();
    html! {
        fieldset.stack {
            legend { (say.t("نوشته‌ها و جایشان", "Items and their places")) }
            p.hint { (say.t("کنار هر نوشته شماره‌اش را بنویسید؛ بی‌شماره در این شماره نیست. ترجمه‌ها را هم بیاورید.", "Type a number beside each item; one without a number is not in this edition. Bring translations too.")) }
            @if all.is_empty() { p { (say.t("هنوز نوشته‌ای نیست.", "No item yet.")) } }
            ol.places { @for id in &all {
                @let place = chosen.iter().position(|own| own == id).map(|at| say.name(at as u64 + 1));
                @let now = work.publishing().written(id).and_then(|item| item.now());
                li {
                    input type="hidden" name="item" value=(id);
                    input name={ "place-" (id) } inputmode="numeric" size="3" maxlength="4" value=(place.unwrap_or_default()) aria-label={ (say.t("جای ", "Place of ")) (title(room, id)) };
                    " " a href={ "/" (say.lang.code()) "/item/" (id) } { bdi { (title(room, id)) } }
                    @if let Some(now) = now { " " span.meta { (now.body.lang) " · " (stage_words(room, stage(id, &now.hash, issue.as_ref(), now.body.withdrawn.is_some()))) } }
                }
            } }
            @if unplaced { p { button name="do" value="all" { (say.t("همهٔ بی‌شماره‌ها را هم، به همین ترتیب، بیاور", "Take in those without a number too, in this order")) } } }
        }
    }
}

/// What was proposed, and whose approval is missing.
fn proposals(room: &Room, id: &Id) -> Markup {
    let say = room.say;
    let open = open_proposals(room, id);
    html! {
        @if !open.is_empty() {
            section.proposals {
                h2 { (say.t("برای انتشار پیشنهاد شده", "Proposed for publication")) }
                @for proposal in &open { (one(room, proposal)) }
            }
        }
    }
}

fn one(room: &Room, proposal: &Arc<Proposal>) -> Markup {
    let say = room.say;
    let (approved, needed) = room.office.approvals_of(proposal);
    let me = room.office.me();
    let release = proposal.release.release;
    let at = format!("/{}/proposal/{release}", say.lang.code());
    let mine = proposal.author == me || proposal.endorsed.contains(&me);
    let names: Vec<String> = approved.iter().map(|key| say.member(&room.office, key)).collect();
    html! {
        article.proposal {
            p { (say.t("پیشنهاد ", "Proposed by ")) b { bdi { (say.member(&room.office, &proposal.author)) } } " · " (say.whole_time(proposal.made)) }
            p { b { (say.t("تأیید: ", "Approved: ")) (say.number(approved.len() as u64)) (say.t(" از ", " of ")) (say.number(needed as u64)) }
                @if !names.is_empty() { " – " bdi { (names.join(say.t("، ", ", "))) } } }
            p.hint { (say.t("امضا بر سر همین بایت‌هاست: ", "The signatures are of these very bytes: ")) bdi dir="ltr" { code { (&release.to_string()[..16]) "…" } } }
            p.tools {
                a.button href={ (at) "/preview/index.html" } target="_blank" { (say.t("ببین چه منتشر می‌شود", "See what would be published")) }
                @if mine { " " span.meta { (own_approval(room, proposal, approved.contains(&me))) } }
            }
            @if proposal.author == me {
                form action={ (at) "/recall" } method="post" { button { (say.t("پیشنهاد را پس بگیر", "Take the proposal back")) } }
            }
            @if !mine {
                form action=(at) method="post" {
                    button.primary { (say.t("میزم همین را ساخت؛ تأیید می‌کنم", "Make it anew here, and approve")) }
                }
            }
        }
    }
}

/// What became of this member's own approval.
fn own_approval(room: &Room, proposal: &Proposal, counts: bool) -> &'static str {
    let say = room.say;
    let arrived = room.office.has_approved(proposal);
    match (counts, arrived) {
        (true, _) => say.t("تأیید شما داده شده است.", "Your approval is given."),
        (false, true) => say.t(
            "در این میز تأیید پیشنهاددهنده شمرده نمی‌شود.",
            "At this desk a proposer’s own approval is not counted.",
        ),
        (false, false) => {
            say.t("تأیید شما در راه سرور است.", "Your approval is on its way to the server.")
        }
    }
}

/// What it will look like, and what is made of it for the hall.
fn looks(room: &Room, form: &Form, at: &str) -> Markup {
    let say = room.say;
    html! {
        section {
            h2 { (say.t("چه می‌شود", "What comes of it")) }
            p.tools {
                a.button href={ (at) "/preview/index.html" } target="_blank" { (say.t("پیش‌نمایش سایت", "Preview of the site")) }
                @for heading in &form.edition.headings {
                    " " a.button href={ (at) "/hall?lang=" (heading.lang) } target="_blank" { (say.t("خواندن در سالن", "Read in the hall")) " (" bdi { (payamgir_bulletin::letters::endonym(&heading.lang)) } ")" }
                    " " a href={ (at) "/hall?lang=" (heading.lang) "&save=yes" } { (say.t("پروندهٔ آفلاین سالن", "offline file for the hall")) }
                    " " a href={ (at) "/subtitles?form=srt&lang=" (heading.lang) } { "SRT" }
                    " " a href={ (at) "/subtitles?form=vtt&lang=" (heading.lang) } { "WebVTT" }
                    @if room.office.sets_paper() { @for form in ["a4", "a5", "large", "light"] { " " a href={ (at) "/paper?form=" (form) "&lang=" (heading.lang) } target="_blank" { "PDF " (form) } } }
                }
            }
        }
    }
}
