//! A stand-in for the WhatsApp Cloud API: the Graph's calls, the media host, the webhook, and another
//! host that no token may ever reach.

mod calls;
mod errors;
mod events;
mod media;
mod send;
mod state;

use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::time::Duration;

use serde_json::{Value, json};

use crate::clock::Clock;
pub use crate::meta::{Call, Delivery, Meta, SignatureKind};
use crate::meta::{Controlled, locked, text};
use crate::site::Site;
pub use media::MediaFlaws;
use state::State;

/// The number's id.
const NUMBER: &str = "106540352242922";
/// The number as people read it.
const DISPLAY: &str = "15555550199";
/// Long enough for an answer to be there before the status of what it was about.
const LATER: Duration = Duration::from_millis(50);

/// A running stand-in. Cheap to clone; the servers end with the last one. The webhook side is
/// [`Meta`]'s.
#[derive(Clone)]
pub struct WhatsApp {
    core: Arc<Core>,
    _sites: Arc<[Site; 2]>,
}

/// Somebody who writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// The number, in digits; absent for those who hide it. May also hold a user id, as in some
    /// webhooks.
    pub wa_id: Option<String>,
    /// The business-scoped user id, such as `CA.13491208655302741918`.
    pub user_id: Option<String>,
    /// The name of the profile.
    pub name: String,
    /// The user name, for those who have one.
    pub username: Option<String>,
}

/// One message that was accepted from us.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// The number or user id that it is for.
    pub to: String,
    /// The message's type: `text`, `audio`…
    pub kind: String,
    /// The text, or the caption.
    pub text: String,
    /// The bytes of the media.
    pub bytes: Option<Vec<u8>>,
    /// Its id.
    pub wamid: String,
    /// The id of the message that it answers.
    pub context: Option<String>,
    /// All that was posted.
    pub body: Value,
}

/// What servers and handles share.
pub(crate) struct Core {
    meta: Arc<Meta>,
    state: Mutex<State>,
    elsewhere: OnceLock<String>,
    elsewhere_calls: Mutex<Vec<Call>>,
}

impl WhatsApp {
    /// Starts one, with an empty ledger.
    pub fn start(clock: Clock) -> Self {
        let core = Arc::new(Core {
            meta: Meta::new(clock, events::KIND),
            state: Mutex::default(),
            elsewhere: OnceLock::new(),
            elsewhere_calls: Mutex::default(),
        });
        let site = Site::serve(calls::router(core.clone()));
        let elsewhere = Site::serve(calls::elsewhere(core.clone()));
        core.meta.at(site.url());
        let _ = core.elsewhere.set(elsewhere.url());
        Self { core, _sites: Arc::new([site, elsewhere]) }
    }

    /// The bearer token of all calls.
    pub fn token(&self) -> String {
        self.state().token()
    }

    /// Revokes the token; the new one.
    pub fn renew_token(&self) -> String {
        let mut state = self.state();
        state.tokens += 1;
        state.token()
    }

