//! How texts are taken apart.

use proptest::prelude::*;

use super::super::token::{each_token, fold_word, tokens};
use crate::samples::text;

/// A text and its words, each with its part of the original, place and width.
type Row = (&'static str, &'static [(&'static str, &'static str, u32, u32)]);

const TOKENS: &[Row] = &[
    ("", &[]),
    (" .،!؟ \n", &[]),
    ("ء \u{64E} \u{200F}", &[]),
    ("سلام دنیا", &[("سلام", "سلام", 0, 1), ("دنیا", "دنیا", 1, 1)]),
    (
        "می\u{200C}خواهم.",
        &[("می", "می", 0, 1), ("میخواهم", "می\u{200C}خواهم", 0, 2), ("خواهم", "خواهم", 1, 1)],
    ),
    ("E-Mail", &[("e", "E", 0, 1), ("email", "E-Mail", 0, 2), ("mail", "Mail", 1, 1)]),
    ("e--mail", &[("e", "e", 0, 1), ("mail", "mail", 1, 1)]),
    ("-a-", &[("a", "a", 0, 1)]),
    ("(مُهرِ)", &[("مهر", "مُهرِ", 0, 1)]),
    ("a\u{200F} b", &[("a", "a", 0, 1), ("b", "b", 1, 1)]),
    ("ﷲ", &[("الله", "ﷲ", 0, 1)]),
    ("😀😀a", &[("😀", "😀", 0, 1), ("😀", "😀", 1, 1), ("a", "a", 2, 1)]),
    ("😀\u{200C}a", &[("😀", "😀", 0, 1), ("a", "a", 1, 1)]),
    ("👍🏽", &[("👍", "👍🏽", 0, 1)]),
    ("漢字", &[("漢", "漢", 0, 1), ("字", "字", 1, 1)]),
    (
        "۰۲۱ ۸۸۹۹۱",
        &[("021", "۰۲۱", 0, 1), ("02188991", "۰۲۱ ۸۸۹۹۱", 0, 2), ("88991", "۸۸۹۹۱", 1, 1)],
    ),
    ("021 8", &[("021", "021", 0, 1), ("8", "8", 1, 1)]),
    (
        "a'b_c",
        &[
            ("a", "a", 0, 1),
            ("ab", "a'b", 0, 2),
            ("abc", "a'b_c", 0, 3),
            ("b", "b", 1, 1),
            ("bc", "b_c", 1, 2),
            ("c", "c", 2, 1),
        ],
    ),
];

#[test]
fn words_and_places() {
    for (text, want) in TOKENS {
        let tokens = tokens(text);
        let found: Vec<(&str, &str, u32, u32)> = tokens
            .iter()
            .map(|token| {
                (token.word.as_str(), &text[token.start..token.end], token.place, token.width)
            })
            .collect();
        assert_eq!(&found, want, "{text}");
    }
}

#[test]
fn folding() {
    let table = [
        ("", ""),
        ("كتاب\u{200C}هاي", "کتابهای"),
        ("دو کلمه", "دوکلمه"),
        ("Été_1", "ete1"),
        ("آؤئأإة", "اویااه"),
        ("۱٢3", "123"),
        ("!?", ""),
        ("ﻻ", "لا"),
    ];
    for (text, want) in table {
        assert_eq!(fold_word(text), want, "{text}");
    }
}

#[test]
fn variants_fold_alike() {
    let table: &[&[&str]] = &[
        &["کیک", "كيك", "كىك", "ﻛﻴﻚ", "کـیـک", "کِیک", "ک\u{200C}یک", "ک\u{200D}یک"],
        &["خانه", "خانة", "خانۀ", "خانه\u{654}", "خانە", "خانہ"],
        &["اب", "آب", "ا\u{653}ب", "أب", "إب", "ٱب", "ﺁب"],
        &["cafe", "CAFÉ", "cafe\u{301}", "ｃａｆｅ", "ca-fe"],
        &["1405", "۱۴۰۵", "١٤٠٥", "１４０５", "۱٬۴۰۵"],
    ];
    for variants in table {
        for variant in *variants {
            assert_eq!(fold_word(variant), fold_word(variants[0]), "{variant}");
        }
    }
}

#[test]
fn the_letters_of_code_words_are_the_same_here() {
    for word in ["كتاب", "آينه", "مُهر", "می\u{200C}خک", "Tea", "خانۀ"] {
        assert_eq!(crate::fold::word(word), fold_word(word), "{word}");
    }
}

#[test]
fn long_words_are_cut() {
    let long = "ب".repeat(100);
    let found = tokens(&format!("{long}\u{200C}{long}"));
    let parts: Vec<(usize, u32)> =
        found.iter().map(|token| (token.word.chars().count(), token.width)).collect();
    assert_eq!(parts, [(64, 1), (64, 2), (64, 1)]);
    assert_eq!(found[0].end, long.len());
}

#[test]
fn a_chain_without_end_stays_small() {
    let mut longest = 0;
    let mut count = 0;
    each_token(&"abc-".repeat(10_000), |word, _, _, _, width| {
        longest = longest.max(word.len());
        count += usize::from(width == 4);
    });
    assert_eq!((longest, count), (12, 9_997));
}

proptest! {
    #[test]
    fn words_are_in_order_and_of_the_text(text in text()) {
        let mut place = 0;
        each_token(&text, |word, start, end, at, width| {
            assert!(!word.is_empty() && word.chars().count() <= 64);
            assert!(start < end && text.get(start..end).is_some());
            assert!((1..=4).contains(&width) && at + width <= place + 1);
            place += u32::from(width == 1);
            let folded = fold_word(&text[start..end]);
            assert!(folded.starts_with(word) || word.chars().count() == 64);
        });
    }

    #[test]
    fn folding_twice_changes_nothing(text in text()) {
        let once = fold_word(&text);
        prop_assert_eq!(fold_word(&once), once);
    }
}

/// Measures: `cargo test --release -p payamgir-text -- --ignored --nocapture words_per`.
#[test]
#[ignore = "measures speed"]
fn words_per_second() {
    let sample = "دیروز در خیابان‌های مرکزی شهر باران تندی بارید و مردم می‌گفتند که شماره ۰۹۱۲-۳۴۵-۶۷۸۹ \
                  پاسخ نمی‌دهد. The office e-mail was sent at 12:30, they said. ";
    let text = sample.repeat(10);
    let (mut words, mut bytes) = (0_usize, 0);
    let begun = std::time::Instant::now();
    for _ in 0..20_000 {
        each_token(&text, |word, _, _, _, _| words += usize::from(!word.is_empty()));
        bytes += text.len();
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!("{words} words, {:.1} MB/s", bytes as f64 / 1e6 / seconds);
    assert!(words > 0);
}
