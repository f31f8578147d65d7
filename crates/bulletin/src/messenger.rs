//! An item in plain words for messengers, cut between paragraphs where one message is too short for
//! it.

use payamgir_redact::Cleared;
use payamgir_wire::edition::{Day, Item, Kind};

use crate::say::Say;
use crate::site::Seen;
use crate::{letters, markdown, plain, when};

/// Where words are posted, by how much one message takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Telegram: 4,096 characters.
    Telegram,
    /// Signal: 2,000 bytes before a message is folded.
    Signal,
    /// WhatsApp: 4,096 characters of text.
    WhatsApp,
    /// Instagram: a caption of 2,200 characters; direct words of 1,000 bytes.
    Instagram,
    /// A short message: 280 characters.
    Short,
}

/// How a length is counted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    /// UTF-16 code units.
    Utf16,
    Bytes,
}

impl Place {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Telegram, Self::Signal, Self::WhatsApp, Self::Instagram, Self::Short];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Telegram => "Telegram",
            Self::Signal => "Signal",
            Self::WhatsApp => "WhatsApp",
            Self::Instagram => "Instagram",
            Self::Short => "280",
        }
    }

    fn limit(self) -> (usize, Unit) {
        match self {
            Self::Telegram | Self::WhatsApp => (4_096, Unit::Utf16),
            Self::Signal => (2_000, Unit::Bytes),
            Self::Instagram => (2_200, Unit::Utf16),
            Self::Short => (280, Unit::Utf16),
        }
    }
}

/// An item as messages of a place, in order. `link` is where it can be read; it may be empty, and
/// stands in the last.
pub fn messages(item: &Cleared<Item>, place: Place, link: &str) -> Vec<String> {
    cut(&paragraphs(item, link), place)
}

/// An item in plain words, uncut: what is posted.
pub fn whole(item: &Cleared<Item>, link: &str) -> String {
    paragraphs(item, link).join("\n\n") + "\n"
}

fn paragraphs(item: &Cleared<Item>, link: &str) -> Vec<String> {
    let mut paragraphs = head(item);
    match &item.withdrawn {
        Some(gone) => {
            let say = Say::of(&item.lang);
            paragraphs.push(dated(say, say.withdrawn(), &gone.day, &gone.reason));
        }
        None => {
            paragraphs.extend(plain::paragraphs(&markdown::read(&item.body, &item.lang)));
            paragraphs.extend(corrections(item));
            paragraphs.extend(recordings(item));
        }
    }
    if !link.is_empty() {
        paragraphs.push(link.to_owned());
    }
    paragraphs
}

/// Sounds and films, of which a messenger has only words: that there is one, and what is heard in it.
fn recordings(item: &Item) -> Vec<String> {
    let say = Say::of(&item.lang);
    let of = |seen: Seen<'_>| {
        let credit = letters::tidy(seen.credit);
        let credit = if credit.is_empty() { credit } else { format!(" – {credit}") };
        let told = format!("♪ {}{credit} ({})", seen.told(say), say.on_the_web());
        [say.set(&told), seen.heard().join("\n")]
    };
    let all = item.media.iter().filter_map(Seen::of).filter(|seen| seen.is_recording());
    all.flat_map(of).filter(|text| !text.is_empty()).collect()
}

fn corrections(item: &Item) -> impl Iterator<Item = String> {
    let say = Say::of(&item.lang);
    let word = say.t("تصحیح", "Correction");
    item.corrections.iter().map(move |note| dated(say, word, &note.day, &note.text))
}

/// What happened, when, and what is said of it.
fn dated(say: Say, what: &str, day: &Day, text: &str) -> String {
    let (comma, day) = (say.comma(), when::line(day, say.0));
    say.set(&format!("{what}{comma}{day}: {}", letters::tidy(text)))
}

