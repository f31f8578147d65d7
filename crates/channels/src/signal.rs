//! signal-cli's JSON-RPC over a socket: one JSON document a line (its manual, `signal-cli-jsonrpc`).

use payamgir_wire::State;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::json::{self as look, Look};
use crate::things::{Thing, told};
use crate::{Came, File, Heard, Item, Kind, Manner, Reason, Status, Verdict, Words, words};

/// Most bytes of a line: a text that long does not come, attachments are files.
pub const LINE_BYTES: usize = 16 << 20;
/// The media type under which a long text comes as a file.
pub const LONG_TEXT: &str = "text/x-signal-plain";

const NAMES: [&str; 12] = [
    "source",
    "sourceNumber",
    "sourceUuid",
    "sourceName",
    "author",
    "authorNumber",
    "authorUuid",
    "targetAuthor",
    "targetAuthorNumber",
    "targetAuthorUuid",
    "groupInfo",
    "account",
];
/// Keys of a data message that are about it and not in it.
const ABOUT: [&str; 9] = [
    "timestamp",
    "message",
    "expiresInSeconds",
    "viewOnce",
    "isExpirationUpdate",
    "mentions",
    "textStyles",
    "groupInfo",
    "previews",
];

/// One line of the daemon's.
pub enum Line {
    /// The answer to the call of that number.
    Answer(u64, Result<Value, Refused>),
    /// Something that came.
    Heard(Heard),
}

/// Why a call was refused.
pub struct Refused {
    /// The daemon's number.
    pub code: i64,
    /// What it adds.
    pub data: Value,
}

/// Reads a line, whatever it is.
pub fn read(line: &[u8], manner: Manner) -> Line {
    let Some(value) = look::read(line).filter(Value::is_object) else {
        return Line::Heard(Heard::Came(Box::new(Came::unreadable(line))));
    };
    if let Some(id) = value.name("id").and_then(|id| id.parse().ok()) {
        let answer = match value.at("error") {
            None => Ok(value.get("result").cloned().unwrap_or_default()),
            Some(error) => Err(Refused {
                code: error.number("code").unwrap_or(-1),
                data: error.get("data").cloned().unwrap_or_default(),
            }),
        };
        return Line::Answer(id, answer);
    }
    if value.at("method").is_none() && value.at("error").is_some() {
        // It could not read a line of ours; nothing came.
        return Line::Heard(Heard::Nothing);
    }
    let params = value.at("params").unwrap_or(&value);
    let params = params.at("result").unwrap_or(params);
    Line::Heard(heard(params, line, manner))
}

fn heard(params: &Value, line: &[u8], manner: Manner) -> Heard {
    let Some(envelope) = params.at("envelope") else {
        return Heard::Came(Box::new(kept(params, line, None, manner)));
    };
    let about = Envelope::of(envelope, manner);
    if params.at("exception").is_some() {
        let name = format!("exception {}", about.moment);
        let mut came = about.came(&name);
        came.items = vec![Item::Note(told(manner.lang, Thing::Undecrypted, ""))];
        return Heard::Came(Box::new(came));
    }
    if let Some(data) = envelope.at("dataMessage") {
        return about.data(data, None, line);
    }
    if let Some(edit) = envelope.at("editMessage") {
        let target = edit.name("targetSentTimestamp");
        if let (Some(data), Some(target)) = (edit.at("dataMessage"), target) {
            return about.data(data, Some(&target), line);
        }
    }
    if let Some(receipt) = envelope.at("receiptMessage") {
        return about.receipt(receipt);
    }
    if let Some(sync) = envelope.at("syncMessage") {
        return about.sync(sync, line);
    }
    if let Some(call) = envelope.at("callMessage") {
        return match call.at("offerMessage") {
            Some(_) => about.said(&format!("call {}", about.moment), Thing::Called),
            None => Heard::Nothing,
        };
    }
    if envelope.at("storyMessage").is_some() {
        return about.said(&format!("story {}", about.moment), Thing::Story);
    }
    if envelope.at("typingMessage").is_some() || !says_more(envelope) {
        return Heard::Nothing;
    }
    Heard::Came(Box::new(kept(params, line, about.who, manner)))
}

/// Whether an envelope has something in it that is not known.
fn says_more(envelope: &Value) -> bool {
    let keys = envelope.as_object().into_iter().flat_map(|all| all.iter());
    keys.filter(|(key, _)| key.ends_with("Message")).any(|(_, value)| !value.is_null())
}

fn kept(value: &Value, line: &[u8], who: Option<Words>, manner: Manner) -> Came {
    let mut came = Came::unreadable(line);
    came.who = who;
    if !manner.names {
        let bare = serde_json::to_vec(&look::without(value, &NAMES)).unwrap_or_default();
        came.items = vec![Item::Unreadable(Zeroizing::new(bare))];
    }
    came
}

