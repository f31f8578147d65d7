//! What an editor looks for, in what sources write; and what of that could tell who they are.
#![no_main]

use libfuzzer_sys::fuzz_target;
use payamgir_redact::{find, hide, spans};
use payamgir_text::search::{context, hits, matches, parse_at, tokens};

/// A day: "today" is understood by it.
const TODAY: i32 = 20_000;

fuzz_target!(|data: &[u8]| {
    let Ok(all) = std::str::from_utf8(data) else { return };
    let (asked, text) = all.split_once('\n').unwrap_or((all, all));
    let query = parse_at(asked, TODAY);
    let _ = (matches(&query, &[text]), context(text, &query, 60), tokens(text));
    let marked = hits(text, &query);
    assert!(marked.windows(2).all(|pair| pair[0].1 <= pair[1].0));
    assert!(marked.iter().all(|(start, end)| text.get(*start..*end).is_some()));

    let names: Vec<String> = asked.split_whitespace().map(str::to_owned).collect();
    let finds = find(text, &names);
    assert!(finds.windows(2).all(|pair| pair[0].end <= pair[1].start));
    assert!(finds.iter().all(|found| text.get(found.start..found.end).is_some()));
    assert!(hide(text, &spans(text, &finds)).is_ok());
});
