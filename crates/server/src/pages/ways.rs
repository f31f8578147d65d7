//! Messengers by which a source can write instead, each with what its company learns: the same table as
//! in docs/channels. Addresses are written out and are no links: a page that a source opens here must
//! not lead a browser to a company.

use maud::{Markup, html};
use payamgir_wire::Channel;

use super::Language;

/// A messenger's account, as sources are to find it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The messenger.
    pub channel: Channel,
    /// What is typed to find the account.
    pub handle: String,
}

/// The table; nothing where there is no account.
pub(super) fn ways(ways: &[Way], lang: &Language) -> Markup {
    let words = &lang.words;
    html! {
        @if !ways.is_empty() {
            section.row {
                div {
                    h2 { (words.ways) }
                    p.hint { (words.ways_hint) }
                }
                dl {
                    @for way in ways {
                        @let (name, told) = words.way(way.channel);
                        div { dt { (name) br; bdi dir="ltr" { (way.handle) } } dd { (told) } }
                    }
                }
            }
        }
    }
}
