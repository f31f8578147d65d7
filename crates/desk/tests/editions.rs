//! Editions at several desks: made anew to the same bytes, agreed to, handed in; and what a desk does
//! not agree to.

mod shop;

use payamgir_desk::office::publishing::NotPrepared;
use payamgir_desk::office::{NotDone, Office};
use payamgir_desk::roster::Policy;
use payamgir_desk::work::{Act, Id, Ignored};
use payamgir_wire::edition::{
    Bulletin, Byline, Correction, Day, Edition, Heading, Item, Kind, Label, Slug, Spoken,
    Withdrawal,
};
use payamgir_wire::hex::Hex;
use payamgir_wire::release::Release;
use shop::{Desk, Shop};

const ITEM: Id = Hex([1; 16]);
const EDITION: Id = Hex([9; 16]);
const BODY: &str = "سه ماه است حقوق نداریم.";

fn two() -> Policy {
    Policy { threshold: 2, author_may_approve: true, ..Policy::DEFAULT }
}

fn item(title: &str, body: &str) -> Item {
    Item {
        slug: Slug("nameh".into()),
        lang: "fa".into(),
        kind: Kind::Words,
        title: title.into(),
        pulls: vec![],
        body: body.into(),
        byline: Byline::None,
        place: String::new(),
        day: None,
        label: Label::None,
        translates: None,
        answers: vec![],
        media: vec![],
        corrections: vec![],
        withdrawn: None,
    }
}

fn edition(slug: &str, items: &[Id]) -> Edition {
    let heading = |title: &str| Heading {
        lang: "fa".into(),
        title: title.into(),
        cover: String::new(),
        intro: String::new(),
    };
    Edition {
        slug: Slug(slug.into()),
        day: Day::parse("2026-11-30").unwrap(),
        headings: vec![heading("روز ۱")],
        items: items.to_vec(),
        paper: false,
    }
}

fn write(office: &Office, id: Id, item: Item, on: Vec<u64>) -> Result<(), NotDone> {
    let base = office.work().publishing().written(&id).and_then(|w| w.now()).map(|now| now.hash);
    office.act(Act::Item { item: id, on, base, body: Box::new(item) })
}

fn arrange(office: &Office, id: Id, edition: Edition) -> Result<(), NotDone> {
    let base = office.work().publishing().of_edition(&id).and_then(|w| w.now()).map(|now| now.hash);
    office.act(Act::Edition { edition: id, base, body: Box::new(edition) })
}

fn begin(office: &Office, number: u64) {
    let spoken = Spoken { lang: "fa".into(), title: "صدا".into(), about: String::new() };
    let bulletin = Bulletin { spoken: vec![spoken], ..Bulletin::default() };
    office.act(Act::Bulletin { base: None, body: Box::new(bulletin) }).unwrap();
    write(office, ITEM, item("نامه", BODY), vec![number]).unwrap();
    arrange(office, EDITION, edition("e1", &[ITEM])).unwrap();
}

fn step(shop: &Shop, desks: &[&Desk]) {
    for _ in 0..3 {
        for desk in desks {
            desk.office.step(&mut shop.line()).unwrap();
        }
    }
}

fn served(shop: &Shop) -> Option<Release> {
    let release = shop.shelf.lock().unwrap().release.clone();
    release.map(|bytes| Release::decode(&bytes).unwrap())
}

fn page(shop: &Shop, path: &str) -> String {
    let release = served(shop).unwrap();
    let file = release.files().find(|file| file.path.as_str() == path).unwrap();
    String::from_utf8(shop.shelf.lock().unwrap().files[&file.hash].clone()).unwrap()
}

