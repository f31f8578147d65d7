//! Bidi embeddings, overrides and isolates made to end where their paragraph does.

/// Pop directional formatting: closes U+202A, B, D, E.
const PDF: char = '\u{202C}';

/// Pop directional isolate: closes U+2066 to U+2068.
const PDI: char = '\u{2069}';

/// The closers still owed, innermost last. `isolates` counts the PDIs among them, so that a stray
/// PDI is known without a search.
#[derive(Default)]
struct Owed {
    closers: Vec<char>,
    isolates: usize,
}

/// `text` with every bidi opener closed within its paragraph and every closer that closes nothing
/// left out. Paragraphs end at LF. Text that is balanced already is returned as it is.
pub(crate) fn balanced(text: &str) -> String {
    let mut owed = Owed::default();
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        owed.take(c, &mut out);
    }
    owed.close_all(&mut out);
    out
}

impl Owed {
    /// Writes one character, with the closers that must come before it.
    fn take(&mut self, c: char, out: &mut String) {
        match c {
            PDF => return self.close_embedding(out),
            PDI => return self.close_isolate(out),
            '\n' => self.close_all(out),
            '\u{202A}' | '\u{202B}' | '\u{202D}' | '\u{202E}' => self.closers.push(PDF),
            '\u{2066}'..='\u{2068}' => {
                self.closers.push(PDI);
                self.isolates += 1;
            }
            _ => {}
        }
        out.push(c);
    }

    /// A PDF closes an embedding or override only if nothing was opened inside it (UAX #9, X7).
    fn close_embedding(&mut self, out: &mut String) {
        if self.closers.last() == Some(&PDF) {
            self.closers.pop();
            out.push(PDF);
        }
    }

    /// A PDI closes the innermost isolate and whatever was opened inside it (UAX #9, X6a).
    fn close_isolate(&mut self, out: &mut String) {
        if self.isolates == 0 {
            return;
        }
        self.isolates -= 1;
        while let Some(closer) = self.closers.pop() {
            out.push(closer);
            if closer == PDI {
                return;
            }
        }
    }

    /// Closes everything.
    fn close_all(&mut self, out: &mut String) {
        out.extend(self.closers.drain(..).rev());
        self.isolates = 0;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn balancing() {
        let table = [
            ("", ""),
            ("plain\nسلام", "plain\nسلام"),
            ("\u{202E}abc", "\u{202E}abc\u{202C}"),
            ("\u{202E}a\nb", "\u{202E}a\u{202C}\nb"),
            ("\u{202A}a\u{202C}b", "\u{202A}a\u{202C}b"),
            ("a\u{202C}b\u{2069}c", "abc"),
            ("\u{2067}a\u{2069}\u{2069}", "\u{2067}a\u{2069}"),
            ("\u{2068}\u{202B}a", "\u{2068}\u{202B}a\u{202C}\u{2069}"),
            ("\u{2068}\u{202B}a\u{2069}b", "\u{2068}\u{202B}a\u{202C}\u{2069}b"),
            ("\u{202B}\u{2068}a\u{202C}b", "\u{202B}\u{2068}ab\u{2069}\u{202C}"),
            ("\u{202B}a\u{2069}b", "\u{202B}ab\u{202C}"),
            ("\u{2066}\u{2069}\u{202B}a\u{2069}b", "\u{2066}\u{2069}\u{202B}ab\u{202C}"),
            ("\u{2066}a\n\u{2069}b", "\u{2066}a\u{2069}\nb"),
            ("\u{200F}a\u{200E}\u{61C}", "\u{200F}a\u{200E}\u{61C}"),
        ];
        for (text, want) in table {
            assert_eq!(balanced(text), want, "{text:?}");
        }
    }

    #[test]
    fn many_openers_and_closers_take_linear_time() {
        let text = "\u{202E}".repeat(200_000) + &"\u{2069}".repeat(200_000);
        let want = "\u{202E}".repeat(200_000) + &"\u{202C}".repeat(200_000);
        assert_eq!(balanced(&text), want);
    }

    proptest! {
        #[test]
        fn balanced_text_is_left_alone(text in crate::samples::text()) {
            let once = balanced(&text);
            prop_assert_eq!(&balanced(&once), &once);
        }

        #[test]
        fn every_paragraph_opens_as_often_as_it_closes(text in crate::samples::text()) {
            for line in balanced(&text).split('\n') {
                let count = |set: &[char]| line.matches(set).count();
                let embeddings = count(&['\u{202A}', '\u{202B}', '\u{202D}', '\u{202E}']);
                let isolates = count(&['\u{2066}', '\u{2067}', '\u{2068}']);
                prop_assert_eq!(embeddings, count(&[PDF]));
                prop_assert_eq!(isolates, count(&[PDI]));
            }
        }

        #[test]
        fn nothing_else_changes(text in crate::samples::text()) {
            let bare = |text: &str| {
                let directed = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
                text.replace(directed, "")
            };
            prop_assert_eq!(bare(&balanced(&text)), bare(&text));
        }
    }
}
