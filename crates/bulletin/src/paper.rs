//! What paper is set from: the data of an edition for the template, which the engine sets.

use payamgir_wire::edition::{Day, Heading, Medium, Slug, Spoken};
use serde::Serialize;
use serde_json::{Value, json};

use crate::block::{Block, Dir, Inline};
use crate::letters::{direction_of, frame, tidy};
use crate::press::{Made, Press, Refused, Sheet, medium};
use crate::say::Say;
use crate::site::shelf::Shelf;
use crate::site::{Shown, file};
use crate::{markdown, when};

/// Counts changes of the template and its data.
pub(crate) const VERSION: u32 = 2;
/// Pictures that paper can show.
const PICTURES: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/// How an edition is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// A4.
    A4,
    /// A5, two of which are an A4.
    A5,
    /// Large type, to read from in a hall.
    Large,
    /// With little ink and few bytes.
    Light,
}

impl Form {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::A4, Self::A5, Self::Large, Self::Light];

    fn stem(self) -> &'static str {
        match self {
            Self::A4 => "a4",
            Self::A5 => "a5",
            Self::Large => "large",
            Self::Light => "light",
        }
    }

    fn size(self) -> &'static str {
        if self == Self::A5 { "a5" } else { "a4" }
    }

    fn look(self) -> &'static str {
        match self {
            Self::A4 | Self::A5 => "full",
            Self::Large => "large",
            Self::Light => "low-ink",
        }
    }

    pub(crate) fn name(self, say: Say) -> &'static str {
        match self {
            Self::A4 => say.t("PDF برای چاپ روی A4", "PDF to print on A4"),
            Self::A5 => say.t("PDF برای چاپ روی A5", "PDF to print on A5"),
            Self::Large => {
                say.t("PDF با حروف درشت، برای خواندن در سالن", "PDF in large type, to read out")
            }
            Self::Light => say.t("PDF کم‌جوهر و کم‌حجم", "PDF with little ink, and small"),
        }
    }
}

/// Where an edition's PDF is.
pub(crate) fn path(lang: &str, edition: &Slug, form: Form) -> String {
    format!("read/{lang}/{edition}/{}.pdf", form.stem())
}

/// All that an edition's PDF is set from.
#[derive(Serialize)]
pub(crate) struct Print<'a> {
    path: String,
    form: Form,
    lang: &'a str,
    spoken: &'a Spoken,
    addresses: &'a [String],
    heading: &'a Heading,
    day: Day,
    items: Vec<Shown<'a>>,
}

/// An edition's PDFs in a language.
pub(crate) fn prints<'a>(shelf: &Shelf<'a>, at: usize, lang: &'a str) -> Vec<Print<'a>> {
    Form::ALL.into_iter().map(|form| print(shelf, (at, lang), form)).collect()
}

