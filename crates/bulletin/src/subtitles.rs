//! Subtitles of what is read out, for who broadcasts it: SubRip and WebVTT. Times are those of a
//! reader at an even pace; who subtitles a recording moves them.

use crate::block::Body;
use crate::letters::tidy;
use crate::plain;

/// Most characters of a line; a cue has at most two.
const LINE: usize = 40;
const LINES: usize = 2;
/// The least time a cue is seen, in milliseconds.
const LEAST: u64 = 1_200;
/// In how many milliseconds an eye reads a character: a cue of few long words is seen for as long.
const GLANCE: u64 = 50;
/// Silence after a paragraph, in milliseconds.
const PAUSE: u64 = 700;

/// One cue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cue {
    /// When it appears, in milliseconds.
    pub start: u64,
    /// When it goes.
    pub end: u64,
    /// One line or two.
    pub text: String,
}

/// Cues of a title and a body, read at so many words a minute.
pub fn cues(title: &str, body: &Body, words_a_minute: u32) -> Vec<Cue> {
    let pace = 60_000 / u64::from(words_a_minute.clamp(40, 400));
    let mut cues = vec![];
    let mut now = 0;
    let bare = Body { blocks: crate::block::without_notes(&body.blocks), notes: vec![] };
    let paragraphs = plain::paragraphs(&bare);
    for paragraph in std::iter::once(tidy(title)).chain(paragraphs) {
        for lines in lines(&paragraph).chunks(LINES) {
            let end = now + time_for(lines, pace);
            cues.push(Cue { start: now, end, text: lines.join("\n") });
            now = end;
        }
        now += PAUSE;
    }
    cues
}

/// How long lines are seen: while they are read out, and no shorter than it takes to read them.
fn time_for(lines: &[String], pace: u64) -> u64 {
    let words: usize = lines.iter().map(|line| line.split_whitespace().count()).sum();
    let chars: usize = lines.iter().map(|line| line.chars().count()).sum();
    (words as u64 * pace).max(chars as u64 * GLANCE).max(LEAST)
}

/// A paragraph in lines, broken between words, and rather after a sentence.
fn lines(paragraph: &str) -> Vec<String> {
    let mut lines: Vec<String> = vec![];
    for part in paragraph.lines().filter(|line| !line.trim().is_empty()) {
        lines.push(String::new());
        for word in part.split_whitespace() {
            let line = lines.last_mut().expect("one was pushed");
            let long = line.chars().count() + 1 + word.chars().count() > LINE;
            let ended = line.ends_with(['.', '؟', '?', '!']) && line.chars().count() > LINE / 2;
            if !line.is_empty() && (long || ended) {
                lines.push(word.to_owned());
            } else {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(word);
            }
        }
    }
    lines
}

/// SubRip. Nothing says how a sign is written in it that players obey (`<font>`, `{\an8}`, `-->`), so the
/// brackets of such signs are others, which read the same.
pub fn srt(cues: &[Cue]) -> String {
    let cue = |(at, cue): (usize, &Cue)| {
        let (start, end) = (time(cue.start, ','), time(cue.end, ','));
        format!("{}\n{start} --> {end}\n{}\n\n", at + 1, harmless(&cue.text))
    };
    cues.iter().enumerate().map(cue).collect()
}

fn harmless(text: &str) -> String {
    let other = |c: char| match c {
        '<' => '‹',
        '>' => '›',
        '{' => '(',
        '}' => ')',
        c => c,
    };
    text.chars().map(other).collect()
}

/// WebVTT (W3C), in which the text's own first letter tells its direction.
pub fn vtt(cues: &[Cue]) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let cue = |cue: &Cue| {
        format!("{} --> {}\n{}\n\n", time(cue.start, '.'), time(cue.end, '.'), escape(&cue.text))
    };
    std::iter::once("WEBVTT\n\n".to_owned()).chain(cues.iter().map(cue)).collect()
}

fn time(ms: u64, mark: char) -> String {
    let (seconds, rest) = (ms / 1_000, ms % 1_000);
    format!("{:02}:{:02}:{:02}{mark}{rest:03}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown;

    #[test]
    fn cues_follow_each_other_and_hold_every_word() {
        let text = "ما کارگران کارخانه‌ایم. سه ماه است حقوق نگرفته‌ایم و کسی پاسخ نمی‌دهد. این را بخوانید.\n\nپایان --> <b>";
        let cues = cues("عنوان", &markdown::read(text, "fa"), 130);
        assert!(cues.windows(2).all(|pair| pair[0].end <= pair[1].start));
        assert!(cues.iter().all(|cue| cue.text.lines().all(|line| line.chars().count() <= LINE)));
        let said: Vec<&str> = cues.iter().flat_map(|cue| cue.text.split_whitespace()).collect();
        let words: Vec<&str> = "عنوان".split_whitespace().chain(text.split_whitespace()).collect();
        assert_eq!(said, words);
        assert!(vtt(&cues).contains("پایان --&gt; &lt;b&gt;"));
        assert!(srt(&cues).starts_with("1\n00:00:00,000 --> 00:00:01,200\nعنوان\n\n"));
    }

    #[test]
    fn players_obey_nothing_in_subrip() {
        let text = "<font size=\"90\">a</font> {\\an8}b 00:00:01,000 --> 00:00:02,000 c &#x202e;d";
        let all = srt(&cues("t\u{202e}itle", &markdown::read(text, "de"), 130));
        let said: String = all.lines().filter(|line| !line.contains(" --> ")).collect();
        assert!(!said.contains(['<', '>', '{', '}', '\u{202e}']), "{all}");
        assert!(said.contains("‹font size=\"90\"›a‹/font› (") && said.contains("--›"), "{all}");
        assert_eq!(all.matches("-->").count(), all.split_terminator("\n\n").count());
    }

    #[test]
    fn lists_in_lists_have_one_dash() {
        let body = markdown::read("- one\n  - two\n    1. three\n", "en");
        let said: Vec<String> = cues("t", &body, 130).into_iter().map(|cue| cue.text).collect();
        assert_eq!(said, ["t", "– one", "– two", "1. three"]);
    }

    #[test]
    fn a_cue_lasts_as_long_as_it_is_read() {
        let long = "Donaudampfschifffahrtsgesellschaft";
        let seen = cues("t", &markdown::read(long, "de"), 400);
        let last = |cue: &Cue| cue.end - cue.start;
        assert_eq!(seen.iter().map(last).collect::<Vec<_>>(), [LEAST, long.len() as u64 * GLANCE]);
    }
}
