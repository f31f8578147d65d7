//! An item's page.

use maud::{Markup, html};
use payamgir_wire::Hash;
use payamgir_wire::edition::{Byline, Correction, Day, Id, Item, Kind, Label, Medium, Withdrawal};
use serde::Serialize;

use super::excerpt::excerpt;
use super::file;
use super::frame::{About, Frame};
use super::shelf::{Link, Shelf, path};
use crate::block::{Body, Dir};
use crate::html::{Notes, body, heading};
use crate::letters::{self, Quotes, direction_of, endonym, tidy};
use crate::press::{Made, Press};
use crate::say::Say;
use crate::{card, markdown, messenger, plain, when};

/// Most characters of a description.
const DESCRIPTION: usize = 160;

/// All that an item's page and card are made from.
#[derive(Serialize)]
pub(crate) struct Page<'a> {
    frame: Frame<'a>,
    shown: Shown<'a>,
    edition: Link<'a>,
    day: Day,
    before: Option<Link<'a>>,
    after: Option<Link<'a>>,
}

/// All that is shown of an item, and nothing that is not.
#[derive(Clone, Serialize)]
pub(crate) struct Shown<'a> {
    pub(crate) id: Id,
    pub(crate) slug: &'a str,
    pub(crate) lang: &'a str,
    pub(crate) kind: Kind,
    pub(crate) title: &'a str,
    pub(crate) byline: &'a Byline,
    pub(crate) place: &'a str,
    pub(crate) day: Option<Day>,
    pub(crate) label: Label,
    pub(crate) body: &'a str,
    pub(crate) pulls: &'a [String],
    pub(crate) media: Vec<Seen<'a>>,
    pub(crate) corrections: Vec<(Day, &'a str)>,
    pub(crate) withdrawn: Option<(Day, &'a str)>,
    pub(crate) original: Option<Link<'a>>,
    pub(crate) versions: Vec<Link<'a>>,
    pub(crate) answers: Vec<Link<'a>>,
    pub(crate) answered: Vec<Link<'a>>,
}

/// A picture or sound as it is shown.
#[derive(Clone, Serialize)]
pub(crate) struct Seen<'a> {
    /// Where its file is; empty where that is not with the page, and only words tell of it.
    pub(crate) path: String,
    pub(crate) hash: Hash,
    pub(crate) media_type: &'a str,
    pub(crate) size: (u32, u32),
    pub(crate) alt: &'a str,
    pub(crate) caption: &'a str,
    pub(crate) credit: &'a str,
    pub(crate) transcript: &'a str,
}

impl<'a> Shown<'a> {
    /// What is shown of an item. Of one that was taken back that is its title, and why.
    pub(crate) fn of(shelf: &Shelf<'a>, id: &Id) -> Self {
        let item: &'a Item = &shelf.items[id];
        let gone = item.withdrawn.as_ref().map(|Withdrawal { day, reason }| (*day, &**reason));
        let here = gone.is_none();
        let media = item.media.iter().filter(|_| here).filter_map(Seen::of).collect();
        let correction = |Correction { day, text }: &'a Correction| (*day, &**text);
        let versions = shelf.links(&shelf.versions(id));
        Self {
            id: *id,
            slug: &item.slug.0,
            lang: &item.lang,
            kind: item.kind,
            title: &item.title,
            byline: if here { &item.byline } else { &Byline::None },
            place: if here { &item.place } else { "" },
            day: item.day.filter(|_| here),
            label: if here { item.label } else { Label::None },
            body: if here { &item.body } else { "" },
            pulls: if here { &item.pulls } else { &[] },
            media,
            corrections: item.corrections.iter().filter(|_| here).map(correction).collect(),
            withdrawn: gone,
            original: item.translates.as_ref().and_then(|of| shelf.link(of)),
            versions,
            answers: shelf.links(&item.answers),
            answered: shelf.links(shelf.answers_to(id)),
        }
    }

