//! What is built again, what is refused, what is linked.

use std::collections::BTreeSet;

use payamgir_bulletin::card::{Card, draw};
use payamgir_bulletin::paper::{Form, sheet};
use payamgir_bulletin::{Known, Press, Refused, preview};
use payamgir_redact::{Hidden, Span};
use payamgir_wire::edition::{Bulletin, Correction, Flaw, Slug, Withdrawal};
use payamgir_wire::hex::Hex;
use payamgir_wire::release::Release;

use crate::congress::{Congress, large, small};
use crate::{built, change, text, with_press};

fn release(congress: &Congress, known: &Known) -> (Release, BTreeSet<String>) {
    let built = built(congress, known).unwrap();
    let new = built.new_files().map(|(file, _)| file.path.to_string()).collect();
    (built.release(Hex([7; 32]), Hex([8; 32]), (0, Hex([0; 32]))), new)
}

#[test]
fn the_same_input_gives_the_same_bytes_in_the_one_form() {
    let (first, _) = release(&small(), &Known::default());
    let (second, _) = release(&small(), &Known::default());
    assert_eq!(first.hash(), second.hash());
    assert_eq!(Release::decode(&first.encode()), Ok(first));
}

#[test]
fn what_is_unchanged_is_not_made_again() {
    let (first, _) = release(&small(), &Known::default());
    let known = Known::of(&first);
    let (again, new) = release(&small(), &known);
    assert!(new.is_empty(), "{new:?}");
    assert_eq!(again.hash(), first.hash());
    // A changed poem: its page and card, and what has its first words or all of them.
    let mut changed = small();
    let id = Hex([3; 16]);
    let mut poem = changed.items[&id].clone().into_inner();
    poem.title = "آن سوی دیوار".into();
    changed.items.insert(id, Hidden::default().clear(poem).unwrap());
    let (_, new) = release(&changed, &known);
    let new: Vec<&str> = new.iter().map(String::as_str).collect();
    assert_eq!(
        new,
        [
            "read/en/12-1/cover.png",
            "read/en/12-1/index.html",
            "read/en/12-1/mill.html",
            "read/en/12-1/mill.png",
            "read/en/12-1/mill.txt",
            "read/en/12-1/whole.html",
            "read/en/feed.json",
            "read/en/feed.xml",
            "read/fa/12-1/cover.png",
            "read/fa/12-1/index.html",
            "read/fa/12-1/nasaji.html",
            "read/fa/12-1/nasaji.png",
            "read/fa/12-1/nasaji.txt",
            "read/fa/12-1/sher.html",
            "read/fa/12-1/sher.png",
            "read/fa/12-1/sher.txt",
            "read/fa/12-1/shift-shab.html",
            "read/fa/12-1/shift-shab.png",
            "read/fa/12-1/shift-shab.txt",
            "read/fa/12-1/whole.html",
            "read/fa/feed.json",
            "read/fa/feed.xml",
        ],
        "its neighbours name it, its edition and the feeds have it"
    );
}

#[test]
fn what_is_hidden_reaches_no_item() {
    let source = "نامهٔ نگین از کارخانهٔ نساجی";
    let mut hidden = Hidden::reading(payamgir_bulletin::plain::read);
    hidden.add(source, &[Span { start: 6, end: 10 }], &[]).unwrap();
    let clear = |change: &dyn Fn(&mut payamgir_wire::edition::Item)| {
        let mut item = small().items[&Hex([1; 16])].clone().into_inner();
        change(&mut item);
        hidden.clear(item).is_ok()
    };
    assert!(clear(&|_| ()));
    assert!(!clear(&|item| item.title.push_str(" نگین")));
    assert!(!clear(&|item| item.body.push_str(" (نَگین)")));
    assert!(!clear(&|item| item.body.push_str(" &#1606;گین")), "a character by its number");
    assert!(!clear(&|item| item.body.push_str(" نگ[ین](https://a.example/)")), "across a link");
    assert!(!clear(&|item| item.body.push_str(" نگ[^1]ین\n\n[^1]: یک")), "across a note");
    assert!(!clear(&|item| item.place = "خانهٔ نگین".into()));
    assert!(!clear(&|item| item.pulls.push("نگین".into())));
    assert!(!clear(&|item| item.media[0].alt = "نگین".into()));
    assert!(!clear(&|item| item.media[0].caption = "نگين".into()));
    assert!(!clear(&|item| item.corrections[0].text.push_str(" نگین")));
    let gone = |item: &mut payamgir_wire::edition::Item| {
        let day = payamgir_wire::edition::Day::parse("2026-11-30").unwrap();
        item.body.push_str(" نگین");
        item.withdrawn = Some(Withdrawal { day, reason: "خواست فرستنده".into() });
    };
    assert!(clear(&gone), "of what was taken back the words are not shown");
}

