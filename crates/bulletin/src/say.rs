//! What the frame around published words says, in Persian and English.

use payamgir_text::{Lang, digits};
use payamgir_wire::edition::{Byline, Kind, Label};

/// Speaks one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Say(pub(crate) Lang);

impl Say {
    /// Of a text in a language.
    pub(crate) fn of(lang: &str) -> Self {
        Self(crate::letters::frame(lang))
    }

    /// The one that is spoken.
    pub(crate) fn t(self, fa: &'static str, en: &'static str) -> &'static str {
        match self.0 {
            Lang::Fa => fa,
            Lang::En => en,
        }
    }

    /// A number.
    pub(crate) fn n(self, number: usize) -> String {
        digits::number(number as u64, self.0)
    }

    /// What an item is, where it is no source's words.
    pub(crate) fn kind(self, kind: Kind) -> Option<&'static str> {
        match kind {
            Kind::Words => None,
            Kind::Answer => Some(self.t("پاسخ مجمع", "The assembly answers")),
            Kind::Resolution => Some(self.t("مصوبهٔ مجمع", "Resolution of the assembly")),
        }
    }

    /// How far it was checked.
    pub(crate) fn label(self, label: Label) -> Option<&'static str> {
        match label {
            Label::None => None,
            Label::Unchecked => Some(
                self.t("تحریریه نتوانسته درستی آن را بررسی کند", "The desk could not check this"),
            ),
            Label::Partly => Some(self.t("بخشی از آن تأیید شده است", "Confirmed in part")),
            Label::Confirmed => {
                Some(self.t("تحریریه آن را تأیید کرده است", "Confirmed by the desk"))
            }
        }
    }

    /// What is said of an item that was taken back.
    pub(crate) fn withdrawn(self) -> &'static str {
        self.t("پس گرفته شد", "Withdrawn")
    }

    /// What a sound or a film is, for who has only words of it.
    pub(crate) fn recording(self, film: bool) -> &'static str {
        if film { self.t("فیلم", "Film") } else { self.t("صدا", "Recording") }
    }

    /// Where it can be heard.
    pub(crate) fn on_the_web(self) -> &'static str {
        self.t("در همین شماره روی وب", "in this edition on the web")
    }

    /// Stands between two things in a line.
    pub(crate) fn comma(self) -> &'static str {
        self.t("، ", ", ")
    }

    /// A line of the text around which this speaks: Latin in it runs its own way.
    pub(crate) fn set(self, text: &str) -> String {
        crate::runs::along(text, self.0.into())
    }

    /// Whose words they are; nothing where they are nobody's by name.
    pub(crate) fn byline(self, byline: &Byline) -> Option<&str> {
        match byline {
            Byline::None => None,
            Byline::Name(name) | Byline::Collective(name) => Some(name),
        }
    }
}
