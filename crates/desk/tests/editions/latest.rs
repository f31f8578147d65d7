//! What a server shows, and what a desk goes on from.

use super::*;

/// A desk of one whose letter was published and then withdrawn; what the server served before that.
pub fn withdrawn(shop: &Shop) -> (Desk, Vec<u8>) {
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
fn a_release_that_no_proposal_leads_to_is_an_alarm() {
    let shop = Shop::new(1, one());
    let (a, _) = published(&shop, "نامه");
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
fn a_server_that_lost_all_is_given_all() {
    let shop = Shop::new(1, one());
    let (a, number) = published(&shop, "نامه");
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
