//! What a find is.

use payamgir_text::Lang;

/// The kinds of things that tell who or where somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum What {
    /// A telephone number, of Iran or with its country's code.
    Telephone,
    /// An address of electronic mail, also one spelled out with "at" and "dot".
    Email,
    /// An account's name after `@`.
    Handle,
    /// An address of the web, with or without its scheme.
    Link,
    /// An Iranian national code: ten digits, the last of which checks the others.
    NationalId,
    /// A bank card's number: sixteen digits by Luhn's rule.
    Card,
    /// An account's number by ISO 13616, with Iran's Sheba.
    Iban,
    /// A point on the earth.
    Coordinates,
    /// An Iranian vehicle's plate.
    Plate,
    /// A name of the desk's own list.
    Name,
}

impl What {
    /// Every kind, in the order an editor is told of them.
    pub const ALL: [What; 10] = [
        What::Telephone,
        What::Email,
        What::Handle,
        What::Link,
        What::NationalId,
        What::Card,
        What::Iban,
        What::Coordinates,
        What::Plate,
        What::Name,
    ];

    /// The kind in words for the editor.
    pub fn word(self, lang: Lang) -> &'static str {
        let (fa, en) = self.words();
        match lang {
            Lang::Fa => fa,
            Lang::En => en,
        }
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            What::Telephone => ("شمارهٔ تلفن", "telephone number"),
            What::Email => ("نشانی ایمیل", "email address"),
            What::Handle => ("نام کاربری", "account name"),
            What::Link => ("پیوند", "link"),
            What::NationalId => ("کد ملی", "national code"),
            What::Card => ("شمارهٔ کارت", "bank card"),
            What::Iban => ("شمارهٔ شبا", "bank account (IBAN)"),
            What::Coordinates => ("مختصات مکان", "coordinates"),
            What::Plate => ("پلاک خودرو", "vehicle plate"),
            What::Name => ("نام", "name"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_own_words() {
        for lang in [Lang::Fa, Lang::En] {
            let words: std::collections::BTreeSet<_> =
                What::ALL.iter().map(|what| what.word(lang)).collect();
            assert_eq!(words.len(), What::ALL.len());
            assert!(words.iter().all(|word| word.is_ascii() == (lang == Lang::En)));
        }
    }
}
