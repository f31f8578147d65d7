//! Messengers by which a source can write instead, each with what its company learns: the same table as
//! in docs/channels. Addresses are written out and are no links: a page that a source opens here must
//! not lead a browser to a company.

use maud::{Markup, html};
use payamgir_text::lang::Lang;
use payamgir_wire::Channel;

/// A messenger's account, as sources are to find it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The messenger.
    pub channel: Channel,
    /// What is typed to find the account.
    pub handle: String,
}

/// The table; nothing where there is no account.
pub(super) fn ways(ways: &[Way], lang: Lang) -> Markup {
    let t = |fa: &'static str, en: &'static str| if lang == Lang::Fa { fa } else { en };
    html! {
        @if !ways.is_empty() {
            section.row {
                div {
                    h2 { (t("راه‌های دیگر", "Other ways")) }
                    p.hint { (t(
                        "آنچه از این راه‌ها می‌رسد هم در رسیدن مهر می‌شود. شرکت‌ها اما این‌ها را می‌بینند:",
                        "What comes by these is sealed on arrival too. But the companies see this:",
                    )) }
                }
                dl {
                    @for way in ways {
                        @let (name, told) = described(way.channel, lang);
                        div { dt { (name) br; bdi dir="ltr" { (way.handle) } } dd { (told) } }
                    }
                }
            }
        }
    }
}

fn described(channel: Channel, lang: Lang) -> (&'static str, &'static str) {
    let (name, told) = match channel {
        Channel::Telegram => (
            ("تلگرام", "Telegram"),
            (
                "شرکت نوشته، پرونده‌ها، زمان و حساب شما را می‌بیند و نگه می‌دارد.",
                "The company sees and keeps the words, the files, the time and your account.",
            ),
        ),
        Channel::Signal => (
            ("سیگنال", "Signal"),
            (
                "شرکت نوشته را نمی‌بیند؛ می‌تواند ببیند که شما سیگنال دارید و کی.",
                "The company does not see the words; it can see that you use Signal, and when.",
            ),
        ),
        Channel::Whatsapp => (
            ("واتس‌اپ", "WhatsApp"),
            (
                "شرکت نوشته، پرونده‌ها، زمان و شماره‌ی شما را می‌بیند، چون این حسابِ سازمان‌هاست. شماره‌های ایران شاید نرسند.",
                "The company sees the words, the files, the time and your number, because this is an organisation's account. Iranian numbers may not get through.",
            ),
        ),
        Channel::Instagram => (
            ("اینستاگرام", "Instagram"),
            (
                "شرکت نوشته، پرونده‌ها، زمان و حساب شما را می‌بیند و نگه می‌دارد.",
                "The company sees and keeps the words, the files, the time and your account.",
            ),
        ),
        Channel::Web | Channel::Carried | Channel::Unknown => (("", ""), ("", "")),
    };
    match lang {
        Lang::Fa => (name.0, told.0),
        Lang::En => (name.1, told.1),
    }
}