    /// The body, read.
    pub(crate) fn read(&self) -> Body {
        markdown::read(self.body, self.lang)
    }

    /// Speaks around it.
    pub(crate) fn say(&self) -> Say {
        Say::of(self.lang)
    }

    /// Its title as it is set.
    pub(crate) fn heading(&self) -> String {
        self.say().set(&tidy(self.title))
    }

    /// Its sounds and films.
    pub(crate) fn recordings(&self) -> impl Iterator<Item = &Seen<'a>> {
        self.media.iter().filter(|seen| seen.is_recording())
    }

    /// Whether its body has these words, however they are marked and spaced.
    pub(crate) fn has(&self, words: &str) -> bool {
        let read = self.read();
        let body: String =
            read.blocks.iter().map(|block| letters_of(&plain::bare_of(block))).collect();
        body.contains(&letters_of(words))
    }

    /// Its direction.
    pub(crate) fn dir(&self) -> &'static str {
        Dir(direction_of(self.lang)).word()
    }

    /// Place and day in one line; may be empty.
    pub(crate) fn dateline(&self) -> String {
        let day = self.day.map(|day| when::line(&day, self.say().0));
        let parts = [Some(self.place.to_owned()).filter(|place| !place.is_empty()), day];
        parts.into_iter().flatten().collect::<Vec<_>>().join(self.say().comma())
    }

    /// Its first words, or why it was taken back.
    pub(crate) fn excerpt(&self, chars: usize) -> String {
        let words = match self.withdrawn {
            Some((_, reason)) => tidy(reason),
            None => excerpt(&self.read(), chars),
        };
        self.say().set(&words)
    }
}

impl<'a> Seen<'a> {
    /// As it is shown; nothing where its kind is not published.
    pub(crate) fn of(medium: &'a Medium) -> Option<Self> {
        let Medium { hash, media_type, width, height, alt, caption, credit, transcript, .. } =
            medium;
        let path = path(medium)?;
        let size = (*width, *height);
        Some(Self { path, hash: *hash, media_type, size, alt, caption, credit, transcript })
    }

    pub(crate) fn is(&self, kind: &str) -> bool {
        self.media_type.starts_with(kind)
    }

    /// Whether there is something to be heard.
    pub(crate) fn is_recording(&self) -> bool {
        !self.is("image/")
    }

    /// What stands beneath it, or else what it is of.
    pub(crate) fn name(&self) -> &'a str {
        if self.caption.is_empty() { self.alt } else { self.caption }
    }

    /// That there is a recording, and of what.
    pub(crate) fn told(&self, say: Say) -> String {
        let what = say.recording(self.is("video/"));
        let name = tidy(self.name());
        if name.is_empty() { what.to_owned() } else { format!("{what}: {name}") }
    }

    /// The words that are heard in it, line by line.
    pub(crate) fn heard(&self) -> Vec<String> {
        let text = tidy(self.transcript);
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.map(str::to_owned).collect()
    }
}

impl<'a> Shelf<'a> {
    /// The page of an edition's item.
    pub(crate) fn page(&self, at: usize, nth: usize) -> Page<'a> {
        let (_, edition) = &self.editions[at];
        let id = &edition.items[nth];
        let shown = Shown::of(self, id);
        let path = self.path(id).unwrap_or_default();
        let others = shown.versions.iter().map(|link| (link.lang, link.path.clone())).collect();
        let reading = self.reading(at, shown.lang);
        let own = reading.iter().position(|other| other == id);
        let beside = |step: isize| {
            let at = own?.checked_add_signed(step)?;
            self.link(reading.get(at)?)
        };
        Page {
            frame: self.frame(path, &self.items[id].lang, others),
            edition: self.edition_link(at, shown.lang),
            day: edition.day,
            before: beside(-1),
            after: beside(1),
            shown,
        }
    }
}

