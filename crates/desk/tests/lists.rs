//! What the lists hold and in which order, what searches find, and floods.

mod shop;

use payamgir_desk::office::{Office, Wanted, Why};
use payamgir_desk::roster::Policy;
use payamgir_desk::work::{Act, text_hash};
use payamgir_text::search::parse;
use payamgir_wire::hex::Hex;
use payamgir_wire::{Attachment, Channel, Entry, Part};
use shop::{Desk, NOW, Shop};
use zeroize::Zeroizing;

const DAY: u64 = 86_400;

fn sync(shop: &Shop, desk: &Desk) {
    desk.office.step(&mut shop.line()).unwrap();
}

fn text(words: &str) -> Part {
    Part::Text(Zeroizing::new(words.to_owned()))
}

fn alias(name: &str) -> Option<Zeroizing<String>> {
    Some(Zeroizing::new(name.to_owned()))
}

fn file(media_type: &str, name: &str, size: u64) -> Part {
    Part::Attachment(Attachment {
        blob: Hex([3; 32]),
        size,
        media_type: Zeroizing::new(media_type.into()),
        name: Zeroizing::new(name.into()),
        cut: false,
    })
}

/// The numbers of a list's first rows.
fn list(office: &Office, wanted: Wanted, typed: &str) -> Vec<u64> {
    let rows = office.list(wanted, &parse(typed), (None, 50), 0).unwrap();
    rows.rows.iter().map(|row| row.number).collect()
}

#[test]
fn lists_fold_what_many_sent_and_find_what_is_asked() {
    let shop = Shop::new(1, Policy::DEFAULT);
    let same = "این متن را صدها نفر برای نشست فرستاده‌اند و همه خواسته‌اند که خوانده شود؛ لطفاً آن را بخوانید";
    let first = shop.submit(same);
    for n in 0..30 {
        shop.submit(&format!("{same} {}", ["", "لطفاً", "!"][n % 3]));
    }
    let other = shop.submit("نامه‌ی دیگری درباره‌ی چیز دیگر");
    let desk = shop.desk(0, 0);
    let list = |wanted, typed: &str| {
        let rows = desk.office.list(wanted, &parse(typed), (None, 50), 0).unwrap();
        rows.rows.iter().map(|row| (row.number, row.same)).collect::<Vec<_>>()
    };
    assert_eq!(list(Wanted::Waiting, ""), [(first, 31), (other, 1)]);
    assert_eq!(list(Wanted::All, "نامه"), [(other, 1)]);
    assert_eq!(list(Wanted::All, "is:duplicate").len(), 31);
    let found = list(Wanted::All, "صدها نفر");
    assert!(found.len() == 1 && found[0].1 == 31, "one find, whatever the flood: {found:?}");
    assert_eq!(list(Wanted::All, "\"صدها نفر\" is:duplicate").len(), 31);
    let mut all = desk.office.same_as(first);
    assert!(all.len() == 30 && !all.contains(&other));
    all.push(first);
    desk.office.act(Act::Quarantine { on: all, off: false }).unwrap();
    assert_eq!(list(Wanted::Waiting, ""), [(other, 1)]);
    assert_eq!(list(Wanted::Quarantine, ""), [(first, 31)]);
    desk.office.act(Act::Label { on: vec![other], label: "دو کلمه".into(), off: false }).unwrap();
    assert_eq!(list(Wanted::All, "label:\"دو كلمه\""), [(other, 1)]);
    desk.office.act(Act::Note { on: other, text: "با رضایت نویسنده".into() }).unwrap();
    sync(&shop, &desk);
    assert_eq!(list(Wanted::Open, "رضايت"), [(other, 1)], "notes are searched too");
}

