//! `testdata/told.txt`: an invitation's messages and a kit's page, for a second implementation.
//!
//! Seeds are one byte repeated; the invitation's id is 3 and its code 9 200 17 4; randomness is a
//! byte that counts up from 1. Written anew with `UPDATE=1`.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use payamgir_desk::client::Random;
use payamgir_desk::invite::{Secret, Welcome, number};
use payamgir_desk::keys;
use payamgir_desk::kit::{Kit, Page, name};
use payamgir_desk::open::{Keyring, Member};
use payamgir_text::bytewords;
use payamgir_text::lang::Lang;
use payamgir_wire::hex::Hex;
use zeroize::Zeroizing;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/told.txt");

fn counting() -> Random {
    let next = AtomicU8::new(1);
    Arc::new(move |bytes| {
        bytes.iter_mut().for_each(|byte| *byte = next.fetch_add(1, Ordering::Relaxed));
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn lines() -> String {
    let (id, code, seed) = ([3; 16], [9, 200, 17, 4], |byte| Zeroizing::new([byte; 64]));
    let member = Member::from_seed(&seed(7));
    let block = keys::block(&member, &mut Keyring::default(), &counting());
    let inviter = Secret::invite(id, code, &seed(1));
    let newcomer = Secret::join(id, code, &seed(2), &inviter.exchange());
    let answer = newcomer.answer(&block).unwrap();
    let welcome = Welcome { desk: [5; 32], log_key: "desk.example+00000000+AA".into() };
    let told = inviter.welcome(&answer, &block.key, &welcome).unwrap();
    let kit = Kit::new(&counting());
    let pages = kit.pages(2, 3, &counting()).unwrap();
    let words = |lang| code.map(|byte| bytewords::word(byte, lang)).join(" ");
    let mut out = format!("number {}\n", number(&id));
    out += &format!("words-fa {}\nwords-en {}\n", words(Lang::Fa), words(Lang::En));
    out += &format!("exchange {}\nblock {}\n", hex(&inviter.exchange()), hex(&block.encode()));
    out += &format!("answer {}\nwelcome {}\n", hex(&answer), hex(&told));
    out += &format!("kit {} {}\n", name(&kit.recovery().key), Hex(kit.recovery().key));
    for page in &pages {
        out += &format!("page {}\n", hex(&page.encode()));
    }
    out + &format!("proof {}\n", hex(&kit.vouch(&["http://127.0.0.1:1", "key", "desk"])))
}

#[test]
fn the_vectors_are_what_is_written() {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(PATH, lines()).unwrap();
    }
    let stored = fs::read_to_string(PATH).unwrap();
    assert_eq!(stored, lines());
    let pages = stored.lines().filter_map(|line| line.strip_prefix("page "));
    let bytes = |hex: &str| -> Vec<u8> {
        (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[at * 2..][..2], 16).unwrap()).collect()
    };
    let pages: Vec<Page> = pages.map(|page| Page::decode(&bytes(page)).unwrap()).collect();
    let key = Kit::combine(&pages[1..]).unwrap().recovery().key;
    assert!(stored.contains(&Hex(key).to_string()));
}
