//! The two languages payamgir speaks, and how a person's is guessed.

use std::fmt;
use std::str::FromStr;

use crate::negotiate;

/// A language of the pages, the desk and the program's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// Persian, written right to left; what is spoken to someone of whom nothing is known.
    #[default]
    Fa,
    /// English, written left to right.
    En,
}

/// A language code other than `fa` and `en`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownLang;

impl Lang {
    /// The ISO 639-1 code, as in the `lang` attribute: `fa` or `en`.
    pub fn code(self) -> &'static str {
        match self {
            Lang::Fa => "fa",
            Lang::En => "en",
        }
    }

    /// The value of the `dir` attribute: `rtl` or `ltr`.
    pub fn dir(self) -> &'static str {
        match self {
            Lang::Fa => "rtl",
            Lang::En => "ltr",
        }
    }

    /// The language to answer an HTTP request in, from its `Accept-Language` (RFC 9110, 12.5.4).
    ///
    /// - Of Persian and English, the one with the higher weight; on a tie the one named first.
    ///   `*` stands for the one of the two that is not named. Weight 0 excludes.
    /// - A header that names neither is answered by the heaviest language it does name: those
    ///   written in the Arabic script (`ar`, `ckb`, `ps`, `ur`, ...) get Persian, others English.
    /// - Persian when the header is absent, empty, only `*`, or excludes everything.
    ///
    /// Elements that are not of the grammar are passed over. Of a header longer than 1 KiB only
    /// the elements that end within the first 1 KiB count.
    pub fn negotiate(accept_language: Option<&str>) -> Lang {
        negotiate::choose(accept_language.unwrap_or_default())
    }

    /// The language of a `LANG` or `LC_ALL` value such as `fa_IR.UTF-8`; of a colon-separated
    /// list, of its first. A language that is neither Persian nor English gets the nearer of the
    /// two by the rule of [`Lang::negotiate`].
    ///
    /// `None` when the value names no language: `C`, `C.UTF-8`, `POSIX`, empty or malformed.
    pub fn from_locale(value: &str) -> Option<Lang> {
        let primary = value.split(['_', '-', '.', '@', ':']).next()?;
        let primary = primary.to_ascii_lowercase();
        is_primary(&primary).then(|| own(&primary).unwrap_or_else(|| nearer(&primary)))
    }
}

/// Whether `tag` has the form of an ISO 639 code. `C`, `POSIX` and `*` do not.
pub(crate) fn is_primary(tag: &str) -> bool {
    matches!(tag.len(), 2..=3) && tag.bytes().all(|b| b.is_ascii_alphabetic())
}

/// The language that a lower-case ISO 639 code names, if it is one of ours.
pub(crate) fn own(primary: &str) -> Option<Lang> {
    match primary {
        "fa" | "fas" | "per" | "pes" | "prs" => Some(Lang::Fa),
        "en" | "eng" => Some(Lang::En),
        _ => None,
    }
}

/// Which of our two languages a reader of another one is likelier to read, by its script.
pub(crate) fn nearer(primary: &str) -> Lang {
    match primary {
        "ar" | "ara" | "azb" | "ckb" | "glk" | "lrc" | "mzn" => Lang::Fa,
        "ps" | "pus" | "sd" | "snd" | "ug" | "uig" | "ur" | "urd" => Lang::Fa,
        _ => Lang::En,
    }
}

impl FromStr for Lang {
    type Err = UnknownLang;

    /// Exactly `fa` or `en`.
    fn from_str(code: &str) -> Result<Lang, UnknownLang> {
        match code {
            "fa" => Ok(Lang::Fa),
            "en" => Ok(Lang::En),
            _ => Err(UnknownLang),
        }
    }
}

impl TryFrom<&str> for Lang {
    type Error = UnknownLang;

    /// Exactly `fa` or `en`.
    fn try_from(code: &str) -> Result<Lang, UnknownLang> {
        code.parse()
    }
}

impl fmt::Display for UnknownLang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the language is neither \"fa\" nor \"en\"")
    }
}

impl std::error::Error for UnknownLang {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn attributes() {
        assert_eq!((Lang::Fa.code(), Lang::Fa.dir()), ("fa", "rtl"));
        assert_eq!((Lang::En.code(), Lang::En.dir()), ("en", "ltr"));
        assert_eq!(Lang::default(), Lang::Fa);
    }

    #[test]
    fn codes() {
        for lang in [Lang::Fa, Lang::En] {
            assert_eq!(lang.code().parse(), Ok(lang));
            assert_eq!(Lang::try_from(lang.code()), Ok(lang));
        }
        for code in ["", "FA", "fa-IR", "de", " fa"] {
            assert_eq!(code.parse::<Lang>(), Err(UnknownLang), "{code}");
        }
    }

    #[test]
    fn locales() {
        let table = [
            ("fa_IR.UTF-8", Some(Lang::Fa)),
            ("fa_IR", Some(Lang::Fa)),
            ("fa", Some(Lang::Fa)),
            ("FA_ir@calendar=persian", Some(Lang::Fa)),
            ("prs_AF.UTF-8", Some(Lang::Fa)),
            ("fa:en", Some(Lang::Fa)),
            ("en_US.UTF-8", Some(Lang::En)),
            ("en_IR", Some(Lang::En)),
            ("en-GB", Some(Lang::En)),
            ("de_DE.UTF-8@euro", Some(Lang::En)),
            ("ckb_IQ", Some(Lang::Fa)),
            ("C", None),
            ("C.UTF-8", None),
            ("POSIX", None),
            ("", None),
            ("_IR", None),
            ("فارسی", None),
            ("12_34", None),
        ];
        for (value, want) in table {
            assert_eq!(Lang::from_locale(value), want, "{value}");
        }
    }

    proptest! {
        #[test]
        fn any_input_is_answered(text in crate::samples::text()) {
            let _ = Lang::from_locale(&text);
            let _ = Lang::negotiate(Some(&text));
        }
    }
}