#[test]
fn two_desks_make_the_same_and_publish_it() {
    let shop = Shop::new(3, two());
    let number = shop.submit("نامه از نگین: سه ماه است حقوق نداریم.");
    let (a, b) = (shop.desk(0, 0), shop.desk(1, 4000));
    assert!(matches!(a.office.propose(EDITION), Err(NotPrepared::NotAsked)));
    step(&shop, &[&a, &b]);
    begin(&a.office, number);
    let release = a.office.propose(EDITION).unwrap();
    step(&shop, &[&a, &b]);
    assert!(served(&shop).is_none(), "one approval");
    let work = b.office.work();
    let proposal = work.publishing().proposal(&release).unwrap();
    assert_eq!(b.office.approvals_of(proposal).0.len(), 1);
    assert!(matches!(
        a.office.endorse(release),
        Err(NotPrepared::NotDone(NotDone::Ignored(Ignored::Repeated)))
    ));
    b.office.endorse(release).unwrap();
    step(&shop, &[&b, &a]);
    assert_eq!(served(&shop).unwrap().hash(), release);
    assert!(page(&shop, "read/fa/e1/nameh.html").contains("سه ماه است حقوق نداریم."));
    assert_eq!(a.office.published(), Some(release));
    assert!(matches!(a.office.propose(EDITION), Err(NotPrepared::Same)));

    // Written anew: the next release follows, with what is unchanged taken over.
    let day = Day::parse("2026-12-01").unwrap();
    let note = Correction { day, text: "چهار ماه است، نه سه".into() };
    let again = Item {
        corrections: vec![note], ..item("نامه", "چهار ماه است حقوق نداریم.")
    };
    write(&b.office, ITEM, again, vec![number]).unwrap();
    let files = shop.shelf.lock().unwrap().files.len();
    let next = b.office.propose(EDITION).unwrap();
    step(&shop, &[&b, &a]);
    a.office.endorse(next).unwrap();
    step(&shop, &[&a, &b]);
    let now = served(&shop).unwrap();
    assert_eq!((now.number, now.previous, now.hash()), (2, release, next));
    assert!(shop.shelf.lock().unwrap().files.len() < files * 2);
    assert!(page(&shop, "index.html").contains("چهار ماه"));
}

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
fn nothing_that_was_published_vanishes() {
    let shop = Shop::new(1, Policy { author_may_approve: true, ..Policy::DEFAULT });
    let number = shop.submit("نامه");
    let a = shop.desk(0, 0);
    step(&shop, &[&a]);
    begin(&a.office, number);
    a.office.propose(EDITION).unwrap();
    step(&shop, &[&a]);
    assert_eq!(served(&shop).unwrap().number, 1);
    write(&a.office, Hex([2; 16]), Item { slug: Slug("b".into()), ..item("دیگر", "متن") }, vec![])
        .unwrap();
    arrange(&a.office, EDITION, edition("e1", &[Hex([2; 16])])).unwrap();
    assert!(matches!(a.office.propose(EDITION), Err(NotPrepared::Vanished(ITEM))));
    let day = Day::parse("2026-11-30").unwrap();
    let gone = Item {
        withdrawn: Some(Withdrawal { day, reason: "به خواست فرستنده".into() }),
        ..item("نامه", "سه ماه است حقوق نداریم.")
    };
    write(&a.office, ITEM, gone, vec![number]).unwrap();
    arrange(&a.office, EDITION, edition("e1", &[ITEM, Hex([2; 16])])).unwrap();
    a.office.propose(EDITION).unwrap();
    step(&shop, &[&a]);
    assert_eq!(served(&shop).unwrap().number, 2);
    let tombstone = page(&shop, "read/fa/e1/nameh.html");
    assert!(tombstone.contains("به خواست فرستنده") && !tombstone.contains("سه ماه"));
}

#[test]
fn a_release_that_no_proposal_leads_to_is_an_alarm() {
    let shop = Shop::new(1, Policy { author_may_approve: true, ..Policy::DEFAULT });
    let number = shop.submit("نامه");
    let a = shop.desk(0, 0);
    step(&shop, &[&a]);
    begin(&a.office, number);
    a.office.propose(EDITION).unwrap();
    step(&shop, &[&a]);
    let mut forged = served(&shop).unwrap();
    forged.number = 2;
    shop.shelf.lock().unwrap().release = Some(forged.encode());
    // What another desk proposed may not be here yet: it is an alarm the second time.
    a.office.step(&mut shop.line()).unwrap();
    let said = a.office.step(&mut shop.line()).unwrap_err();
    assert!(said.alarm && !said.stops && said.en.contains("did not approve"), "{}", said.en);
    shop.shelf.lock().unwrap().release = Some(b"nothing".to_vec());
    assert!(a.office.step(&mut shop.line()).unwrap_err().alarm);
}