/// What an envelope says of itself.
struct Envelope {
    who: Option<Words>,
    sender: Option<Words>,
    /// Milliseconds.
    moment: i64,
    manner: Manner,
}

impl Envelope {
    fn of(envelope: &Value, manner: Manner) -> Self {
        let who = envelope.name("sourceUuid").or_else(|| envelope.name("source"));
        let names = [envelope.name("sourceName"), envelope.name("sourceNumber"), who.clone()];
        let names: Vec<String> = names.into_iter().flatten().map(|name| name.to_string()).collect();
        let sender = manner.names.then(|| words(&names.join(" ")));
        Self { who, sender, moment: envelope.number("timestamp").unwrap_or_default(), manner }
    }

    fn came(&self, name: &str) -> Came {
        let mut came = Came::new(None, name);
        (came.who, came.sender) = (self.who.clone(), self.sender.clone());
        came.wrote = u64::try_from(self.moment / 1000).ok();
        came
    }

    fn said(&self, name: &str, thing: Thing) -> Heard {
        let mut came = self.came(name);
        came.items = vec![Item::Note(told(self.manner.lang, thing, ""))];
        Heard::Came(Box::new(came))
    }

    fn data(&self, data: &Value, target: Option<&str>, line: &[u8]) -> Heard {
        let moment = data.number("timestamp").unwrap_or(self.moment);
        let mut came = self.came(&moment.to_string());
        came.wrote = u64::try_from(moment / 1000).ok();
        if let Some(target) = target {
            came.event = Some(std::mem::replace(&mut came.message, words(target)));
            (came.kind, came.spoken) = (Kind::Edit, false);
        }
        if let Some(gone) = data.at("remoteDelete").and_then(|gone| gone.name("timestamp")) {
            came.event = Some(std::mem::replace(&mut came.message, gone));
            (came.kind, came.spoken) = (Kind::Deletion, false);
            return Heard::Came(Box::new(came));
        }
        came.items = self.items(data);
        if came.items.is_empty() && !has_more(data) {
            // A timer was set, a profile was renewed.
            return Heard::Nothing;
        }
        if came.items.is_empty() || has_unknown(data) {
            let bare = look::without(data, &NAMES);
            let raw = if self.manner.names {
                line.to_vec()
            } else {
                serde_json::to_vec(&bare).unwrap_or_default()
            };
            came.items.push(Item::Unreadable(Zeroizing::new(raw)));
        }
        Heard::Came(Box::new(came))
    }

    fn items(&self, data: &Value) -> Vec<Item> {
        let told = |thing, what: &str| Item::Note(told(self.manner.lang, thing, what));
        let mut items = vec![];
        if let Some(quote) = data.at("quote") {
            let text: String = quote.text("text").unwrap_or_default().chars().take(200).collect();
            items.push(told(Thing::Answering, &text));
        }
        items.extend(data.text("message").map(|text| Item::Text(mentioned(text))));
        items.extend(data.all("attachments").iter().map(|one| Item::File(attachment(one))));
        if let Some(reaction) = data.at("reaction") {
            let emoji = reaction.text("emoji").unwrap_or_default();
            let thing = if reaction.is("isRemove") { Thing::NoReaction } else { Thing::Reaction };
            items.push(told(thing, if reaction.is("isRemove") { "" } else { emoji }));
        }
        items.extend(data.at("sticker").map(|_| told(Thing::Sticker, "")));
        items.extend(data.all("contacts").iter().map(|one| told(Thing::Contact, &contact(one))));
        if !items.is_empty() && data.is("viewOnce") {
            items.push(told(Thing::Once, ""));
        }
        let seconds = data.number("expiresInSeconds").filter(|seconds| *seconds > 0);
        if let Some(seconds) = seconds.filter(|_| !items.is_empty()) {
            items.push(told(Thing::Vanishing, &format!("{seconds} s")));
        }
        items
    }

    fn receipt(&self, receipt: &Value) -> Heard {
        let state = match (receipt.is("isRead") || receipt.is("isViewed"), receipt.is("isDelivery"))
        {
            (true, _) => State::Read,
            (_, true) => State::Delivered,
            _ => return Heard::Nothing,
        };
        let times: Vec<String> = receipt
            .all("timestamps")
            .iter()
            .filter_map(Value::as_i64)
            .map(|time| time.to_string())
            .collect();
        if times.is_empty() {
            return Heard::Nothing;
        }
        // Several in one: the daemon's times have no commas.
        let message = words(&times.join(","));
        let who = self.who.clone();
        Heard::Status(Status { message, who, own: None, state, reason: None, code: None })
    }

