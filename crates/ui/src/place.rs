//! Where in the desk an editor is: all of it stands in the address.

use payamgir_desk::office::Wanted;
use payamgir_text::lang::Lang;
use serde::{Deserialize, Serialize};

/// The query of the panes' address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Place {
    /// Which list.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) view: String,
    /// What is searched for.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) q: String,
    /// Where the list's page begins.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub(crate) from: Option<u64>,
    /// The conversation that is open.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub(crate) c: Option<u64>,
    /// Which narrow pane is in front: `details`; `off` where the details are folded away.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) details: String,
    /// `off` where the list is folded away.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) list: String,
}

/// A number, or nothing where it is none: an address typed by hand is no error.
fn lenient<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    Ok(text.and_then(|text| payamgir_text::digits::to_ascii(&text).trim().parse().ok()))
}

impl Place {
    /// The list; everything where something is searched for and no list is named.
    pub(crate) fn wanted(&self) -> Wanted {
        let default = if self.q.trim().is_empty() { Wanted::Waiting } else { Wanted::All };
        Wanted::parse(&self.view).unwrap_or(default)
    }

    /// The address.
    pub(crate) fn href(&self, lang: Lang) -> String {
        let query = serde_urlencoded::to_string(self).unwrap_or_default();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/{}/{mark}{query}", lang.code())
    }

    pub(crate) fn list(wanted: Wanted) -> Self {
        Self { view: wanted.word().to_owned(), ..Self::default() }
    }

    /// The same list without a conversation.
    pub(crate) fn closed(&self) -> Self {
        Self { c: None, details: String::new(), list: String::new(), ..self.clone() }
    }

    /// The same list with that conversation.
    pub(crate) fn with(&self, number: u64) -> Self {
        let details = if self.details == "off" { "off".to_owned() } else { String::new() };
        Self { c: Some(number), details, ..self.clone() }
    }

    pub(crate) fn details(&self, details: &str) -> Self {
        Self { details: details.to_owned(), ..self.clone() }
    }

    /// The same place, with the list folded away or not.
    pub(crate) fn with_list(&self, list: &str) -> Self {
        Self { list: list.to_owned(), ..self.clone() }
    }

    /// Under what the place in the list is remembered; says nothing of what is searched for.
    pub(crate) fn list_key(&self) -> String {
        let page = self.from.map(|from| from.to_string()).unwrap_or_default();
        let kind = if self.q.is_empty() { "" } else { "search" };
        format!("{}-{kind}-{page}", self.wanted().word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_back_and_what_is_no_number_is_nothing() {
        let place = Place {
            view: "mine".into(),
            q: "سلام & \"دو کلمه\" label:x".into(),
            from: Some(7),
            c: Some(9),
            details: "off".into(),
            list: "off".into(),
        };
        let href = place.href(Lang::Fa);
        let query = href.strip_prefix("/fa/?").unwrap();
        assert_eq!(serde_urlencoded::from_str::<Place>(query).unwrap(), place);
        let odd: Place = serde_urlencoded::from_str("c=x&from=-1&view=nowhere&more=1").unwrap();
        assert_eq!((odd.c, odd.from, odd.wanted()), (None, None, Wanted::Waiting));
        assert_eq!(serde_urlencoded::from_str::<Place>("c=%DB%B1%DB%B2").unwrap().c, Some(12));
        assert_eq!(Place::default().href(Lang::En), "/en/");
    }
}