#[test]
fn a_server_that_lost_all_is_given_all() {
    let shop = Shop::new(1, Policy { author_may_approve: true, ..Policy::DEFAULT });
    let number = shop.submit("نامه");
    let a = shop.desk(0, 0);
    step(&shop, &[&a]);
    begin(&a.office, number);
    a.office.propose(EDITION).unwrap();
    step(&shop, &[&a]);
    let files = shop.shelf.lock().unwrap().files.len();
    shop.shelf.lock().unwrap().files.clear();
    let day = Day::parse("2026-11-30").unwrap();
    let note = Correction { day, text: "نام فرستنده".into() };
    let byline = Byline::Name("یک کارگر".into());
    let named = Item { byline, corrections: vec![note], ..item("نامه", BODY) };
    write(&a.office, ITEM, named, vec![number]).unwrap();
    a.office.propose(EDITION).unwrap();
    step(&shop, &[&a]);
    assert_eq!(served(&shop).unwrap().number, 2);
    assert!(shop.shelf.lock().unwrap().files.len() >= files);
}

#[test]
fn only_what_the_desk_kept_is_published_of_files() {
    let shop = Shop::new(1, Policy { author_may_approve: true, ..Policy::DEFAULT });
    let number = shop.submit("نامه");
    let a = shop.desk(0, 0);
    step(&shop, &[&a]);
    begin(&a.office, number);
    let bytes = b"\x89PNG\r\n\x1a\n of nothing";
    let medium = |record| payamgir_wire::edition::Medium {
        record,
        hash: payamgir_wire::release::hash_of(bytes),
        media_type: "image/png".into(),
        width: 1,
        height: 1,
        alt: "هیچ".into(),
        caption: String::new(),
        credit: String::new(),
        transcript: String::new(),
    };
    let with = |record| Item { media: vec![medium(record)], ..item("نامه", "متن") };
    // A source's own record, whatever it holds, is none.
    write(&a.office, ITEM, with(number), vec![number]).unwrap();
    assert!(matches!(a.office.propose(EDITION), Err(NotPrepared::Refused(_))));
    let kept = std::thread::scope(|scope| {
        let kept = scope.spawn(|| a.office.keep_file("image/png", bytes));
        while !kept.is_finished() {
            a.office.step(&mut shop.line()).unwrap();
        }
        kept.join().unwrap().unwrap()
    });
    step(&shop, &[&a]);
    write(&a.office, ITEM, with(kept), vec![number]).unwrap();
    a.office.propose(EDITION).unwrap();
    step(&shop, &[&a]);
    let release = served(&shop).unwrap();
    assert!(release.files().any(|file| file.path.as_str().starts_with("read/media/")));
}

fn one() -> Policy {
    Policy { author_may_approve: true, ..Policy::DEFAULT }
}

/// A desk of one with its first edition published.
fn published(shop: &Shop, text: &str) -> (Desk, u64) {
    let number = shop.submit(text);
    let a = shop.desk(0, 0);
    step(shop, &[&a]);
    begin(&a.office, number);
    a.office.propose(EDITION).unwrap();
    step(shop, &[&a]);
    assert_eq!(served(shop).unwrap().number, 1);
    (a, number)
}

#[test]
fn what_was_proposed_and_not_approved_is_no_release() {
    let shop = Shop::new(3, two());
    let number = shop.submit("نامه");
    let (a, b) = (shop.desk(0, 0), shop.desk(1, 0));
    step(&shop, &[&a, &b]);
    begin(&a.office, number);
    let files = a.office.prepare(EDITION).unwrap().files;
    a.office.propose(EDITION).unwrap();
    step(&shop, &[&a, &b]);
    // A server that serves what one editor alone proposed: nobody builds upon it.
    shop.shelf.lock().unwrap().release = Some(files.encode());
    for desk in [&a, &b] {
        desk.office.step(&mut shop.line()).unwrap();
        let said = desk.office.step(&mut shop.line()).unwrap_err();
        assert!(said.alarm && said.en.contains("did not approve"), "{}", said.en);
        assert_eq!(desk.office.published(), Some(Hex([0; 32])));
    }
}

