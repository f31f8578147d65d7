//! Desks at work on one log: acting, offline for a while, with wrong clocks, and killed.

mod shop;

use payamgir_desk::office::{NotDone, Office, State, Wanted, Why};
use payamgir_desk::roster::{Policy, kind};
use payamgir_desk::store::SEGMENT;
use payamgir_desk::work::{Act, Check, Event, Id, Ignored, Signed, Stage, text_hash};
use payamgir_text::search::parse;
use payamgir_wire::hex::Hex;
use proptest::prelude::*;
use shop::{Desk, NOW, Shop};

/// One thing that one desk does, and with what.
#[derive(Clone, Debug)]
enum Step {
    Act(usize, u8, usize),
    Sync(usize),
    Arrive,
    /// The desk's process ends, and comes back from what is on the disk.
    Kill(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..3usize, any::<u8>(), any::<usize>()).prop_map(|(who, act, on)| Step::Act(who, act, on)),
        3 => (0..3usize).prop_map(Step::Sync),
        1 => Just(Step::Arrive),
        1 => (0..3usize).prop_map(Step::Kill),
    ]
}

fn act(office: &Office, choice: u8, on: usize, members: &[Hex<32>]) -> Option<Act> {
    let store = office.store();
    let all = store.catalog().conversations();
    let number = all.get(on % all.len().max(1))?.number;
    let (work, some) = (office.work(), vec![number]);
    let reply = || work.replies().map(|reply| reply.id).min_by_key(|id| (id.0[0] as usize) ^ on);
    let words = |id: &Id| work.reply(id).map(|reply| reply.text_hash());
    Some(match choice % 20 {
        0 => Act::Assign { on: some, to: Some(members[on % members.len()]) },
        1 => Act::Assign { on: some, to: None },
        2 => Act::Note { on: number, text: format!("note {on}") },
        3 => Act::Label { on: some, label: format!("label {}", on % 3), off: false },
        4 => Act::Label { on: some, label: format!("label {}", on % 3), off: true },
        5 => Act::Check { on: some, state: Check::Doubtful },
        6 => Act::Resolve { on: some },
        7 => Act::Reopen { on: some },
        8 => Act::Snooze { on: some, until: NOW + on as u64 % 1000 },
        9 => Act::Quarantine { on: some, off: on.is_multiple_of(2) },
        10 => Act::Redact { record: number, spans: vec![(0, 1 + on as u32 % 5)] },
        11 => Act::Draft {
            reply: Hex([on as u8; 16]),
            on: number,
            text: format!("reply {on}"),
            file: None,
        },
        12 => reply().and_then(|id| Some(Act::Approve { text: words(&id)?, reply: id }))?,
        13 => reply().and_then(|id| Some(Act::Queue { text: words(&id)?, reply: id }))?,
        14 => Act::Withdraw { reply: reply()? },
        15 => Act::Erase { records: vec![number] },
        16 => Act::Hide { name: format!("name {}", on % 3), off: on.is_multiple_of(2) },
        17 | 18 => Act::Canned {
            id: Hex([on as u8 % 4; 16]),
            lang: "fa".into(),
            title: format!("title {on}"),
            text: if choice.is_multiple_of(3) { String::new() } else { format!("words {on}") },
        },
        _ => Act::Call { name: format!("name {}", on % 5) },
    })
}

fn sync(shop: &Shop, desk: &Desk) {
    desk.office.step(&mut shop.line()).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 40, ..ProptestConfig::default() })]
    #[test]
    fn three_desks_end_alike(steps in prop::collection::vec(step(), 1..60), threshold in 1u8..3) {
        let shop = Shop::new(3, Policy { threshold, ..Policy::DEFAULT });
        for n in 0..4 {
            shop.submit(&format!("سلام {n}"));
        }
        let ahead = [0, -86_400 * 400, 7200];
        let mut desks: Vec<Desk> = (0..3).map(|who| shop.desk(who, ahead[who])).collect();
        let members: Vec<Hex<32>> = shop.members.iter().map(|m| Hex(m.verifying_key())).collect();
        let mut done = 0;
        for step in steps {
            match step {
                Step::Arrive => drop(shop.submit("چیز تازه")),
                Step::Sync(who) => sync(&shop, &desks[who]),
                Step::Kill(who) => desks[who] = shop.desk(who, ahead[who]),
                Step::Act(who, choice, on) => {
                    let office = &desks[who].office;
                    let Some(act) = act(office, choice, on, &members) else { continue };
                    done += usize::from(office.act(act).is_ok());
                }
            }
        }
        // Once to send, once more to hear what the others sent.
        for _ in 0..2 {
            desks.iter().for_each(|desk| sync(&shop, desk));
        }
        let fresh = shop.desk(0, 0);
        let expected = fresh.office.work();
        prop_assert_eq!(expected.heard().len(), done, "nothing done is lost or doubled");
        for desk in &desks {
            prop_assert!(*desk.office.work() == *expected);
            prop_assert_eq!(desk.office.sync_state().waiting, 0);
        }
    }
}

