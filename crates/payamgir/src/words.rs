//! Words in both languages, together so that they are translated together.

use payamgir_text::lang::Lang;

/// One thing said in both languages.
#[derive(Clone)]
pub struct Say {
    fa: String,
    en: String,
}

impl Say {
    /// Both.
    pub fn new(fa: impl Into<String>, en: impl Into<String>) -> Self {
        Self { fa: fa.into(), en: en.into() }
    }

    /// The words in `lang`.
    pub fn in_(&self, lang: Lang) -> &str {
        match lang {
            Lang::Fa => &self.fa,
            Lang::En => &self.en,
        }
    }
}

/// Picks by language.
pub fn pick<'a>(lang: Lang, fa: &'a str, en: &'a str) -> &'a str {
    match lang {
        Lang::Fa => fa,
        Lang::En => en,
    }
}