#[test]
fn who_waits_longest_stands_first_whenever_the_conversation_began() {
    let shop = Shop::new(1, Policy::DEFAULT);
    let part = |name: &str, at: u64| {
        shop.submit_entry(Entry { alias: alias(name), arrived: NOW + at, ..shop.entry(text("س")) })
    };
    let old = part("heron 1", 0);
    let patient = part("otter 2", DAY);
    let mut desk = shop.desk(0, 0);
    let reply = Hex([9; 16]);
    desk.office.act(Act::Draft { reply, on: old, text: "پاسخ".into(), file: None }).unwrap();
    desk.office.act(Act::Queue { reply, text: text_hash("پاسخ") }).unwrap();
    sync(&shop, &desk);
    assert_eq!(list(&desk.office, Wanted::Waiting, ""), [patient], "answered");
    // It writes again, long after the other, who has had no answer yet.
    part("heron 1", 9 * DAY);
    sync(&shop, &desk);
    for opened_anew in [false, true] {
        if opened_anew {
            drop(desk);
            desk = shop.desk(0, 0);
        }
        assert_eq!(list(&desk.office, Wanted::Waiting, ""), [patient, old]);
        let rows = desk.office.list(Wanted::Waiting, &parse(""), (None, 50), 0).unwrap().rows;
        let since: Vec<u64> = rows.iter().map(|row| row.since).collect();
        assert_eq!(since, [NOW + DAY, NOW + 9 * DAY]);
        assert_eq!(desk.office.counts().oldest, Some(NOW + DAY));
    }
    // Page by page it is the same order.
    let first = desk.office.list(Wanted::Waiting, &parse(""), (None, 1), 0).unwrap();
    let second = desk.office.list(Wanted::Waiting, &parse(""), (first.next, 1), 0).unwrap();
    assert_eq!((first.rows[0].number, second.rows[0].number), (patient, old));
    assert_eq!(second.next, None);
}

#[test]
fn each_operator_finds_what_it_names() {
    let shop = Shop::new(1, Policy::DEFAULT);
    let by = |channel, name: &str, at, part| {
        let entry = Entry { channel, alias: alias(name), arrived: NOW + at, ..shop.entry(part) };
        shop.submit_entry(entry)
    };
    let words = by(Channel::Telegram, "heron 1", 0, text("نامه‌ی کوتاه"));
    let photo = by(Channel::Signal, "otter 2", DAY, file("image/jpeg", "صندوق.jpg", 900));
    let film = by(Channel::Whatsapp, "crane 3", 2 * DAY, file("video/mp4", "x.mp4", 5_000_000));
    let voice = by(Channel::Instagram, "lynx 4", 3 * DAY, file("audio/ogg", "v.ogg", 70_000));
    let paper = by(Channel::Carried, "wren 5", 4 * DAY, file("application/pdf", "a.pdf", 2_000));
    let desk = shop.desk(0, 0);
    let act = |act| desk.office.act(act).unwrap();
    act(Act::Label { on: vec![words], label: "رأی‌گیری".into(), off: false });
    act(Act::Assign { on: vec![photo], to: Some(Hex(desk.office.me())) });
    act(Act::Check { on: vec![film], state: payamgir_desk::work::Check::Doubtful });
    act(Act::Snooze { on: vec![voice], until: NOW + 90 * DAY });
    act(Act::Quarantine { on: vec![paper], off: false });
    act(Act::Note { on: film, text: "دیده شد".into() });
    let all = [film, photo, words];
    let table: &[(&str, &[u64])] = &[
        ("channel:telegram", &[words]),
        ("کانال:سیگنال", &[photo]),
        ("channel:instagram", &[voice]),
        ("is:quarantined", &[paper]),
        ("channel:carried", &[]),
        ("channel:carried is:quarantined", &[paper]),
        ("label:رای‌گیری", &[words]),
        ("-label:رای‌گیری", &[voice, film, photo]),
        ("is:mine", &[photo]),
        ("is:unassigned is:open", &[film, words]),
        ("is:snoozed", &[voice]),
        ("is:doubtful", &[film]),
        ("has:image", &[photo]),
        ("has:video", &[film]),
        ("has:audio", &[voice]),
        ("has:file", &[voice, film, photo]),
        ("has:note", &[film]),
        ("from:heron", &[words]),
        ("-from:heron is:open", &[film, photo]),
        ("from:heron from:otter", &[]),
        ("-from:heron -from:otter", &[voice, film]),
        ("before:2025-11-23", &[words]),
        ("پس‌از:۱۴۰۴/۹/۲ is:open", &[film, photo]),
        ("larger:1MB", &[film]),
        ("larger:500 smaller:100kb is:open", &[photo]),
        ("smaller:100", &[words]),
        ("is:open", &all),
    ];
    for (typed, expected) in table {
        assert_eq!(list(&desk.office, Wanted::All, typed), *expected, "{typed}");
    }
}