#[test]
fn what_others_may_not_say_is_passed_over_alike_and_told() {
    let shop = Shop::new(2, Policy::DEFAULT);
    let number = shop.submit("سلام");
    let desk = shop.desk(0, 0);
    let roster = desk.office.roster().unwrap();
    let desk_key = desk.office.key_of(number).unwrap();
    let note = |id: u8, desk: [u8; 32], seen| Event {
        desk,
        id: Hex([id; 16]),
        seen,
        made: NOW,
        act: Act::Note { on: desk_key, text: "نوشته‌ای از بیگانه".into() },
    };
    let by = |who: usize, event: &Event| {
        let member = &shop.members[who];
        Signed::new(event, member.verifying_key(), |m| member.sign(m)).unwrap()
    };
    let stranger = payamgir_desk::open::Member::from_seed(&zeroize::Zeroizing::new([99; 64]));
    let good = by(1, &note(1, roster.desk(), 1));
    let unsigned =
        Signed::new(&note(2, roster.desk(), 1), shop.members[1].verifying_key(), |_| [0; 64]);
    let strange =
        Signed::new(&note(3, roster.desk(), 1), stranger.verifying_key(), |m| stranger.sign(m));
    let table: Vec<(Vec<u8>, Result<(), Ignored>)> = vec![
        (good.encode(), Ok(())),
        (good.encode(), Err(Ignored::Repeated)),
        (unsigned.unwrap().encode(), Err(Ignored::Signature)),
        (strange.unwrap().encode(), Err(Ignored::NoMember)),
        (by(1, &note(4, [0; 32], 1)).encode(), Err(Ignored::OtherDesk)),
        (by(1, &note(5, roster.desk(), 1_000_000)).encode(), Err(Ignored::NoSuchThing)),
        (b"not an event".to_vec(), Err(Ignored::Unreadable)),
    ];
    for (plain, _) in &table {
        shop.append(kind::WORK, shop.seal(plain));
    }
    shop.append(kind::WORK, b"age-encryption.org/v1\nnothing".to_vec());
    sync(&shop, &desk);
    let outcomes: Vec<_> = desk.office.work().heard().iter().map(|heard| heard.outcome).collect();
    let expected: Vec<_> =
        table.iter().map(|(_, outcome)| *outcome).chain([Err(Ignored::Unreadable)]).collect();
    assert_eq!(outcomes, expected);
    let other = shop.desk(1, 0);
    assert_eq!(*other.office.work(), *desk.office.work());
    assert_eq!(desk.office.case(number).notes.len(), 1);
}

#[test]
fn what_does_not_count_is_not_found() {
    let shop = Shop::new(1, Policy::DEFAULT);
    let number = shop.submit("سلام");
    let desk = shop.desk(0, 0);
    let (roster, on) = (desk.office.roster().unwrap(), desk.office.key_of(number).unwrap());
    let stranger = payamgir_desk::open::Member::from_seed(&zeroize::Zeroizing::new([99; 64]));
    for (member, id, word) in [(&stranger, 1, "بیگانه"), (&*shop.members[0], 2, "خودی")] {
        let act = Act::Note { on, text: format!("{word} نوشت") };
        let event = Event { desk: roster.desk(), id: Hex([id; 16]), seen: 1, made: NOW, act };
        let signed = Signed::new(&event, member.verifying_key(), |m| member.sign(m)).unwrap();
        shop.append(kind::WORK, shop.seal(&signed.encode()));
    }
    sync(&shop, &desk);
    let found = |word: &str| {
        let rows = desk.office.list(Wanted::All, &parse(word), (None, 50), 0).unwrap();
        rows.rows.iter().map(|row| (row.number, row.why)).collect::<Vec<_>>()
    };
    assert_eq!(found("بیگانه"), [], "anybody can seal to the epoch; few are members");
    assert_eq!(found("خودی"), [(number, Some(Why::Note))]);
}

