//! Words for what is no text: where somebody is, a telephone number, a vote. In brackets, so that
//! nobody takes them for the source's own.

use payamgir_text::lang::Lang;

use crate::{Words, words};

/// What there are words for.
#[derive(Clone, Copy)]
pub(crate) enum Thing {
    Location,
    LiveLocation,
    Place,
    Contact,
    Poll,
    Dice,
    Sticker,
    Reaction,
    NoReaction,
    Button,
    Start,
    Blocked,
    Unblocked,
    Forwarded,
    Answering,
    TooLarge,
    Unsupported,
    Called,
    Story,
    Shared,
    Once,
    Vanishing,
    Renamed,
    Undecrypted,
    Expired,
    Elsewhere,
    Lost,
    Group,
}

impl Thing {
    fn of(self, lang: Lang) -> &'static str {
        let (fa, en) = self.both();
        match lang {
            Lang::Fa => fa,
            Lang::En => en,
        }
    }

    fn both(self) -> (&'static str, &'static str) {
        match self {
            Self::Location => ("مکان", "location"),
            Self::LiveLocation => {
                ("مکان زنده؛ هر چند دقیقه تازه می‌شود", "live location; renewed every few minutes")
            }
            Self::Place => ("جا", "place"),
            Self::Contact => ("مخاطب", "contact"),
            Self::Poll => ("نظرسنجی", "poll"),
            Self::Dice => ("تاس", "dice"),
            Self::Sticker => ("برچسب", "sticker"),
            Self::Reaction => ("واکنش", "reaction"),
            Self::NoReaction => ("واکنش را برداشت", "took a reaction back"),
            Self::Button => ("دکمه", "button"),
            Self::Start => ("از پیوند آمده", "came by a link"),
            Self::Blocked => (
                "فرستنده این حساب را بست؛ پاسخ نمی‌رسد",
                "the source blocked this account; no answer arrives",
            ),
            Self::Unblocked => {
                ("فرستنده این حساب را باز کرد", "the source opened this account again")
            }
            Self::Forwarded => ("بازفرستاده از کسی دیگر", "forwarded from somebody else"),
            Self::Answering => ("در پاسخ به", "in answer to"),
            Self::TooLarge => (
                "پرونده‌ای بزرگ‌تر از آنچه این پیام‌رسان می‌دهد؛ از فرستنده بخواهید آن را در تکه‌های کوچک‌تر یا از صفحه‌ی وب بفرستد",
                "a file larger than this messenger gives out; ask for it in smaller pieces or by the web page",
            ),
            Self::Unsupported => {
                ("چیزی که این پیام‌رسان نشان نمی‌دهد", "something this messenger does not show")
            }
            Self::Called => ("تلاش برای تماس", "tried to call"),
            Self::Story => ("استوری", "story"),
            Self::Shared => ("پست یا ویدیوی اینستاگرام", "an Instagram post or video"),
            Self::Once => ("فرستاده شد تا یک بار دیده شود", "sent to be seen once"),
            Self::Vanishing => (
                "فرستنده خواسته است پس از این زمان ناپدید شود؛ در اینجا ناپدید نمی‌شود",
                "the source wants it to vanish after this time; here it does not",
            ),
            Self::Renamed => {
                ("شماره یا شناسه‌ی فرستنده عوض شد", "the source's number or id changed")
            }
            Self::Undecrypted => (
                "پیامی آمد که باز نشد؛ از فرستنده بخواهید دوباره بفرستد",
                "something came that could not be decrypted; ask for it once more",
            ),
            Self::Expired => {
                ("پیش‌تر پاک شده یا دیگر در دسترس نیست", "deleted before or no longer there")
            }
            Self::Lost => (
                "پرونده‌ای نرسید یا ناتمام رسید؛ از فرستنده بخواهید دوباره بفرستد",
                "a file did not arrive, or not whole; ask for it once more",
            ),
            Self::Group => (
                "از گروهی که ربات را در آن گذاشتند و از آن بیرون رفت",
                "from a group into which the bot was put, and which it left",
            ),
            Self::Elsewhere => ("از برنامه‌ی دیگری فرستاده شد", "sent from another program"),
        }
    }
}

/// `[thing]` or `[thing: what]`.
pub(crate) fn told(lang: Lang, thing: Thing, what: &str) -> Words {
    let thing = thing.of(lang);
    match what.trim() {
        "" => words(&format!("[{thing}]")),
        what => words(&format!("[{thing}: {what}]")),
    }
}

/// A file did not come, or not whole, in words for the desk.
pub fn lost(lang: Lang, name: &str) -> Words {
    told(lang, Thing::Lost, name)
}

/// A file is too large for this messenger, in words for the desk; its name and size beside.
pub fn too_large(lang: Lang, name: &str, bytes: Option<u64>) -> Words {
    let size = bytes.map(|bytes| payamgir_text::size::bytes(bytes, lang)).unwrap_or_default();
    told(lang, Thing::TooLarge, format!("{name} {size}").trim())
}
