//! What is found and what is not, and what must hold of every text.

mod parsing;
mod showing;
mod words;

use proptest::prelude::*;

use super::*;
use crate::samples::text;

/// Lines of `+` or `-`, a query and a text, with tabs between them.
const MATCHES: &str = include_str!("tests/matches.tsv");

#[test]
fn what_is_found() {
    let rows = MATCHES.lines().filter(|line| !line.starts_with('#'));
    let (mut count, mut latin) = (0, 0);
    for row in rows {
        let cells: Vec<&str> = row.split('\t').collect();
        let [want, query, text] = cells[..] else { panic!("{row}") };
        assert_eq!(matches(&parse(query), &[text]), want == "+", "{row}");
        count += 1;
        latin += usize::from(query.chars().any(|c| c.is_ascii_alphabetic()));
    }
    let arabic = MATCHES.split("# Arabic\n").nth(1).unwrap_or_default().lines().count();
    assert!(count > 250 && arabic > 30 && latin > 40, "{count} {arabic} {latin}");
}

#[test]
fn texts_meet_a_query_together() {
    let table: &[(&str, &[&str], bool)] = &[
        ("باران تهران", &["باران", "تهران"], true),
        ("باران تهران", &["باران"], false),
        ("باران -تهران", &["باران", "تهران"], false),
        ("\"باران تهران\"", &["باران", "تهران"], false),
        ("باران", &[], false),
        ("-باران", &[], true),
        ("", &[], true),
    ];
    for (query, texts, want) in table {
        assert_eq!(matches(&parse(query), texts), *want, "{query}");
    }
}

/// What an index would answer: words by place, looked up without the text.
fn indexed(query: &Query, text: &str) -> bool {
    let mut words: Vec<(String, u32, u32)> = Vec::new();
    each_token(text, |word, _, _, place, width| words.push((word.to_owned(), place, width)));
    query.clauses.iter().all(|clause| {
        let found = match &clause.term {
            Term::Word { start, joined } => words.iter().any(|(word, ..)| {
                word.starts_with(start) || joined.iter().any(|start| word.starts_with(start))
            }),
            Term::Phrase(phrase) => (0..words.len()).any(|first| {
                let mut places = vec![words[first].1];
                for wanted in phrase {
                    let here = words.iter().filter(|(word, ..)| word == wanted);
                    let here = here.filter(|(_, place, _)| places.contains(place));
                    places = here.map(|(_, place, width)| place + width).collect();
                }
                !places.is_empty()
            }),
        };
        found != clause.negated
    })
}

proptest! {
    #[test]
    fn every_query_has_an_answer(query in text(), text in text(), chars in 0..200_usize) {
        let query = parse_at(&query, 20_000);
        let hits = hits(&text, &query);
        for &(start, end) in &hits {
            prop_assert!(start < end && text.get(start..end).is_some());
        }
        prop_assert!(hits.windows(2).all(|pair| pair[0].1 < pair[1].0));
        prop_assert_eq!(context(&text, &query, chars).is_some(), !hits.is_empty());
        let plain = query.clauses.iter().all(|clause| !clause.negated);
        if plain && matches(&query, &[&text]) && !query.clauses.is_empty() {
            prop_assert!(!hits.is_empty());
        }
    }

    #[test]
    fn an_index_answers_the_same(query in text(), text in text()) {
        for query in [parse(&query), parse(&format!("\"{}\"", query.replace('"', " ")))] {
            prop_assert_eq!(matches(&query, &[&text]), indexed(&query, &text));
        }
    }

    #[test]
    fn a_part_of_a_text_is_found_in_it(text in text(), from in 0..40_u32, length in 1..6_u32) {
        let tokens = tokens(&text);
        let words = tokens.iter().filter(|token| token.width == 1);
        let words = words.filter(|token| (from..from + length).contains(&token.place));
        let words: Vec<String> = words.map(|token| token.word.clone()).collect();
        let clause = Clause { negated: false, term: Term::Phrase(words.clone()) };
        let query = Query { clauses: vec![clause], ..Query::default() };
        prop_assert_eq!(matches(&query, &[&text]), !words.is_empty());
    }

    #[test]
    fn a_text_is_found_by_each_of_its_words(text in text()) {
        for token in tokens(&text) {
            let quoted = parse(&format!("\"{}\"", token.word));
            prop_assert!(matches(&quoted, &[&text]) && quoted.clauses.len() == 1);
            prop_assert!(matches(&parse(&token.word), &[&text]));
            let written = text[token.start..token.end].replace(['"', '«', '»', '“', '”', '„'], " ");
            let quoted = format!("\"{written}\"");
            prop_assert!(matches(&parse(&quoted), &[&text]));
        }
    }

    #[test]
    fn what_is_shown_is_of_the_text(word in "[ab]{1,3}", text in "[ab .\n]{0,300}", chars in 1..90_usize) {
        let query = parse(&word);
        let Some(pieces) = context(&text, &query, chars) else { return Ok(()) };
        let shown: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
        let inner = shown.trim_start_matches('…').trim_end_matches('…');
        prop_assert!(text.contains(inner));
        prop_assert!(pieces.iter().any(|piece| piece.hit && piece.text.starts_with(&word)));
        prop_assert!(shown.chars().count() <= 2 * chars + 42);
        prop_assert!(shown.starts_with('…') || text.starts_with(inner));
        prop_assert!(shown.ends_with('…') || text.ends_with(inner));
    }
}
