//! The page that is sent most, made once: words arrived and nothing else was sent.

use super::spliced::Spliced;
use super::{Answerable, Arrival, Given, Kept, Language, Site, received};

/// No page has this character.
const MARK: &str = "\0";

/// The page without its reference.
pub struct Thanks {
    lang: &'static Language,
    page: Spliced,
}

impl Thanks {
    /// Makes the page of one language.
    pub fn new(site: &Site, lang: &'static Language) -> Self {
        let arrival = Arrival {
            text: true,
            files: vec![],
            reference: MARK.to_owned(),
            answerable: Answerable::No,
            given: Given::No,
            problem: None,
            kept: Kept::default(),
        };
        Self {
            lang,
            page: Spliced::new(&received((site, false), lang, &arrival).into_string(), MARK),
        }
    }

    /// The page that [`received`] would make of this arrival, as it is or as gzip; `None` where it says
    /// anything else.
    pub fn page(&self, arrival: &Arrival, gzip: bool) -> Option<Vec<u8>> {
        let usual = arrival.text
            && arrival.files.is_empty()
            && arrival.problem.is_none()
            && matches!(arrival.answerable, Answerable::No)
            && matches!(arrival.given, Given::No);
        let reference = self.lang.localize(&arrival.reference);
        let page = || match gzip {
            true => self.page.gzip(&[&reference]),
            false => self.page.plain(&[&reference]).into_bytes(),
        };
        usual.then(page)
    }
}