#[test]
fn what_is_found_beside_the_words_says_where() {
    let shop = Shop::new(1, Policy::DEFAULT);
    let first = shop.entry(text("نسخه‌ی پیشین"));
    let edited = shop.submit_entry(first.clone());
    shop.submit_entry(Entry {
        index: 1, revises: Some(0), part: text("نسخه‌ی تازه"), ..first
    });
    let named = shop.submit_entry(shop.entry(file("image/jpeg", "میدان.jpg", 9)));
    let desk = shop.desk(0, 0);
    let act = |act| desk.office.act(act).unwrap();
    act(Act::Label { on: vec![named], label: "رای گیری".into(), off: false });
    act(Act::Note { on: edited, text: "با دبیر گفت‌وگو شد".into() });
    act(Act::Draft {
        reply: Hex([4; 16]), on: named, text: "سپاس از شما".into(), file: None
    });
    let found = |typed: &str| {
        let rows = desk.office.list(Wanted::All, &parse(typed), (None, 50), 0).unwrap();
        rows.rows.iter().map(|row| (row.number, row.why.unwrap())).collect::<Vec<_>>()
    };
    let table = [
        ("تازه", (edited, Why::Text)),
        ("پیشین", (edited, Why::Earlier)),
        ("ميدان", (named, Why::FileName)),
        ("رای‌گیری", (named, Why::Label)),
        ("دبير", (edited, Why::Note)),
        ("سپاس", (named, Why::Reply)),
    ];
    for on_its_way in [true, false] {
        for (typed, expected) in &table {
            assert_eq!(found(typed), [*expected], "{typed}, on its way: {on_its_way}");
        }
        sync(&shop, &desk);
    }
    assert_eq!(found("-سپاس"), [(edited, Why::Note), (named, Why::FileName)]);
    act(Act::Label { on: vec![named], label: "رای گیری".into(), off: true });
    assert_eq!(found("رای‌گیری"), [], "a label that was taken off");
}

