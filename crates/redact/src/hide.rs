//! Hiding what an editor chose.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::find::Find;

/// What stands for each hidden piece, however long it was.
pub const HIDDEN: &str = "▇▇▇▇";

/// A part of a text, in characters (Unicode scalar values): what a browser and other programs can
/// agree on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The first character.
    pub start: u32,
    /// The character after the last.
    pub end: u32,
}

/// Why a span cannot be hidden. The whole request is refused: a span that was meant otherwise
/// must not leave in the open what it was to hide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadSpan {
    /// It ends where it begins, or before.
    Empty,
    /// It ends after the text.
    Outside,
}

impl std::fmt::Display for BadSpan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            BadSpan::Empty => "a span to hide is empty",
            BadSpan::Outside => "a span to hide ends after the text",
        })
    }
}

impl std::error::Error for BadSpan {}

/// `text` with [`HIDDEN`] in the place of each span. Spans come in any order; those that overlap
/// or touch are one. A span grows to whole characters as people see them (Unicode's extended
/// grapheme clusters): a letter's marks go with it, and a mark takes its letter along.
///
/// # Errors
///
/// [`BadSpan`] if any span is empty, reversed or not within the text.
pub fn hide(text: &str, spans: &[Span]) -> Result<String, BadSpan> {
    let shown = |(hidden, piece)| if hidden { HIDDEN } else { piece };
    Ok(pieces(text, spans)?.into_iter().map(shown).collect())
}

/// The text in pieces, by turns shown (`false`) and hidden (`true`), none empty, which together
/// are the text: what a second reader sees before it is hidden.
///
/// # Errors
///
/// As of [`hide`].
pub fn pieces<'t>(text: &'t str, spans: &[Span]) -> Result<Vec<(bool, &'t str)>, BadSpan> {
    let mut pieces = Vec::new();
    let mut at = 0;
    for range in whole(text, merge(bounds(text, spans)?)) {
        pieces.push((false, &text[at..range.start]));
        at = range.end;
        pieces.push((true, &text[range]));
    }
    pieces.push((false, &text[at..]));
    pieces.retain(|(_, piece)| !piece.is_empty());
    Ok(pieces)
}

/// The finds as spans of characters.
pub fn spans(text: &str, finds: &[Find]) -> Vec<Span> {
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let nth = |byte| u32::try_from(starts.partition_point(|at| *at < byte)).unwrap_or(u32::MAX);
    finds.iter().map(|find| Span { start: nth(find.start), end: nth(find.end) }).collect()
}

/// The bytes of `text` that a span is, not grown.
///
/// # Errors
///
/// As of [`hide`].
pub fn bytes(text: &str, span: Span) -> Result<Range<usize>, BadSpan> {
    bounds(text, &[span]).map(|ranges| ranges.first().cloned().unwrap_or_default())
}

fn bounds(text: &str, spans: &[Span]) -> Result<Vec<Range<usize>>, BadSpan> {
    let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    let ends: Vec<usize> = ends.collect();
    let place = |nth: u32| ends.get(nth as usize).copied().ok_or(BadSpan::Outside);
    let bound = |span: &Span| match span.start < span.end {
        true => Ok(place(span.start)?..place(span.end)?),
        false => Err(BadSpan::Empty),
    };
    spans.iter().map(bound).collect()
}

/// Sorted, with those that overlap or touch as one.
fn merge(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// Each range grown to whole clusters; those that then touch are one.
fn whole(text: &str, ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let edges = text.grapheme_indices(true).map(|(at, _)| at).chain([text.len()]);
    let edges: Vec<usize> = edges.collect();
    let floor = |at| edges[..edges.partition_point(|edge| *edge <= at)].last().copied();
    let ceiling = |at| edges.get(edges.partition_point(|edge| *edge < at)).copied();
    let grow = |range: Range<usize>| {
        floor(range.start).unwrap_or(0)..ceiling(range.end).unwrap_or(text.len())
    };
    merge(ranges.into_iter().map(grow).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (&'static str, &'static [(u32, u32)], Result<&'static str, BadSpan>);

    fn span(&(start, end): &(u32, u32)) -> Span {
        Span { start, end }
    }

    #[test]
    fn hiding() {
        let table: [Row; 11] = [
            ("abc", &[], Ok("abc")),
            ("abcdef", &[(1, 2)], Ok("a▇▇▇▇cdef")),
            ("abcdef", &[(4, 6), (1, 3), (2, 4)], Ok("a▇▇▇▇")),
            ("abcdef", &[(0, 1), (5, 6)], Ok("▇▇▇▇bcde▇▇▇▇")),
            ("سلام نگین", &[(5, 9)], Ok("سلام ▇▇▇▇")),
            ("مُهر", &[(0, 1)], Ok("▇▇▇▇هر")),
            ("مُهر", &[(1, 2)], Ok("▇▇▇▇هر")),
            ("a👩\u{200D}🔧b", &[(2, 3)], Ok("a▇▇▇▇b")),
            ("abc", &[(1, 1)], Err(BadSpan::Empty)),
            ("abc", &[(0, 1), (2, 1)], Err(BadSpan::Empty)),
            ("abc", &[(0, 1), (2, 4)], Err(BadSpan::Outside)),
        ];
        for (text, spans, want) in table {
            let spans: Vec<Span> = spans.iter().map(span).collect();
            assert_eq!(hide(text, &spans), want.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn a_second_reader_sees_what_goes() {
        let spans = [Span { start: 1, end: 3 }];
        assert_eq!(pieces("abcd", &spans), Ok(vec![(false, "a"), (true, "bc"), (false, "d")]));
        assert_eq!(pieces("", &[]), Ok(vec![]));
        assert_eq!(bytes("نگین", Span { start: 1, end: 2 }), Ok(2..4));
    }
}
