//! Languages and the letters they are set in.

use payamgir_text::{Direction, Lang};

/// Codes of languages that are written from right to left.
const RTL: [&str; 17] = [
    "ar", "arc", "azb", "ckb", "dv", "fa", "glk", "he", "lrc", "mzn", "prs", "ps", "sd", "sdh",
    "ug", "ur", "yi",
];

/// The direction a language is written in.
pub fn direction_of(lang: &str) -> Direction {
    if RTL.contains(&lang) { Direction::Rtl } else { Direction::Ltr }
}

/// In which of our two languages the frame around a text speaks.
pub fn frame(lang: &str) -> Lang {
    match lang {
        "fa" => Lang::Fa,
        _ if direction_of(lang) == Direction::Rtl => Lang::Fa,
        _ => Lang::En,
    }
}

/// What languages call themselves; the code where that is not known here.
pub fn endonym(lang: &str) -> &str {
    match lang {
        "fa" => "فارسی",
        "en" => "English",
        "ar" => "العربية",
        "ckb" => "کوردیی ناوەندی",
        "ku" | "kmr" => "Kurmancî",
        "azb" => "تۆرکجه",
        "az" => "Azərbaycanca",
        "tr" => "Türkçe",
        "de" => "Deutsch",
        "fr" => "Français",
        "es" => "Español",
        "ur" => "اردو",
        "ps" => "پښتو",
        "he" => "עברית",
        "ru" => "Русский",
        other => other,
    }
}

/// A text without what could turn around its neighbours or cannot be seen: bidi embeddings,
/// overrides and isolates, and controls. A paragraph's direction is told by its block; LRM, RLM and
/// the joiners are spelling and stay.
pub fn tidy(text: &str) -> String {
    if !text.contains(|c| c == '\r' || is_unseen(c)) {
        return text.to_owned();
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars().filter(|c| !is_unseen(*c)).collect()
}

fn is_unseen(c: char) -> bool {
    let control = c.is_control() && !matches!(c, '\n' | '\t');
    control
        || matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}' | '\u{feff}' | '\u{2028}' | '\u{2029}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}')
        || matches!(c, '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e0fff}')
}

/// Quotation marks as a language writes them.
pub struct Quotes {
    marks: Option<(char, char)>,
    open: bool,
}

impl Quotes {
    /// Of a language: «these» in those of the Arabic script, “these” in English; others keep what
    /// was typed.
    pub fn of(lang: &str) -> Self {
        let marks = match direction_of(lang) {
            Direction::Rtl => Some(('«', '»')),
            Direction::Ltr if lang == "en" => Some(('“', '”')),
            Direction::Ltr => None,
        };
        Self { marks, open: false }
    }

    /// A line ends: what was opened in it is forgotten.
    pub fn rest(&mut self) {
        self.open = false;
    }

    /// Straight marks, one after the other, open and close; curly ones are those of the language.
    pub fn set(&mut self, text: &str) -> String {
        let Some((open, close)) = self.marks else { return text.to_owned() };
        let turn = |c: char, opened: &mut bool| match c {
            '"' => {
                *opened = !*opened;
                if *opened { open } else { close }
            }
            '“' | '„' => open,
            '”' => close,
            other => other,
        };
        text.chars().map(|c| turn(c, &mut self.open)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotation_marks() {
        for (lang, text, want) in [
            ("fa", "او گفت \"سلام\" و رفت", "او گفت «سلام» و رفت"),
            ("fa", "“سلام”", "«سلام»"),
            ("en", "\"so\" he said", "“so” he said"),
            ("de", "\"so\"", "\"so\""),
        ] {
            assert_eq!(Quotes::of(lang).set(text), want);
        }
    }

    #[test]
    fn nothing_turns_around_its_neighbours() {
        assert_eq!(
            tidy("a\u{202e}b\u{2067}c\u{200c}d\u{200f}\r\ne\u{0}"),
            "abc\u{200c}d\u{200f}\ne"
        );
    }
}
