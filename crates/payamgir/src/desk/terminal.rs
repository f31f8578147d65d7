//! What a plugin for hardware says to the person at the terminal, and asks.

use std::io::{BufRead, IsTerminal};

use payamgir_desk::open::{Ask, SecretString};
use payamgir_text::terminal::visible;

/// The terminal; where there is none nobody is asked.
pub struct Terminal;

impl Ask for Terminal {
    fn message(&self, text: &str) {
        eprintln!("{}", visible(text));
    }

    fn confirm(&self, text: &str, yes: &str, no: Option<&str>) -> Option<bool> {
        let no = no.map(|no| format!(" / 2: {}", visible(no))).unwrap_or_default();
        let answer = self.public(&format!("{text} (1: {}{no})", visible(yes)))?;
        Some(payamgir_text::digits::to_ascii(answer.trim()) == "1")
    }

    fn public(&self, text: &str) -> Option<String> {
        if !std::io::stdin().is_terminal() {
            return None;
        }
        eprint!("{}: ", visible(text));
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).ok()?;
        Some(line.trim_end().to_owned())
    }

    fn secret(&self, text: &str) -> Option<SecretString> {
        if !std::io::stdin().is_terminal() {
            return None;
        }
        rpassword::prompt_password(format!("{}: ", visible(text))).ok().map(SecretString::from)
    }
}
