//! What was typed in an item's form, read.

use payamgir_bulletin::letters::tidy;
use payamgir_bulletin::when;
use payamgir_desk::work::Id;
use payamgir_wire::edition::{
    Byline, Correction, Day, Flaw, Item, Kind, Label, Medium, Slug, Withdrawal,
};
use payamgir_wire::hex::Hex;

use super::item::Form;
use super::{Said, flaw, line};
use crate::handlers::deeds::Fields;

/// What was typed where days stand: it is not lost where one of them is none.
#[derive(Default)]
pub(crate) struct Typed {
    pub(crate) day: String,
    /// A line each: the day, a colon, what was wrong.
    pub(crate) corrections: String,
    /// Whether it is withdrawn.
    pub(crate) gone: bool,
    pub(crate) gone_day: String,
    pub(crate) reason: String,
}

impl Typed {
    /// As an item has it.
    pub(super) fn of(item: &Item) -> Self {
        let line = |Correction { day, text }: &Correction| format!("{day}: {text}");
        let lines: Vec<String> = item.corrections.iter().map(line).collect();
        let gone = item.withdrawn.as_ref();
        Self {
            day: item.day.map(|day| day.to_string()).unwrap_or_default(),
            corrections: lines.join("\n"),
            gone: gone.is_some(),
            gone_day: gone.map(|gone| gone.day.to_string()).unwrap_or_default(),
            reason: gone.map(|gone| gone.reason.clone()).unwrap_or_default(),
        }
    }

    fn read(fields: &Fields) -> Self {
        Self {
            day: fields.words("day"),
            corrections: tidy(&fields.words("corrections")),
            gone: fields.get("withdrawn") == "yes",
            gone_day: fields.words("withdrawn-day"),
            reason: line(fields, "reason"),
        }
    }
}

/// An item as its form was filled in.
pub(crate) fn filled(id: Id, fields: &Fields) -> Form {
    let ids =
        |name: &str| -> Vec<Id> { fields.all(name).filter_map(|id| Id::parse(id).ok()).collect() };
    let mut days = Days::default();
    let typed = Typed::read(fields);
    let own_day = days.read(&typed.day);
    let gone = typed.gone.then(|| days.needed(&typed.gone_day)).flatten();
    let withdrawn = gone.map(|day| Withdrawal { day, reason: typed.reason.clone() });
    let corrections = corrections(&typed.corrections, &mut days);
    let item = Item {
        slug: Slug::from_text(fields.get("slug")),
        lang: fields.words("lang"),
        kind: kind(fields.get("kind")),
        title: line(fields, "title"),
        pulls: lines(fields.get("pulls")),
        body: fields.words("body"),
        byline: byline(fields.get("by"), line(fields, "byline")),
        place: line(fields, "place"),
        day: own_day,
        label: label(fields.get("label")),
        translates: ids("translates").first().copied(),
        answers: ids("answers"),
        media: media(fields),
        corrections,
        withdrawn,
    };
    let wrong = days.wrong.or_else(|| item.check().err()).map(flaw);
    let wrong = wrong.or_else(|| not_pulled(&item));
    Form {
        id,
        on: fields.all("on").filter_map(|number| number.parse().ok()).collect(),
        base: Hex::parse(fields.get("base")).ok(),
        item,
        typed,
        wrong,
        theirs: None,
    }
}

/// Days as they are typed.
#[derive(Default)]
struct Days {
    /// That one of them is none.
    wrong: Option<Flaw>,
}

impl Days {
    /// A day, where one was typed.
    fn read(&mut self, text: &str) -> Option<Day> {
        if text.trim().is_empty() { None } else { self.needed(text) }
    }

    fn needed(&mut self, text: &str) -> Option<Day> {
        let day = Day::parse(text).ok().filter(when::exists);
        self.wrong = self.wrong.or(day.is_none().then_some(Flaw::Day));
        day
    }
}

/// A line each: a day, a colon, what was wrong.
fn corrections(text: &str, days: &mut Days) -> Vec<Correction> {
    let mut all = vec![];
    for line in lines(text) {
        let (day, text) = line.split_once(':').unwrap_or(("", &line));
        if let Some(day) = days.needed(day) {
            all.push(Correction { day, text: text.trim().to_owned() });
        }
    }
    all
}

/// A pull quote that the text does not have.
fn not_pulled(item: &Item) -> Option<Said> {
    let pull = item.pulls.iter().find(|pull| !has_words(&item.body, pull))?;
    Some(Said::new(
        format!("این نقل برجسته در متن نیست: «{pull}»"),
        format!("The text does not have this pull quote: “{pull}”"),
    ))
}

/// Whether a text has those words, however they are spaced and marked.
fn has_words(body: &str, words: &str) -> bool {
    let plain = |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect() };
    plain(body).contains(&plain(words))
}

fn lines(text: &str) -> Vec<String> {
    tidy(text).lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn kind(word: &str) -> Kind {
    match word {
        "answer" => Kind::Answer,
        "resolution" => Kind::Resolution,
        _ => Kind::Words,
    }
}

fn label(word: &str) -> Label {
    match word {
        "unchecked" => Label::Unchecked,
        "partly" => Label::Partly,
        "confirmed" => Label::Confirmed,
        _ => Label::None,
    }
}

fn byline(kind: &str, name: String) -> Byline {
    match kind {
        _ if name.is_empty() => Byline::None,
        "name" => Byline::Name(name),
        "collective" => Byline::Collective(name),
        _ => Byline::None,
    }
}

/// Pictures and sounds: what the form says of each, without those that are taken out.
fn media(fields: &Fields) -> Vec<Medium> {
    let number = |text: &str| text.parse().unwrap_or(0);
    let one = |record: &str| {
        let of = |name: &str| fields.words(&format!("medium-{record}-{name}"));
        if fields.get(&format!("medium-{record}-drop")) == "yes" {
            return None;
        }
        Some(Medium {
            record: record.parse().ok()?,
            hash: Hex::parse(&of("hash")).ok()?,
            media_type: of("type"),
            width: number(&of("width")) as u32,
            height: number(&of("height")) as u32,
            alt: tidy(&of("alt")),
            caption: tidy(&of("caption")),
            credit: tidy(&of("credit")),
            transcript: of("transcript"),
        })
    };
    fields.all("medium").filter_map(one).collect()
}