fn head(item: &Item) -> Vec<String> {
    let say = Say::of(&item.lang);
    let mut lines = vec![say.set(&letters::tidy(&item.title))];
    if item.kind != Kind::Words {
        lines.insert(0, say.kind(item.kind).unwrap_or_default().to_owned());
    }
    if let Some(name) = say.byline(&item.byline).filter(|_| item.withdrawn.is_none()) {
        lines.push(say.set(&letters::tidy(name)));
    }
    let place = Some(item.place.clone()).filter(|place| !place.is_empty());
    let day = item.day.map(|day| when::line(&day, say.0));
    let dateline: Vec<String> = [place, day].into_iter().flatten().collect();
    if !dateline.is_empty() && item.withdrawn.is_none() {
        lines.push(say.set(&dateline.join(say.comma())));
    }
    if let Some(label) = say.label(item.label).filter(|_| item.withdrawn.is_none()) {
        lines.push(format!("[{label}]"));
    }
    vec![lines.join("\n")]
}

/// Paragraphs in messages: as many whole ones in each as it takes; one that is longer than a message
/// is cut after a sentence, or else between words.
fn cut(paragraphs: &[String], place: Place) -> Vec<String> {
    let mut messages: Vec<String> = vec![];
    for paragraph in paragraphs.iter().map(|paragraph| paragraph.trim()) {
        let joined = messages.last().map(|last| format!("{last}\n\n{paragraph}"));
        match joined.filter(|joined| fits(joined, place)) {
            Some(joined) => *messages.last_mut().expect("it was joined to one") = joined,
            None => messages.extend(pieces(paragraph, place)),
        }
    }
    messages
}

fn pieces(paragraph: &str, place: Place) -> Vec<String> {
    let mut pieces = vec![];
    let mut rest = paragraph.trim();
    while !fits(rest, place) {
        let end = end(rest, place);
        pieces.push(rest[..end].trim_end().to_owned());
        rest = rest[end..].trim_start();
    }
    if !rest.is_empty() {
        pieces.push(rest.to_owned());
    }
    pieces
}

/// Where a text that is too long is cut.
fn end(text: &str, place: Place) -> usize {
    let (limit, unit) = place.limit();
    let mut used = 0;
    let over = text.char_indices().find(|(_, c)| {
        used += if unit == Unit::Bytes { c.len_utf8() } else { c.len_utf16() };
        used > limit
    });
    let most = over.map_or(text.len(), |(at, _)| at);
    let half = most / 2;
    let after = |marks: &[char]| {
        text[..most].rmatch_indices(marks).map(|(at, mark)| at + mark.len()).next()
    };
    let sentence = after(&['.', '؟', '?', '!', '…', '\n']).filter(|at| *at > half);
    sentence.or_else(|| after(&[' ']).filter(|at| *at > half)).unwrap_or(most).max(1)
}

fn fits(text: &str, place: Place) -> bool {
    let (limit, unit) = place.limit();
    let length = if unit == Unit::Bytes { text.len() } else { text.encode_utf16().count() };
    length <= limit
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn whole_paragraphs_stay_whole() {
        let paragraphs: Vec<String> =
            (0..9).map(|at| format!("{at} {}", "واژه ".repeat(19))).collect();
        let messages = cut(&paragraphs, Place::Short);
        let whole: Vec<&str> = paragraphs.iter().map(|paragraph| paragraph.trim()).collect();
        assert_eq!(messages.join("\n\n"), whole.join("\n\n"));
        assert!(messages.len() > 3);
    }

    proptest! {
        #[test]
        fn every_message_fits_and_no_letter_is_lost(text in "[a-zا-ی. \n🙂]{0,900}") {
            let paragraphs: Vec<String> = text.split('\n').filter(|p| !p.trim().is_empty()).map(str::to_owned).collect();
            for place in Place::ALL {
                let messages = cut(&paragraphs, place);
                prop_assert!(messages.iter().all(|message| fits(message, place) && !message.is_empty()));
                let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
                prop_assert_eq!(letters(&messages.concat()), letters(&paragraphs.concat()));
            }
        }
    }
}
