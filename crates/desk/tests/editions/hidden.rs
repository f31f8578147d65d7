//! What was hidden is in nothing that is published.

use super::*;

#[test]
fn what_was_hidden_since_is_not_agreed_to() {
    let shop = Shop::new(2, two());
    let text = "نامه از نگین: سه ماه است حقوق نداریم.";
    let number = shop.submit(text);
    let (a, b) = (shop.desk(0, 0), shop.desk(1, 0));
    step(&shop, &[&a, &b]);
    begin(&a.office, number);
    write(&a.office, ITEM, item("نامهٔ نگین", "متن"), vec![number]).unwrap();
    let release = a.office.propose(EDITION).unwrap();
    step(&shop, &[&a, &b]);
    b.office.act(Act::Redact { record: number, spans: vec![(8, 12)] }).unwrap();
    let refused = b.office.endorse(release);
    assert!(matches!(refused, Err(NotPrepared::NotClear(Some(ITEM), _))), "{refused:?}");
    assert!(matches!(b.office.propose(EDITION), Err(NotPrepared::NotClear(..))));
    assert!(!format!("{:?}", refused.unwrap_err()).contains("نگین"));
    step(&shop, &[&b, &a]);
    assert!(served(&shop).is_none());
    // A translation is held against what was hidden of its original's sources.
    let mut english = item("Letter", "from نگین");
    (english.translates, english.slug) = (Some(ITEM), Slug("letter".into()));
    write(&b.office, ITEM, item("نامه", "متن"), vec![number]).unwrap();
    write(&b.office, Hex([2; 16]), english, vec![]).unwrap();
    arrange(&b.office, EDITION, edition("e1", &[ITEM, Hex([2; 16])])).unwrap();
    let refused = b.office.propose(EDITION);
    assert!(matches!(refused, Err(NotPrepared::NotClear(Some(Hex([2, ..])), _))), "{refused:?}");
}

#[test]
fn nothing_hidden_is_in_any_words_that_are_published() {
    let shop = Shop::new(1, one());
    let text = "من نگین راد هستم: سه ماه است حقوق نداریم.";
    let (a, number) = published(&shop, text);
    let other = shop.submit("نامه‌ای دیگر");
    step(&shop, &[&a]);
    let office = &a.office;
    office.act(Act::Redact { record: number, spans: vec![(3, 11)] }).unwrap();
    let leaks = |item: Item, on: &[u64]| {
        let keys: Vec<u64> = on.iter().filter_map(|number| office.key_of(*number)).collect();
        matches!(office.clear_item(item, &keys), Err(NotPrepared::NotClear(..)))
    };
    let on = [number];
    assert!(!leaks(item("نامه", BODY), &on));
    assert!(leaks(item("نامهٔ راد", BODY), &on), "half of it");
    assert!(leaks(item("نامه", "ن&#1711;ین"), &on), "a letter by its number");
    assert!(leaks(item("نامه", "نگ[ین](https://a.example)"), &on), "across a link");
    // Of whose words another says nothing: the whole of it tells, half of it does not.
    assert!(leaks(item("نامه", "نگین راد نوشت"), &[]));
    assert!(leaks(item("نامه", "نگین راد نوشت"), &[other]));
    assert!(!leaks(item("نامه", "نگین نوشت"), &[other]));
    let answer =
        Item { answers: vec![ITEM], kind: Kind::Answer, ..item("پاسخ", "به نگین") };
    assert!(leaks(answer, &[]), "an answer to it");
    // The edition's and the bulletin's own words, also where the item was published before.
    let mut again = edition("e1", &[ITEM]);
    again.headings[0].intro = "نامهٔ نگین را بخوانید.".into();
    assert!(matches!(office.clear_edition(again.clone()), Err(NotPrepared::NotClear(..))));
    arrange(office, EDITION, again).unwrap();
    assert!(matches!(office.propose(EDITION), Err(NotPrepared::NotClear(None, _))));
    arrange(office, EDITION, edition("e1", &[ITEM])).unwrap();
    let spoken =
        Spoken {
            lang: "fa".into(), title: "صدا".into(), about: "نامه‌های نگین راد".into()
        };
    let bulletin = Bulletin { spoken: vec![spoken], ..Bulletin::default() };
    assert!(matches!(office.clear_bulletin(bulletin.clone()), Err(NotPrepared::NotClear(..))));
    let base = office.work().publishing().bulletin().now().map(|now| now.hash);
    office.act(Act::Bulletin { base, body: Box::new(bulletin) }).unwrap();
    assert!(matches!(office.propose(EDITION), Err(NotPrepared::NotClear(None, _))));
}

#[test]
fn a_hidden_day_is_not_printed_by_the_field_for_it() {
    let shop = Shop::new(1, one());
    let text = "روز ۱۲ آبان ۱۴۰۵ در کارخانه بودم.";
    let (a, number) = published(&shop, text);
    a.office.act(Act::Redact { record: number, spans: vec![(4, 16)] }).unwrap();
    let key = a.office.key_of(number).unwrap();
    let on = |day: &str| {
        let day = Some(Day::parse(day).unwrap());
        a.office.clear_item(Item { day, ..item("نامه", BODY) }, &[key])
    };
    assert!(matches!(on("1405-08-12"), Err(NotPrepared::NotClear(..))));
    assert!(matches!(on("2026-11-03"), Err(NotPrepared::NotClear(..))), "the same day");
    assert!(on("1405-08").is_ok() && on("1405-08-13").is_ok());
}
