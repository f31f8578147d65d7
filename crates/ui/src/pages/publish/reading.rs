//! An item as messengers take it.

use maud::{Markup, html};
use payamgir_bulletin::Cleared;
use payamgir_bulletin::messenger::{Place, messages};
use payamgir_desk::work::Id;
use payamgir_wire::edition::Item;

use super::super::frame::sheet;
use crate::handlers::Room;
use crate::handlers::publish::title;

/// The assembly's own channel: what is published goes there, and nothing else.
fn channel(room: &Room, id: &Id) -> Markup {
    let say = room.say;
    let Some(file) = room.office.posted_text(id) else {
        return html! { p.hint { (say.t("پس از انتشار می‌توان آن را در کانال تلگرام مجمع گذاشت.", "Once it is published it can be posted in the assembly’s Telegram channel.")) } };
    };
    let asked = room.office.work().publishing().posts().contains_key(&file);
    let fate = room.office.post_fate(&file);
    html! {
        @match (asked, &fate) {
            (false, _) => form action={ "/" (say.lang.code()) "/item/" (id) "/post" } method="post" {
                button.primary { (say.t("در کانال تلگرام مجمع بگذار", "Post it in the assembly’s Telegram channel")) }
            },
            (true, None) if room.office.is_unposted(&file) => p.state { (say.t("سرور آن را نگرفت: کانالی ندارد، یا کانالش اکنون نمی‌گیرد. باز هم پرسیده می‌شود.", "The server did not take it: it has no channel, or none that takes it now. It is asked again.")) },
            (true, None) => p.state { (say.t("در راه کانال تلگرام است.", "On its way to the Telegram channel.")) },
            (true, Some(fate)) => p.state { (say.t("کانال تلگرام: ", "Telegram channel: ")) (super::super::fate::in_words(room, fate)) },
        }
    }
}

/// Plain words, cut at paragraphs to what each takes, and the card.
pub(crate) fn posts(room: &Room, id: &Id, item: &Cleared<Item>) -> Markup {
    let say = room.say;
    let here = format!("item/{id}/posts");
    let content = html! {
        h1 { (title(room, id)) }
        p.tools { a href={ "/" (say.lang.code()) "/item/" (id) } { (say.t("‹ نوشته", "‹ Item")) } }
        p.lead { (say.t("هر خانه یک پیام است؛ انتخاب کنید و بردارید. آنچه منتشر نشده نفرستید.", "Each box is one message; select it and take it. Send nothing that is not published.")) }
        (channel(room, id))
        @for place in Place::ALL {
            @let all = messages(item, place, "");
            h2 { bdi { (place.name()) } " " span.meta { (say.number(all.len() as u64)) " " (say.t("پیام", if all.len() == 1 { "message" } else { "messages" })) } }
            @for (at, message) in all.iter().enumerate() {
                textarea.post readonly rows="6" dir="auto" lang=(item.lang) aria-label={ (place.name()) " " (say.number(at as u64 + 1)) } { "\n" (message) }
            }
        }
        h2 { (say.t("کارت", "Card")) }
        p { img.card src={ "/" (say.lang.code()) "/item/" (id) "/card.png" } width="600" height="315" alt=(item.title); }
    };
    sheet(room, (say.t("برای پیام‌رسان‌ها", "For messengers"), &here), &content)
}
