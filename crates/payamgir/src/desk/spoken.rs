//! Bytes as words that people tell each other, and back.

use payamgir_text::lang::Lang;
use payamgir_text::terminal::isolate;
use payamgir_text::{bytewords, digits, fold};

use crate::problem::Problem;
use crate::words::Say;

/// What a person wrote, piece by piece, digits as ASCII: what stands between words does not matter.
pub fn pieces(text: &str) -> Vec<String> {
    let text = digits::to_ascii(text);
    let parts = text.split(|c: char| c.is_whitespace() || "-_.,;:،؛*/\"'«»()".contains(c));
    parts.filter(|part| !fold::word(part).is_empty()).map(str::to_owned).collect()
}

/// The words for some bytes.
pub fn words(bytes: &[u8], lang: Lang) -> String {
    let words: Vec<&str> = bytes.iter().map(|byte| bytewords::word(*byte, lang)).collect();
    words.join(" ")
}

/// The bytes of some words.
pub fn bytes(words: &[String]) -> Result<Vec<u8>, Problem> {
    let byte = |(at, word): (usize, &String)| {
        bytewords::byte(word).ok_or_else(|| unknown_word(at + 1, word))
    };
    words.iter().enumerate().map(byte).collect()
}

/// The listed words that differ from `word` by a letter or two.
fn near(word: &str) -> Vec<&'static str> {
    let asked = fold::sound(word);
    let all = [Lang::Fa, Lang::En].into_iter().flat_map(bytewords::list);
    let mut near: Vec<(usize, &str)> = all
        .map(|known| (strsim::damerau_levenshtein(&fold::sound(known), &asked), *known))
        .filter(|(distance, _)| *distance <= 2)
        .collect();
    near.sort_unstable();
    near.into_iter().map(|(_, word)| word).take(3).collect()
}

fn unknown_word(at: usize, word: &str) -> Problem {
    let shown = isolate(&payamgir_text::terminal::one_line(word, 40));
    let what = Say::new(
        format!("واژه‌ی {} در فهرست نیست: {shown}", digits::number(at as u64, Lang::Fa)),
        format!("Word {at} is not in the list: {shown}"),
    );
    let near = near(word).join("، ");
    let to_do = match near.is_empty() {
        true => Say::new("آن را دوباره بشنوید یا بخوانید.", "Hear it or read it once more."),
        false => Say::new(
            format!("شاید یکی از این‌ها: {near}"),
            format!("Perhaps one of these: {}", near.replace('،', ",")),
        ),
    };
    Problem::new(what, to_do)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_it_was_written() {
        let bytes_ = [0, 17, 255, 128];
        for lang in [Lang::Fa, Lang::En] {
            for between in [" ", " - ", "، ", ".", "\n"] {
                let written = words(&bytes_, lang).replace(' ', between);
                assert_eq!(bytes(&pieces(&written)).ok().unwrap(), bytes_);
            }
        }
        assert_eq!(pieces(" ۴۲-tiger  \u{200F} window "), ["42", "tiger", "window"]);
    }

    #[test]
    fn near_words_are_offered() {
        assert!(near("windw").contains(&"window"));
        let said = unknown_word(3, "windw\u{1b}[2J").tell(Lang::En);
        assert!(said.contains("Word 3") && !said.contains('\u{1b}'), "{said}");
    }
}
