//! The crate as others use it: a whole congress made into files.

#[path = "../../examples/sample/congress.rs"]
mod congress;

mod build;
mod golden;
mod hall;
mod seen;

use std::collections::BTreeMap;

use congress::Congress;
use payamgir_bulletin::{Built, Known, Press, Refused, build};
use payamgir_redact::Hidden;
use payamgir_wire::edition::{Day, Item, Withdrawal};
use payamgir_wire::hex::Hex;

/// Does something with a congress as a press is given it.
pub fn with_press<T>(congress: &Congress, known: &Known, with: impl FnOnce(&Press<'_>) -> T) -> T {
    let media: BTreeMap<_, _> =
        congress.media.iter().map(|(medium, bytes)| (medium.hash, bytes)).collect();
    with(&Press {
        desk: Hex([7; 32]),
        bulletin: &congress.bulletin,
        editions: &congress.editions,
        items: &congress.items,
        media: &|medium| media.get(&medium.hash).map(|bytes| (*bytes).clone()),
        engine: None,
        known,
    })
}

/// Builds a congress.
pub fn built(congress: &Congress, known: &Known) -> Result<Built, Refused> {
    with_press(congress, known, build)
}

/// Changes an item.
pub fn change(congress: &mut Congress, number: u8, change: impl FnOnce(&mut Item)) {
    let id = Hex([number; 16]);
    let mut item = congress.items[&id].clone().into_inner();
    change(&mut item);
    congress.items.insert(id, Hidden::default().clear(item).unwrap());
}

/// Takes an item back.
pub fn withdraw(congress: &mut Congress, number: u8) {
    let day = Day::parse("2026-11-30").unwrap();
    let reason = "به خواست فرستنده برداشته شد.".into();
    change(congress, number, |item| item.withdrawn = Some(Withdrawal { day, reason }));
}

/// A file's text.
pub fn text(built: &Built, path: &str) -> String {
    let found = built.new_files().find(|(file, _)| file.path.as_str() == path);
    String::from_utf8(found.unwrap_or_else(|| panic!("no {path}")).1.to_vec()).unwrap()
}
