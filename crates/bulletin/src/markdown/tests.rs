use proptest::prelude::*;

use super::*;
use crate::plain::paragraphs;

/// A body as JSON, which is what paper is set from.
fn json(text: &str, lang: &str) -> String {
    serde_json::to_string(&read(text, lang).blocks).unwrap()
}

#[test]
fn each_part_of_it() {
    for (text, want) in [
        ("سلام", r#"[{"t":"p","dir":"rtl","c":[{"t":"text","s":"سلام"}]}]"#),
        ("Hello", r#"[{"t":"p","dir":"ltr","c":[{"t":"text","s":"Hello"}]}]"#),
        ("۱۲", r#"[{"t":"p","dir":"rtl","c":[{"t":"text","s":"۱۲"}]}]"#),
        (
            "## الف\n### ب",
            r#"[{"t":"h","level":2,"dir":"rtl","c":[{"t":"text","s":"الف"}]},{"t":"h","level":3,"dir":"rtl","c":[{"t":"text","s":"ب"}]}]"#,
        ),
        ("### ب", r#"[{"t":"h","level":2,"dir":"rtl","c":[{"t":"text","s":"ب"}]}]"#),
        (
            "**آ** و *ب*",
            r#"[{"t":"p","dir":"rtl","c":[{"t":"strong","c":[{"t":"text","s":"آ"}]},{"t":"text","s":" و "},{"t":"em","c":[{"t":"text","s":"ب"}]}]}]"#,
        ),
        ("> نقل", r#"[{"t":"quote","c":[{"t":"p","dir":"rtl","c":[{"t":"text","s":"نقل"}]}]}]"#),
        (
            "3. سه\n4. چهار",
            r#"[{"t":"list","ordered":true,"start":3,"c":[[{"t":"p","dir":"rtl","c":[{"t":"text","s":"سه"}]}],[{"t":"p","dir":"rtl","c":[{"t":"text","s":"چهار"}]}]]}]"#,
        ),
        ("---", r#"[{"t":"rule"}]"#),
        (
            "یک\nدو\\\nسه",
            r#"[{"t":"p","dir":"rtl","c":[{"t":"text","s":"یک دو"},{"t":"br"},{"t":"text","s":"سه"}]}]"#,
        ),
        (
            "[اینجا](https://a.example/b)",
            r#"[{"t":"p","dir":"rtl","c":[{"t":"link","href":"https://a.example/b","c":[{"t":"text","s":"اینجا"}]}]}]"#,
        ),
        (
            "```شعر\nیک / دو\nسه\n\nچهار***پنج\n```",
            r#"[{"t":"poem","c":[{"a":"یک","b":"دو"},{"a":"سه","b":""},{"gap":true},{"a":"چهار","b":"پنج"}]}]"#,
        ),
        ("گفت \"نه\"", r#"[{"t":"p","dir":"rtl","c":[{"t":"text","s":"گفت «نه»"}]}]"#),
    ] {
        assert_eq!(json(text, "fa"), want, "{text}");
    }
}

#[test]
fn what_is_not_of_it_is_shown_and_runs_nothing() {
    for (text, shown) in [
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("a <b onclick=x>b</b>", "a <b onclick=x>b</b>"),
        ("[x](javascript:alert(1))", "x"),
        ("[x](data:text/html,y)", "x"),
        ("[x](//other.example)", "x"),
        ("![شرح](https://a.example/x.png)", "شرح"),
        ("`کد`", "کد"),
        ("```\nخط\n```", "خط"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "| a | b | |---|---| | 1 | 2 |"),
    ] {
        assert_eq!(paragraphs(&read(text, "fa")).join("\n").trim(), shown, "{text}");
    }
}

/// Characters that are written by their numbers are read when the text is parsed.
#[test]
fn what_cannot_be_seen_is_left_out_however_it_is_written() {
    let unseen = "&#x202e;654&#x202c;&#1;&#x2028;&#xFEFF;&#8203;321&#127;";
    for (text, shown) in [
        (unseen.to_owned(), "654321"),
        (format!("**{unseen}** ![{unseen}](https://a.example/x.png)"), "654321 654321"),
        (format!("[{unseen}](https://a.example/)"), "654321 (https://a.example/)"),
        ("[x](https://a.example/&#x202e;b)".to_owned(), "x"),
        ("[x](https://a.example/&#1;b)".to_owned(), "x"),
        ("[x](https://a.example/b \"&#x202e;\")".to_owned(), "x (https://a.example/b)"),
        (format!("## {unseen}\n\n> {unseen}"), "654321\n654321"),
        (format!("a[^1]\n\n[^1]: {unseen}"), "a[1]\n[1] 654321"),
        ("`a\u{202e}b`".to_owned(), "ab"),
        ("می&zwnj;خواهیم".to_owned(), "می\u{200c}خواهیم"),
        ("&#x202e;".to_owned(), ""),
    ] {
        assert_eq!(paragraphs(&read(&text, "fa")).join("\n"), shown, "{text}");
    }
    let poem = read("```poem\na&#x202e;b / c\n```", "fa");
    assert_eq!(paragraphs(&poem), ["a&#x202e;b / c"], "no fence has characters by their numbers");
}

#[test]
fn where_a_link_leads_is_held_against_what_was_hidden() {
    for (text, want) in [
        ("[a](https://a.example/&#x631;ضا) b", "a b\nhttps://a.example/رضا"),
        ("> - *[a](https://a.example/)*", "a\nhttps://a.example/"),
        ("a[^1]\n\n[^1]: [b](mailto:c@d.example)", "a\nb\nmailto:c@d.example"),
        ("[a](javascript:b)", "a"),
    ] {
        assert_eq!(crate::plain::read(text), want, "{text}");
    }
}

#[test]
fn notes_are_counted_as_they_are_met() {
    let body = read("یک[^b] دو[^a] سه[^b].\n\n[^a]: الف\n[^b]: ب **بزرگ**\n[^c]: نه", "fa");
    let notes: Vec<String> = body.notes.iter().map(|note| words(note)).collect();
    assert_eq!(notes, ["ب بزرگ", "الف"]);
    assert_eq!(paragraphs(&body)[0], "یک[1] دو[2] سه[1].");
}

#[test]
fn depth_is_limited_and_no_word_lost() {
    let quotes = format!("{}ته", ">".repeat(10_000));
    assert!(paragraphs(&read(&quotes, "fa")).concat().contains("ته"));
    let lists: String = (0..200).map(|at| format!("{}- {at}\n", "  ".repeat(at))).collect();
    let shown = paragraphs(&read(&lists, "fa")).join("\n");
    assert!((0..200).all(|at| shown.contains(&at.to_string())));
    let stars = format!("{}م{}", "*_".repeat(3_000), "_*".repeat(3_000));
    assert!(paragraphs(&read(&stars, "fa")).concat().contains('م'));
}

/// How deep blocks stand in each other.
fn depth(blocks: &[Block]) -> usize {
    let below = |block: &Block| match block {
        Block::Quote { c } => depth(c),
        Block::List { c, .. } => c.iter().map(|entry| depth(entry)).max().unwrap_or(0),
        _ => 0,
    };
    1 + blocks.iter().map(below).max().unwrap_or(0)
}

proptest! {
    #[test]
    fn any_text_is_answered(text in "[-#>*_`\\[\\]()!^:|~<&\"\\n 0-9a-cا-ت\u{200c}\u{202e}]{0,300}") {
        let body = read(&text, "fa");
        prop_assert!(depth(&body.blocks) <= DEPTH + 2);
        let shown = paragraphs(&body).concat();
        let turns = shown.contains('\u{202e}');
        prop_assert!(!turns);
    }

    #[test]
    fn plain_words_stay_as_they_are(words in "[ا-ی]{1,9}( [ا-ی]{1,9}){0,20}") {
        prop_assert_eq!(paragraphs(&read(&words, "fa")), vec![words]);
    }
}