#[test]
fn what_cannot_be_published_is_refused() {
    type Change = fn(&mut Congress);
    let id = |number: u8| Hex([number; 16]);
    let item = |congress: &mut Congress, change: fn(&mut payamgir_wire::edition::Item)| {
        let mut item = congress.items[&Hex([1; 16])].clone().into_inner();
        change(&mut item);
        congress.items.insert(Hex([1; 16]), Hidden::default().clear(item).unwrap());
    };
    let edition = |congress: &mut Congress, change: fn(&mut payamgir_wire::edition::Edition)| {
        let mut edition = congress.editions[1].1.clone().into_inner();
        change(&mut edition);
        congress.editions[1].1 = Hidden::default().clear(edition).unwrap();
    };
    type Row = (&'static str, Box<dyn Fn(&mut Congress)>, Refused);
    let table: [Row; 12] = [
        ("no edition", Box::new((|c| c.editions.clear()) as Change), Refused::Nothing),
        (
            "no item",
            Box::new((|c| drop(c.items.remove(&Hex([6; 16])))) as Change),
            Refused::NoItem(id(6)),
        ),
        (
            "an item twice",
            Box::new(move |c| edition(c, |e| e.items.push(Hex([1; 16])))),
            Refused::NoItem(id(1)),
        ),
        (
            "no title",
            Box::new(move |c| item(c, |i| i.title = "\n".into())),
            Refused::Item(id(1), Flaw::Title),
        ),
        (
            "a day that is not",
            Box::new(move |c| {
                item(c, |i| i.day = payamgir_wire::edition::Day::parse("1405-12-31").ok())
            }),
            Refused::Item(id(1), Flaw::Day),
        ),
        (
            "a title that turns around what stands beside it",
            Box::new(move |c| item(c, |i| i.title = "a\u{202e}b".into())),
            Refused::Item(id(1), Flaw::Title),
        ),
        (
            "the edition's own card",
            Box::new(move |c| item(c, |i| i.slug = Slug("cover".into()))),
            Refused::Item(id(1), Flaw::SameSlug),
        ),
        (
            "the edition's own name",
            Box::new(move |c| item(c, |i| i.slug = Slug("index".into()))),
            Refused::Item(id(1), Flaw::SameSlug),
        ),
        (
            "another's name",
            Box::new(move |c| item(c, |i| i.slug = Slug("sher".into()))),
            Refused::Item(id(3), Flaw::SameSlug),
        ),
        (
            "two editions of one name",
            Box::new(move |c| edition(c, |e| e.slug = Slug("12-1".into()))),
            Refused::Flaw(Flaw::SameSlug),
        ),
        ("other bytes", Box::new((|c| c.media[0].1.push(0)) as Change), Refused::NoMedium(id(1))),
        (
            "a kind that is not shown",
            Box::new(move |c| item(c, |i| i.media[0].media_type = "image/svg+xml".into())),
            Refused::NoMedium(id(1)),
        ),
    ];
    for (what, change, want) in table {
        let mut congress = small();
        change(&mut congress);
        assert_eq!(built(&congress, &Known::default()).err(), Some(want), "{what}");
    }
}

#[test]
fn a_translation_without_its_original_stands_by_itself() {
    let mut congress = small();
    let mut item = congress.items[&Hex([1; 16])].clone().into_inner();
    item.translates = Some(Hex([77; 16]));
    congress.items.insert(Hex([1; 16]), Hidden::default().clear(item.clone()).unwrap());
    let built = built(&congress, &Known::default()).unwrap();
    assert!(!text(&built, "read/fa/12-1/nasaji.html").is_empty());
    let clear = Hidden::default().clear(item).unwrap();
    let page = preview(&congress.bulletin, Hex([1; 16]), clear, &|_| String::new());
    assert!(!page.is_empty());
}

#[test]
fn an_older_item_that_changed_is_news_and_a_feed_is_xml() {
    let mut congress = large(200);
    let oldest = congress.editions[0].1.items[0];
    let mut item = congress.items[&oldest].clone().into_inner();
    let day = payamgir_wire::edition::Day::parse("2027-01-01").unwrap();
    let path = format!("{}.html", item.slug);
    item.body.push_str(" \u{ffff}\u{fffe}");
    item.corrections = vec![Correction { day, text: "درست شد".into() }];
    congress.items.insert(oldest, Hidden::default().clear(item).unwrap());
    let built = built(&congress, &Known::default()).unwrap();
    let feed = text(&built, "read/fa/feed.xml");
    let first = feed.split("<entry").nth(1).unwrap();
    assert!(first.contains(&path) && first.contains("<updated>2027-01-01"), "{first}");
    assert!(!feed.contains(['\u{ffff}', '\u{fffe}']));
}

#[test]
fn paper_needs_an_engine() {
    let mut congress = small();
    let mut edition = congress.editions[1].1.clone().into_inner();
    edition.paper = true;
    congress.editions[1].1 = Hidden::default().clear(edition).unwrap();
    assert_eq!(built(&congress, &Known::default()).err(), Some(Refused::NoPaper));
}

#[test]
fn answers_are_linked_both_ways_and_a_withdrawn_text_is_nowhere() {
    let built = built(&small(), &Known::default()).unwrap();
    assert!(text(&built, "read/fa/12-1/nasaji.html").contains("../12-2/mosavabe-3.html"));
    assert!(text(&built, "read/fa/12-2/mosavabe-3.html").contains("../12-1/nasaji.html"));
    for (file, bytes) in built.new_files() {
        let page = String::from_utf8_lossy(bytes);
        assert!(!page.contains("متنی که دیگر نیست"), "{}", file.path);
    }
    assert!(text(&built, "read/fa/12-1/yaddasht.html").contains("به خواست فرستنده برداشته شد."));
}

#[test]
fn a_recording_is_told_of_where_it_cannot_be_heard() {
    let congress = small();
    let built = built(&congress, &Known::default()).unwrap();
    let whole = text(&built, "read/fa/12-1/whole.html");
    assert!(whole.contains("صدا: پیام صوتی، یک دقیقه") && !whole.contains("<audio"));
    assert!(whole.contains("<p dir=\"auto\">صدایم را عوض کرده‌اند.</p>"));
    let words = text(&built, "read/fa/12-1/shift-shab.txt");
    let told = "♪ صدا: پیام صوتی، یک دقیقه (در همین شماره روی وب)\n\nسلام. من از شیفت شب حرف می‌زنم.\nصدایم را عوض کرده‌اند.\n";
    assert!(words.ends_with(told), "{words}");
    let set = |at| {
        let sheet = |press: &Press<'_>| sheet(press, (at, "fa"), Form::A4);
        with_press(&congress, &Known::default(), sheet).unwrap().data
    };
    let heard = r#""words":["سلام. من از شیفت شب حرف می‌زنم.","صدایم را عوض کرده‌اند."]"#;
    assert!(set(0).contains(heard));
    assert!(set(1).contains(r#""kind":"مصوبهٔ مجمع""#));
}

#[test]
fn what_was_taken_back_says_so_in_every_form() {
    let built = built(&small(), &Known::default()).unwrap();
    assert!(text(&built, "read/fa/12-1/yaddasht.txt").contains("پس گرفته شد، ۹ آذر"));
    assert!(text(&built, "read/fa/12-1/nasaji.txt").contains("تصحیح، ۸ آذر"));
    let page = text(&built, "read/fa/12-1/yaddasht.html");
    assert!(page.contains("یادداشتی از شمال – پس گرفته شد – صدای کنگره"));
    let card = |byline| {
        let (title, edition) = ("یادداشتی از شمال", "کنگرهٔ دوازدهم، روز ۱");
        draw(&Card { lang: "fa", title, byline, bulletin: "صدای کنگره", edition })
    };
    let path = "read/fa/12-1/yaddasht.png";
    let (_, drawn) = built.new_files().find(|(file, _)| file.path.as_str() == path).unwrap();
    assert!(drawn == card("پس گرفته شد") && drawn != card(""));
}

#[test]
fn who_reads_a_copy_finds_where_to_write() {
    let mut congress = small();
    let link =
        r#"<a href="https://congress.example/" rel="noreferrer" dir="ltr">congress.example</a>"#;
    let pages = ["read/fa/12-1/nasaji.html", "read/fa/12-1/whole.html"];
    let first = built(&congress, &Known::default()).unwrap();
    assert!(pages.iter().all(|page| text(&first, page).contains(link)));
    let bulletin = Bulletin { addresses: vec![], ..congress.bulletin.clone().into_inner() };
    congress.bulletin = Hidden::default().clear(bulletin).unwrap();
    let second = built(&congress, &Known::default()).unwrap();
    let whole = text(&second, pages[1]);
    assert!(!whole.contains("href=\"http") && !whole.contains("href=\"../"));
}

#[test]
fn a_reference_runs_its_own_way_in_persian() {
    let mut congress = small();
    change(&mut congress, 3, |item| item.title = "نامهٔ شمارهٔ 2207/B-14".into());
    let built = built(&congress, &Known::default()).unwrap();
    let marked = "شمارهٔ \u{200e}2207/B-14";
    for page in ["sher.html", "index.html", "whole.html", "sher.txt"] {
        assert!(text(&built, &format!("read/fa/12-1/{page}")).contains(marked), "{page}");
    }
}

#[test]
fn an_address_in_full_names_what_must_be_named_in_full() {
    let mut congress = small();
    congress.set_base("https://congress.example/");
    let built = built(&congress, &Known::default()).unwrap();
    let map = text(&built, "sitemap.xml");
    assert!(map.contains("<loc>https://congress.example/read/fa/12-1/nasaji.html</loc>"));
    let page = text(&built, "read/fa/12-1/nasaji.html");
    assert!(page.contains(
        r#"property="og:image" content="https://congress.example/read/fa/12-1/nasaji.png""#
    ));
    assert!(
        page.contains(
            r#"rel="canonical" href="https://congress.example/read/fa/12-1/nasaji.html""#
        )
    );
}
