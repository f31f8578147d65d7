//! Known days, checked with ICU's Persian calendar, and what must hold of every day.

use proptest::prelude::*;

use super::*;

/// A day from 1970-01-01, its Gregorian and its Jalali date.
type Known = (i32, (i32, u8, u8), (i32, u8, u8));

/// The ends and beginnings of leap and common years, breaks between months, and round numbers.
const KNOWN: &[Known] = &[
    (-16436, (1925, 1, 1), (1303, 10, 11)),
    (-16357, (1925, 3, 21), (1304, 1, 1)),
    (-15992, (1926, 3, 21), (1304, 12, 30)),
    (-15991, (1926, 3, 22), (1305, 1, 1)),
    (-14166, (1931, 3, 21), (1309, 12, 30)),
    (-14165, (1931, 3, 22), (1310, 1, 1)),
    (-2113, (1964, 3, 20), (1342, 12, 30)),
    (-652, (1968, 3, 20), (1346, 12, 30)),
    (-286, (1969, 3, 21), (1348, 1, 1)),
    (-1, (1969, 12, 31), (1348, 10, 10)),
    (0, (1970, 1, 1), (1348, 10, 11)),
    (79, (1970, 3, 21), (1349, 1, 1)),
    (2270, (1976, 3, 20), (1354, 12, 30)),
    (3328, (1979, 2, 11), (1357, 11, 22)),
    (3365, (1979, 3, 20), (1357, 12, 29)),
    (3731, (1980, 3, 20), (1358, 12, 30)),
    (8115, (1992, 3, 21), (1371, 1, 1)),
    (9940, (1997, 3, 20), (1375, 12, 30)),
    (10957, (2000, 1, 1), (1378, 10, 11)),
    (11016, (2000, 2, 29), (1378, 12, 10)),
    (11401, (2001, 3, 20), (1379, 12, 30)),
    (14323, (2009, 3, 20), (1387, 12, 30)),
    (15784, (2013, 3, 20), (1391, 12, 30)),
    (18706, (2021, 3, 20), (1399, 12, 30)),
    (18707, (2021, 3, 21), (1400, 1, 1)),
    (19072, (2022, 3, 21), (1401, 1, 1)),
    (19782, (2024, 2, 29), (1402, 12, 10)),
    (19801, (2024, 3, 19), (1402, 12, 29)),
    (20138, (2025, 2, 19), (1403, 12, 1)),
    (20167, (2025, 3, 20), (1403, 12, 30)),
    (20168, (2025, 3, 21), (1404, 1, 1)),
    (20532, (2026, 3, 20), (1404, 12, 29)),
    (20533, (2026, 3, 21), (1405, 1, 1)),
    (20718, (2026, 9, 22), (1405, 6, 31)),
    (20719, (2026, 9, 23), (1405, 7, 1)),
    (20779, (2026, 11, 22), (1405, 9, 1)),
    (21263, (2028, 3, 20), (1407, 1, 1)),
    (21627, (2029, 3, 19), (1407, 12, 29)),
    (21993, (2030, 3, 20), (1408, 12, 30)),
    (21994, (2030, 3, 21), (1409, 1, 1)),
    (23088, (2033, 3, 19), (1411, 12, 29)),
    (23454, (2034, 3, 20), (1412, 12, 30)),
    (23455, (2034, 3, 21), (1413, 1, 1)),
    (24854, (2038, 1, 18), (1416, 10, 29)),
    (24855, (2038, 1, 19), (1416, 10, 30)),
    (32220, (2058, 3, 20), (1436, 12, 30)),
    (32221, (2058, 3, 21), (1437, 1, 1)),
    (34046, (2063, 3, 20), (1441, 12, 30)),
    (34047, (2063, 3, 21), (1442, 1, 1)),
    (46099, (2096, 3, 19), (1474, 12, 30)),
    (47195, (2099, 3, 20), (1478, 1, 1)),
    (47560, (2100, 3, 20), (1478, 12, 30)),
    (47846, (2100, 12, 31), (1479, 10, 10)),
];

/// The Jalali leap years of 1925 to 2100.
const LEAP_YEARS: [i32; 43] = [
    1304, 1309, 1313, 1317, 1321, 1325, 1329, 1333, 1337, 1342, 1346, 1350, 1354, 1358, 1362, 1366,
    1370, 1375, 1379, 1383, 1387, 1391, 1395, 1399, 1403, 1408, 1412, 1416, 1420, 1424, 1428, 1432,
    1436, 1441, 1445, 1449, 1453, 1457, 1461, 1465, 1469, 1474, 1478,
];

fn parts(date: Date) -> (i32, u8, u8) {
    (date.year, date.month, date.day)
}

#[test]
fn known_days() {
    for &(day, greg, jal) in KNOWN {
        assert_eq!(parts(gregorian(day)), greg, "{day}");
        assert_eq!(parts(jalali(day)), jal, "{day}");
        assert_eq!(gregorian_days(greg.0, greg.1, greg.2), Some(day));
        assert_eq!(jalali_days(jal.0, jal.1, jal.2), Some(day));
    }
}

#[test]
fn leap_years_of_two_centuries() {
    let leap_days = (-16_436..=47_846).map(jalali);
    let leap_days = leap_days.filter(|date| (date.month, date.day) == (12, 30));
    let years: Vec<i32> = leap_days.map(|date| date.year).collect();
    assert_eq!(years, LEAP_YEARS);
}