impl Page<'_> {
    pub(crate) fn make(&self, press: &Press<'_>) -> Vec<Made> {
        let shown = &self.shown;
        let card_path = self.frame.path.replace(".html", ".png");
        let about = About {
            title: shown.title,
            description: self.description(),
            card: Some((card_path.clone(), self.card_words())),
            article: true,
        };
        let page = self.frame.page(&about, &self.main());
        let drawn = card::draw(&card::Card {
            lang: shown.lang,
            title: shown.title,
            byline: self.beneath(),
            bulletin: self.frame.title(),
            edition: self.edition.title,
        });
        let mut made = vec![(file(&self.frame.path), page), (file(&card_path), drawn)];
        let words = press.items.get(&shown.id).map(|item| messenger::whole(item, &self.link()));
        made.extend(words.map(|words| (file(&self.text_path()), words.into_bytes())));
        made
    }

    /// Where the item is in plain words.
    fn text_path(&self) -> String {
        self.frame.path.replace(".html", ".txt")
    }

    /// Where it can be read; nothing where the bulletin does not say where it is served.
    fn link(&self) -> String {
        let full = |base: &str| format!("{base}{}", self.frame.path);
        Some(self.frame.base).filter(|base| !base.is_empty()).map(full).unwrap_or_default()
    }

    fn description(&self) -> String {
        let excerpt = self.shown.excerpt(DESCRIPTION);
        match self.gone() {
            Some(word) => format!("{word}: {excerpt}"),
            None if excerpt.is_empty() => self.shown.title.to_owned(),
            None => excerpt,
        }
    }

    /// That it was taken back, where it was.
    fn gone(&self) -> Option<&'static str> {
        self.shown.withdrawn.map(|_| self.shown.say().withdrawn())
    }

    /// What a card has beneath the title: whose words, or that they were taken back.
    fn beneath(&self) -> &str {
        let byline = self.shown.say().byline(self.shown.byline);
        self.gone().or(byline).unwrap_or_default()
    }

    fn card_words(&self) -> String {
        let parts = [Some(self.shown.title), self.gone(), Some(self.frame.title())];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" – ")
    }

    fn main(&self) -> Markup {
        let (shown, say) = (&self.shown, self.frame.say());
        let to = |path: &str| self.frame.to(path);
        html! {
            (article(shown, &to, Under { prefix: "", level: 1 }, &html! {
                p.of { a href=(to(&self.edition.path)) { (self.edition.title) } " · " (when::when(&self.day, say.0).main) }
            }))
            @if self.before.is_some() || self.after.is_some() {
                nav.beside aria-label=(say.t("در همین شماره", "In this edition")) {
                    @if let Some(link) = &self.before { a.before href=(to(&link.path)) rel="prev" { small { (say.t("پیشین", "Previous")) } (titled(link)) } }
                    @if let Some(link) = &self.after { a.after href=(to(&link.path)) rel="next" { small { (say.t("پسین", "Next")) } (titled(link)) } }
                }
            }
        }
    }
}

fn titled(link: &Link<'_>) -> Markup {
    let title = Say::of(link.lang).set(link.title);
    html! { span lang=(link.lang) dir=(Dir(direction_of(link.lang)).word()) { (title) } }
}

/// Where an item stands: what keeps its ids apart, and the level of its title.
#[derive(Clone, Copy)]
pub(crate) struct Under<'a> {
    pub(crate) prefix: &'a str,
    pub(crate) level: u8,
}

/// An item as an article; `to` finds the way to other pages.
pub(crate) fn article(
    shown: &Shown<'_>,
    to: &dyn Fn(&str) -> String,
    under: Under<'_>,
    above: &Markup,
) -> Markup {
    let say = shown.say();
    let id = under.prefix.strip_suffix('-');
    html! {
        article.item id=[id] lang=(shown.lang) dir=(shown.dir()) {
            header {
                (above)
                @if let Some(kind) = say.kind(shown.kind) { p.kind { (kind) } }
                (heading(under.level, shown.dir(), &html! { (shown.heading()) }))
                @if let Some(name) = say.byline(shown.byline) { p.byline { bdi { (say.set(name)) } } }
                (dateline(shown))
                (languages(shown, to))
            }
            @match shown.withdrawn {
                Some((day, reason)) => (tombstone(say, day, reason)),
                None => (words(shown, to, under)),
            }
            (links(shown, to, under.level))
        }
    }
}