fn print<'a>(shelf: &Shelf<'a>, (at, lang): (usize, &'a str), form: Form) -> Print<'a> {
    let edition = &shelf.editions[at].1;
    Print {
        path: path(lang, &edition.slug, form),
        form,
        lang,
        spoken: shelf.spoken(lang),
        addresses: &shelf.bulletin.addresses,
        heading: shelf.heading(at, lang),
        day: edition.day,
        items: shelf.reading(at, lang).iter().map(|id| Shown::of(shelf, id)).collect(),
    }
}

/// What an engine sets for an edition's PDF.
///
/// # Errors
///
/// As of [`crate::build`].
pub fn sheet(press: &Press<'_>, (at, lang): (usize, &str), form: Form) -> Result<Sheet, Refused> {
    let shelf = Shelf::new(press)?;
    let spoken = press.bulletin.spoken.iter().find(|spoken| spoken.lang == lang);
    let lang = spoken.map_or(&*press.bulletin.spoken[0].lang, |spoken| &*spoken.lang);
    print(&shelf, (at, lang), form).sheet(press)
}

impl Print<'_> {
    pub(crate) fn make(&self, press: &Press<'_>) -> Result<Vec<Made>, Refused> {
        let engine = press.engine.ok_or(Refused::NoPaper)?;
        let pdf = engine.set(&self.sheet(press)?).map_err(Refused::Paper)?;
        Ok(vec![(file(&self.path), pdf)])
    }

    fn sheet(&self, press: &Press<'_>) -> Result<Sheet, Refused> {
        let say = Say(frame(self.lang));
        let mut files = vec![];
        if self.form != Form::Light {
            for shown in &self.items {
                self.pictures(press, shown, &mut files)?;
            }
        }
        let intro = markdown::read(&self.heading.intro, self.lang).blocks;
        let data = json!({
            "lang": self.lang,
            "dir": Dir(direction_of(self.lang)).word(),
            "size": self.form.size(),
            "look": self.form.look(),
            "title": say.set(&tidy(&self.spoken.title)),
            "number": say.set(&tidy(&self.heading.title)),
            "cover": say.set(&tidy(&self.heading.cover)),
            "date": when::line(&self.day, say.0),
            "intro": intro,
            "words": {},
            "colophon": self.colophon(say),
            "items": self.items.iter().map(|shown| self.item(shown)).collect::<Vec<_>>(),
        });
        Ok(Sheet { data: data.to_string(), files })
    }

    fn pictures(
        &self,
        press: &Press<'_>,
        shown: &Shown<'_>,
        files: &mut Vec<(String, Vec<u8>)>,
    ) -> Result<(), Refused> {
        let Some(item) = press.items.get(&shown.id) else { return Ok(()) };
        for seen in shown.media.iter().filter(|seen| PICTURES.contains(&seen.media_type)) {
            let of = |medium: &&Medium| medium.hash == seen.hash;
            let Some(found) = item.media.iter().find(of) else { continue };
            if files.iter().all(|(path, _)| *path != seen.path) {
                files.push((seen.path.clone(), medium(press, shown.id, found)?));
            }
        }
        Ok(())
    }

    fn item(&self, shown: &Shown<'_>) -> Value {
        let say = shown.say();
        let line = |text: &str| say.set(&tidy(text));
        let read = shown.read();
        let picture = |seen: &&crate::site::Seen<'_>| PICTURES.contains(&seen.media_type);
        let (pictures, sounds): (Vec<_>, Vec<_>) = shown.media.iter().partition(picture);
        json!({
            "id": shown.slug,
            "lang": shown.lang,
            "dir": shown.dir(),
            "title": shown.heading(),
            "byline": line(shown.byline.name()),
            "dateline": line(&shown.dateline()),
            "kind": say.kind(shown.kind).unwrap_or_default(),
            "label": say.label(shown.label).unwrap_or_default(),
            "pulls": shown.pulls.iter().map(|pull| line(pull)).collect::<Vec<_>>(),
            "blocks": read.blocks,
            "notes": read.notes,
            "media": pictures.iter().map(|seen| json!({
                "path": if self.form == Form::Light { "" } else { &*seen.path },
                "alt": line(seen.alt), "caption": line(seen.caption), "credit": line(seen.credit),
            })).collect::<Vec<_>>(),
            "sounds": sounds.iter().map(|seen| json!({
                "caption": line(seen.name()),
                "words": seen.heard().iter().map(|text| say.set(text)).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "corrections": shown.corrections.iter().map(|(day, text)| json!({
                "date": when::line(day, say.0), "text": line(text),
            })).collect::<Vec<_>>(),
            "answers": shown.answers.iter().map(|link| line(link.title)).collect::<Vec<_>>(),
            "withdrawn": shown.withdrawn.map(|(day, reason)| format!("{} – {}", when::line(&day, say.0), line(reason))).unwrap_or_default(),
        })
    }

    /// What stands at the end: what the bulletin says about itself, and where it can be written to.
    fn colophon(&self, say: Say) -> Vec<Block> {
        let line = |text: &str| Block::Paragraph {
            dir: Dir(payamgir_text::direction::of(text).unwrap_or(direction_of(self.lang))),
            c: vec![Inline::text(tidy(text))],
        };
        let mut blocks = vec![];
        if !self.spoken.about.is_empty() {
            blocks.push(line(&self.spoken.about));
        }
        if !self.addresses.is_empty() {
            blocks.push(line(
                say.t("نشانی‌ها برای خواندن و فرستادن:", "Addresses, to read and to send:"),
            ));
            blocks.extend(self.addresses.iter().map(|address| line(address)));
        }
        blocks
    }
}
