//! The page that is sent most, made once: words arrived and nothing else was sent.

use super::{Answerable, Language, Receipt, Site, received};

/// No page has this character.
const MARK: char = '\0';

/// What stands before the reference and after it.
pub struct Thanks {
    lang: &'static Language,
    before: String,
    after: String,
}

impl Thanks {
    /// Makes the page of one language.
    pub fn new(site: &Site, lang: &'static Language) -> Self {
        let receipt = Receipt {
            text: true,
            files: vec![],
            reference: MARK.to_string(),
            answerable: Answerable::No,
            problem: None,
            continues: None,
        };
        let page = received(site, lang, &receipt).into_string();
        let (before, after) = page.split_once(MARK).expect("the page shows its reference");
        Self { lang, before: before.to_owned(), after: after.to_owned() }
    }

    /// The page that [`received`] would make of this receipt; `None` where it says anything else.
    pub fn page(&self, receipt: &Receipt) -> Option<String> {
        let plain = receipt.text && receipt.files.is_empty() && receipt.problem.is_none();
        let plain = plain && matches!(receipt.answerable, Answerable::No);
        let reference = || self.lang.localize(&receipt.reference);
        plain.then(|| [&*self.before, &*reference(), &*self.after].concat())
    }
}
