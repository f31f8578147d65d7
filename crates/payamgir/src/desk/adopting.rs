//! A folder becomes that of a desk it was told of: by a welcome, or by a recovery kit.

use payamgir_desk::Client;
use payamgir_desk::roster::{Hash, Roster};
use payamgir_desk::sync::sync;
use payamgir_log::Mirror;
use payamgir_wire::armor::{Label, armor};

use super::place::{Link, Place};
use super::session::{another_desk, founding};
use super::syncing::sync_problem;
use crate::files;
use crate::problem::Problem;

/// Copies the server's log, holds its first record against `desk`, the founding's hash where that
/// is known, and keeps `desk.pub` and the link. Started again after a crash, it goes on.
pub fn adopt(
    place: &Place,
    link: &Link,
    client: &Client,
    desk: Option<&Hash>,
) -> Result<Mirror, Problem> {
    let mut mirror = place.mirror(link)?;
    sync(&mut mirror, client, |_, _| {}).map_err(|error| sync_problem(place, error))?;
    let first = mirror.reader().and_then(|reader| reader.row(0));
    let body = first.map_err(|error| place.problem(error))?.body.unwrap_or_default();
    let text = armor(Label::Desk, &body);
    let fold = founding(&text).ok_or_else(another_desk)?;
    let found = fold.roster().map(Roster::desk);
    if desk.is_some_and(|desk| found.as_ref() != Some(desk)) {
        return Err(another_desk());
    }
    place.remember(link)?;
    if !place.public().exists() {
        files::create(&place.public(), text.as_bytes())?;
    } else if founding(&files::read(&place.public())?).and_then(|f| Some(f.roster()?.desk()))
        != found
    {
        return Err(another_desk());
    }
    Ok(mirror)
}
