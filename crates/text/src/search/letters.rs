//! What each character is to a search, and the one form a letter has there.

use std::sync::LazyLock;

use unicode_bidi::{BidiClass, bidi_class};

use crate::chars::{is_bidi_control, is_hidden};
use crate::digits::ascii;

/// What a character is to a search.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub(super) enum Class {
    /// Part of a word, in its folded form.
    Letter(char),
    /// Part of a word and of a number, in ASCII where it has such a form.
    Digit(char),
    /// Part of a word that folds to several letters: see [`expansion`].
    Many,
    /// A word by itself: an emoji, or a character of a script written without spaces.
    Solo(char),
    /// Belongs to the character before it and is not compared.
    Mark,
    /// Not seen; neither part of a word nor an end of one.
    Hidden,
    /// Stands between the pieces of one word.
    Zwnj,
    /// Joins when it stands alone between two pieces.
    Hyphen,
    /// Joins when it stands alone between two groups of digits: thousands.
    Comma,
    /// Joins when it stands alone between groups of digits as long as a telephone number.
    Space,
    /// Ends a word.
    Gap,
}

/// The characters whose class is looked up instead of found: those of nearly all text.
const COMMON: usize = 0x2100;

static TABLE: LazyLock<Vec<Class>> = LazyLock::new(|| {
    let class = |code: u32| char::from_u32(code).map_or(Class::Gap, find);
    (0..).take(COMMON).map(class).collect()
});

/// The Arabic presentation forms from U+FB50 on, each as folded letters; `-` has none.
static FORMS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| include_str!("forms.txt").split_whitespace().collect());

/// The first character of [`FORMS`].
const FIRST_FORM: u32 = 0xFB50;

/// Letters without their marks, from U+00C0, U+0100 and U+1E00 on; `.` has no single one.
const LATIN: &[(u32, &str)] = &[
    (0xC0, "aaaaaa.ceeeeiiiidnooooo.ouuuuy..aaaaaa.ceeeeiiiidnooooo.ouuuuy.y"),
    (0x100, "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkkklllllll"),
    (0x140, "lllnnnnnnnnnoooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs"),
    (0x1E00, "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm"),
    (0x1E40, "mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv"),
    (0x1E80, "wwwwwwwwwwxxxxyyzzzzzzhtwy......aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee"),
    (0x1EC0, "eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......"),
];

/// The classes of characters, found once.
#[derive(Clone, Copy)]
pub(super) struct Classes(&'static [Class]);

impl Classes {
    /// The table; the first call makes it.
    pub(super) fn get() -> Self {
        Self(&TABLE)
    }

    /// What `c` is.
    #[inline]
    pub(super) fn of(self, c: char) -> Class {
        match self.0.get(c as usize) {
            Some(class) => *class,
            None => find(c),
        }
    }
}

/// Folds one character onto the end of `out`; what is no part of a word adds nothing.
pub(super) fn push_folded(classes: Classes, c: char, out: &mut String) {
    match classes.of(c) {
        Class::Letter(letter) | Class::Digit(letter) | Class::Solo(letter) => out.push(letter),
        Class::Many => out.push_str(expansion(c)),
        _ => {}
    }
}

/// The folded letters of a character of several, empty for all others.
pub(super) fn expansion(c: char) -> &'static str {
    match c {
        'ß' | 'ẞ' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'þ' | 'Þ' => "th",
        'ĳ' | 'Ĳ' => "ij",
        'ﬀ' => "ff",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'ﬃ' => "ffi",
        'ﬄ' => "ffl",
        'ﬅ' | 'ﬆ' => "st",
        _ => form(c).unwrap_or(""),
    }
}

/// The letters of a presentation form.
fn form(c: char) -> Option<&'static str> {
    let at = u32::from(c).checked_sub(FIRST_FORM)?;
    let letters = FORMS.get(usize::try_from(at).ok()?)?;
    (*letters != "-").then_some(*letters)
}

fn find(c: char) -> Class {
    let special = joining(c).or_else(|| unseen(c)).or_else(|| digit(c));
    let special = special.or_else(|| solo(c)).or_else(|| arabic(c)).or_else(|| latin(c));
    special.unwrap_or_else(|| other(c))
}

fn joining(c: char) -> Option<Class> {
    match c {
        // U+200B is typed for ZWNJ by some keyboards, and ¬ stands for it in texts that came
        // through old word processors.
        '\u{200B}' | '\u{200C}' | '¬' => Some(Class::Zwnj),
        '-' | '_' | '\'' | '’' | 'ʼ' | '\u{2010}'..='\u{2013}' | '−' => Some(Class::Hyphen),
        ',' | '٬' => Some(Class::Comma),
        ' ' | '.' | '\u{A0}' | '\u{202F}' => Some(Class::Space),
        _ => None,
    }
}