#[test]
fn what_cannot_be_made_holds_up_nothing() {
    let shop = Shop::new(3, two());
    let text = "نامه از نگین: سه ماه است حقوق نداریم.";
    let number = shop.submit(text);
    let (a, b) = (shop.desk(0, 0), shop.desk(1, 0));
    step(&shop, &[&a, &b]);
    begin(&a.office, number);
    write(&a.office, ITEM, item("نامهٔ نگین", "متن"), vec![number]).unwrap();
    let stuck = a.office.propose(EDITION).unwrap();
    step(&shop, &[&a, &b]);
    // Before the second approval arrives the name is hidden: no desk makes it any more.
    b.office.endorse(stuck).unwrap();
    b.office.act(Act::Redact { record: number, spans: vec![(8, 12)] }).unwrap();
    let said = (0..4).find_map(|_| b.office.step(&mut shop.line()).err()).unwrap();
    assert!(said.alarm && !said.stops && said.en.contains("cannot be made"), "{}", said.en);
    assert!(served(&shop).is_none());
    write(&b.office, ITEM, item("نامه", "متن"), vec![number]).unwrap();
    let mended = b.office.propose(EDITION).unwrap();
    let all = |desks: &[&Desk]| {
        for desk in desks.iter().cycle().take(8) {
            let _ = desk.office.step(&mut shop.line());
        }
    };
    all(&[&b, &a]);
    a.office.endorse(mended).unwrap();
    all(&[&a, &b]);
    assert_eq!(served(&shop).unwrap().hash(), mended);
}

#[test]
fn who_proposed_may_take_it_back() {
    let shop = Shop::new(3, two());
    let number = shop.submit("نامه");
    let (a, b) = (shop.desk(0, 0), shop.desk(1, 0));
    step(&shop, &[&a, &b]);
    begin(&a.office, number);
    let release = a.office.propose(EDITION).unwrap();
    step(&shop, &[&a, &b]);
    assert!(b.office.recall(release).is_err(), "another's");
    a.office.recall(release).unwrap();
    assert!(a.office.recall(release).is_err(), "twice");
    step(&shop, &[&a, &b]);
    let refused = b.office.endorse(release);
    assert!(matches!(refused, Err(NotPrepared::NotDone(NotDone::Ignored(Ignored::Stale)))));
    step(&shop, &[&b, &a]);
    assert!(served(&shop).is_none());
}

#[test]
fn what_was_published_stays_where_it_was_and_says_what_changed() {
    let shop = Shop::new(1, one());
    let (a, number) = published(&shop, "نامه");
    let office = &a.office;
    let moved = Item { slug: Slug("other".into()), ..item("نامه", BODY) };
    write(office, ITEM, moved, vec![number]).unwrap();
    assert!(matches!(office.propose(EDITION), Err(NotPrepared::Moved(Some(ITEM)))));
    let tongue = Item { lang: "en".into(), ..item("نامه", BODY) };
    write(office, ITEM, tongue, vec![number]).unwrap();
    assert!(matches!(office.propose(EDITION), Err(NotPrepared::Moved(Some(ITEM)))));
    write(office, ITEM, item("نامه", "چهار ماه"), vec![number]).unwrap();
    assert!(matches!(office.propose(EDITION), Err(NotPrepared::Silent(ITEM))));
    write(office, ITEM, item("نامه", BODY), vec![number]).unwrap();
    arrange(office, EDITION, edition("e2", &[ITEM])).unwrap();
    assert!(matches!(office.propose(EDITION), Err(NotPrepared::Moved(None))));
    arrange(office, EDITION, edition("e1", &[ITEM])).unwrap();
    let spoken = Spoken { lang: "en".into(), title: "Voice".into(), about: String::new() };
    let base = office.work().publishing().bulletin().now().map(|now| now.hash);
    let other = Box::new(Bulletin { spoken: vec![spoken], ..Bulletin::default() });
    office.act(Act::Bulletin { base, body: other }).unwrap();
    assert!(matches!(office.propose(EDITION), Err(NotPrepared::Moved(None))));
}