    /// The id of the number.
    pub fn number_id(&self) -> &'static str {
        NUMBER
    }

    /// A message of somebody; its wamid. What `message` leaves out is filled in: sender, id, time.
    pub fn inject_from(&self, person: &Person, message: Value) -> String {
        self.core.inject(person, message)
    }

    /// A change of the field `messages` with this value, as it is.
    pub fn inject_value(&self, value: Value) {
        self.inject_change("messages", value);
    }

    /// A change of any field, such as `smb_message_echoes` or `calls`.
    pub fn inject_change(&self, field: &str, value: Value) {
        self.core.change(field, value);
    }

    /// A whole body, as it is but for the escapes.
    pub fn inject_body(&self, body: &Value) {
        self.core.whole(body);
    }

    /// Hosts media for 7 days; the object that a message names it by.
    pub fn put_media(&self, bytes: &[u8], mime: &str) -> Value {
        self.put_media_with(bytes, mime, &MediaFlaws::default())
    }

    /// The same, with something odd about it.
    pub fn put_media_with(&self, bytes: &[u8], mime: &str, flaws: &MediaFlaws) -> Value {
        self.core.host(bytes, mime, flaws)
    }

    /// Whether what is delivered is read, too.
    pub fn read_receipts(&self, on: bool) {
        self.state().read_receipts = on;
    }

    /// The next message is accepted, and then reported failed with this code. Asked twice, the next
    /// two are.
    pub fn fail_next(&self, code: i64) {
        self.state().fail.push_back(code);
    }

    /// The next message is refused with this code.
    pub fn error_next(&self, code: i64) {
        self.state().refuse.push_back(code);
    }

    /// Reports a status of any message, known or not. `errors` is a list or null.
    pub fn status(&self, wamid: &str, status: &str, errors: Value) {
        self.core.report(wamid, status, errors, Duration::ZERO);
    }

    /// A failed status's list of one error.
    pub fn errors(code: i64) -> Value {
        errors::listed(code)
    }

    /// What reached people, oldest first.
    pub fn sent(&self) -> Vec<Sent> {
        self.state().sent(false)
    }

    /// What was accepted and reported failed.
    pub fn failed(&self) -> Vec<Sent> {
        self.state().sent(true)
    }

    /// The wamids that were marked as read, in that order.
    pub fn reads(&self) -> Vec<String> {
        self.state().reads.clone()
    }

    /// Where the other host listens.
    pub fn elsewhere_url(&self) -> String {
        self.core.elsewhere()
    }

    /// Every call that reached the other host.
    pub fn elsewhere_calls(&self) -> Vec<Call> {
        locked(&self.core.elsewhere_calls).clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.core.state)
    }
}

impl Deref for WhatsApp {
    type Target = Meta;

    fn deref(&self) -> &Meta {
        &self.core.meta
    }
}

impl Person {
    /// Somebody whose number is seen.
    pub fn by_number(wa_id: &str, name: &str) -> Self {
        Self { wa_id: Some(wa_id.to_owned()), name: name.to_owned(), ..Self::default() }
    }

    /// Somebody who hides it behind a user name.
    pub fn by_username(user_id: &str, name: &str, username: &str) -> Self {
        Self {
            wa_id: None,
            user_id: Some(user_id.to_owned()),
            name: name.to_owned(),
            username: Some(username.to_owned()),
        }
    }
}

impl Core {
    fn elsewhere(&self) -> String {
        self.elsewhere.get().cloned().unwrap_or_default()
    }

    fn inject(&self, person: &Person, message: Value) -> String {
        let wamid = locked(&self.state).wamid("IN");
        let (message, wamid) = events::message(person, message, wamid, self.meta.clock().now());
        let mut value = events::value();
        value["contacts"] = json!([events::contact(person)]);
        value["messages"] = json!([message]);
        self.change("messages", value);
        wamid
    }

    fn change(&self, field: &str, value: Value) {
        locked(&self.state).heard(&value, self.meta.clock().now());
        self.meta.push(json!({ "field": field, "value": value }), Duration::ZERO);
    }

    fn whole(&self, body: &Value) {
        for value in events::values(body) {
            locked(&self.state).heard(value, self.meta.clock().now());
        }
        self.meta.inject_body(body);
    }
}

impl Controlled for Core {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn inject_asked(&self, asked: &Value) -> Option<String> {
        if let Some(body) = asked.get("body") {
            self.whole(body);
            return Some(String::new());
        }
        Some(self.inject(&person(asked.get("person")?), asked.get("message")?.clone()))
    }

    fn sent(&self) -> Value {
        let all = locked(&self.state).sent(false);
        let shown = all.into_iter().map(|sent| {
            json!({ "to": sent.to, "type": sent.kind, "text": sent.text, "wamid": sent.wamid })
        });
        shown.collect()
    }
}

fn person(asked: &Value) -> Person {
    let own = |key: &str| Some(text(asked, key).to_owned()).filter(|word| !word.is_empty());
    Person {
        wa_id: own("/wa_id"),
        user_id: own("/user_id"),
        name: text(asked, "/name").to_owned(),
        username: own("/username"),
    }
}
