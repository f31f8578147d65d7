//! What became of a reply that went out, in words.

use maud::{Markup, html};
use payamgir_desk::office::Fate;
use payamgir_desk::work::Reply;
use payamgir_wire::{Channel, State};

use super::conversation::time;
use crate::handlers::Room;

/// Whether a reply did not arrive, or may not have.
pub(crate) fn is_bad(room: &Room, reply: &Reply) -> bool {
    let fate = room.office.fate(&reply.id).ok().flatten();
    fate.is_some_and(|fate| is_sad(fate.outcome.state))
}

fn is_sad(state: State) -> bool {
    matches!(state, State::Failed | State::Unknown)
}

/// What became of a reply that went out, and what to do where it did not arrive.
pub(crate) fn of(room: &Room, reply: &Reply) -> Markup {
    let Ok(Some(fate)) = room.office.fate(&reply.id) else { return html! {} };
    let state = fate.outcome.state;
    html! {
        p.state.fate data-fate=(state.word()) role=[is_sad(state).then_some("note")] { (in_words(room, &fate)) }
    }
}

/// What became of something that was sent.
pub(crate) fn in_words(room: &Room, fate: &Fate) -> Markup {
    let (say, outcome) = (room.say, &fate.outcome);
    let waits = fate.channel == Channel::Web;
    html! {
        b { (sent_word(say, outcome.state, waits)) } " " (time(room, fate.at))
        @if is_sad(outcome.state) {
            br; (why(say, outcome.reason.as_deref()))
            @if let Some(code) = outcome.code { " " bdi { "(" (say.name(code.into())) ")" } }
        }
    }
}

fn sent_word(say: crate::say::Say, state: State, waits: bool) -> &'static str {
    match state {
        State::Accepted if waits => {
            say.t("در سرور منتظر فرستنده است", "Waits at the server for its source")
        }
        State::Unknown => say.t("شاید فرستاده شده باشد", "May have been sent"),
        State::Accepted => say.t("پیام‌رسان گرفت", "Taken by the messenger"),
        State::Failed => say.t("نرسید", "Did not arrive"),
        State::Delivered => say.t("به دستگاه فرستنده رسید", "Arrived at the source's device"),
        State::Read => say.t("فرستنده آن را باز کرد", "The source opened it"),
    }
}

/// Why a reply did not arrive, and what to do.
fn why(say: crate::say::Say, reason: Option<&str>) -> &'static str {
    match reason.unwrap_or_default() {
        "blocked" => say.t(
            "فرستنده این حساب را بسته یا رفته است. راه دیگری با او ندارید مگر خودش بنویسد.",
            "The source blocked this account or left. There is no way but that they write again.",
        ),
        "gone" => say.t("این حساب دیگر نیست.", "The source's account is no longer there."),
        "window" => say.t(
            "مهلت پاسخ در این پیام‌رسان گذشته است. وقتی فرستنده دوباره بنویسد، پاسخ را از نو بنویسید.",
            "This messenger's time to answer is over. Write it anew once the source writes again.",
        ),
        "key-gone" => say.t(
            "کلید نشانی بازگشت نابود شده است؛ دیگر هیچ‌کس نمی‌تواند به این پیام پاسخ دهد.",
            "The key of the return address was destroyed; nobody can answer this any more.",
        ),
        "address" => say.t(
            "این نشانی بازگشت از آن سرور دیگری است.",
            "This return address is another server's.",
        ),
        "form" => say.t(
            "پیام‌رسان چنین چیزی نمی‌گیرد. کوتاه‌تر یا بی‌پرونده بنویسید.",
            "The messenger does not take such a thing. Write it shorter, or without the file.",
        ),
        "rate" => say.t(
            "پیام‌رسان گفت بیش از اندازه فرستاده‌ایم. کمی بعد از نو بنویسید.",
            "The messenger said that too much was sent. Write it anew a little later.",
        ),
        "account" => say.t(
            "حساب ما در این پیام‌رسان کار نمی‌کند. به مدیر سرور بگویید، سپس از نو بنویسید.",
            "Our account with this messenger does not work. Tell the server's operator, then write anew.",
        ),
        "unreachable" => say.t(
            "سرور به پیام‌رسان نرسید. از نو بنویسید.",
            "The server could not reach the messenger. Write it anew.",
        ),
        "interrupted" => say.t(
            "سرور میان فرستادن ایستاد یا پاسخی نشنید. دوباره فرستاده نمی‌شود تا دو بار نرسد؛ پیش از نوشتن دوباره در این باره بیندیشید.",
            "The server stopped while sending, or heard no answer. It is not sent again, lest it arrive twice; think before you write it anew.",
        ),
        "identity" => say.t(
            "شماره‌ی ایمنی سیگنالِ فرستنده عوض شده است؛ شاید گوشی تازه‌ای دارد، شاید کس دیگری است.",
            "The source's Signal safety number changed: a new phone, or somebody else.",
        ),
        "partly" => say.t(
            "بخشی از آن رفت و بقیه نه.",
            "Some of it went out, and the rest did not.",
        ),
        _ => say.t("پیام‌رسان نپذیرفت.", "The messenger refused it."),
    }
}
