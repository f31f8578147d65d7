//! Words and numbers in the page's language.

use payamgir_desk::office::{Office, State, Wanted, Why};
use payamgir_desk::store::Spoken;
use payamgir_desk::work::Check;
use payamgir_text::lang::Lang;
use payamgir_text::{digits, jalali};
use payamgir_wire::Channel;

/// How things are said to whom: language, and seconds of local time from UTC.
#[derive(Clone, Copy)]
pub(crate) struct Say {
    pub(crate) lang: Lang,
    pub(crate) offset: i32,
}

const DAY: u64 = 86_400;

impl Say {
    /// One of two.
    pub(crate) fn t(self, fa: &'static str, en: &'static str) -> &'static str {
        match self.lang {
            Lang::Fa => fa,
            Lang::En => en,
        }
    }

    /// The same of words that were put together.
    pub(crate) fn t_of<'w>(self, fa: &'w str, en: &'w str) -> &'w str {
        match self.lang {
            Lang::Fa => fa,
            Lang::En => en,
        }
    }

    pub(crate) fn number(self, value: u64) -> String {
        digits::number(value, self.lang)
    }

    /// A number that is a name: without groups.
    pub(crate) fn name(self, value: u64) -> String {
        digits::localize(&value.to_string(), self.lang)
    }

    /// The time for today, else the day.
    pub(crate) fn when(self, unix: u64, now: u64) -> String {
        let whole = jalali::format_datetime(unix, self.offset, self.lang);
        let today = jalali::days(now, self.offset) == jalali::days(unix, self.offset);
        let split = whole
            .split_once([' '])
            .map(|(day, time)| (day.trim_end_matches('،').to_owned(), time.to_owned()));
        match split {
            Some((_, time)) if today => time,
            Some((day, _)) => day,
            None => whole,
        }
    }

    pub(crate) fn whole_time(self, unix: u64) -> String {
        jalali::format_datetime(unix, self.offset, self.lang)
    }

    /// For `datetime` attributes.
    pub(crate) fn machine_time(self, unix: u64) -> String {
        jalali::format_datetime(unix, self.offset, Lang::En).replace(' ', "T")
    }

    /// How long ago, in the largest unit that fits.
    pub(crate) fn ago(self, unix: u64, now: u64) -> String {
        let passed = now.saturating_sub(unix);
        let (count, fa, en, en_one) = match passed {
            0..60 => return self.t("همین حالا", "just now").to_owned(),
            60..3600 => (passed / 60, "دقیقه", "minutes", "minute"),
            3600..DAY => (passed / 3600, "ساعت", "hours", "hour"),
            _ => (passed / DAY, "روز", "days", "day"),
        };
        let unit = match self.lang {
            Lang::Fa => fa,
            Lang::En if count == 1 => en_one,
            Lang::En => en,
        };
        format!("{} {unit}", self.number(count))
    }

    pub(crate) fn size(self, bytes: u64) -> String {
        payamgir_text::size::bytes(bytes, self.lang)
    }

    pub(crate) fn channel(self, channel: Channel) -> &'static str {
        match channel {
            Channel::Web => self.t("صفحه‌ی وب", "web page"),
            Channel::Telegram => self.t("تلگرام", "Telegram"),
            Channel::Signal => self.t("سیگنال", "Signal"),
            Channel::Whatsapp => self.t("واتساپ", "WhatsApp"),
            Channel::Instagram => self.t("اینستاگرام", "Instagram"),
            Channel::Carried => self.t("دستی", "carried by hand"),
            Channel::Unknown => self.t("راه ناشناخته", "unknown channel"),
        }
    }

    pub(crate) fn wanted(self, wanted: Wanted) -> &'static str {
        match wanted {
            Wanted::Waiting => self.t("در انتظار پاسخ", "Waiting for an answer"),
            Wanted::Mine => self.t("سپرده به من", "Mine"),
            Wanted::Unassigned => self.t("بی‌صاحب", "Unassigned"),
            Wanted::Open => self.t("همه‌ی گشوده‌ها", "All open"),
            Wanted::Snoozed => self.t("برای بعد", "Snoozed"),
            Wanted::Resolved => self.t("پایان‌یافته", "Resolved"),
            Wanted::Quarantine => self.t("قرنطینه", "Quarantine"),
            Wanted::All => self.t("همه", "Everything"),
        }
    }

    pub(crate) fn state(self, state: State) -> &'static str {
        match state {
            State::Waiting => self.t("در انتظار پاسخ", "waiting for an answer"),
            State::Open => self.t("پاسخ‌گرفته، گشوده", "answered, open"),
            State::Snoozed => self.t("برای بعد", "snoozed"),
            State::Resolved => self.t("پایان‌یافته", "resolved"),
            State::Quarantined => self.t("در قرنطینه", "in quarantine"),
        }
    }

    /// Where that stands which was found; nothing where it stands in what the source wrote.
    pub(crate) fn why(self, why: Why) -> Option<&'static str> {
        Some(match why {
            Why::Text => return None,
            Why::Earlier => self.t("در نسخه‌ی پیشین", "in an earlier version"),
            Why::FileName => self.t("در نام پرونده", "in a file's name"),
            Why::Note => self.t("در یادداشت", "in a note"),
            Why::Reply => self.t("در پاسخ", "in a reply"),
            Why::Label => self.t("در برچسب", "in a label"),
        })
    }

    pub(crate) fn check(self, check: Check) -> &'static str {
        match check {
            Check::Unchecked => self.t("سنجیده نشده", "unchecked"),
            Check::Checking => self.t("در حال سنجش", "being checked"),
            Check::Confirmed => self.t("درست", "confirmed"),
            Check::Doubtful => self.t("نامطمئن", "doubtful"),
            Check::False => self.t("نادرست", "false"),
        }
    }

    pub(crate) fn spoken(self, spoken: Spoken) -> &'static str {
        match spoken {
            Spoken::Persian => self.t("فارسی", "Persian"),
            Spoken::Arabic => self.t("عربی", "Arabic"),
            Spoken::Latin => self.t("لاتین", "Latin script"),
            Spoken::Unknown => "",
        }
    }

    /// What a member is called, and that it is oneself.
    pub(crate) fn member(self, office: &Office, key: &[u8; 32]) -> String {
        match *key == office.me() {
            true => self.t("شما", "you").to_owned(),
            false => office.called(key),
        }
    }
}