#[test]
fn years_of_the_breaks_are_leap_and_the_years_before_are_not() {
    let leap: Vec<i32> = (-600_000..700_000)
        .map(jalali)
        .filter(|date| (date.month, date.day) == (12, 30))
        .map(|date| date.year)
        .collect();
    for year in BREAKS.map(|year| i32::try_from(year).unwrap()) {
        assert!(leap.contains(&year), "{year}");
        assert!(!leap.contains(&(year - 1)), "{year}");
    }
    let gaps: Vec<i32> = leap.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps.iter().all(|gap| matches!(gap, 4 | 5)));
}

#[test]
fn moments_fall_on_local_days() {
    let table = [
        (0, 0, 0),
        (0, -1, -1),
        (86_399, 0, 0),
        (86_399, 1, 1),
        (86_400, 0, 1),
        (0, i32::MIN, -24_856),
        (0, i32::MAX, 24_855),
        (u64::MAX, 0, i32::MAX),
        (u64::MAX, i32::MAX, i32::MAX),
    ];
    for (unix, offset, want) in table {
        assert_eq!(days(unix, offset), want, "{unix} {offset}");
    }
}

#[test]
fn formatting() {
    const TEHRAN: i32 = 12_600;
    let table = [
        (1_795_347_240, TEHRAN, "2026-11-22 15:04", "۱۴۰۵/۹/۱، ۱۵:۰۴"),
        (1_795_347_299, TEHRAN, "2026-11-22 15:04", "۱۴۰۵/۹/۱، ۱۵:۰۴"),
        (1_795_347_240, 0, "2026-11-22 11:34", "۱۴۰۵/۹/۱، ۱۱:۳۴"),
        (0, 0, "1970-01-01 00:00", "۱۳۴۸/۱۰/۱۱، ۰۰:۰۰"),
        (0, -60, "1969-12-31 23:59", "۱۳۴۸/۱۰/۱۰، ۲۳:۵۹"),
        (1_742_416_199, TEHRAN, "2025-03-19 23:59", "۱۴۰۳/۱۲/۲۹، ۲۳:۵۹"),
        (1_742_502_599, TEHRAN, "2025-03-20 23:59", "۱۴۰۳/۱۲/۳۰، ۲۳:۵۹"),
        (1_742_502_600, TEHRAN, "2025-03-21 00:00", "۱۴۰۴/۱/۱، ۰۰:۰۰"),
    ];
    for (unix, offset, en, fa) in table {
        assert_eq!(format_datetime(unix, offset, Lang::En), en);
        assert_eq!(format_datetime(unix, offset, Lang::Fa), fa);
    }
}

/// Whether `next` is the day after `date`, in a calendar with months of `lengths`.
fn follows(date: Date, next: Date, lengths: std::ops::RangeInclusive<u8>) -> bool {
    let Date { year, month, day } = date;
    let turn = lengths.contains(&day);
    match parts(next) {
        (y, m, d) if (y, m) == (year, month) => d == day + 1,
        (y, m, 1) if y == year => m == month + 1 && turn,
        (y, 1, 1) => y == year + 1 && month == 12 && turn,
        _ => false,
    }
}

/// A way from a date to a day.
type Days = fn(i32, u8, u8) -> Option<i32>;

/// A calendar's way, and dates it does not have.
type NoDates = (Days, &'static [(i32, u8, u8)]);

#[test]
fn dates_that_are_none() {
    let table: [NoDates; 2] = [
        (
            gregorian_days,
            &[(2026, 0, 1), (2026, 13, 1), (2026, 1, 0), (2026, 1, 32), (2026, 2, 29)],
        ),
        (jalali_days, &[(1405, 0, 1), (1405, 13, 1), (1405, 1, 0), (1405, 7, 31), (1405, 12, 30)]),
    ];
    for (days, dates) in table {
        for &(year, month, day) in dates {
            assert_eq!(days(year, month, day), None, "{year} {month} {day}");
        }
    }
    for days in [gregorian_days, jalali_days] {
        assert_eq!(days(i32::MAX, 1, 1), None);
        assert_eq!(days(i32::MIN, 12, 29), None);
        assert_eq!(days(2026, 255, 255), None);
    }
}

#[test]
fn every_day_of_all_cycles_is_found_by_its_date() {
    for day in (-600_000..700_000).step_by(7) {
        let Date { year, month, day: of_month } = jalali(day);
        assert_eq!(jalali_days(year, month, of_month), Some(day));
    }
}

proptest! {
    #[test]
    fn dates_lead_back_to_their_days(day: i32) {
        let date = gregorian(day);
        prop_assert_eq!(gregorian_days(date.year, date.month, date.day), Some(day));
        let date = jalali(day);
        prop_assert_eq!(jalali_days(date.year, date.month, date.day), Some(day));
    }

    #[test]
    fn a_day_is_given_for_its_own_date_only(year in -3000..5000_i32, month: u8, day: u8) {
        for (days, date) in [(gregorian_days as Days, gregorian as fn(i32) -> Date), (jalali_days, jalali)] {
            if let Some(number) = days(year, month, day) {
                prop_assert_eq!(parts(date(number)), (year, month, day));
            }
        }
    }

    #[test]
    fn days_follow_each_other(day in i32::MIN..i32::MAX) {
        prop_assert!(follows(gregorian(day), gregorian(day + 1), 28..=31));
        prop_assert!(follows(jalali(day), jalali(day + 1), 29..=31));
    }

    #[test]
    fn every_moment_is_written(unix: u64, shift in 0..64_u32, offset: i32) {
        for lang in [Lang::Fa, Lang::En] {
            prop_assert!(format_datetime(unix >> shift, offset, lang).len() >= 16);
        }
    }
}
