//! An edition in one file, to be passed from hand to hand: nothing is outside it.

use maud::{Markup, html};
use payamgir_redact::{Cleared, Hidden};
use payamgir_wire::edition::{Bulletin, Day, Edition, Heading, Id, Item, Medium, Slug, Spoken};
use serde::Serialize;
use std::collections::BTreeMap;

use super::article::{Under, article};
use super::frame::{addresses, alone};
use super::shelf::{Link, Shelf};
use super::shown::Shown;
use super::{assets, file};
use crate::block::Dir;
use crate::html::{Notes, body};
use crate::letters::direction_of;
use crate::press::{Known, Made, Press, Refused, Sheet};
use crate::say::Say;
use crate::{markdown, plain, when};

/// Pictures that are larger together are left out of the file: it must still go by a messenger.
const PICTURES: usize = 8 << 20;

/// All that the file is made from.
#[derive(Serialize)]
pub(crate) struct Page<'a> {
    path: String,
    lang: &'a str,
    style: &'static str,
    spoken: &'a Spoken,
    addresses: &'a [String],
    heading: &'a Heading,
    day: Day,
    items: Vec<Shown<'a>>,
}

impl<'a> Shelf<'a> {
    /// Where an edition's one file is.
    pub(crate) fn whole_path(&self, at: usize, lang: &str) -> String {
        format!("read/{lang}/{}/whole.html", self.editions[at].1.slug)
    }

    /// An edition in one file.
    pub(crate) fn whole(&self, at: usize, lang: &'a str) -> Page<'a> {
        Page {
            path: self.whole_path(at, lang),
            lang,
            style: assets::style_path(),
            spoken: self.spoken(lang),
            addresses: &self.bulletin.addresses,
            heading: self.heading(at, lang),
            day: self.editions[at].1.day,
            items: self.reading(at, lang).iter().map(|id| Shown::of(self, id)).collect(),
        }
    }
}

impl Page<'_> {
    pub(crate) fn make(&self, press: &Press<'_>) -> Result<Vec<Made>, Refused> {
        let pictures = self.pictures(press)?;
        let title = format!("{} – {}", self.heading.title, self.spoken.title);
        let page = alone(self.lang, &title, &assets::inlined(), &self.main(&pictures));
        Ok(vec![(file(&self.path), page)])
    }

    /// Pictures as they are written into the file, by their paths, as many as fit.
    fn pictures(&self, press: &Press<'_>) -> Result<BTreeMap<&str, String>, Refused> {
        let mut all = BTreeMap::new();
        let mut size = 0;
        for shown in &self.items {
            let Some(item) = press.items.get(&shown.id) else { continue };
            for seen in shown.media.iter().filter(|seen| seen.is("image/")) {
                let of = |medium: &&Medium| medium.hash == seen.hash;
                let Some(medium) = item.media.iter().find(of) else { continue };
                let bytes = crate::press::medium(press, shown.id, medium)?;
                size += bytes.len();
                if size <= PICTURES {
                    let data = data_encoding::BASE64.encode(&bytes);
                    all.insert(&*seen.path, format!("data:{};base64,{data}", seen.media_type));
                }
            }
        }
        Ok(all)
    }

    fn main(&self, pictures: &BTreeMap<&str, String>) -> Markup {
        let say = Say::of(self.lang);
        let intro = markdown::read(&self.heading.intro, &self.heading.lang);
        html! {
            main.whole #main {
                header.cover {
                    p.now { (self.spoken.title) }
                    h1 { (say.set(&self.heading.title)) }
                    p.dateline { (when::line(&self.day, say.0)) }
                    @if !self.heading.cover.is_empty() { p.line { (say.set(&self.heading.cover)) } }
                    @if !plain::paragraphs(&intro).is_empty() {
                        div.words data-words="" { (body(&intro, Notes { prefix: "i", lang: say.0, under: 1 })) }
                    }
                }
                nav.contents aria-label=(say.t("فهرست", "Contents")) {
                    h2 { (say.t("فهرست", "Contents")) }
                    ol { @for shown in &self.items { li { (entry(shown)) } } }
                }
                @for shown in &self.items { (self.item(shown, pictures)) }
            }
            footer.colophon lang=(self.spoken.lang) dir=(Dir(direction_of(&self.spoken.lang)).word()) {
                div.inner {
                    @if !self.spoken.about.is_empty() { p { (self.spoken.about) } }
                    (addresses(say, self.addresses))
                }
            }
        }
    }

    /// An item; what it links to in this file is linked, the rest is not.
    fn item(&self, shown: &Shown<'_>, pictures: &BTreeMap<&str, String>) -> Markup {
        let mut shown = shown.clone();
        let here =
            |link: &Link<'_>| self.items.iter().any(|item| name_at(&link.path) == name(item));
        (shown.original, shown.versions) = (None, vec![]);
        shown.answers.retain(here);
        shown.answered.retain(here);
        for seen in shown.media.iter_mut().filter(|seen| seen.is_recording()) {
            seen.path.clear();
        }
        shown.media.retain(|seen| seen.is_recording() || pictures.contains_key(&*seen.path));
        let to = |path: &str| match pictures.get(path) {
            Some(data) => data.clone(),
            None => format!("#{}", name_at(path)),
        };
        let prefix = format!("{}-", name(&shown));
        article(&shown, &to, Under { prefix: &prefix, level: 2 }, &html! {})
    }
}