#[test]
fn pages_of_a_search_name_each_conversation_once() {
    let shop = Shop::new(1, Policy::DEFAULT);
    let names: Vec<String> = (0..7).map(|n| format!("heron {n}")).collect();
    for _ in 0..5 {
        for name in &names {
            shop.submit_entry(Entry {
                alias: alias(name), ..shop.entry(text("باران آمد"))
            });
        }
    }
    let desk = shop.desk(0, 0);
    desk.office.act(Act::Label { on: vec![1], label: "باران".into(), off: false }).unwrap();
    let (mut all, mut next) = (vec![], None);
    loop {
        let page = desk.office.list(Wanted::All, &parse("باران"), (next, 2), 0).unwrap();
        all.extend(page.rows.iter().map(|row| row.number));
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    all.sort_unstable();
    assert_eq!(all, [1, 2, 3, 4, 5, 6, 7]);
}

#[test]
fn what_came_before_a_day_is_erased_whole_submissions_only() {
    let shop = Shop::new(1, Policy::DEFAULT);
    let at = |group: &Entry, index, at| {
        shop.submit_entry(Entry { index, arrived: NOW + at, ..group.clone() })
    };
    let (old, late, new) = (shop.entry(text("۱")), shop.entry(text("۲")), shop.entry(text("۳")));
    let first = [at(&old, 0, 0), at(&old, 1, 5)];
    let second = [at(&late, 0, 10), at(&late, 1, DAY)];
    at(&new, 0, 2 * DAY);
    let desk = shop.desk(0, 0);
    assert_eq!(desk.office.records_before(NOW + DAY), first);
    assert!(desk.office.records_before(NOW).is_empty());
    let all = desk.office.records_before(NOW + DAY + 1);
    assert_eq!(all, [first, second].concat());
    assert_eq!(desk.office.records_of(&[second[0]], None), second);
    desk.office.erase(first.to_vec()).unwrap();
    sync(&shop, &desk);
    let fold = payamgir_desk::keys::fold(&shop.log.reader().unwrap(), shop.size()).unwrap();
    let asked = fold.erasures();
    assert_eq!(asked.len(), 2);
    assert!(asked.values().all(|about| fold.is_approved(about)), "a desk of one decides alone");
    sync(&shop, &desk);
    let again = payamgir_desk::keys::fold(&shop.log.reader().unwrap(), shop.size()).unwrap();
    assert_eq!(again.approvals().count(), 2, "approved once");
}

/// Fifty thousand: some nearly the same, most with nothing in common but one word, or their size.
#[test]
fn a_flood_does_not_bury_the_rest() {
    const SAME: u64 = 20_000;
    const DISTINCT: u64 = 30_000;
    let shop = Shop::new(1, Policy::DEFAULT);
    let real = shop.submit("نامه‌ای که کسی با دست نوشته است و باید خوانده شود");
    let junk = "این نوشته هزاران بار فرستاده می‌شود تا چیزهای دیگر دیده نشوند و کسی آن‌ها را نخواند";
    let same = (0..SAME).map(|n| shop.entry(text(&format!("{junk} {n}"))));
    shop.append_all(same.collect());
    let distinct = (0..DISTINCT).map(|n| {
        let words: Vec<String> =
            (1..9).map(|k| format!("{:x}", (n * 8 + k).wrapping_mul(0x9e37_79b9))).collect();
        shop.entry(text(&format!("خرید {}", words.join(" "))))
    });
    shop.append_all(distinct.collect());
    let late = shop.submit("نامه‌ی دیگری که پس از سیل رسید");
    let desk = shop.desk(0, 0);
    let office = &desk.office;
    let waiting = || office.counts().of[0];
    let before = waiting();
    assert!((DISTINCT..DISTINCT + 30).contains(&before), "{before} rows: those alike are few");
    let seen = office.size();
    let all = |typed: &str| office.all_on(Wanted::All, &parse(typed), 0, seen).unwrap();
    let spam = all("خرید");
    assert_eq!(spam.len() as u64, DISTINCT);
    let alike = all("\"هزاران بار\"");
    assert_eq!(alike.len() as u64, SAME, "those folded under another are acted on too");
    // What comes while the editor looks is not swept along.
    shop.submit("خرید کتاب برای کتابخانه‌ی نشست");
    sync(&shop, &desk);
    assert_eq!(all("خرید").len() as u64, DISTINCT);
    for flood in [spam.clone(), alike.clone()] {
        office.act(Act::Quarantine { on: flood, off: false }).unwrap();
    }
    let clear = list(office, Wanted::Waiting, "");
    assert_eq!(clear.len() as u64, waiting());
    assert!(clear.len() == 3 && clear.contains(&real) && clear.contains(&late), "{clear:?}");
    assert_eq!(list(office, Wanted::All, "خرید").len(), 1, "searches leave it out");
    for flood in [spam, alike] {
        office.act(Act::Quarantine { on: flood, off: true }).unwrap();
    }
    assert_eq!(waiting(), before + 1, "and it is all back");
    sync(&shop, &desk);
    assert_eq!(office.sync_state().waiting, 0, "the others are told");
    // By size, and of those alike one row is left when the first of them is done with.
    assert_eq!(all("smaller:60").len(), 2, "the two that people wrote");
    let head = list(office, Wanted::Waiting, "\"هزاران بار\"")[0];
    let rows = waiting();
    office.act(Act::Resolve { on: vec![head] }).unwrap();
    assert!(waiting() >= rows - 1 && waiting() <= rows, "the others stay folded under one");
}