    fn sync(&self, sync: &Value, line: &[u8]) -> Heard {
        let Some(sent) = sync.at("sentMessage") else { return Heard::Nothing };
        let to = sent.name("destinationUuid").or_else(|| sent.name("destination"));
        let Heard::Came(mut came) = self.data(sent, None, line) else { return Heard::Nothing };
        let note = told(self.manner.lang, Thing::Elsewhere, "");
        (came.who, came.sender, came.spoken) = (to, None, false);
        came.items.insert(0, Item::Note(note));
        Heard::Echo(*came)
    }
}

fn has_more(data: &Value) -> bool {
    let all = data.as_object().into_iter().flat_map(|all| all.iter());
    let said = |value: &Value| !value.is_null() && value.as_array().is_none_or(|a| !a.is_empty());
    all.filter(|(key, _)| !ABOUT.contains(&key.as_str())).any(|(_, value)| said(value))
}

fn has_unknown(data: &Value) -> bool {
    const KNOWN: [&str; 7] =
        ["quote", "attachments", "reaction", "sticker", "contacts", "remoteDelete", "storyContext"];
    let bare = look::without(data, &KNOWN);
    has_more(&bare)
}

/// A mention is one character that stands for a name: it says that somebody is meant.
fn mentioned(text: &str) -> Words {
    words(&text.replace('\u{fffc}', "@…"))
}

fn attachment(value: &Value) -> File {
    File {
        id: value.name("id").unwrap_or_default(),
        url: None,
        unique: None,
        size: value.number("size").and_then(|size| u64::try_from(size).ok()),
        media_type: words(value.text("contentType").unwrap_or_default()),
        name: words(value.text("filename").unwrap_or_default()),
        sha256: None,
    }
}

fn contact(value: &Value) -> String {
    let name = value.at("name");
    let names = ["given", "family"].iter().filter_map(|key| name?.text(key));
    let phones = value.all("phone").iter().filter_map(|phone| phone.text("value"));
    names.chain(phones).collect::<Vec<_>>().join(" · ")
}

/// A long text from its beginning in the event and the file that holds all of it: older daemons cut
/// the event's, newer ones give both whole.
pub fn whole<'t>(beginning: &'t str, file: &'t str) -> &'t str {
    if file.len() > beginning.len() { file } else { beginning }
}

/// A call, as a line.
pub fn call(id: u64, method: &str, mut params: Value, account: Option<&str>) -> Zeroizing<Vec<u8>> {
    if let Some(account) = account {
        params["account"] = account.into();
    }
    let id = id.to_string();
    let call = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
    let mut line = Zeroizing::new(serde_json::to_vec(&call).unwrap_or_default());
    line.push(b'\n');
    line
}

/// What `send` is told. A file goes with it inside the call, so that none lies about.
pub fn message(to: &str, text: &str, file: Option<(&str, &[u8])>) -> Value {
    let mut params = json!({ "recipient": [to], "message": text });
    if let Some((media_type, bytes)) = file {
        let base64 = data_encoding::BASE64.encode(bytes);
        params["attachment"] = json!([format!("data:{media_type};base64,{base64}")]);
    }
    params
}

/// What the answer to sending says.
pub fn judge(answer: &Result<Value, Refused>) -> Verdict {
    let refused = match answer {
        Ok(result) => return Verdict::Accepted(result.name("timestamp").unwrap_or_default()),
        Err(refused) => refused,
    };
    let response = refused.data.at("response");
    let results = response.map_or(&[][..], |response| response.all("results"));
    let code = u32::try_from(refused.code.abs()).ok();
    match (results.first().and_then(|result| result.text("type")), refused.code) {
        (Some("UNREGISTERED_FAILURE"), _) => Verdict::Refused(Reason::Gone, code),
        (Some("IDENTITY_FAILURE"), _) | (None, -4) => Verdict::Refused(Reason::Identity, code),
        (Some("RATE_LIMIT_FAILURE"), _) | (None, -5) => Verdict::Refused(Reason::Rate, code),
        (Some("NETWORK_FAILURE"), _) | (None, -3 | -32603) => Verdict::Unsure,
        (None, -32602 | -32601) => Verdict::Refused(Reason::Account, code),
        (Some(_), _) => Verdict::Refused(Reason::Other, code),
        (None, _) => Verdict::Refused(Reason::Form, code),
    }
}

/// The version that the daemon tells, as numbers.
pub fn version(result: &Value) -> Option<[u32; 3]> {
    let mut numbers = result.text("version")?.split('.').map(|part| {
        part.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0)
    });
    Some([numbers.next()?, numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)])
}

/// The numbers that the daemon has accounts for.
pub fn accounts(result: &Value) -> Vec<String> {
    let all = result.as_array().map_or(&[][..], |all| &all[..]);
    all.iter().filter_map(|account| account.text("number")).map(str::to_owned).collect()
}
