//! What holds for every text.

use std::time::{Duration, Instant};

use payamgir_redact::{Find, HIDDEN, Span, bytes, find, hide, pieces, spans};
use payamgir_text::{Lang, digits};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Pieces of what is found, and of what breaks it.
const PARTS: &[&str] = &[
    "0912",
    "000",
    "1234",
    "+98",
    "0098",
    "(021)",
    " ",
    "  ",
    "-",
    ".",
    "/",
    ",",
    "،",
    "٫",
    "٬",
    "@",
    ":",
    "\n",
    "\u{200C}",
    "\u{200F}",
    "\u{301}",
    "\u{64E}",
    "👩\u{200D}🔧",
    "ب",
    "ایران",
    "پلاک",
    "شبا",
    "IR",
    "DE89",
    "کد ملی",
    "نگین",
    "ها",
    "n@e.com",
    "[at]",
    " dot ",
    "com",
    "https://",
    "www.",
    "t.me/",
    "geo:",
    "35.6892",
    "51.3890",
    "°",
    "'",
    "\"",
    "N",
    "شمالی",
    "12",
    "345",
    "67",
    "تومان",
    "0012345679",
    "6037990000000015",
    "é",
    "ß",
    "İ",
    "\0",
    "٠٩١٢",
    "۱۴۰۵",
    "\u{FF11}",
    "\u{10FFFF}",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        vec(select(PARTS), 0..40).prop_map(|parts| parts.concat()),
        any::<String>(),
        vec(any::<char>(), 0..40).prop_map(|all| all.into_iter().collect()),
    ]
}

fn names() -> Vec<String> {
    ["نگین", "حاج رضا", "é", "İs", ""].map(str::to_owned).to_vec()
}

/// The finds in characters, with their kinds.
fn places(text: &str, finds: &[Find]) -> Vec<(Span, payamgir_redact::What)> {
    spans(text, finds).into_iter().zip(finds.iter().map(|one| one.what)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn finds_are_sorted_apart_and_between_characters(text in text(), name in any::<String>()) {
        let mut names = names();
        names.push(name);
        let mut at = 0;
        for one in find(&text, &names) {
            prop_assert!(at <= one.start && one.start < one.end && one.end <= text.len());
            prop_assert!(text.is_char_boundary(one.start) && text.is_char_boundary(one.end));
            at = one.end;
        }
    }

    #[test]
    fn digits_of_any_script_are_the_same(text in text()) {
        let ascii = digits::to_ascii(&text);
        let persian = digits::localize(&ascii, Lang::Fa);
        let want = places(&text, &find(&text, &names()));
        for other in [ascii, persian] {
            prop_assert_eq!(&places(&other, &find(&other, &names())), &want);
        }
    }

    #[test]
    fn spans_and_bytes_agree(text in text()) {
        let finds = find(&text, &names());
        for (one, span) in finds.iter().zip(spans(&text, &finds)) {
            prop_assert_eq!(bytes(&text, span), Ok(one.start..one.end));
        }
    }

    #[test]
    fn pieces_are_the_text_and_hide_what_was_asked(
        text in text(),
        ends in vec((0_u32..50, 0_u32..50), 0..6),
    ) {
        let asked: Vec<Span> = ends.iter().map(|&(start, end)| Span { start, end }).collect();
        let Ok(pieces) = pieces(&text, &asked) else {
            prop_assert!(asked.iter().any(|span| bytes(&text, *span).is_err()));
            prop_assert!(hide(&text, &asked).is_err());
            return Ok(());
        };
        let whole: String = pieces.iter().map(|(_, piece)| *piece).collect();
        prop_assert_eq!(&whole, &text);
        prop_assert!(pieces.windows(2).all(|pair| pair[0].0 != pair[1].0));
        prop_assert!(pieces.iter().all(|(_, piece)| !piece.is_empty()));
        let mut at = 0;
        for (hidden, piece) in &pieces {
            for nth in at..at + piece.chars().count() as u32 {
                let inside = asked.iter().any(|span| (span.start..span.end).contains(&nth));
                prop_assert!(*hidden || !inside);
            }
            at += piece.chars().count() as u32;
        }
        let shown: String =
            pieces.iter().map(|(hidden, piece)| if *hidden { HIDDEN } else { piece }).collect();
        prop_assert_eq!(hide(&text, &asked), Ok(shown));
    }
}

fn time(text: &str) -> Duration {
    let start = Instant::now();
    let finds = find(text, &names());
    let hidden = hide(text, &spans(text, &finds));
    assert!(hidden.is_ok());
    start.elapsed()
}

/// Whether four times the text takes about four times as long.
fn is_linear(part: &str) -> bool {
    let small = time(&part.repeat(50_000 / part.len()));
    let large = time(&part.repeat(200_000 / part.len()));
    large < small * 8 + Duration::from_millis(60) && large < Duration::from_secs(10)
}

#[test]
fn time_grows_with_the_text_and_no_faster() {
    let hostile = [
        "0",
        "0 ",
        "1-",
        "+1 ",
        "0912 ",
        "00 1",
        "9",
        "a",
        "a.",
        "a-",
        "@",
        "a@",
        "@a",
        "a@a.",
        " [at] ",
        "a[at]a[dot]",
        " at a dot ",
        "http://",
        "www.",
        "t.me/",
        "a.com",
        "gb",
        "ir ",
        "ir06 ",
        "1.5000 ",
        "35.6892, ",
        "1° ",
        "1'",
        "12 ب ",
        "ایران 12 ",
        "345 ب 12",
        "نگین ",
        "نگین\u{200C}",
        "حاج ",
        "\u{200C}",
        "\u{64E}",
        "\u{301}",
        "👩\u{200D}",
        "geo:1,1",
        "ا.",
        "کد ملی 0012345679 ",
        "(",
        "(0)",
        "+49 30 901820 ",
        "6037990000000015 ",
        "شبا ",
        "\n",
    ];
    for part in hostile {
        // Again, because a busy machine may be slow once.
        assert!((0..4).any(|_| is_linear(part)), "{part:?}");
    }
}
