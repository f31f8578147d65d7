//! The recovery kit: every set of enough pages, no set of fewer, and what it opens.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use payamgir_desk::client::Random;
use payamgir_desk::keys;
use payamgir_desk::kit::{Kit, NotAKit, PAGE_BYTES, Page, deposit, tag};
use payamgir_desk::open::{Keyring, Member};
use payamgir_desk::roster::{Act, Fold, Joining, Policy, Role, kind};
use proptest::prelude::*;
use zeroize::Zeroizing;

const TODAY: u32 = 20_000;

fn random() -> Random {
    let rolls = AtomicU64::new(1);
    Arc::new(move |bytes| {
        for byte in bytes {
            let roll = rolls.fetch_add(1, Ordering::Relaxed);
            *byte = (roll.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8;
        }
    })
}

fn key(kit: &Kit) -> [u8; 32] {
    kit.recovery().key
}

/// Every choice of pages, as bits.
fn subsets(pages: &[Page]) -> impl Iterator<Item = Vec<Page>> {
    (0..1u32 << pages.len()).map(|chosen| {
        let taken = pages.iter().enumerate().filter(|(at, _)| chosen >> at & 1 == 1);
        taken.map(|(_, page)| page.clone()).collect()
    })
}

#[test]
fn every_set_of_enough_pages_is_the_kit_and_no_smaller_one() {
    let random = random();
    for (needed, all) in [(2, 2), (2, 3), (3, 5), (4, 7), (5, 5), (6, 8)] {
        let kit = Kit::new(&random);
        let pages = kit.pages(needed, all, &random).unwrap();
        for set in subsets(&pages) {
            let (have, combined) = (set.len() as u8, Kit::combine(&set));
            if have >= needed {
                assert_eq!(key(&combined.unwrap()), key(&kit), "{needed} of {all}: {set:?}");
            } else {
                let need = if have == 0 { 2 } else { needed };
                assert_eq!(combined.unwrap_err(), NotAKit::TooFew { have, need });
            }
        }
    }
}

/// Fewer pages made to say that they are enough: the sharing itself holds, not only the count.
#[test]
fn fewer_pages_that_claim_to_be_enough_are_another_key() {
    let random = random();
    let kit = Kit::new(&random);
    let pages = kit.pages(3, 5, &random).unwrap();
    for mut set in subsets(&pages).filter(|set| set.len() == 2) {
        set.iter_mut().for_each(|page| page.needed = 2);
        assert_eq!(Kit::combine(&set).unwrap_err(), NotAKit::Wrong);
    }
}

#[test]
fn pages_that_do_not_belong_together_are_named() {
    let random = random();
    let (one, two) = (Kit::new(&random), Kit::new(&random));
    let (ones, twos) = (one.pages(2, 3, &random).unwrap(), two.pages(2, 3, &random).unwrap());
    let combine = |pages: &[&Page]| {
        let pages: Vec<Page> = pages.iter().copied().cloned().collect();
        Kit::combine(&pages).map(|kit| key(&kit))
    };
    assert_eq!(combine(&[&ones[0], &twos[1]]), Err(NotAKit::Mixed));
    assert_eq!(combine(&[&ones[0], &ones[0]]), Err(NotAKit::TooFew { have: 1, need: 2 }));
    assert_eq!(combine(&[&ones[0], &ones[0], &ones[2]]), Ok(key(&one)));
    // A second splitting of the same kit: its pages do not fit the first.
    let again = one.pages(2, 3, &random).unwrap();
    assert_eq!(combine(&[&ones[0], &again[0]]), Err(NotAKit::Wrong));
    assert_eq!(combine(&[&ones[0], &again[1]]), Err(NotAKit::Wrong));
    for (needed, all) in [(0, 3), (1, 3), (4, 3), (2, 17)] {
        assert_eq!(one.pages(needed, all, &random), Err(NotAKit::Numbers));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn a_page_comes_back_and_a_wrong_one_is_seen(at in 0..PAGE_BYTES, by in 1u8..) {
        let kit = Kit::new(&random());
        let page = kit.pages(2, 3, &random()).unwrap().remove(1);
        let mut bytes = page.encode().to_vec();
        prop_assert_eq!(bytes.len(), PAGE_BYTES);
        prop_assert_eq!(Page::decode(&bytes), Ok(page));
        bytes[at] ^= by;
        prop_assert_eq!(Page::decode(&bytes), Err(NotAKit::Page));
    }

    #[test]
    fn reading_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let _ = Page::decode(&bytes);
    }
}

/// A desk of one with a kit, and its keyring.
fn desk(kit: &Kit, random: &Random) -> (Fold, Member, Keyring) {
    let (member, mut keyring) = (Member::from_seed(&Zeroizing::new([1; 64])), Keyring::default());
    let policy = (Policy::DEFAULT, TODAY);
    let signed = keys::found(&member, &mut keyring, &[], policy, random).unwrap();
    let mut fold = Fold::default();
    fold.hear(0, kind::STATEMENT, &signed.encode()).unwrap();
    assert!(deposit(&fold, &keyring, &vec![]).is_none(), "no kit, no deposit");
    say(&mut fold, 1, &member, Act::RecoveryChanged(Some(kit.recovery())));
    (fold, member, keyring)
}

fn say(fold: &mut Fold, index: u64, member: &Member, act: Act) {
    let signed = keys::propose(fold.roster().unwrap(), member, act, TODAY);
    fold.hear(index, kind::STATEMENT, &signed.encode()).unwrap();
}

#[test]
fn the_kit_opens_every_epoch_that_was_left_for_it_and_becomes_the_desk() {
    let random = random();
    let kit = Kit::new(&random);
    let (mut fold, old, mut keyring) = desk(&kit, &random);
    let (epoch, _) = keys::new_epoch(&fold, (&old, None), &mut keyring, &random);
    let act = Act::EpochStarted(epoch.clone());
    let signed = keys::propose(fold.roster().unwrap(), &old, act, TODAY).encode();
    let before = tag(&fold, &keyring, &vec![(kind::STATEMENT, signed)]);
    say(&mut fold, 2, &old, Act::EpochStarted(epoch));
    let left = deposit(&fold, &keyring, &vec![]).unwrap();
    assert_eq!(Some(&left[..32]), before.as_ref().map(|tag| &tag[..]), "the tag is of the keys");
    let (member, mut fresh) = (Member::from_seed(&Zeroizing::new([2; 64])), Keyring::default());
    let roster = fold.roster().unwrap().clone();
    // Somebody's nonsense among the deposits harms nothing.
    let deposits = [vec![], vec![7; 5000], left.clone(), left];
    kit.open(&roster, &deposits, &mut fresh);
    assert_eq!(fresh.epochs().count(), 2);
    let signed = kit.recover(&roster, (&member, &mut fresh), TODAY, &random).unwrap();
    fold.hear(3, kind::STATEMENT, &signed.encode()).unwrap();
    let roster = fold.roster().unwrap();
    assert_eq!(roster.role(&member.verifying_key()), Some(Role::Admin));
    assert_eq!(roster.role(&old.verifying_key()), None);
    assert!(roster.epochs().iter().all(|epoch| fresh.epoch(&*epoch.recipient.0).is_some()));
    assert!(roster.recovery().is_none(), "the kit is spent");
    // Another kit opens nothing.
    let mut nothing = Keyring::default();
    Kit::new(&random).open(roster, &deposits, &mut nothing);
    assert_eq!(nothing.epochs().count(), 0);
}

#[test]
fn what_the_desk_forgot_is_in_no_later_deposit() {
    let random = random();
    let kit = Kit::new(&random);
    let (fold, member, mut keyring) = desk(&kit, &random);
    let first = keyring.epochs().next().unwrap().public().to_vec();
    keys::new_epoch(&fold, (&member, None), &mut keyring, &random);
    let before = tag(&fold, &keyring, &vec![]);
    keyring.retain(|_| true, |epoch| epoch != first);
    assert_ne!(tag(&fold, &keyring, &vec![]), before, "so it is left anew");
    let mut fresh = Keyring::default();
    kit.open(fold.roster().unwrap(), &[deposit(&fold, &keyring, &vec![]).unwrap()], &mut fresh);
    assert!(fresh.epoch(&first).is_none());
}

#[test]
fn who_made_the_kit_takes_it_along_and_finds_nothing_later_under_it() {
    let random = random();
    let kit = Kit::new(&random);
    let (mut fold, maker, mut keyring) = desk(&kit, &random);
    let other = Member::from_seed(&Zeroizing::new([2; 64]));
    let block = keys::block(&other, &mut Keyring::default(), &random);
    let member = keys::seat(&block, Role::Admin).unwrap();
    let joining = Joining { member, invitation: None, welcome: vec![], replaces: None };
    say(&mut fold, 2, &maker, Act::Joined(joining));
    let before = tag(&fold, &keyring, &vec![]);
    let (epoch, _) = keys::new_epoch(&fold, (&other, None), &mut keyring, &random);
    let act = Act::Removed { member: maker.verifying_key(), epoch };
    let signed = keys::propose(fold.roster().unwrap(), &other, act, TODAY);
    let sent = vec![(kind::STATEMENT, signed.encode())];
    assert_eq!(tag(&fold, &keyring, &sent), before, "the next epoch is not left for that kit");
    fold.hear(3, kind::STATEMENT, &signed.encode()).unwrap();
    assert!(fold.roster().unwrap().recovery().is_none());
    assert!(deposit(&fold, &keyring, &vec![]).is_none());
}
