//! The form by which sources are told.

use maud::{Markup, html};

use super::super::frame::sheet;
use crate::handlers::Room;
use crate::handlers::publish::tell::Telling;
use crate::handlers::publish::title;
use crate::place::Place;

/// Whom, and what.
pub(crate) fn tell(room: &Room, telling: &Telling) -> Markup {
    let say = room.say;
    let here = format!("item/{}/tell", telling.id);
    let content = html! {
        h1 { (say.t("به فرستنده بگویید", "Tell the source")) }
        p.tools { a href={ "/" (say.lang.code()) "/item/" (telling.id) } { "‹ " bdi { (title(room, &telling.id)) } } }
        p.lead { (say.t("برای هر گفت‌وگویی که راهی به فرستنده‌اش هست پاسخی نوشته می‌شود؛ مانند هر پاسخ دیگر تأیید و فرستاده می‌شود. آنچه آماده است ببینید درست باشد: خوانده شد، همان روز؟", "For each conversation whose source left a way back a reply is drafted; it is approved and sent as any other. See that what is prepared is so: was it read, on that day?")) }
        @if let Some(text) = &telling.text { (form(room, telling, &here, text)) }
        @else { p.flag { (say.t("هنوز منتشر نشده، یا پس گرفته شده است: چیزی برای گفتن نیست.", "It is not published, or was withdrawn: there is nothing to tell.")) } }
    };
    sheet(room, (say.t("به فرستنده بگویید", "Tell the source"), &here), &content)
}

fn form(room: &Room, telling: &Telling, here: &str, text: &str) -> Markup {
    let say = room.say;
    html! {
        form.stack action={ "/" (say.lang.code()) "/" (here) } method="post" autocomplete="off" {
            ul.ticks { @for (number, can) in &telling.whom {
                li { label {
                    input type="checkbox" name="to" value=(number) checked[*can] disabled[!can];
                    " " a href=(Place::default().with(*number).href(say.lang)) { (say.t("گفت‌وگوی ", "Conversation ")) (say.name(*number)) }
                    @if !can { " " span.meta { (say.t("راهی به فرستنده‌اش نیست", "its source left no way back")) } }
                } }
            } }
            @if telling.whom.is_empty() { p { (say.t("این نوشته از گفت‌وگویی نیست.", "This item is of no conversation.")) } }
            label for="text" { (say.t("متن", "Words")) }
            textarea #text name="text" rows="8" dir="auto" maxlength="20000" required { "\n" (text) }
            p.tools { button.primary { (say.t("پاسخ‌ها را بنویس", "Draft the replies")) } }
        }
    }
}