fn dateline(shown: &Shown<'_>) -> Markup {
    let say = shown.say();
    let day = shown.day.map(|day| when::when(&day, say.0));
    html! {
        @if day.is_some() || !shown.place.is_empty() {
            p.dateline {
                @if !shown.place.is_empty() { bdi { (say.set(shown.place)) } @if day.is_some() { (say.comma()) } }
                @if let Some(day) = &day {
                    @match &day.iso { Some(iso) => time datetime=(iso) { (day.main) }, None => (day.main) }
                    @if !day.other.is_empty() { " " span.other { "(" (day.other) ")" } }
                }
            }
        }
        @if let Some(label) = say.label(shown.label) { p.label data-label=(label_word(shown.label)) { (label) } }
    }
}

fn label_word(label: Label) -> &'static str {
    match label {
        Label::None => "none",
        Label::Unchecked => "unchecked",
        Label::Partly => "partly",
        Label::Confirmed => "confirmed",
    }
}

fn languages(shown: &Shown<'_>, to: &dyn Fn(&str) -> String) -> Markup {
    let say = shown.say();
    html! {
        @if let Some(original) = &shown.original {
            p.translated { (say.t("ترجمه از ", "Translated from ")) (language(original, to)) }
        }
        @let others: Vec<_> = shown.versions.iter().filter(|link| shown.original.as_ref().is_none_or(|of| of.path != link.path)).collect();
        @if !others.is_empty() {
            p.translated { (say.t("این نوشته به زبان‌های دیگر: ", "In other languages: "))
                @for (at, link) in others.into_iter().enumerate() { @if at > 0 { (say.comma()) } (language(link, to)) }
            }
        }
    }
}

fn language(link: &Link<'_>, to: &dyn Fn(&str) -> String) -> Markup {
    html! {
        a href=(to(&link.path)) hreflang=(link.lang) lang=(link.lang) dir=(Dir(direction_of(link.lang)).word()) { (endonym(link.lang)) }
    }
}

fn tombstone(say: Say, day: Day, reason: &str) -> Markup {
    html! {
        div.tombstone role="note" {
            p { strong { (say.t("این نوشته پس گرفته شد، ", "This was withdrawn on ")) (when::line(&day, say.0)) (say.t(".", ".")) } }
            p dir="auto" { (say.set(&tidy(reason))) }
        }
    }
}

fn words(shown: &Shown<'_>, to: &dyn Fn(&str) -> String, under: Under<'_>) -> Markup {
    let read = shown.read();
    let say = shown.say();
    let (pictures, others): (Vec<_>, Vec<_>) =
        shown.media.iter().partition(|medium| medium.is("image/"));
    html! {
        @for medium in others { (sound(medium, to, say)) }
        @if let Some(first) = pictures.first() { (picture(first, to, (say, false))) }
        div.words data-words="" {
            (with_pulls(shown, &read, Notes { prefix: under.prefix, lang: letters::frame(shown.lang), under: under.level }))
        }
        @for medium in pictures.iter().skip(1) { (picture(medium, to, (say, true))) }
        @if !shown.corrections.is_empty() {
            section.corrections aria-label=(say.t("تصحیح", "Corrections")) {
                (heading(under.level + 1, shown.dir(), &html! { (say.t("تصحیح", "Corrections")) }))
                @for (day, text) in &shown.corrections { p dir="auto" { strong { (when::line(day, say.0)) ": " } (say.set(&tidy(text))) } }
            }
        }
    }
}