#[test]
fn what_was_done_stays_with_a_conversation_whose_first_part_is_erased() {
    let shop = Shop::new(1, Policy::DEFAULT);
    let part = |text: &str| payamgir_wire::Part::Text(zeroize::Zeroizing::new(text.into()));
    let heron = || Some(zeroize::Zeroizing::new("heron 12".to_owned()));
    let first = payamgir_wire::Entry { alias: heron(), ..shop.entry(part("نخست")) };
    let number = shop.submit_entry(first);
    let second = payamgir_wire::Entry { alias: heron(), ..shop.entry(part("دوم")) };
    let left = shop.submit_entry(second);
    let alone = shop.entry(part("یک"));
    let head = shop.submit_entry(alone.clone());
    let tail = shop.submit_entry(payamgir_wire::Entry { index: 1, part: part("دو"), ..alone });
    let mut desk = shop.desk(0, 0);
    let both = vec![number, head];
    desk.office.act(Act::Label { on: both.clone(), label: "مهم".into(), off: false }).unwrap();
    desk.office.act(Act::Note { on: number, text: "پیگیری شود".into() }).unwrap();
    desk.office.act(Act::Resolve { on: both }).unwrap();
    sync(&shop, &desk);
    for erased in [number, head] {
        shop.log.erase(erased).unwrap();
    }
    sync(&shop, &desk);
    for opened_anew in [false, true] {
        if opened_anew {
            drop(desk);
            desk = shop.desk(0, 0);
        }
        for (now, before) in [(left, number), (tail, head)] {
            assert!(desk.office.view(before).unwrap().is_none());
            let view = desk.office.view(now).unwrap().unwrap();
            assert!(view.case.labels.contains("مهم"), "{opened_anew}");
            assert_eq!(view.state, State::Resolved, "{opened_anew}");
        }
        assert_eq!(desk.office.case(left).notes.len(), 1);
    }
    desk.office.act(Act::Reopen { on: vec![left] }).unwrap();
    assert_eq!(desk.office.view(left).unwrap().unwrap().state, State::Waiting);
}