fn unseen(c: char) -> Option<Class> {
    match c {
        '\u{AD}' | '\u{200D}' | '\u{2060}' | '\u{FEFF}' => Some(Class::Hidden),
        // Vowel marks, small letters of the Quran, tatweel, and hamza by itself, which Persian
        // writes or leaves out at will.
        'ء' | '\u{640}' | '\u{674}' | '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{65F}' => {
            Some(Class::Mark)
        }
        '\u{670}' | '\u{6D6}'..='\u{6DC}' | '\u{6DF}'..='\u{6E8}' | '\u{6EA}'..='\u{6ED}' => {
            Some(Class::Mark)
        }
        '\u{8CA}'..='\u{8FF}' | '\u{300}'..='\u{36F}' | '\u{591}'..='\u{5BD}' => Some(Class::Mark),
        '\u{5BF}' | '\u{5C1}' | '\u{5C2}' | '\u{5C4}' | '\u{5C5}' | '\u{5C7}' => Some(Class::Mark),
        '\u{FE00}'..='\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}' => Some(Class::Mark),
        _ if is_bidi_control(c) || is_hidden(c) => Some(Class::Hidden),
        _ => None,
    }
}

fn digit(c: char) -> Option<Class> {
    let digit = match c {
        '\u{FF10}'..='\u{FF19}' => char::from_digit(u32::from(c) - 0xFF10, 10)?,
        _ => ascii(c),
    };
    digit.is_ascii_digit().then_some(Class::Digit(digit))
}

fn solo(c: char) -> Option<Class> {
    let alone = match c {
        '\u{231A}' | '\u{231B}' | '\u{23E9}'..='\u{23FA}' => true,
        '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}' => {
            !c.is_alphanumeric()
        }
        '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}' | '\u{3400}'..='\u{4DBF}' => true,
        '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}' => {
            c.is_alphanumeric()
        }
        _ => false,
    };
    alone.then_some(Class::Solo(c))
}

fn arabic(c: char) -> Option<Class> {
    let letter = match c {
        'ی' | 'ي' | 'ى' | 'ئ' | 'ے' | 'ۓ' | 'ۍ' | 'ې' => 'ی',
        'ک' | 'ك' | 'ڪ' => 'ک',
        'ه' | 'ۀ' | 'ة' | 'ە' | 'ہ' | 'ۂ' | 'ۃ' | 'ھ' => 'ه',
        'ا' | 'آ' | 'أ' | 'إ' | 'ٱ' | 'ٲ' | 'ٳ' => 'ا',
        'ؤ' => 'و',
        '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' => return presented(c),
        _ => return None,
    };
    Some(Class::Letter(letter))
}

/// A presentation form: its letter, or several; a vowel mark or hamza by itself has none.
fn presented(c: char) -> Option<Class> {
    let Some(letters) = form(c) else {
        return c.is_alphabetic().then_some(Class::Mark);
    };
    Some(single(letters).map_or(Class::Many, Class::Letter))
}

fn latin(c: char) -> Option<Class> {
    if !c.is_alphabetic() {
        return None;
    }
    let code = match u32::from(c) {
        0x212B => 0xC5,
        wide @ (0xFF21..=0xFF3A | 0xFF41..=0xFF5A) => wide - 0xFEE0,
        code => code,
    };
    let row = |(first, row): &(u32, &'static str)| {
        let at = usize::try_from(code.checked_sub(*first)?).ok()?;
        row.as_bytes().get(at).copied()
    };
    match LATIN.iter().find_map(row) {
        Some(b'.') | None if !expansion(c).is_empty() => Some(Class::Many),
        Some(b'.') | None => char::from_u32(code).filter(char::is_ascii).map(lower),
        Some(letter) => Some(Class::Letter(char::from(letter))),
    }
}

fn lower(c: char) -> Class {
    Class::Letter(c.to_ascii_lowercase())
}

/// Letters and digits of all other scripts, in lower case; marks that are not letters; the rest.
fn other(c: char) -> Class {
    match c {
        'ς' => Class::Letter('σ'),
        _ if c.is_alphanumeric() => Class::Letter(c.to_lowercase().next().unwrap_or(c)),
        _ if bidi_class(c) == BidiClass::NSM => Class::Mark,
        _ => Class::Gap,
    }
}

/// The only character of `text`.
fn single(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_folded_stays_so() {
        let classes = Classes::get();
        for c in '\0'..=char::MAX {
            let (mut once, mut twice) = (String::new(), String::new());
            push_folded(classes, c, &mut once);
            once.chars().for_each(|c| push_folded(classes, c, &mut twice));
            assert_eq!(once, twice, "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn tables_are_whole() {
        assert_eq!(FORMS.len(), 0xFF00 - 0xFB50);
        assert!(LATIN.iter().all(|(_, row)| row.len() == 64));
    }

    #[test]
    fn classes() {
        let table = [
            ('A', Class::Letter('a')),
            ('Ü', Class::Letter('u')),
            ('Ａ', Class::Letter('a')),
            ('ß', Class::Many),
            ('ﻻ', Class::Many),
            ('ﺓ', Class::Letter('ه')),
            ('٣', Class::Digit('3')),
            ('３', Class::Digit('3')),
            ('漢', Class::Solo('漢')),
            ('😀', Class::Solo('😀')),
            ('\u{FE0F}', Class::Mark),
            ('\u{200F}', Class::Hidden),
            ('\u{200C}', Class::Zwnj),
            ('،', Class::Gap),
            ('Я', Class::Letter('я')),
            ('ﹰ', Class::Mark),
        ];
        for (c, want) in table {
            assert_eq!(Classes::get().of(c), want, "{c:?}");
        }
    }
}
