//! The form of what all editions share.

use maud::{Markup, html};
use payamgir_wire::edition::{Bulletin, LINE};

use super::super::frame::sheet;
use super::{kept_now, named, wrong};
use crate::handlers::Room;
use crate::handlers::publish::bulletin::{Form, ROWS};

/// Names, languages, addresses.
pub(crate) fn bulletin(room: &Room, form: &Form) -> Markup {
    let (say, bulletin) = (room.say, &form.bulletin);
    let content = html! {
        h1 { (say.t("نام و زبان‌های نشریه", "The bulletin’s name and languages")) }
        (wrong(room, form.wrong.as_ref()))
        @if let Some(theirs) = &form.theirs { (kept_now(room, &theirs.texts().into_iter().map(str::to_owned).collect::<Vec<_>>())) }
        form.stack action={ "/" (say.lang.code()) "/bulletin" } method="post" autocomplete="off" {
            @if let Some(base) = &form.base { input type="hidden" name="base" value=(base); }
            p.hint { (say.t("زبان نخست زبان صفحهٔ نخست است. کد: fa، en، ar، ckb …", "The first language is that of the first page. Codes: fa, en, ar, ckb …")) }
            @for row in 0..ROWS { (spoken(room, bulletin, row)) }
            label for="addresses" { (say.t("نشانی‌هایی که مردم می‌نویسند، هر خط یکی", "Addresses as people type them, one a line")) }
            textarea #addresses name="addresses" rows="3" dir="ltr" { "\n" (bulletin.addresses.join("\n")) }
            label for="base-address" { (say.t("نشانی کامل نشریه برای نقشهٔ سایت و کارت‌ها؛ با / پایان می‌یابد؛ می‌تواند خالی باشد", "The bulletin’s full address, for the site map and cards; ends with /; may be empty")) }
            input #base-address name="base-address" dir="ltr" maxlength=(LINE) value=(bulletin.base) placeholder="https://congress.example/";
            label for="tag" { (say.t("نامی همیشگی برای خوراک‌ها: دامنه و روزی که از آن شما بوده؛ می‌تواند خالی باشد", "A lasting name for feeds: a domain and a day on which it was yours; may be empty")) }
            input #tag name="tag" dir="ltr" maxlength=(LINE) value=(bulletin.tag) placeholder="congress.example,2026";
            p.tools { button.primary { (say.t("نگه‌دار", "Keep")) } }
        }
    };
    sheet(room, (say.t("نشریه", "The bulletin"), "bulletin"), &content)
}

fn spoken(room: &Room, bulletin: &Bulletin, row: usize) -> Markup {
    let say = room.say;
    let known = bulletin.spoken.get(row);
    let guess = match row {
        0 => "fa",
        1 => "en",
        _ => "",
    };
    html! {
        fieldset.pairs {
            legend { (say.t("زبان ", "Language ")) (say.number(row as u64 + 1)) }
            (named(say.t("کد زبان", "Language code"), &html! { input name={ "lang-" (row) } dir="ltr" maxlength="3" value=(known.map_or(guess, |known| &known.lang)); }))
            (named(say.t("نام نشریه", "The bulletin’s name"), &html! { input name={ "title-" (row) } dir="auto" maxlength=(LINE) value=(known.map_or("", |known| &known.title)); }))
            (named(say.t("یک خط دربارهٔ آن", "A line about it"), &html! { input name={ "about-" (row) } dir="auto" maxlength=(LINE) value=(known.map_or("", |known| &known.about)); }))
        }
    }
}
