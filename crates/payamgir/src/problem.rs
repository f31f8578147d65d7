//! A failure with two faces: for the person what happened and what to do, in both languages;
//! for the operator the chain of causes.

use std::error::Error;
use std::fmt::Write;

use payamgir_text::lang::Lang;

use crate::words::Say;

/// The exit code for damaged data and logs that contradict themselves.
pub const DAMAGED: u8 = 3;

/// A failure.
pub struct Problem {
    what: Say,
    to_do: Say,
    cause: Option<Box<dyn Error + Send + Sync>>,
    code: u8,
}

impl Problem {
    /// A failure with exit code 1.
    pub fn new(what: Say, to_do: Say) -> Self {
        Self { what, to_do, cause: None, code: 1 }
    }

    /// With what caused it.
    pub fn because(mut self, cause: impl Error + Send + Sync + 'static) -> Self {
        self.cause = Some(Box::new(cause));
        self
    }

    /// With another exit code.
    pub fn exits(mut self, code: u8) -> Self {
        self.code = code;
        self
    }

    /// Standard output could not be written.
    pub fn output(error: std::io::Error) -> Self {
        let what = Say::new("خروجی نوشته نشد.", "The output could not be written.");
        let to_do = Say::new("جای خالی دیسک را ببینید.", "Look at the free space on the disk.");
        Self::new(what, to_do).because(error)
    }

    /// What happened, and what to do.
    #[cfg(feature = "desk")]
    pub fn faces(&self) -> (&Say, &Say) {
        (&self.what, &self.to_do)
    }

    /// The exit code.
    pub fn code(&self) -> u8 {
        self.code
    }

    /// The words, ending in a line end.
    pub fn tell(&self, lang: Lang) -> String {
        let mut text = format!("payamgir: {}\n  {}\n", self.what.in_(lang), self.to_do.in_(lang));
        let mut cause = self.cause.as_deref().map(|cause| cause as &dyn Error);
        while let Some(error) = cause {
            let _ = writeln!(text, "  [{error}]");
            cause = error.source();
        }
        text
    }
}
