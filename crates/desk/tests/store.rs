//! The store against the log it is made from, and its search against the plain one.

mod shop;

use std::fs;

use payamgir_desk::roster::Policy;
use payamgir_desk::store::{Held, Progress, SEGMENT, Search, Store};
use payamgir_text::search::{Query, matches, parse};
use payamgir_wire::Part;
use shop::Shop;
use zeroize::Zeroizing;

const WORDS: [&str; 24] = [
    "کتاب",
    "كتاب",
    "کتاب‌ها",
    "می‌خواهم",
    "میخواهم",
    "خواهم",
    "می",
    "رأی",
    "راي",
    "آب",
    "meeting",
    "Met",
    "e-mail",
    "mail",
    "۰۹۱۲",
    "0912-345-6789",
    "سلام",
    "سَلام",
    "خانهٔ",
    "خانه",
    "است",
    "و",
    "را",
    "#رأی",
];

fn text(seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut roll = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize
    };
    let count = 1 + roll() % 9;
    let words: Vec<&str> = (0..count).map(|_| WORDS[roll() % WORDS.len()]).collect();
    words.join(if seed.is_multiple_of(5) { "، " } else { " " })
}

fn fill(shop: &Shop, from: u64, to: u64) {
    let part = |seed| Part::Text(Zeroizing::new(text(seed)));
    shop.append_all((from..to).map(|seed| shop.entry(part(seed))).collect());
}

fn words(store: &Store, record: u64) -> Option<String> {
    match store.held(record).unwrap() {
        Held::Part(entry) => match entry.part {
            Part::Text(text) => Some(text.to_string()),
            _ => None,
        },
        _ => None,
    }
}

fn found(store: &Store, query: &Query) -> Vec<u64> {
    let (mut all, mut before) = (vec![], u64::MAX);
    loop {
        let search = Search { query, before, most: 700, beside: vec![] };
        let belongs = |record| words(store, record).map(|_| (record, record));
        let page = store.search(&search, belongs).unwrap();
        all.extend(page.hits.iter().map(|hit| hit.record));
        let Some(next) = page.next else { return all };
        before = next;
    }
}

fn check_searches(store: &Store) {
    let texts: Vec<(u64, String)> =
        (0..store.size()).filter_map(|at| Some((at, words(store, at)?))).collect();
    for typed in [
        "کتاب",
        "كتاب‌ها",
        "می خواهم",
        "میخواهم",
        "\"می‌خواهم\"",
        "\"سلام کتاب\"",
        "رای",
        "meet",
        "\"met meeting\"",
        "mail -met",
        "09123456789",
        "۰۹۱۲",
        "خانه و",
        "-است",
        "\"و را\" سلام",
        "نیست",
        "email",
        "\"e mail\"",
    ] {
        let query = parse(typed);
        let fits = |(_, text): &&(u64, String)| matches(&query, &[text.as_str()]);
        let mut expected: Vec<u64> = texts.iter().filter(fits).map(|(at, _)| *at).collect();
        expected.reverse();
        assert_eq!(found(store, &query), expected, "{typed}");
    }
}

#[test]
fn what_is_searched_is_what_is_there_however_it_was_read() {
    let shop = Shop::new(1, Policy::DEFAULT);
    fill(&shop, 0, SEGMENT + 1500);
    let folder = shop.folder.path().join("store");
    let mut store = shop.store(&folder, 1);
    for size in [1, 511, 512, 513, 2000, SEGMENT - 1, SEGMENT, SEGMENT + 700, shop.size()] {
        store.read(&shop.keys(), size, &Progress::default()).unwrap();
        assert_eq!(store.size(), size);
    }
    check_searches(&store);
    let mut again = shop.store(&folder, 1);
    again.read(&shop.keys(), shop.size(), &Progress::default()).unwrap();
    check_searches(&again);
    let catalog = again.catalog();
    assert_eq!(catalog.conversations().len() as u64, SEGMENT + 1500);
    nothing_plain(&folder);
    let good = [1, SEGMENT / 2, SEGMENT - 1].map(|record| (record, words(&again, record)));
    drop(again);
    damage_is_made_again(&shop, &folder, &good);
}

/// Every word there is, in every way it may be written down.
fn nothing_plain(folder: &std::path::Path) {
    let mut bytes = vec![];
    for entry in fs::read_dir(folder).unwrap() {
        bytes.extend(fs::read(entry.unwrap().path()).unwrap());
    }
    assert!(bytes.len() > 1 << 20, "there is something to look at");
    for word in WORDS.iter().filter(|word| word.len() > 7) {
        let plain = word.as_bytes();
        assert!(!bytes.windows(plain.len()).any(|window| window == plain), "{word}");
    }
}

fn damage_is_made_again(shop: &Shop, folder: &std::path::Path, good: &[(u64, Option<String>)]) {
    let segment = folder.join("segment-00000000.age");
    let whole = fs::read(&segment).unwrap();
    let mut changed = whole.clone();
    changed[3000] ^= 1;
    let cut = whole[..whole.len() / 2].to_vec();
    for bytes in [vec![], b"not a file of ours".to_vec(), changed, cut] {
        fs::write(&segment, bytes).unwrap();
        let mut store = shop.store(folder, 1);
        store.read(&shop.keys(), shop.size(), &Progress::default()).unwrap();
        assert_eq!(found(&store, &parse("نیست")), [0; 0]);
        assert_eq!(store.catalog().conversations().len() as u64, SEGMENT + 1500);
        for (record, expected) in good {
            assert_eq!(words(&store, *record), *expected);
        }
    }
    let mut other = shop.store(folder, 2);
    other.read(&shop.keys(), shop.size(), &Progress::default()).unwrap();
    assert_eq!(words(&other, good[0].0), good[0].1, "sealed anew under another key");
}
