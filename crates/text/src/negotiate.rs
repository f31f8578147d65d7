//! `Accept-Language` (RFC 9110, 12.5.4) read against the two languages there are.

use std::cmp::Reverse;

use crate::chars::prefix;
use crate::lang::{Lang, is_primary, nearer, own};

/// How much of a header is read, in bytes.
const MAX_BYTES: usize = 1024;

/// A weight in thousandths, or −1 for an excluded language; then the place in the header, so that
/// of equal weights the earlier is the greater.
type Score = (i32, Reverse<usize>);

/// The score of a language the header is silent about: below any wish, above an exclusion.
const ABSENT: Score = (0, Reverse(usize::MAX));

/// What a header asks for, with each language's best score.
#[derive(Default)]
struct Wishes {
    fa: Option<Score>,
    en: Option<Score>,
    any: Option<Score>,
    other: Option<(Score, Lang)>,
}

/// The language a header asks for, by the rules of [`Lang::negotiate`].
pub(crate) fn choose(header: &str) -> Lang {
    let mut wishes = Wishes::default();
    for (place, element) in whole_elements(header).split(',').enumerate() {
        if let Some((range, weight)) = parse(element) {
            wishes.add(&range, score(weight, place));
        }
    }
    wishes.choice()
}

/// The languages a header names, as lower-case primary subtags, the most wished for first; without
/// those it excludes.
pub fn wished(header: &str) -> Vec<String> {
    let mut all: Vec<(Reverse<Score>, String)> = vec![];
    for (place, element) in whole_elements(header).split(',').enumerate() {
        let Some((range, weight)) = parse(element) else { continue };
        let primary = range.split(['-', '_']).next().unwrap_or_default();
        if weight > 0 && is_primary(primary) {
            let code = own(primary).map_or(primary, |lang| lang.code());
            all.push((Reverse(score(weight, place)), code.to_owned()));
        }
    }
    all.sort();
    all.into_iter().map(|(_, code)| code).collect()
}

/// The part of the header that is read: an element cut in two by the limit would mean something
/// else than its sender wrote (`q=0.9` becoming `q=0`), so it is left out.
fn whole_elements(header: &str) -> &str {
    if header.len() <= MAX_BYTES {
        return header;
    }
    let read = prefix(header, MAX_BYTES);
    read.rsplit_once(',').map_or("", |(whole, _)| whole)
}

/// One element: the lower-case language range and its weight in thousandths.
fn parse(element: &str) -> Option<(String, u16)> {
    let mut fields = element.split(';').map(str::trim);
    let range = fields.next()?.to_ascii_lowercase();
    let weight = match fields.find(|field| !field.is_empty()) {
        Some(field) => thousandths(field)?,
        None => 1000,
    };
    Some((range, weight))
}

/// The value of a `q=` parameter in thousandths; digits after the third are ignored.
fn thousandths(field: &str) -> Option<u16> {
    let value = field.strip_prefix(['q', 'Q'])?.trim_start();
    let value = value.strip_prefix('=')?.trim_start();
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let mut sum = match whole {
        "0" => 0,
        "1" => 1,
        _ => return None,
    };
    for c in fraction.chars().chain("000".chars()).take(3) {
        sum = sum * 10 + u16::try_from(c.to_digit(10)?).ok()?;
    }
    (sum <= 1000).then_some(sum)
}

/// The score of a weight found at a place.
fn score(weight: u16, place: usize) -> Score {
    match weight {
        0 => (-1, Reverse(usize::MAX)),
        _ => (weight.into(), Reverse(place)),
    }
}

impl Wishes {
    /// Takes in one element; what is not a language range is passed over.
    fn add(&mut self, range: &str, score: Score) {
        if range == "*" {
            self.any = self.any.max(Some(score));
            return;
        }
        let primary = range.split(['-', '_']).next().unwrap_or_default();
        match own(primary) {
            Some(Lang::Fa) => self.fa = self.fa.max(Some(score)),
            Some(Lang::En) => self.en = self.en.max(Some(score)),
            None if is_primary(primary) => self.add_other(primary, score),
            None => {}
        }
    }

    /// Takes in a language that is not ours, unless it is excluded.
    fn add_other(&mut self, primary: &str, score: Score) {
        let best = self.other.map_or(ABSENT, |(best, _)| best);
        if score > best {
            self.other = Some((score, nearer(primary)));
        }
    }

