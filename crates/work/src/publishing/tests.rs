use payamgir_wire::edition::{Byline, Day, Heading, Kind, Label, Slug};

use super::*;

fn by(author: u8) -> By {
    By { author: [author; 32], made: 1, on: vec![7] }
}

fn item(title: &str) -> Item {
    Item {
        slug: Slug("a".into()),
        lang: "fa".into(),
        kind: Kind::Words,
        title: title.into(),
        pulls: vec![],
        body: "متن".into(),
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

fn edition(items: &[u8]) -> Edition {
    let heading = Heading {
        lang: "fa".into(),
        title: "روز ۱".into(),
        cover: String::new(),
        intro: String::new(),
    };
    Edition {
        slug: Slug("e".into()),
        day: Day::parse("2026-11-30").unwrap(),
        headings: vec![heading],
        items: items.iter().map(|id| Hex([*id; 16])).collect(),
        paper: false,
    }
}

/// A desk with an item, an edition and a bulletin, and a release of them.
fn written() -> (Publishing, Release) {
    let mut all = Publishing::default();
    all.item(Hex([1; 16]), None, item("یک"), by(1)).unwrap();
    all.edition(Hex([9; 16]), None, edition(&[1]), by(1)).unwrap();
    all.set_bulletin(None, Bulletin::default(), by(1)).unwrap();
    let release = Release {
        previous: Hex([0; 32]),
        bulletin: all.bulletin().now().unwrap().hash,
        edition: Hex([9; 16]),
        version: all.of_edition(&Hex([9; 16])).unwrap().now().unwrap().hash,
        items: vec![all.written(&Hex([1; 16])).unwrap().now().unwrap().hash],
        release: Hex([1; 32]),
    };
    (all, release)
}

#[test]
fn nobody_writes_over_words_they_have_not_seen() {
    let (mut all, _) = written();
    let id = Hex([1; 16]);
    let first = all.written(&id).unwrap().now().unwrap().hash;
    assert_eq!(all.item(id, None, item("دو"), by(2)), Err(Ignored::Stale));
    assert_eq!(all.item(id, Some(first), item("دو"), by(2)), Ok(()));
    assert_eq!(all.item(id, Some(first), item("سه"), by(3)), Err(Ignored::Stale));
    assert_eq!(all.item(Hex([2; 16]), Some(first), item("نو"), by(1)), Err(Ignored::Stale));
    assert!(all.written(&Hex([2; 16])).is_none(), "nothing is left of what was refused");
    let written = all.written(&id).unwrap();
    assert_eq!(written.now().unwrap().body.title, "دو");
    let other = By { on: vec![9], ..by(2) };
    let second = written.now().unwrap().hash;
    let mut more = all.clone();
    more.item(id, Some(second), item("سه"), other).unwrap();
    assert_eq!(*more.written(&id).unwrap().now().unwrap().on, [7, 9], "sources stay known");
    assert_eq!(written.version(&first).unwrap().body.title, "یک");
    assert_eq!(written.versions().len(), 2);
}

#[test]
fn a_proposal_names_versions_that_are_there() {
    let (all, good) = written();
    type Change = fn(&mut Release);
    let table: [(&str, Change); 5] = [
        ("another edition", |r| r.edition = Hex([8; 16])),
        ("another version", |r| r.version = Hex([8; 32])),
        ("an item's other version", |r| r.items[0] = Hex([8; 32])),
        ("an item more", |r| r.items.push(r.items[0])),
        ("another bulletin", |r| r.bulletin = Hex([8; 32])),
    ];
    for (what, change) in table {
        let mut release = good.clone();
        change(&mut release);
        assert_eq!(all.clone().propose(release, by(1)), Err(Ignored::NoSuchThing), "{what}");
    }
    let mut all = all;
    assert_eq!(all.propose(good.clone(), by(1)), Ok(()));
    assert_eq!(all.propose(good, by(2)), Err(Ignored::Repeated));
}

#[test]
fn who_agrees_does_so_once_and_is_not_the_author() {
    let (mut all, release) = written();
    assert_eq!(all.endorse(&release.release, [2; 32]), Err(Ignored::NoSuchThing));
    all.propose(release.clone(), by(1)).unwrap();
    assert_eq!(all.endorse(&release.release, [1; 32]), Err(Ignored::Repeated));
    assert_eq!(all.endorse(&release.release, [2; 32]), Ok(()));
    assert_eq!(all.endorse(&release.release, [2; 32]), Err(Ignored::Repeated));
}

#[test]
fn a_chain_leads_from_the_first_release_to_the_last() {
    let (mut all, first) = written();
    all.propose(first.clone(), by(1)).unwrap();
    let second = Release { previous: Hex([1; 32]), release: Hex([2; 32]), ..first.clone() };
    all.propose(second, by(1)).unwrap();
    let names = |release: u8| {
        let chain = all.chain(&Hex([release; 32]))?;
        Some(chain.iter().map(|proposal| proposal.release.release.0[0]).collect::<Vec<_>>())
    };
    assert_eq!(names(2), Some(vec![1, 2]));
    assert_eq!(names(1), Some(vec![1]));
    assert_eq!(names(0), Some(vec![]), "before anything was released");
    assert_eq!(names(3), None);
    // One that follows what comes after it, or itself, leads nowhere.
    let mut loops = all.clone();
    let own = Release { previous: Hex([5; 32]), release: Hex([5; 32]), ..first.clone() };
    loops.propose(own, by(1)).unwrap();
    assert!(loops.chain(&Hex([5; 32])).is_none());
    let early = Release { previous: Hex([7; 32]), release: Hex([6; 32]), ..first.clone() };
    loops.propose(early, by(1)).unwrap();
    loops.propose(Release { release: Hex([7; 32]), ..first }, by(1)).unwrap();
    assert!(loops.chain(&Hex([6; 32])).is_none());
}

#[test]
fn what_was_served_is_noted_once_and_known_for_what_it_led_to() {
    let (mut all, first) = written();
    assert_eq!(all.serve(&first.release), Err(Ignored::NoSuchThing));
    all.propose(first.clone(), by(1)).unwrap();
    assert_eq!(all.serve(&first.release), Ok(()));
    assert_eq!(all.serve(&first.release), Err(Ignored::Repeated));
    assert!(all.was_served(&first.release) && !all.was_served(&Hex([2; 32])));
    let beside = Release { release: Hex([3; 32]), ..first.clone() };
    let second = Release { previous: Hex([1; 32]), release: Hex([2; 32]), ..first };
    all.propose(second, by(1)).unwrap();
    all.propose(beside, by(1)).unwrap();
    let leads = |from: u8, to: u8| all.leads(&Hex([from; 32]), &Hex([to; 32]));
    assert!(leads(1, 2) && leads(0, 2) && leads(0, 0) && leads(1, 1));
    assert!(!leads(1, 3) && !leads(2, 1) && !leads(0, 9));
}

#[test]
fn what_is_put_aside_is_there_still() {
    let (mut all, _) = written();
    let id = Hex([1; 16]);
    assert_eq!(all.put_aside(Hex([5; 16]), false), Err(Ignored::NoSuchThing));
    assert_eq!(all.put_aside(id, true), Err(Ignored::Repeated));
    assert_eq!(all.put_aside(id, false), Ok(()));
    assert!(all.is_dropped(&id) && all.written(&id).is_some());
    assert_eq!(all.put_aside(id, true), Ok(()));
    assert!(!all.is_dropped(&id));
}
