use proptest::prelude::*;

use super::*;
use crate::hide;

struct One<'a>(&'a str);

impl Texts for One<'_> {
    fn texts(&self) -> Vec<&str> {
        vec!["", self.0]
    }
}

fn hidden(text: &str, piece: &str) -> Hidden {
    let at = text.find(piece).expect("it is there");
    let start = text[..at].chars().count() as u32;
    let span = Span { start, end: start + piece.chars().count() as u32 };
    let mut hidden = Hidden::default();
    hidden.add(text, &[span], &[]).unwrap();
    hidden
}

#[test]
fn what_was_hidden_does_not_come_back() {
    let source = "نگین از کارخانهٔ آبان با شمارهٔ 0912-345-6789 نوشت: علی آمد";
    for (piece, text, leaks) in [
        ("نگین", "دوست ما نگین گفت", true),
        ("نگین", "دوست ما نگینی گفت", true),
        ("نگین", "سنگین بود", false),
        ("نگین", "نَـگین", true),
        ("نگین", "ن گ ی ن", true),
        ("نگین", "هیچ", false),
        ("علی", "علی", true),
        ("علی", "علیه ستم", false),
        ("علی", "«علی!»", true),
        ("کارخانهٔ آبان", "كارخانه‌ي آبان", true),
        ("کارخانهٔ آبان", "کارخانه آبان", true),
        ("0912-345-6789", "زنگ بزنید: ۰۹۱۲ ۳۴۵ ۶۷ ۸۹", true),
        ("0912-345-6789", "۰۹۱۲۳۴۵۶۷۸۹۰", false),
        ("0912-345-6789", "۱۲۳", false),
        ("0912-345-6789", "tel0912345 6789", true),
        ("نگین", "ونگین و دیگران", true),
        ("نگین", "وسنگین", false),
        ("علی", "وعلي جاء", true),
        ("علی", "فعلی", false),
        ("نگین از کارخانهٔ آبان", "x‌نگین_از_کارخانهٔ_آبان", true),
        ("آمد", "ا\u{653}مد", true),
    ] {
        let cleared = hidden(source, piece).clear(One(text));
        assert_eq!(cleared.is_err(), leaks, "{piece} in {text}");
    }
}

#[test]
fn short_names_are_found_with_their_endings() {
    let source = "رضا و دل و قم و نور گفتند";
    for (piece, text, leaks) in [
        ("رضا", "رضای عزیز", true),
        ("رضا", "رضا\u{200C}جان", true),
        ("رضا", "رضا\u{200C}ست", true),
        ("رضا", "رضا\u{200C}شاه", true),
        ("رضا", "رضاخان", true),
        ("رضا", "رضاخانی", true),
        ("رضا", "رضاها", true),
        ("رضا", "ورضای", true),
        ("رضا", "رضای\u{200C}من", true),
        ("رضا", "علی\u{200C}رضا", true),
        ("رضا", "رضایت", false),
        ("رضا", "رضایت\u{200C}نامه", false),
        ("رضا", "رضایی", false),
        ("رضا", "رضاشاه", false),
        ("رضا", "علیرضا", false),
        ("نور", "نورها", true),
        ("نور", "می\u{200C}نور", false),
        ("نور", "نمی\u{200C}نورد", false),
        ("نور", "نورد", false),
        ("قم", "قم\u{200C}ها", true),
        ("قم", "قمری", false),
        ("دل", "دلم", false),
    ] {
        let cleared = hidden(source, piece).clear(One(text));
        assert_eq!(cleared.is_err(), leaks, "{piece} in {text}");
    }
}

#[test]
fn a_name_within_another_word_is_none() {
    let source = "علی و امید و مهدی و بهار و خودرو آمدند";
    for (piece, text, leaks) in [
        ("علی", "علی\u{200C}رغم وعده‌ها", false),
        ("علی", "علی\u{200C}الخصوص", false),
        ("علی", "علی\u{200C}اکبر", true),
        ("امید", "امیدواریم", false),
        ("امید", "ناامید", false),
        ("امید", "امیدی\u{200C}ست", true),
        ("امید", "امیدخان", true),
        ("امید", "وامید", true),
        ("امید", "امید\u{200C}السادات", true),
        ("مهدی", "مهدیه", false),
        ("بهار", "بهارستان", false),
        ("خودرو", "خودروها", true),
    ] {
        let cleared = hidden(source, piece).clear(One(text));
        assert_eq!(cleared.is_err(), leaks, "{piece} in {text}");
    }
}