#[test]
fn who_writes_where_is_told_for_a_minute_and_kept_nowhere() {
    let shop = Shop::new(2, Policy::DEFAULT);
    let (number, other) = (shop.submit("سلام"), shop.submit("دیگر"));
    let desks = [shop.desk(0, 0), shop.desk(1, 0)];
    let before = shop.size();
    desks[0].office.attend(number);
    desks.iter().for_each(|desk| sync(&shop, desk));
    assert_eq!(desks[1].office.others_at(number), [desks[0].office.me()]);
    assert_eq!(desks[1].office.others_at(other), [[0; 32]; 0]);
    assert!(!desks[0].office.others_at(number).contains(&desks[1].office.me()));
    assert_eq!(shop.size(), before, "nothing of it is in the log");
    desks[1].clock.fetch_add(61, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(desks[1].office.others_at(number), [[0; 32]; 0], "it is over");
}

#[test]
fn an_alarm_stands_over_locking_until_somebody_looked_into_it() {
    let shop = Shop::new(1, Policy::DEFAULT);
    shop.submit("سلام");
    let desk = shop.desk(0, 0);
    let said = |alarm, stops| payamgir_desk::office::Said {
        fa: "هشدار".into(),
        en: "ALARM".into(),
        to_do_fa: "ببینید".into(),
        to_do_en: "look".into(),
        alarm,
        stops,
    };
    let stands = |desk: &Desk| desk.office.sync_state().said.is_some_and(|said| said.stops);
    desk.office.tell(said(true, true));
    desk.office.tell(said(false, false));
    assert!(stands(&desk), "what comes later does not take its place");
    let folder = desk.folder.clone();
    drop(desk);
    let desk = shop.desk(0, 0);
    assert!(stands(&desk), "locked and opened again");
    desk.office.looked_into().unwrap();
    assert!(!stands(&desk));
    drop(desk);
    assert!(!stands(&shop.desk(0, 0)));
    // One that cannot be read any more is an alarm too.
    std::fs::write(folder.join("alarm.age"), b"age-encryption.org/v1\n").unwrap();
    assert!(stands(&shop.desk(0, 0)));
}

#[test]
fn an_attachment_that_does_not_come_says_why() {
    use payamgir_desk::office::{Absent, Fetch, Said};

    struct Way(Vec<Result<bool, Said>>);
    impl Fetch for Way {
        fn fetch(&mut self, _: payamgir_wire::Hash) -> Result<bool, Said> {
            self.0.remove(0)
        }
    }
    let shop = Shop::new(1, Policy::DEFAULT);
    let desk = shop.desk(0, 0);
    let blob = Hex([3; 32]);
    let gone = || Said {
        fa: String::new(),
        en: String::new(),
        to_do_fa: String::new(),
        to_do_en: String::new(),
        alarm: false,
        stops: false,
    };
    let altered = Said { alarm: true, ..gone() };
    let mut way = Way(vec![Err(gone()), Ok(true), Ok(false), Err(altered)]);
    assert_eq!(desk.office.absent(&blob), Absent::Coming);
    assert!(!desk.office.fetch(&mut way, blob));
    assert_eq!(desk.office.absent(&blob), Absent::Unreachable);
    assert!(desk.office.fetch(&mut way, blob));
    assert_eq!((desk.office.absent(&blob), desk.office.fetched()), (Absent::Coming, 1));
    assert!(desk.office.fetch(&mut way, blob));
    assert_eq!(desk.office.absent(&blob), Absent::Lost);
    assert_eq!(desk.office.sync_state().said, None, "no alarm");
    let changed = Hex([4; 32]);
    assert!(desk.office.fetch(&mut way, changed), "the next is fetched");
    assert_eq!(desk.office.absent(&changed), Absent::Lost);
    sync(&shop, &desk);
    assert!(desk.office.sync_state().said.is_some_and(|said| said.alarm && !said.stops));
}

#[test]
fn what_was_not_seen_is_not_done_with() {
    let shop = Shop::new(1, Policy::DEFAULT);
    let first = shop.entry(payamgir_wire::Part::Text(zeroize::Zeroizing::new("یک".into())));
    let number = shop.submit_entry(first.clone());
    let desk = shop.desk(0, 0);
    // Something more of it arrives before the resolving reaches the log.
    desk.office.act(Act::Resolve { on: vec![number] }).unwrap();
    assert_eq!(desk.office.view(number).unwrap().unwrap().state, State::Resolved);
    shop.submit_entry(payamgir_wire::Entry { index: 1, ..first });
    sync(&shop, &desk);
    assert_eq!(desk.office.view(number).unwrap().unwrap().state, State::Waiting);
}

#[test]
fn a_reply_goes_out_only_as_approved() {
    let shop = Shop::new(3, Policy { threshold: 2, author_may_approve: false, ..Policy::DEFAULT });
    let number = shop.submit("سلام");
    let desks: Vec<Desk> = (0..3).map(|who| shop.desk(who, 0)).collect();
    let reply = Hex([9; 16]);
    let draft = |text: &str| Act::Draft { reply, on: number, text: text.into(), file: None };
    let (old, new) = (text_hash("یک"), text_hash("دو"));
    let all = |desks: &[Desk]| (0..2).for_each(|_| desks.iter().for_each(|desk| sync(&shop, desk)));
    desks[0].office.act(draft("یک")).unwrap();
    let refused = desks[0].office.act(Act::Approve { reply, text: old });
    assert!(matches!(refused, Err(NotDone::Ignored(Ignored::NotAllowed))), "not one's own");
    all(&desks);
    desks[1].office.act(Act::Approve { reply, text: old }).unwrap();
    let early = desks[1].office.act(Act::Queue { reply, text: old });
    assert!(matches!(early, Err(NotDone::Ignored(Ignored::TooFew))));
    // The words change meanwhile: what was approved was something else.
    desks[0].office.act(draft("دو")).unwrap();
    all(&desks);
    let stale = desks[2].office.act(Act::Approve { reply, text: old });
    assert!(matches!(stale, Err(NotDone::Ignored(Ignored::Stale))));
    for desk in &desks[1..] {
        desk.office.act(Act::Approve { reply, text: new }).unwrap();
    }
    all(&desks);
    desks[2].office.act(Act::Queue { reply, text: new }).unwrap();
    let work = desks[2].office.work();
    assert!(work.reply(&reply).unwrap().outgoing().is_none(), "on its way, not in the log");
    all(&desks);
    let work = desks[0].office.work();
    let known = work.reply(&reply).unwrap();
    assert_eq!(known.outgoing().unwrap().text(), "دو");
    assert!(matches!(known.stage, Stage::Queued { by, .. } if by == desks[2].office.me()));
    let counts = desks[0].office.counts();
    assert_eq!((counts.of[0], counts.of[3]), (0, 1), "answered and still open");
}

#[test]
fn what_the_keyring_forgets_the_store_forgets() {
    let shop = Shop::new(1, Policy::DEFAULT);
    let text = |n: u64| payamgir_wire::Part::Text(zeroize::Zeroizing::new(format!("سلام {n}")));
    // More than one segment: those on the disk were made with the key.
    shop.append_all((0..SEGMENT + 50).map(|n| shop.entry(text(n))).collect());
    let mut desk = shop.desk(0, 0);
    let all = |desk: &Desk| {
        (1..shop.size()).filter(|at| desk.office.text(*at).unwrap().is_some()).count() as u64
    };
    assert_eq!(all(&desk), SEGMENT + 50);
    // The next unlocking is with a keyring from which the epoch is gone.
    desk = shop.desk_with(0, payamgir_desk::open::Keyring::default());
    assert_eq!(all(&desk), 0);
    let found = desk.office.list(Wanted::All, &parse("سلام"), (None, 50), 0).unwrap();
    assert!(found.rows.is_empty());
    drop(desk);
    // And what a key that comes later opens is opened then.
    assert_eq!(all(&shop.desk(0, 0)), SEGMENT + 50);
}

#[test]
fn what_belongs_together_is_read_together() {
    use payamgir_desk::office::{Piece, What};
    use payamgir_wire::{Attachment, Part};
    use zeroize::Zeroizing;

    let shop = Shop::new(1, Policy::DEFAULT);
    let text = |words: &str| Part::Text(Zeroizing::new(words.to_owned()));
    let photo = |cut| {
        Part::Attachment(Attachment {
            blob: Hex([3; 32]),
            size: 900,
            media_type: Zeroizing::new("image/jpeg".into()),
            name: Zeroizing::new("عکس.jpg".into()),
            cut,
        })
    };
    let heron = || Some(Zeroizing::new("heron 12".to_owned()));
    let first = payamgir_wire::Entry { alias: heron(), ..shop.entry(text("یک")) };
    let part = |index, part| payamgir_wire::Entry { index, part, ..first.clone() };
    let number = shop.submit_entry(first.clone());
    // Somebody else in between; the album's pictures come out of order, one of them never.
    shop.submit("از کسی دیگر");
    shop.submit_entry(part(4, photo(true)));
    shop.submit_entry(part(2, photo(false)));
    shop.submit_entry(payamgir_wire::Entry {
        revises: Some(0),
        arrived: NOW + 9,
        ..part(5, text("یکِ ویراسته"))
    });
    shop.submit_entry(part(6, Part::Unreadable(Zeroizing::new(b"{\"odd\":1}".to_vec()))));
    shop.submit_entry(part(7, Part::Deletion(Some(2))));
    let second = payamgir_wire::Entry { alias: heron(), ..shop.entry(text("دو")) };
    shop.submit_entry(second);
    let desk = shop.desk(0, 0);
    let view = desk.office.view(number).unwrap().unwrap();
    assert_eq!(view.alias.as_deref(), Some("heron 12"));
    let came: Vec<_> = view
        .pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Submission(came) => Some(came),
            _ => None,
        })
        .collect();
    assert_eq!(came.len(), 2, "two submissions of one source are one conversation");
    let places: Vec<u32> = came[0].parts.iter().map(|part| part.place).collect();
    assert_eq!(places, [0, 2, 4, 6], "in their order, the edit in its part's place");
    assert!(came[0].gapped, "one picture never came");
    assert_eq!(came[0].deletion, [Some(2)]);
    let newest = &came[0].parts[0];
    assert!(matches!(&newest.what, What::Text(text) if text == "یکِ ویراسته"));
    let [old] = &newest.before[..] else { panic!("one earlier version") };
    assert!(matches!(&old.what, What::Text(text) if text == "یک"));
    assert_eq!((old.arrived, newest.arrived), (NOW, NOW + 9), "each with its own time");
    assert!(matches!(&came[0].parts[2].what, What::Attachment(file) if file.cut));
    assert!(matches!(&came[0].parts[3].what, What::Unreadable(9)));
    let list = |typed: &str| {
        let rows = desk.office.list(Wanted::All, &parse(typed), (None, 50), 0).unwrap();
        rows.rows.iter().map(|row| row.number).collect::<Vec<_>>()
    };
    for typed in ["from:heron", "is:cut", "is:unreadable", "is:deleted", "has:image"] {
        assert_eq!(list(typed), [number], "{typed}");
    }
    assert_eq!(list("دیگر"), [number + 1]);
    assert_eq!(list("").len(), 2);
}
