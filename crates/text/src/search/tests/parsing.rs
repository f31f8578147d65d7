//! Queries as they are understood.

use proptest::prelude::*;

use super::super::*;
use crate::jalali::{gregorian_days, jalali_days};
use crate::samples::text;

/// The day on which the tables are read: 2026-11-22, 1405/9/1.
const TODAY: i32 = 20_779;

/// A query in one line: clauses, filters, then what is unknown.
fn shown(query: &Query) -> String {
    let sign = |negated| if negated { "-" } else { "" };
    let clauses = query.clauses.iter().map(|clause| {
        let term = match &clause.term {
            Term::Word { start, joined } if joined.is_empty() => start.clone(),
            Term::Word { start, joined } => format!("{start}({})", joined.join(",")),
            Term::Phrase(words) => format!("[{}]", words.join(" ")),
        };
        format!("{}{term}", sign(clause.negated))
    });
    let filters = query.filters.iter().map(|filter| {
        let kind = match &filter.kind {
            FilterKind::Channel(name) => format!("channel={name}"),
            FilterKind::Label(name) => format!("label={name}"),
            FilterKind::Is(is) => format!("is={is:?}"),
            FilterKind::Has(has) => format!("has={has:?}"),
            FilterKind::Before(day) => format!("before={day}"),
            FilterKind::After(day) => format!("after={day}"),
            FilterKind::From(name) => format!("from={name}"),
            FilterKind::Larger(size) => format!("larger={size}"),
            FilterKind::Smaller(size) => format!("smaller={size}"),
        };
        format!("{}{kind}", sign(filter.negated))
    });
    let unknown = query.unknown.iter().map(|typed| format!("?{typed}"));
    clauses.chain(filters).chain(unknown).collect::<Vec<_>>().join(" ")
}

const QUERIES: &[(&str, &str)] = &[
    ("", ""),
    ("  \u{200F} ", ""),
    ("- -- . …", ""),
    ("باران", "باران"),
    ("می خواهم", "می خواهم(میخواهم)"),
    ("می\u{200C}خواهم", "می خواهم(میخواهم)"),
    ("a b c d e", "a b(ab) c(bc,abc) d(cd,bcd,abcd) e(de,cde,bcde)"),
    ("a \"b\" c", "a [b] c"),
    ("a -b c", "a -b c"),
    ("a is:open c", "a c is=Open"),
    ("-e-mail", "-[e mail] -email"),
    ("-a.b", "-[a b]"),
    ("-«باران تند»", "-[باران تند]"),
    ("«باران", "[باران]"),
    ("«»", ""),
    ("a«b c»d", "a [b c] d"),
    ("“a b„ x” c", "[a b x] c"),
    ("漢字", "[漢 字]"),
    ("👩\u{200D}💻", "[👩 💻]"),
    ("-👩\u{200D}💻", "-[👩 💻]"),
    // Values in both languages.
    ("channel:telegram", "channel=telegram"),
    ("کانال:تلگرام", "channel=telegram"),
    ("كانال:وب", "channel=web"),
    ("CHANNEL:Web", "channel=web"),
    ("کانال:وب\u{200C}سایت", "channel=web"),
    ("channel:\"Old Fax\"", "channel=oldfax"),
    ("label:\"دو کلمه\"", "label=دوکلمه"),
    ("label:«دو كلمه»", "label=دوکلمه"),
    ("برچسب:فوري", "label=فوری"),
    ("برچسب:فوری، باران", "باران label=فوری"),
    ("-label:spam", "-label=spam"),
    ("is:open", "is=Open"),
    ("وضعیت:باز", "is=Open"),
    ("وضعيت:بسته", "is=Resolved"),
    ("وضعیت:حل\u{200C}شده", "is=Resolved"),
    ("وضعیت:حل_شده", "is=Resolved"),
    ("وضعیت:\"حل شده\"", "is=Resolved"),
    ("is:snoozed", "is=Snoozed"),
    ("وضعیت:قرنطینه", "is=Quarantined"),
    ("is:assigned -is:unassigned", "is=Assigned -is=Unassigned"),
    ("is:mine", "is=Mine"),
    ("وضعیت:من", "is=Mine"),
    ("is:answered", "is=Answered"),
    ("وضعیت:بی\u{200C}پاسخ", "is=Unanswered"),
    ("وضعیت:تکراری", "is=Duplicate"),
    ("is:unreadable", "is=Unreadable"),
    ("is:cut", "is=Cut"),
    ("وضعیت:تاییدشده", "is=Verified"),
    ("وضعیت:مشکوک", "is=Doubtful"),
    ("وضعیت:حذف\u{200C}شده", "is=Deleted"),
    ("has:text", "has=Text"),
    ("has:file", "has=File"),
    ("has:image", "has=Image"),
    ("دارد:عکس", "has=Image"),
    ("دارد:صدا", "has=Audio"),
    ("دارد:ویدئو", "has=Video"),
    ("دارد:ویدیو", "has=Video"),
    ("دارد:سند", "has=Document"),
    ("دارد:یادداشت", "has=Note"),
    ("دارد:پیش\u{200C}نویس", "has=Draft"),
    ("has:redaction", "has=Redaction"),
    ("-دارد:عکس", "-has=Image"),
    ("has:place", "?has:place"),
    ("larger:5MB", "larger=5000000"),
    ("-smaller:200", "-smaller=200"),
    ("بزرگ\u{200C}تر از:۵مگابایت", "larger=5000000"),
    ("بزرگتر از:۵۰۰", "larger=500"),
    ("کوچک\u{200C}تراز:۳هزار", "smaller=3000"),
    ("larger:much", "?larger:much"),
    ("کانال:اینستاگرام", "channel=instagram"),
    ("channel:carried", "channel=carried"),
    ("from:\"Ali R.\"", "from=Ali R."),
    ("از:علی", "from=علی"),
    ("فرستنده:someone@example.org", "from=someone@example.org"),
    ("\u{200F}-is:open", "-is=Open"),
    ("−is:open", "-is=Open"),
    // Days.
    ("before:2026-11-22", "before=20779"),
    ("before:1405/9/1", "before=20779"),
    ("before:1405-09-01", "before=20779"),
    ("قبل:۱۴۰۵/۹/۱", "before=20779"),
    ("پیش\u{200C}از:١٤٠٥/٠٩/٠١", "before=20779"),
    ("پیشاز:1405.9.1", "before=20779"),
    ("پیش از:1405/9/1", "before=20779"),
    ("باران پیش از:1405/9/1", "باران before=20779"),
    ("قبل از:1405/9", "before=20779"),
    ("پس\u{200C}از:1405", "after=20533"),
    ("پس از:1405", "after=20533"),
    ("بعد:1405/9", "after=20779"),
    ("after:2026", "after=20454"),
    ("after:2026-11", "after=20758"),
    ("after:\"2026-11\"", "after=20758"),
    ("-after:2026", "-after=20454"),
    ("before:today", "before=20779"),
    ("after:yesterday", "after=20778"),
    ("بعد:دیروز", "after=20778"),
    ("قبل:امروز", "before=20779"),
    ("before:1403/12/30", "before=20167"),
    // What is not understood.
    ("before:1405/12/30", "?before:1405/12/30"),
    ("before:1405/13", "?before:1405/13"),
    ("before:1405/0/1", "?before:1405/0/1"),
    ("before:2026-02-29", "?before:2026-02-29"),
    ("before:2026-1-1-1", "?before:2026-1-1-1"),
    ("before:12", "?before:12"),
    ("before:99999", "?before:99999"),
    ("before:1405/", "?before:1405/"),
    ("before:tomorrow", "?before:tomorrow"),
    ("-is:nothing a", "a ?-is:nothing"),
    ("is: open", "open ?is:"),
    ("is:\"\"", "?is:\"\""),
    ("has:is:open", "?has:is:open"),
    ("label:!", "?label:!"),
    ("وضعیت:چیزی", "?وضعیت:چیزی"),
    // What is no condition.
    ("http://x", "http x(httpx)"),
    ("12:30", "12 30(1230)"),
    ("ساعت: ۵", "ساعت 5(ساعت5)"),
    ("foo:bar", "foo bar(foobar)"),
    ("\"is:open\"", "[is open]"),
    ("i s:open", "i s(is) open(sopen,isopen)"),
    (":", ""),
    (":open", "open"),
];

