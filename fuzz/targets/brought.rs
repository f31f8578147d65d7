//! What sources and couriers bring: rows of pieces in any steps, blocks in texts, codenames as they are typed,
//! answers and deposits; and rows of pieces through the intake itself into a real log.
#![no_main]

use libfuzzer_sys::fuzz_target;
use payamgir_dropbox::Codename;
use payamgir_wire::desk_key::DeskKey;
use payamgir_wire::dropbox::{Answer, Deposit, Dropbox};
use payamgir_wire::hex::Hex;
use payamgir_wire::piece::{Event, Reader, find, read_alone};

fuzz_target!(|data: &[u8]| {
    let Some((kind, data)) = data.split_first() else { return };
    match kind % 5 {
        0 => payamgir_server::fuzzing::pieces(data),
        1 => rows(data),
        2 => {
            let text = String::from_utf8_lossy(data);
            if let Some(found) = find(&text) {
                assert!(found.before.len() + found.after.len() <= text.len());
            }
        }
        3 => {
            let text = String::from_utf8_lossy(data);
            if let Ok(codename) = Codename::read(&text) {
                assert!(Codename::read(&codename.text()) == Ok(codename));
            }
            let _ = (DeskKey::read(&text), Dropbox::read(Hex([1; 16]), &text));
        }
        _ => {
            if let Some(deposit) = Deposit::decode(data) {
                assert!(deposit.encode() == data);
            }
            let _ = (Answer::decode(data), read_alone(data));
        }
    }
});

/// The same row in steps of two sizes gives the same.
fn rows(data: &[u8]) {
    let read = |step: usize| {
        let (mut reader, mut all) = (Reader::default(), vec![]);
        for mut chunk in data.chunks(step) {
            while let Some(event) = reader.next(&mut chunk)? {
                match event {
                    Event::Head(head) => all.push((head, vec![])),
                    Event::Blob(part) => {
                        all.last_mut().expect("after a head").1.extend_from_slice(part)
                    }
                    Event::End => {}
                }
            }
        }
        reader.end().map(|()| all)
    };
    assert!(read(7) == read(1000));
}