#[test]
fn a_translation_comes_without_its_original_and_goes_with_it() {
    let shop = Shop::new(1, one());
    let number = shop.submit("نامه");
    let a = shop.desk(0, 0);
    step(&shop, &[&a]);
    begin(&a.office, number);
    let english = Item {
        slug: Slug("letter".into()),
        lang: "en".into(),
        translates: Some(ITEM),
        ..item("Letter", "For three months we have had no pay.")
    };
    write(&a.office, Hex([2; 16]), english.clone(), vec![]).unwrap();
    arrange(&a.office, EDITION, edition("e1", &[Hex([2; 16])])).unwrap();
    a.office.propose(EDITION).unwrap();
    step(&shop, &[&a]);
    assert!(page(&shop, "read/en/e1/letter.html").contains("three months"));
    let day = Day::parse("2026-11-30").unwrap();
    let withdrawn = Some(Withdrawal { day, reason: "خواست فرستنده".into() });
    let gone = Item { withdrawn: withdrawn.clone(), ..item("نامه", BODY) };
    write(&a.office, ITEM, gone, vec![number]).unwrap();
    arrange(&a.office, EDITION, edition("e1", &[ITEM, Hex([2; 16])])).unwrap();
    assert!(matches!(a.office.propose(EDITION), Err(NotPrepared::Standing(Hex([2, ..])))));
    write(&a.office, Hex([2; 16]), Item { withdrawn, ..english }, vec![]).unwrap();
    a.office.propose(EDITION).unwrap();
    step(&shop, &[&a]);
    assert!(!page(&shop, "read/en/e1/letter.html").contains("three months"));
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

/// A desk of one whose letter was published and then withdrawn; what the server served before that.
fn withdrawn(shop: &Shop) -> (Desk, Vec<u8>) {
    let (a, number) = published(shop, "نامه");
    let before = shop.shelf.lock().unwrap().release.clone().unwrap();
    let day = Day::parse("2026-11-30").unwrap();
    let reason = "به خواست فرستنده".to_owned();
    let gone = Item { withdrawn: Some(Withdrawal { day, reason }), ..item("نامه", BODY) };
    write(&a.office, ITEM, gone, vec![number]).unwrap();
    a.office.propose(EDITION).unwrap();
    step(shop, &[&a]);
    assert_eq!(served(shop).unwrap().number, 2);
    (a, before)
}

/// A second edition with a letter of its own.
fn second(office: &Office) -> Id {
    other(office, 2, "e2")
}

fn third(office: &Office) -> Id {
    other(office, 3, "e3")
}

fn other(office: &Office, letter: u8, slug: &str) -> Id {
    let (letter, id) = (Hex([letter; 16]), Hex([letter + 20; 16]));
    if office.work().publishing().of_edition(&id).is_none() {
        let own = Item { slug: Slug("b".into()), ..item("دیگر", "متن") };
        write(office, letter, own, vec![]).unwrap();
        arrange(office, id, edition(slug, &[letter])).unwrap();
    }
    id
}

#[test]
fn a_server_that_goes_back_brings_nothing_back() {
    let shop = Shop::new(1, one());
    let (a, before) = withdrawn(&shop);
    {
        let mut shelf = shop.shelf.lock().unwrap();
        (shelf.release, shelf.stubborn) = (Some(before), true);
    }
    let said = a.office.step(&mut shop.line()).unwrap_err();
    assert!(said.alarm && !said.stops && said.en.contains("shows less"), "{}", said.en);
    // What is proposed now goes on from what was published.
    let next = a.office.prepare(second(&a.office)).unwrap();
    assert_eq!(next.files.number, 3);
    let page = |path: &str| {
        let mut files = next.built.new_files();
        let made = files.find(|(file, _)| file.path.as_str() == path);
        made.map(|(_, bytes)| String::from_utf8(bytes.to_vec()).unwrap())
    };
    assert!(page("read/fa/e1/nameh.html").unwrap().contains("به خواست فرستنده"));
    assert!(page("index.html").unwrap().contains("دیگر"));
    // Another desk knows it by the log alone; and once the server is honest again all is well.
    assert!(a.office.work().publishing().served().count() == 2);
    shop.shelf.lock().unwrap().stubborn = false;
    // What was mended is said for a while all the same: readers saw the older state.
    let said = a.office.step(&mut shop.line()).unwrap_err();
    assert!(said.alarm && said.en.contains("handed it the last again"), "{}", said.en);
    assert_eq!(served(&shop).unwrap().number, 2);
    a.clock.fetch_add(700, std::sync::atomic::Ordering::Relaxed);
    a.office.step(&mut shop.line()).unwrap();
}

#[test]
fn what_was_kept_back_does_not_take_the_place_of_what_was_published() {
    let shop = Shop::new(1, one());
    let (a, number) = published(&shop, "نامه");
    // The server refuses two editions, and keeps their files and approvals.
    let mut kept = vec![];
    for other in [second(&a.office), third(&a.office)] {
        shop.shelf.lock().unwrap().stubborn = true;
        let files = a.office.prepare(other).unwrap().files;
        let release = a.office.propose(other).unwrap();
        for _ in 0..3 {
            let _ = a.office.step(&mut shop.line());
        }
        a.office.recall(release).unwrap();
        let _ = a.office.step(&mut shop.line());
        kept.push(files.encode());
    }
    shop.shelf.lock().unwrap().stubborn = false;
    let day = Day::parse("2026-11-30").unwrap();
    let reason = "به خواست فرستنده".to_owned();
    let gone = Item { withdrawn: Some(Withdrawal { day, reason }), ..item("نامه", BODY) };
    write(&a.office, ITEM, gone, vec![number]).unwrap();
    let release = a.office.propose(EDITION).unwrap();
    step(&shop, &[&a]);
    assert_eq!(served(&shop).unwrap().hash(), release);
    // Whichever of them it shows now, nobody goes on from it.
    for fork in kept {
        let mut shelf = shop.shelf.lock().unwrap();
        (shelf.release, shelf.stubborn) = (Some(fork), true);
        drop(shelf);
        let said = a.office.step(&mut shop.line()).unwrap_err();
        assert!(said.alarm && said.en.contains("shows less"), "{}", said.en);
        assert_eq!(a.office.published(), Some(release));
        let fourth = a.office.prepare(second(&a.office)).unwrap();
        assert_eq!((fourth.files.number, fourth.files.previous), (3, release));
    }
}

#[test]
fn what_a_server_never_took_is_followed_all_the_same() {
    let shop = Shop::new(1, one());
    let (a, number) = published(&shop, "نامه");
    shop.shelf.lock().unwrap().stubborn = true;
    let day = Day::parse("2026-11-30").unwrap();
    let reason = "به خواست فرستنده".to_owned();
    let gone = Item { withdrawn: Some(Withdrawal { day, reason }), ..item("نامه", BODY) };
    write(&a.office, ITEM, gone, vec![number]).unwrap();
    let release = a.office.propose(EDITION).unwrap();
    let said = (0..3).find_map(|_| a.office.step(&mut shop.line()).err()).unwrap();
    assert!(said.en.contains("does not take"), "{}", said.en);
    let next = a.office.propose(second(&a.office)).unwrap();
    let work = a.office.work();
    assert_eq!(work.publishing().proposal(&next).unwrap().release.previous, release);
    // The newest goes out, and what it follows with it.
    shop.shelf.lock().unwrap().stubborn = false;
    for _ in 0..3 {
        let _ = a.office.step(&mut shop.line());
    }
    assert_eq!((served(&shop).unwrap().number, served(&shop).unwrap().hash()), (3, next));
    assert!(page(&shop, "read/fa/e1/nameh.html").contains("به خواست فرستنده"));
    a.office.step(&mut shop.line()).unwrap();
}

#[test]
fn a_server_that_serves_nothing_any_more_is_given_the_last() {
    let shop = Shop::new(1, one());
    let (a, _) = withdrawn(&shop);
    *shop.shelf.lock().unwrap() = Default::default();
    assert!(a.office.step(&mut shop.line()).unwrap_err().en.contains("handed it the last again"));
    assert_eq!(served(&shop).unwrap().number, 2, "not the first and then the second");
    // Opened anew, a desk knows the same from the log.
    let again = shop.desk(0, 0);
    *shop.shelf.lock().unwrap() = Default::default();
    assert!(again.office.step(&mut shop.line()).unwrap_err().alarm);
    assert_eq!(served(&shop).unwrap().number, 2);
}

#[test]
fn what_is_said_otherwise_is_noted() {
    let shop = Shop::new(1, one());
    let (a, number) = published(&shop, "نامه");
    let office = &a.office;
    let day = Day::parse("2026-11-30").unwrap();
    let refused = |item: Item| {
        write(office, ITEM, item, vec![number]).unwrap();
        matches!(office.propose(EDITION), Err(NotPrepared::Silent(ITEM)))
    };
    let base = || item("نامه", BODY);
    assert!(refused(Item { byline: Byline::Name("دیگری".into()), ..base() }));
    assert!(refused(Item { label: Label::Confirmed, ..base() }));
    assert!(refused(Item { place: "تهران".into(), ..base() }));
    assert!(refused(Item { day: Some(day), ..base() }));
    assert!(refused(Item { kind: Kind::Resolution, ..base() }));
    assert!(refused(Item { pulls: vec!["سه ماه".into()], ..base() }));
    let note = |text: &str| Correction { day, text: text.into() };
    let noted = |notes: &[&str], place: &str| Item {
        corrections: notes.iter().map(|text| note(text)).collect(),
        place: place.into(),
        ..base()
    };
    write(office, ITEM, noted(&["جا"], "تهران"), vec![number]).unwrap();
    office.propose(EDITION).unwrap();
    step(&shop, &[&a]);
    assert_eq!(served(&shop).unwrap().number, 2);
    assert!(refused(noted(&[], "تهران")), "a note taken away");
    assert!(refused(noted(&["دیگر"], "تهران")), "a note written over");
    assert!(refused(noted(&["دیگر", "جا"], "شیراز")), "a note put before");
    assert!(!refused(noted(&["جا", "باز جا"], "شیراز")));
}

#[test]
fn what_was_withdrawn_comes_back_with_a_note_only() {
    let shop = Shop::new(1, one());
    let (a, _) = withdrawn(&shop);
    write(&a.office, ITEM, item("نامه", "متنی دیگر"), vec![]).unwrap();
    assert!(matches!(a.office.propose(EDITION), Err(NotPrepared::Silent(ITEM))));
    let day = Day::parse("2026-11-30").unwrap();
    let note = Correction { day, text: "با اجازهٔ فرستنده برگشت".into() };
    let again = Item { corrections: vec![note], ..item("نامه", "متنی دیگر") };
    write(&a.office, ITEM, again, vec![]).unwrap();
    a.office.propose(EDITION).unwrap();
}

#[test]
fn what_is_put_aside_can_be_brought_back() {
    let shop = Shop::new(1, one());
    let (a, _) = published(&shop, "نامه");
    let drop = |written: Id, off: bool| a.office.act(Act::Drop { written, off });
    let dropped = || a.office.work().publishing().is_dropped(&ITEM);
    assert!(drop(Hex([77; 16]), false).is_err(), "there is none");
    assert!(drop(ITEM, true).is_err(), "it is not aside");
    drop(ITEM, false).unwrap();
    assert!(dropped() && drop(ITEM, false).is_err());
    drop(ITEM, true).unwrap();
    assert!(!dropped());
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