#[test]
fn queries() {
    for (typed, want) in QUERIES {
        assert_eq!(shown(&parse_at(typed, TODAY)), *want, "{typed}");
    }
}

#[test]
fn without_a_clock_no_day_is_relative() {
    for typed in ["before:today", "after:yesterday", "قبل:امروز", "بعد:دیروز"] {
        assert_eq!(shown(&parse(typed)), format!("?{typed}"));
    }
}

#[test]
fn long_queries_are_cut() {
    let cut = parse(&format!("{}باران تهران", "- ".repeat(496)));
    assert_eq!(shown(&cut), "باران ته(بارانته)");
}

#[test]
fn emptiness() {
    let table = [("", true), (".", true), ("is:nothing", true), ("a", false), ("is:open", false)];
    for (typed, want) in table {
        assert_eq!(parse(typed).is_empty(), want, "{typed}");
    }
}

proptest! {
    #[test]
    fn days_of_both_calendars(year in 1_000..10_000_i32, month in 0..15_u8, day in 0..34_u8) {
        let days = if year < 1_700 { jalali_days } else { gregorian_days };
        for separator in ["/", "-"] {
            let typed = format!("before:{year}{separator}{month}{separator}{day}");
            let query = parse(&typed);
            match days(year, month, day) {
                Some(day) => prop_assert_eq!(shown(&query), format!("before={day}")),
                None => prop_assert_eq!(query.unknown, [typed]),
            }
        }
    }

    #[test]
    fn keyboards_ask_the_same(typed in text()) {
        let arabic = typed.replace('ی', "ي").replace('ک', "ك").replace('1', "۱");
        prop_assert_eq!(shown(&parse(&typed)), shown(&parse(&arabic)).replace('ي', "ی").replace('۱', "1"));
    }

    #[test]
    fn conditions_are_read_in_any_text(before in "[ab ]{0,9}", negated: bool) {
        let sign = if negated { "-" } else { "" };
        let query = parse(&format!("{before} {sign}is:open"));
        prop_assert_eq!(query.filters.len(), 1);
        prop_assert_eq!(query.filters[0].negated, negated);
    }
}
