//! What the demo's bulletin is called, so that its two editors can begin with an edition.

use payamgir_desk::roster::kind;
use payamgir_desk::seal::{Recipient, seal_entry};
use payamgir_desk::work::{Act, Event, Signed};
use payamgir_wire::edition::{Bulletin, Spoken};
use payamgir_wire::hex::Hex;

use crate::desk::Session;
use crate::problem::Problem;
use crate::words::Say;
use crate::world;

/// Writes it in the first editor's name, as their window would.
pub fn begin(session: &mut Session<'_>) -> Result<(), Problem> {
    session.fetch(|_, _| {})?;
    let fold = session.fold()?;
    let roster = fold.roster().ok_or_else(not_begun)?;
    let mut id = Hex([0; 16]);
    world::random(&mut id.0);
    let act = Act::Bulletin { base: None, body: Box::new(bulletin()) };
    let event = Event { desk: roster.desk(), id, seen: 0, made: world::now(), act };
    let member = &session.member;
    let signed = Signed::new(&event, member.verifying_key(), |message| member.sign(message));
    let signed = signed.map_err(|_| not_begun())?;
    let epoch = Recipient::from_bytes(&*roster.epoch().recipient.0).map_err(|_| not_begun())?;
    let sealed = seal_entry(&epoch, &signed.encode()).map_err(|_| not_begun())?;
    match session.client()?.add(&[(kind::WORK, sealed)]) {
        Ok((1, _)) => Ok(()),
        _ => Err(not_begun()),
    }
}

fn bulletin() -> Bulletin {
    let spoken = |lang: &str, title: &str, about: &str| Spoken {
        lang: lang.into(),
        title: title.into(),
        about: about.into(),
    };
    let fa = spoken("fa", "صدای کنگره", "پیام‌های کسانی که از کنگره‌اند و نمی‌توانند در سالن باشند.");
    let about = "Words of those who belong to the congress and cannot be in the room.";
    let en = spoken("en", "Voice of the Congress", about);
    Bulletin { spoken: vec![fa, en], ..Bulletin::default() }
}

fn not_begun() -> Problem {
    Problem::new(
        Say::new("میز نمونه آماده نشد.", "The demo's desk could not be made ready."),
        Say::new("دوباره بکوشید.", "Try again."),
    )
}