#[test]
fn letters_of_other_shapes_are_the_same() {
    let source = "رضا، Negin é، 09121234567, الله Rad";
    for (piece, text, leaks) in [
        ("رضا", "\u{FEAD}\u{FEBF}\u{FE8E}", true),
        ("رضا", "ر\u{34F}ضا", true),
        ("الله", "\u{FDF2}", true),
        ("Negin", "\u{FF2E}\u{FF45}\u{FF47}\u{FF49}\u{FF4E}", true),
        ("Negin", "Nég\u{131}n", false),
        ("Negin", "Ne\u{301}gin", true),
        ("Negin é", "negine\u{301}", true),
        ("Rad", "Rad™", true),
        ("Rad", "rad\u{301}io", false),
        ("09121234567", "０９１２１２３４５６７", true),
        ("09121234567", "𝟎𝟗𝟏𝟐𝟏𝟐𝟑𝟒𝟓𝟔𝟕", true),
        ("09121234567", "09121234567²", true),
        ("09121234567", "⁵09121234567", true),
    ] {
        let cleared = hidden(source, piece).clear(One(text));
        assert_eq!(cleared.is_err(), leaks, "{piece} in {text}");
    }
    let leak = hidden(source, "رضا").clear(One("\u{FDFA}\u{FEAD}\u{FEBF}\u{FE8E}"));
    assert!(leak.is_ok(), "it stands within a word");
    let leak = hidden(source, "رضا").clear(One("\u{FDFA} \u{FEAD}\u{FEBF}\u{FE8E}"));
    assert_eq!(leak.unwrap_err().at, 2, "places are of the text as it was typed");
}

#[test]
fn numbers_are_found_however_they_are_dialled() {
    let source = "09121234567 +98 912 123 4567 00989121234567 12345678 ۱۲۳۴۵";
    for (piece, text, leaks) in [
        ("09121234567", "+98 912 123 4567", true),
        ("09121234567", "00989121234567", true),
        ("09121234567", "912 123 4567", true),
        ("09121234567", "https://wa.me/989121234567", true),
        ("09121234567", "tel:+98-(0)912-123-4567", true),
        ("09121234567", "91212345678", false),
        ("09121234567", "912123456", false),
        ("+98 912 123 4567", "۰۹۱۲۱۲۳۴۵۶۷", true),
        ("00989121234567", "0912 123 4567", true),
        ("12345678", "912345678", false),
        ("12345678", "1234 5678", true),
        ("۱۲۳۴۵", "912345", false),
        ("۱۲۳۴۵", "12345", true),
    ] {
        let cleared = hidden(source, piece).clear(One(text));
        assert_eq!(cleared.is_err(), leaks, "{piece} in {text}");
    }
}

#[test]
fn what_an_address_encodes_is_found() {
    let source = "رضا از https://a/%D9%86%DA%AF%DB%8C%D9%86 نوشت";
    for (piece, text, leaks) in [
        ("رضا", "https://a/%D8%B1%D8%B6%D8%A7", true),
        ("رضا", "https://a/%d8%b1ضا?b", true),
        ("رضا", "https://a/%D8%B1%D8%B6", false),
        ("https://a/%D9%86%DA%AF%DB%8C%D9%86", "https://a/نگین", true),
    ] {
        let cleared = hidden(source, piece).clear(One(text));
        assert_eq!(cleared.is_err(), leaks, "{piece} in {text}");
    }
}

#[test]
fn a_day_that_was_hidden_is_covered() {
    let hidden = hidden("روز ۱۲ آبان ۱۴۰۵ بود", "۱۲ آبان ۱۴۰۵");
    assert!(hidden.covers_day("۱۲ آبان ۱۴۰۵ (۳ نوامبر ۲۰۲۶)"));
    assert!(!hidden.covers_day("۳ نوامبر ۲۰۲۶") && !hidden.covers_day("آبان ۱۴۰۵"));
    assert!(!Hidden::default().covers_day("۱۲ آبان ۱۴۰۵"));
    let factory = self::hidden("کارخانهٔ آبان در سال ۱۴۰۵", "آبان");
    assert!(!factory.covers_day("۱۲ آبان ۱۴۰۵"), "the name of something else");
}

#[test]
fn who_wrote_it_is_told_which_words() {
    let hidden = hidden("من نگین راد هستم", "نگین راد");
    let leak = hidden.clear(One("نامهٔ نگین راد از شهر")).unwrap_err();
    assert_eq!((leak.at, &*leak.words), (6, "نگین راد از شهر"));
    assert!(!format!("{leak:?}{leak}").contains("نگین"));
}