/// An item in the contents. The number beside it is on the list's side, whichever way the title runs.
fn entry(shown: &Shown<'_>) -> Markup {
    let say = shown.say();
    html! {
        span lang=(shown.lang) dir=(shown.dir()) {
            a href={ "#" (name(shown)) } { (shown.heading()) }
            @if !shown.byline.name().is_empty() { " " span.byline { bdi { (say.set(shown.byline.name())) } } }
            @if shown.withdrawn.is_some() { " " span.byline { "(" (say.withdrawn()) ")" } }
        }
    }
}

/// What names an item within the file.
fn name(shown: &Shown<'_>) -> String {
    format!("{}-{}", shown.lang, shown.slug)
}

/// The same by the path of its page, `read/<lang>/<edition>/<slug>.html`.
fn name_at(path: &str) -> String {
    let lang = path.split('/').nth(1).unwrap_or_default();
    let slug = path.rsplit('/').next().unwrap_or_default();
    format!("{lang}-{}", slug.trim_end_matches(".html"))
}

/// One item by itself as its page will be, for who is writing it: its style is in it, its pictures are
/// what `picture` gives for them.
pub fn preview(
    bulletin: &Cleared<Bulletin>,
    id: Id,
    item: Cleared<Item>,
    picture: &dyn Fn(&Medium) -> String,
) -> Vec<u8> {
    let media = item.media.clone();
    let page = by_itself(bulletin, id, item, &|_| None, |press| {
        let shelf = Shelf::new(press)?;
        let shown = Shown::of(&shelf, &id);
        let to = |path: &str| {
            let of = |medium: &&Medium| super::shelf::path(medium).as_deref() == Some(path);
            media.iter().find(of).map(picture).unwrap_or_default()
        };
        let words = article(&shown, &to, Under { prefix: "", level: 1 }, &html! {});
        let main = html! { main #main { (words) } };
        Ok(alone(shown.lang, shown.title, &assets::inlined(), &main))
    });
    page.unwrap_or_default()
}

/// The same as it will be on paper.
///
/// # Errors
///
/// As of [`crate::build`].
pub fn preview_paper(
    bulletin: &Cleared<Bulletin>,
    id: Id,
    item: Cleared<Item>,
    media: &(dyn Fn(&Medium) -> Option<Vec<u8>> + Sync),
) -> Result<Sheet, Refused> {
    let lang = item.lang.clone();
    by_itself(bulletin, id, item, media, |press| {
        crate::paper::sheet(press, (0, &lang), crate::paper::Form::A5)
    })
}

/// Does something with an edition of one item.
fn by_itself<T>(
    bulletin: &Cleared<Bulletin>,
    id: Id,
    item: Cleared<Item>,
    media: &(dyn Fn(&Medium) -> Option<Vec<u8>> + Sync),
    with: impl FnOnce(&Press<'_>) -> Result<T, Refused>,
) -> Result<T, Refused> {
    let heading = Heading {
        lang: item.lang.clone(),
        title: "—".into(),
        cover: String::new(),
        intro: String::new(),
    };
    let whole = item.day.filter(|day| day.day.is_some());
    let day = whole.or_else(|| Day::parse("2000-01-01").ok()).expect("a day of the calendar");
    let (slug, headings, items) = (Slug("preview".into()), vec![heading], vec![id]);
    let edition = Edition { slug, day, headings, items, paper: false };
    let edition = Hidden::default().clear(edition).expect("nothing is hidden");
    with(&Press {
        desk: payamgir_wire::hex::Hex([0; 32]),
        bulletin,
        editions: &[(id, edition)],
        items: &BTreeMap::from([(id, item)]),
        media,
        engine: None,
        known: &Known::default(),
    })
}
