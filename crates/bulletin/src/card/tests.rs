use super::*;

fn card<'a>(lang: &'a str, title: &'a str) -> Card<'a> {
    Card {
        lang, title, byline: "یک کارگر", bulletin: "پیام‌های کنگره", edition: "روز ۲"
    }
}

fn size(png: &[u8]) -> (u32, u32) {
    let word = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (word(16), word(20))
}

#[test]
fn the_same_card_is_the_same_bytes() {
    let first = draw(&card("fa", "صدای ما را بشنوید"));
    assert_eq!(size(&first), (WIDTH, HEIGHT));
    assert_eq!(first, draw(&card("fa", "صدای ما را بشنوید")));
    assert_ne!(first, draw(&card("fa", "صدای ما را بشنوند")));
}

#[test]
fn persian_is_joined() {
    let face = Face::of(Weight::Regular);
    let alone = ["ب", "ا", "ر"]
        .map(|letter| face.lines(letter, 50.0, 900.0, Direction::Rtl).swap_remove(0));
    let joined = face.lines("بار", 50.0, 900.0, Direction::Rtl).swap_remove(0);
    let of = |line: &Line| line.glyphs.iter().map(|(glyph, ..)| *glyph).collect::<Vec<_>>();
    let letters: Vec<u32> = alone.iter().flat_map(of).collect();
    // From the left: reh, alef joined to beh, beh in its first form.
    assert_eq!(joined.glyphs.len(), 3);
    assert!(of(&joined).iter().rev().zip(&letters).any(|(joined, alone)| joined != alone));
    let missing = face.lines("ب\u{1F600}", 50.0, 900.0, Direction::Rtl).swap_remove(0);
    assert_eq!(missing.glyphs.len(), 1);
}

#[test]
fn latin_within_persian_runs_its_own_way() {
    let face = Face::of(Weight::Regular);
    let of = |text: &str| {
        let line = face.lines(text, 50.0, 900.0, Direction::Rtl).swap_remove(0);
        line.glyphs.iter().map(|(glyph, ..)| *glyph).collect::<Vec<_>>()
    };
    let (mixed, latin) = (of("نام Ada است"), of("Ada"));
    assert!(mixed.windows(3).any(|run| run == latin));
}

#[test]
fn any_title_is_drawn() {
    let long = "واژه ".repeat(200);
    let wide = "ا".repeat(3_000);
    for title in ["", " ", &*long, &wide, "\u{1F600}", "\u{202e}abc", "a\u{0}b", "۱۲ and 12"] {
        for lang in ["fa", "en", "zz"] {
            assert_eq!(size(&draw(&card(lang, title))), (WIDTH, HEIGHT));
        }
    }
}

#[test]
fn letters_that_the_font_lacks_are_told() {
    let has = "سه ماه بی‌حقوق؛ «نامهٔ» ۲۲۰۷ – Delta, 2207/B (ckb: ڕێگا ۆ) …\u{200e}";
    assert_eq!(lacking(has).into_iter().collect::<String>(), "");
    let mixed: String = lacking("سلام Привет 漢字 😀").into_iter().collect();
    assert!(mixed.contains('漢') && mixed.contains('字'), "{mixed}");
    assert!(!mixed.contains('س') && !mixed.contains(' '));
}