/// What three words and more say is found by any of them, or by three that follow each other.
#[test]
fn parts_of_what_was_hidden_do_not_come_back() {
    let source =
        "I am Negin Rad of the Aban factory. The factory owes us; write to Omid at 021-88 776655.";
    for (piece, text, leaks) in [
        ("Negin Rad", "My friend Negin said", true),
        ("Negin Rad", "Ms Rad", true),
        ("Negin Rad", "xNegin Rad", true),
        ("Negin Rad", "NEGINRAD", true),
        ("Negin Rad", "a radio", false),
        ("the Aban factory", "the factory", false),
        ("the Aban factory", "in Aban", true),
        ("I am Negin Rad of the Aban factory", "who is Negin", true),
        ("I am Negin Rad of the Aban factory", "I am of the other", false),
        ("I am Negin Rad of the Aban factory", "of the Aban coast", true),
        ("write to Omid at 021-88 776655", "776655", true),
        ("write to Omid at 021-88 776655", "Omid", true),
        ("write to Omid at 021-88 776655", "write to us", false),
    ] {
        let cleared = hidden(source, piece).clear(One(text));
        assert_eq!(cleared.is_err(), leaks, "{piece} in {text}");
    }
}

#[test]
fn names_of_the_desk_are_found_in_longer_pieces() {
    let text = "آن روز نگین راد با همه به خیابان آمد";
    let span = [Span { start: 0, end: text.chars().count() as u32 }];
    let mut hidden = Hidden::default();
    hidden.add(text, &span, &[]).unwrap();
    assert!(hidden.clear(One("نگین")).is_ok());
    hidden.add(text, &span, &["نگین".to_owned()]).unwrap();
    assert!(hidden.clear(One("نگین")).is_err());
}

#[test]
fn what_tells_somebody_is_found_wherever_it_stands() {
    let text = "Negin Rad, Omid, 0912 345 6789";
    let all = |spans: &[(u32, u32)]| {
        let spans: Vec<Span> =
            spans.iter().map(|(start, end)| Span { start: *start, end: *end }).collect();
        let mut hidden = Hidden::default();
        hidden.add_telling(text, &spans).unwrap();
        Hidden::default().over(Arc::new(hidden))
    };
    let hidden = all(&[(0, 9), (11, 15), (17, 30)]);
    assert!(!hidden.is_empty() && all(&[(11, 15)]).is_empty());
    for (text, leaks) in [
        ("by Negin Rad", true),
        ("by Negin", false),
        ("by Omid", false),
        ("call ۰۹۱۲۳۴۵۶۷۸۹", true),
    ] {
        assert_eq!(hidden.clear(One(text)).is_err(), leaks, "{text}");
    }
    // Who says it openly may be quoted.
    let mut open = all(&[(0, 9)]);
    open.add("I am Negin Rad.", &[], &[]).unwrap();
    assert!(open.clear(One("by Negin Rad")).is_ok());
}

#[test]
fn what_is_read_is_held_against_it_too() {
    let mut hidden = Hidden::reading(|text| text.replace("&#101;", "e"));
    let span = Span { start: 0, end: 5 };
    hidden.add("Negin", &[span], &[]).unwrap();
    assert!(hidden.clear(One("N&#101;gin")).is_err());
    assert!(hidden.clear(One("N&#102;gin")).is_ok());
}

#[test]
fn the_place_is_told_and_not_the_words() {
    let leak = hidden("of Nadia", "Nadia").clear(One("from NADIA's")).unwrap_err();
    assert_eq!((leak.text, leak.at), (1, 5));
    assert!(!format!("{leak} {leak:?}").contains("adia"));
}

proptest! {
    #[test]
    fn a_text_with_its_own_words_hidden_is_clear(text in "[a-c ]{0,12}", start in 0u32..12, length in 2u32..6) {
        let count = text.chars().count() as u32;
        prop_assume!(start + length <= count);
        let span = Span { start, end: start + length };
        let mut hidden = Hidden::default();
        hidden.add(&text, &[span], &[]).unwrap();
        let piece: String = text.chars().skip(start as usize).take(length as usize).collect();
        prop_assert_eq!(hidden.is_empty(), letters(&piece).len() < 2);
        if !hidden.is_empty() {
            // What stands by itself is found wherever it is put.
            let around = format!("before, {piece}, after");
            prop_assert!(hidden.clear(One(&around)).is_err());
        }
        let _ = hide(&text, &[span]);
    }
}
