//! What of a text is marked and shown.

use super::super::*;

/// A query, a text, and the parts of it that are marked.
const HITS: &[(&str, &str, &[&str])] = &[
    ("باران", "باران و بارانی و آفتاب", &["باران", "بارانی"]),
    ("کتاب", "کتاب\u{200C}ها", &["کتاب"]),
    ("کتابها", "کتاب\u{200C}ها", &["کتاب\u{200C}ها"]),
    ("می\u{200C}خواهم", "میخواهم بدانم", &["میخواهم"]),
    ("می\u{200C}خواهم", "نه، می\u{200C}خواهم", &["می\u{200C}خواهم"]),
    ("\"می خواهم\"", "نه، می\u{200C}خواهم", &["می\u{200C}خواهم"]),
    ("\"red car\"", "Red, Car and red cart", &["Red, Car"]),
    ("\"a b\" \"b c\"", "a b c", &["a b c"]),
    ("09123456789", "زنگ: ۰۹۱۲ ۳۴۵ ۶۷۸۹ همین", &["۰۹۱۲ ۳۴۵ ۶۷۸۹"]),
    ("mohr مهر", "مُهرِ نو", &["مُهرِ"]),
    ("-باران آفتاب", "باران آفتاب", &["آفتاب"]),
    ("cafe", "Café CAFE", &["Café", "CAFE"]),
    ("漢字", "古漢字", &["漢字"]),
    ("is:open", "open", &[]),
    ("", "هر چه", &[]),
    ("e", "e-mail", &["e"]),
    ("state", "state-of-the-art", &["state"]),
    ("stateof", "state-of-the-art", &["state-of"]),
];

#[test]
fn marks() {
    for (query, text, want) in HITS {
        let found = hits(text, &parse(query));
        let found: Vec<&str> = found.iter().map(|(start, end)| &text[*start..*end]).collect();
        assert_eq!(&found, want, "{query}: {text}");
    }
}

/// A query, a text, a length, and what is shown, with `[` and `]` around what was found.
const SHOWN: &[(&str, &str, usize, &str)] = &[
    ("باران", "باران", 80, "[باران]"),
    ("باران", "در شهر باران آمد.", 80, "در شهر [باران] آمد."),
    ("باران", "در شهر ما دیروز باران تندی آمد و رفت", 20, "…دیروز [باران] تندی آمد…"),
    ("the", "one two three the four five six", 12, "…[the] four…"),
    ("six", "one two three four five six", 12, "…[six]"),
    ("one", "one two three four", 9, "[one] two…"),
    ("a b", "a x x x x x x x x x x x x b a", 8, "…x [b] [a]"),
    ("missing", "one two", 9, "-"),
    ("-one", "one two", 9, "-"),
    ("", "one two", 9, "-"),
    ("\"two three\"", "one two three four five", 5, "…[two three]…"),
    ("one", "one two", 0, "[one]…"),
];

#[test]
fn parts() {
    for (query, text, chars, want) in SHOWN {
        let mark = |piece: &Piece| match piece.hit {
            true => format!("[{}]", piece.text),
            false => piece.text.clone(),
        };
        let pieces = context(text, &parse(query), *chars);
        let shown = pieces.map_or("-".to_owned(), |pieces| pieces.iter().map(mark).collect());
        assert_eq!(shown, *want, "{query}: {text}");
    }
}

#[test]
fn a_word_without_end_is_cut() {
    let pieces = context(&"ب".repeat(100_000), &parse("ب"), 50).unwrap();
    assert!(pieces.iter().map(|piece| piece.text.chars().count()).sum::<usize>() < 200);
    assert!(pieces[0].hit);
}