    /// The language that serves these wishes best.
    fn choice(&self) -> Lang {
        if let (None, None, Some((_, nearer))) = (self.fa, self.en, self.other) {
            return nearer;
        }
        let fa = self.fa.or(self.any).unwrap_or(ABSENT);
        let en = self.en.or(self.any).unwrap_or(ABSENT);
        if en > fa { Lang::En } else { Lang::Fa }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Lang::{En, Fa};
    use super::*;

    #[test]
    fn headers() {
        let table = [
            ("", Fa),
            ("fa", Fa),
            ("fa-IR", Fa),
            ("FA-ir", Fa),
            ("fas", Fa),
            ("en", En),
            ("en-GB", En),
            ("en-GB,fa;q=0.9", En),
            ("fa,en;q=0.9", Fa),
            ("fa;q=0.3, en;q=0.8", En),
            ("en;q=0.3,fa-IR ; q=0.8", Fa),
            ("en;q=0.5,fa;q=0.5", En),
            ("fa;q=0.5,en;q=0.5", Fa),
            ("fa;Q = 0.2,en;q=0.123", Fa),
            ("en;q=0.9999,fa", Fa),
            ("de,en-US;q=0.7,en;q=0.3", En),
            ("de,fa;q=0.1", Fa),
            ("ar,en;q=0.1", En),
            ("fa-IR;q=0,fa;q=0.9,en;q=0.1", Fa),
        ];
        for (header, want) in table {
            assert_eq!(choose(header), want, "{header}");
        }
    }

    #[test]
    fn wildcards_and_exclusions() {
        let table = [
            ("*", Fa),
            ("*;q=0", Fa),
            ("en;q=0.3,*;q=0.8", Fa),
            ("fa;q=0.3,*;q=0.8", En),
            ("en,*;q=0.1", En),
            ("en;q=0,*", Fa),
            ("fa;q=0,*", En),
            ("fa;q=0", En),
            ("en;q=0", Fa),
            ("en;q=0,fa;q=0", Fa),
            ("fa;q=0,en;q=0", Fa),
            ("fa;q=0.000,ar", En),
            ("en;q=0,de", Fa),
            ("de,*;q=0.5", En),
            ("*,ur", Fa),
        ];
        for (header, want) in table {
            assert_eq!(choose(header), want, "{header}");
        }
    }

    #[test]
    fn other_languages() {
        for code in ["de", "fr-CH", "tr", "ru", "zh-Hans-CN", "he", "az"] {
            assert_eq!(choose(code), En, "{code}");
        }
        for code in ["ar", "ar-EG", "ckb", "ps", "ur-PK", "ug", "sd", "azb"] {
            assert_eq!(choose(code), Fa, "{code}");
        }
        assert_eq!(choose("de;q=0.2,ar;q=0.9"), Fa);
        assert_eq!(choose("de,ar"), En);
        assert_eq!(choose("de;q=0,ar;q=0.1"), Fa);
        assert_eq!(choose("de;q=0"), Fa);
    }

    #[test]
    fn garbage() {
        let table = [
            (",,;,;;q=,", Fa),
            ("en;q=2,", Fa),
            ("en;q=abc,", Fa),
            ("en;q=-1", Fa),
            ("en;level=1", Fa),
            ("en;", En),
            ("english", Fa),
            ("e", Fa),
            ("سلام,en", En),
            ("12,en;q=1.", En),
            ("en;q=0.x", Fa),
            ("en;q=1.001", Fa),
        ];
        for (header, want) in table {
            assert_eq!(choose(header), want, "{header}");
        }
    }

    #[test]
    fn only_the_first_kibibyte_counts() {
        assert_eq!(choose(&format!("{}en", "x,".repeat(511))), En);
        assert_eq!(choose(&format!("{}en", "x,".repeat(512))), Fa);
        let cut = format!("{},en;q=0.9", "x".repeat(1024 - 3));
        assert_eq!(choose(&cut), Fa, "an element cut at the limit is not read");
        assert_eq!(choose(&"ی".repeat(1000)), Fa);
        assert_eq!(choose(&"a".repeat(5000)), Fa);
    }

    proptest! {
        #[test]
        fn an_excluded_language_never_beats_a_wanted_one(
            noise in "[a-z]{4}(;q=0\\.[0-9])?",
            weight in 1..1000_u16,
        ) {
            let q = format!("0.{weight:03}");
            prop_assert_eq!(choose(&format!("fa;q=0,{noise},en;q={q}")), En);
            prop_assert_eq!(choose(&format!("en;q=0,{noise},fa;q={q}")), Fa);
        }
    }
}