/// The body with its pull quotes set off: each before the block its words are in. Who hears the page
/// hears them once, in the body.
fn with_pulls(shown: &Shown<'_>, read: &Body, notes: Notes<'_>) -> Markup {
    let texts: Vec<String> =
        read.blocks.iter().map(|block| letters_of(&plain::bare_of(block))).collect();
    let place = |pull: &String| {
        let here = texts.iter().position(|text| text.contains(&letters_of(pull)));
        (here.unwrap_or(0), shown.say().set(&Quotes::of(shown.lang).set(&tidy(pull))))
    };
    let places: Vec<(usize, String)> = shown.pulls.iter().map(place).collect();
    html! {
        @for (at, block) in read.blocks.iter().enumerate() {
            @for (_, pull) in places.iter().filter(|(place, _)| *place == at) {
                p.pull aria-hidden="true" dir="auto" { (pull) }
            }
            (crate::html::blocks(std::slice::from_ref(block), notes))
        }
        (body(&Body { blocks: vec![], notes: read.notes.clone() }, notes))
    }
}

/// Letters and digits alone: a quotation's marks, and how it is spaced, may differ.
fn letters_of(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn picture(medium: &Seen<'_>, to: &dyn Fn(&str) -> String, (say, later): (Say, bool)) -> Markup {
    let (width, height) = medium.size;
    let size = |side: u32| (side > 0).then_some(side);
    html! {
        figure {
            img src=(to(&medium.path)) alt=(medium.alt) width=[size(width)] height=[size(height)] loading=[later.then_some("lazy")];
            (caption(medium, say))
        }
    }
}

/// A sound or film, or what tells of it where it is not with the page; then its words, in sight where
/// there is nothing else.
fn sound(medium: &Seen<'_>, to: &dyn Fn(&str) -> String, say: Say) -> Markup {
    let (away, heard) = (medium.path.is_empty(), medium.heard());
    html! {
        div.sound {
            @if away { (told(medium, say)) } @else { (player(medium, to, say)) }
            @if !heard.is_empty() {
                details open[away] { summary { (say.t("متن آنچه شنیده می‌شود", "The words that are heard")) }
                    @for line in &heard { p dir="auto" { (say.set(line)) } }
                }
            }
        }
    }
}

fn told(medium: &Seen<'_>, say: Say) -> Markup {
    html! {
        p { strong { (say.set(&medium.told(say))) } " "
            @if !medium.credit.is_empty() { span.credit { bdi { (say.set(medium.credit)) } } " " }
            "(" (say.on_the_web()) ")"
        }
    }
}

fn player(medium: &Seen<'_>, to: &dyn Fn(&str) -> String, say: Say) -> Markup {
    let name = if medium.alt.is_empty() { say.t("صدا", "Sound") } else { medium.alt };
    html! {
        figure {
            @if medium.is("video/") { video controls preload="none" src=(to(&medium.path)) aria-label=(name) {} }
            @else { audio controls preload="none" src=(to(&medium.path)) aria-label=(name) {} }
            (caption(medium, say))
        }
    }
}

fn caption(medium: &Seen<'_>, say: Say) -> Markup {
    html! {
        @if !medium.caption.is_empty() || !medium.credit.is_empty() {
            figcaption dir="auto" { (say.set(medium.caption)) @if !medium.credit.is_empty() { " " span.credit { bdi { (say.set(medium.credit)) } } } }
        }
    }
}

fn links(shown: &Shown<'_>, to: &dyn Fn(&str) -> String, level: u8) -> Markup {
    let say = shown.say();
    let list = |head: &'static str, links: &[Link<'_>]| {
        html! {
            @if !links.is_empty() {
                section.answers aria-label=(head) {
                    (heading(level + 1, shown.dir(), &html! { (head) }))
                    ul { @for link in links { li { a href=(to(&link.path)) hreflang=(link.lang) { (titled(link)) } } } }
                }
            }
        }
    };
    html! {
        (list(say.t("این نوشته پاسخ است به", "This answers"), &shown.answers))
        (list(say.t("پاسخ مجمع به این نوشته", "The assembly’s answer"), &shown.answered))
    }
}
