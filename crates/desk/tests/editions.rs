//! Editions at several desks: made anew to the same bytes, agreed to, handed in; and what a desk does
//! not agree to.

#[path = "editions/hidden.rs"]
mod hidden;
#[path = "editions/latest.rs"]
mod latest;
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
fn nothing_that_was_published_vanishes() {
    let shop = Shop::new(1, one());
    let (a, number) = published(&shop, "نامه");
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
fn only_what_the_desk_kept_is_published_of_files() {
    let shop = Shop::new(1, one());
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
    let (a, _) = latest::withdrawn(&shop);
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
