//! Values in XML by the local name of their element or attribute, without a parser: it is enough
//! to find them, and nothing is expanded but five entities and character numbers.

/// Most values of one name.
const VALUES: usize = 16;

/// The texts of elements `<ns:name …>…</ns:name>`, without tags inside, and of attributes
/// `ns:name="…"`, at most 16 of them.
pub(super) fn values(xml: &str, name: &str) -> Vec<String> {
    let mut values = vec![];
    for (at, _) in xml.match_indices(name) {
        let before = xml[..at].chars().next_back();
        if !before.is_some_and(|c| matches!(c, ':' | '<') || c.is_whitespace()) {
            continue;
        }
        let after = &xml[at + name.len()..];
        let value = attribute(after).or_else(|| element(&xml[..at], after, name));
        values.extend(value.map(unescape).filter(|value| !value.trim().is_empty()));
        if values.len() >= VALUES {
            break;
        }
    }
    values
}

/// The value that follows an attribute's name.
fn attribute(after: &str) -> Option<String> {
    let after = after.trim_start().strip_prefix('=')?.trim_start();
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    after[1..].split_once(quote).map(|(value, _)| short(value).to_owned())
}

/// The content of an element whose start tag's name stands between `before` and `after`.
fn element(before: &str, after: &str, name: &str) -> Option<String> {
    let tag = before.rfind('<').filter(|at| before.len() - at < 40)?;
    let prefix = &before[tag + 1..];
    if prefix.contains(|c: char| !(c.is_alphanumeric() || matches!(c, ':' | '_' | '-'))) {
        return None;
    }
    let (head, content) = after.split_once('>')?;
    let whole = head.is_empty() || head.starts_with(char::is_whitespace);
    if !whole || head.ends_with('/') {
        return None;
    }
    let content = short(content);
    let end = content.find(&format!("</{prefix}{name}"))?;
    Some(plain(&content[..end]))
}

/// What stands outside of tags, with a space for each tag.
fn plain(content: &str) -> String {
    let outside =
        content.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    outside.map(str::trim).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The first 8192 characters: far more than is kept.
fn short(text: &str) -> &str {
    match text.char_indices().nth(8192) {
        Some((at, _)) => &text[..at],
        None => text,
    }
}

fn unescape(text: String) -> String {
    if !text.contains('&') {
        return text;
    }
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let end = rest[at..].find(';').filter(|length| *length < 12);
        let known = end.and_then(|end| entity(&rest[at + 1..at + end]).map(|c| (c, at + end + 1)));
        let (c, next) = known.unwrap_or(('&', at + 1));
        out.push(c);
        rest = &rest[next..];
    }
    out + rest
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn elements_and_attributes() {
        let table: [(&str, &[&str]); 9] = [
            ("<dc:creator>me</dc:creator>", &["me"]),
            (
                "<dc:creator><rdf:Seq><rdf:li>a</rdf:li> <rdf:li>b</rdf:li></rdf:Seq></dc:creator>",
                &["a b"],
            ),
            ("<x dc:creator=\"you &amp; &#x645;\"/>", &["you & م"]),
            ("<x creator = 'q'/>", &["q"]),
            ("<creator>plain</creator>", &["plain"]),
            ("<dc:creators>no</dc:creators><dc:creator/>", &[]),
            ("<dc:creator>never ends", &[]),
            ("the creator of this", &[]),
            ("<creator a=\"b\">1</creator><creator>2</creator>", &["1", "2"]),
        ];
        for (xml, want) in table {
            assert_eq!(values(xml, "creator"), want, "{xml}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "[<>/:a=\"'&;# é]{0,200}") {
            values(&text, "a");
            unescape(text);
        }
    }
}
