//! The first words of a body, in one line, as lists and previews show them.

use crate::block::{Block, Body, Line, words};

/// What parts a block from the next.
const PART: &str = " ";
/// What parts a heading from the words beneath it.
const BENEATH: &str = " — ";
/// What parts hemistichs, and bayts.
const HALF: &str = " / ";

/// The first words of a body, at most so many characters, cut between words.
pub(crate) fn excerpt(body: &Body, chars: usize) -> String {
    let mut pieces = vec![];
    body.blocks.iter().for_each(|block| gather(block, &mut pieces));
    let (mut out, mut between) = (String::new(), "");
    for (piece, after) in &pieces {
        out.push_str(between);
        out.push_str(piece);
        if out.chars().count() > chars {
            return cut(&out, chars);
        }
        between = *after;
    }
    out
}

/// Words of a block, each with what parts it from what follows.
fn gather(block: &Block, out: &mut Vec<(String, &'static str)>) {
    let line = |words: String| words.replace('\n', " ");
    match block {
        Block::Paragraph { c, .. } => out.push((line(words(c)), PART)),
        Block::Heading { c, .. } => {
            let words = line(words(c));
            let ended = words.ends_with(['.', ':', '!', '?', '؟', '…', '؛']);
            out.push((words, if ended { PART } else { BENEATH }));
        }
        Block::Quote { c } => c.iter().for_each(|block| gather(block, out)),
        Block::Poem { c } => out.push((poem(c), PART)),
        Block::List { c, .. } => c.iter().flatten().for_each(|block| gather(block, out)),
        Block::Rule => {}
    }
}

fn poem(lines: &[Line]) -> String {
    let halves = lines.iter().flat_map(|line| match line {
        Line::Bayt { a, b } => [&**a, &**b],
        Line::Gap { .. } => ["", ""],
    });
    halves.filter(|half| !half.is_empty()).collect::<Vec<_>>().join(HALF)
}

fn cut(text: &str, chars: usize) -> String {
    let end = text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at);
    let end = text[..end].rfind(' ').filter(|at| *at > 0).unwrap_or(end);
    let marks = ['،', ',', '؛', ';', '.', ':', '/', '—', ' '];
    format!("{}…", text[..end].trim_end_matches(marks))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown;

    #[test]
    fn what_was_parted_stays_parted() {
        let of = |text: &str, chars| excerpt(&markdown::read(text, "fa"), chars);
        let poem = "```شعر\nالف / ب\nپ / ت\n\nث\n```\n\nپایان";
        assert_eq!(of(poem, 99), "الف / ب / پ / ت / ث پایان");
        assert_eq!(of("# سر\n\nمتن  \nدوم\n\n# چرا؟\n\nزیرا", 99), "سر — متن دوم چرا؟ زیرا");
        assert_eq!(of("# سر", 99), "سر");
        let noted = "یک[^b] دو[^a] سه[^b].\n\n[^a]: الف\n[^b]: ب **بزرگ**\n[^c]: نه";
        assert_eq!(of(noted, 40), "یک دو سه.");
        assert_eq!(of(poem, 10), "الف / ب…");
        assert_eq!(of("# سر\n\nمتن بلند", 5), "سر…");
    }
}
