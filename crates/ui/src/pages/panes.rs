//! List, conversation, details, side by side.

use maud::{Markup, html};
use payamgir_text::lang::Lang;

use super::frame::{Frame, page};
use super::{conversation, details, list};
use crate::door::Toast;
use crate::handlers::Room;
use crate::handlers::panes::Panes;

/// The panes.
pub(crate) fn panes(room: &Room, panes: &Panes) -> Markup {
    let say = room.say;
    let front = match (panes.place.c, &*panes.place.details) {
        (None, _) => "list",
        (Some(_), "on") => "details",
        (Some(_), _) => "conversation",
    };
    let shown = if panes.place.details == "off" { "off" } else { "on" };
    let main = html! {
        main #main .panes data-pane=(front) data-details=(shown) data-list=(if panes.place.c.is_some() && panes.place.list == "off" { "off" } else { "on" }) {
            h1.hidden { (say.t("پیام‌ها", "Submissions")) }
            section.pane.pane-list aria-label=(say.t("فهرست گفت‌وگوها", "Conversations")) {
                (list::views(room, panes))
                (list::list(room, panes))
                (labels(panes))
                @if let Some(toast) = &panes.toast { (toasted(room, panes, toast)) }
            }
            @match &panes.view {
                Some(view) => {
                    (conversation::conversation(room, panes, view))
                    (details::details(room, panes, view))
                }
                None => (nothing(room, panes)),
            }
        }
    };
    let title = match &panes.view {
        Some(view) => view.alias.clone().unwrap_or_else(|| list::numbered(room, view.number)),
        None => say.wanted(panes.place.wanted()).to_owned(),
    };
    let other = match say.lang {
        Lang::Fa => Lang::En,
        Lang::En => Lang::Fa,
    };
    let (q, other) = (&*panes.place.q, panes.place.href(other));
    page(&Frame { room, title: &title, panes: true, q, other }, &main)
}

/// Labels to choose from: those on the rows and the open conversation.
fn labels(panes: &Panes) -> Markup {
    let rows = panes.rows.rows.iter().flat_map(|row| row.labels.iter());
    let open = panes.view.iter().flat_map(|view| view.case.labels.iter());
    let all: std::collections::BTreeSet<&String> = rows.chain(open).collect();
    html! { datalist #labels { @for label in all { option value=(label) {} } } }
}

fn toasted(room: &Room, panes: &Panes, toast: &Toast) -> Markup {
    let say = room.say;
    let words = match say.lang {
        Lang::Fa => &toast.fa,
        Lang::En => &toast.en,
    };
    html! {
        div #toast .toast data-failed[toast.failed] {
            p { (words) }
            @if !toast.undo.is_empty() {
                form action={ "/" (say.lang.code()) "/undo" } method="post" data-inline="list" {
                    input type="hidden" name="back" value=(panes.place.href(say.lang));
                    input type="hidden" name="toast" value=(toast.id);
                    button { (say.t("برگردان", "Undo")) }
                }
            }
        }
    }
}

/// Nothing is open.
fn nothing(room: &Room, panes: &Panes) -> Markup {
    let (say, now) = (room.say, room.office.now());
    let first = panes.size <= 1;
    html! {
        section #conversation .pane.pane-conversation.nothing aria-labelledby="conversation-title" {
            @if first {
                h2 #conversation-title tabindex="-1" { (say.t("میز آماده است", "The desk is ready")) }
                p { (say.t("نخستین پیام همین‌جا پیدا می‌شود.", "The first submission will appear here.")) }
                p { a href={ "/" (say.lang.code()) "/help" } { (say.t("راهنما را یک بار بخوانید؛ پنج دقیقه می‌برد.", "Read the help once; it takes five minutes.")) } }
            } @else {
                h2 #conversation-title tabindex="-1" { (say.t("گفت‌وگویی باز نیست", "No conversation is open")) }
                p {
                    (say.t("از فهرست یکی را باز کنید.", "Open one from the list."))
                    @if let Some(oldest) = panes.counts.oldest {
                        " " (say.t("کهنه‌ترینِ بی‌پاسخ این‌قدر مانده است: ", "The oldest without an answer has waited ")) (say.ago(oldest, now)) "."
                    }
                }
            }
        }
        section #details .pane.pane-details aria-label=(say.t("جزئیات", "Details")) hidden {}
    }
}
