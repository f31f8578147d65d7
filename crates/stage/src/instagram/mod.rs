//! A stand-in for Instagram messaging (Instagram Login): the Graph's calls, media URLs that ask for no
//! token, and the webhook.

mod calls;
mod events;
mod media;
mod send;
mod state;

use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde_json::{Value, json};

use crate::clock::Clock;
pub use crate::meta::{Call, Delivery, Meta, SignatureKind};
use crate::meta::{Controlled, locked, text};
use crate::site::Site;
use state::State;

/// The id of the account.
const ACCOUNT: &str = "17841400000000001";
/// Long enough for an answer to be there before the echo of what it was about.
const LATER: Duration = Duration::from_millis(50);

/// A running stand-in. Cheap to clone; the server ends with the last one. The webhook side is
/// [`Meta`]'s.
#[derive(Clone)]
pub struct Instagram {
    core: Arc<Core>,
    _site: Arc<Site>,
}

/// One message that reached somebody.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// The IGSID that it is for.
    pub to: String,
    /// The text; empty where something else was sent.
    pub text: String,
    /// Its id.
    pub mid: String,
    /// The tag, such as `HUMAN_AGENT`.
    pub tag: Option<String>,
    /// All that was posted.
    pub body: Value,
}

/// What server and handles share.
pub(crate) struct Core {
    meta: Arc<Meta>,
    state: Mutex<State>,
}

impl Instagram {
    /// Starts one, with an empty ledger and a token of this moment.
    pub fn start(clock: Clock) -> Self {
        let state = Mutex::new(State::new(clock.now()));
        let core = Arc::new(Core { meta: Meta::new(clock, events::KIND), state });
        let site = Site::serve(calls::router(core.clone()));
        core.meta.at(site.url());
        Self { core, _site: Arc::new(site) }
    }

    /// The newest bearer token.
    pub fn token(&self) -> String {
        self.state().token().to_owned()
    }

    /// All tokens are refused from now on (190, subcode 460).
    pub fn revoke_tokens(&self) {
        self.state().revoked = true;
    }

    /// The id of the account.
    pub fn account_id(&self) -> &'static str {
        ACCOUNT
    }

    /// A message of somebody; its mid, which is made up where `message` has none.
    pub fn inject_from(&self, igsid: &str, message: Value) -> String {
        self.core.message(events::MESSAGING, igsid, message)
    }

    /// The same while another app owns the conversation.
    pub fn inject_standby(&self, igsid: &str, message: Value) -> String {
        self.core.message(events::STANDBY, igsid, message)
    }

    /// The same in the wrapper that the dashboard's test button uses.
    pub fn inject_changes(&self, igsid: &str, message: Value) -> String {
        self.core.message(events::CHANGES, igsid, message)
    }

    /// Anything else of somebody: `{"reaction":…}`, `{"postback":…}`, `{"read":…}`…
    pub fn inject_item(&self, igsid: &str, item: Value) {
        self.core.item(events::MESSAGING, igsid, item);
    }

    /// A whole entry, as it is.
    pub fn inject_entry(&self, entry: Value) {
        self.state().heard(&json!({ "entry": [entry] }), self.clock().now());
        self.core.meta.push(json!({ "entry": entry }), Duration::ZERO);
    }

    /// A whole body, as it is but for the escapes.
    pub fn inject_body(&self, body: &Value) {
        self.core.whole(body);
    }

    /// Somebody takes back a message, known or not.
    pub fn unsend(&self, mid: &str) {
        let author = self.state().author(mid);
        let item = json!({ "message": { "mid": mid, "is_deleted": true } });
        self.core.item(events::MESSAGING, &author, item);
    }

    /// Somebody changes a message, known or not, for the `num_edit`th time.
    pub fn edit(&self, mid: &str, text: &str, num_edit: u32) {
        let author = self.state().author(mid);
        let edit = json!({ "mid": mid, "text": text, "num_edit": num_edit });
        self.core.item(events::MESSAGING, &author, json!({ "message_edit": edit }));
    }

    /// Hosts media; the URL, which anybody may call.
    pub fn put_media(&self, bytes: &[u8], mime: &str) -> String {
        self.core.host(bytes, mime)
    }

    /// All URLs up to now are answered 403.
    pub fn expire_media(&self) {
        self.state().close_media(403);
    }

    /// All URLs up to now are answered 404.
    pub fn lose_media(&self) {
        self.state().close_media(404);
    }

    /// Whether the echo of our own message comes before the call is answered. It does not unless set.
    pub fn echo_first(&self, on: bool) {
        self.state().echo_first = on;
    }

    /// Whether the app may answer within 7 days as a human agent. It may not unless set.
    pub fn allow_human_agent(&self, on: bool) {
        self.state().human_agent = on;
    }

    /// The next message is refused with this code and subcode.
    pub fn error_next(&self, code: i64, subcode: Option<i64>) {
        self.state().refuse.push_back((code, subcode));
    }

    /// What reached people, oldest first.
    pub fn sent(&self) -> Vec<Sent> {
        self.state().sent.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.core.state)
    }
}

impl Deref for Instagram {
    type Target = Meta;

    fn deref(&self) -> &Meta {
        &self.core.meta
    }
}

impl Core {
    fn message(&self, slot: &str, igsid: &str, mut message: Value) -> String {
        let mid = match message["mid"].as_str() {
            Some(mid) => mid.to_owned(),
            None => locked(&self.state).mid(),
        };
        message["mid"] = json!(mid);
        self.item(slot, igsid, json!({ "message": message }));
        mid
    }

    /// Queues one item in its slot of an entry.
    fn item(&self, slot: &str, igsid: &str, item: Value) {
        let now = self.meta.clock().now();
        let part = events::part(slot, events::item(igsid, ACCOUNT, item, now));
        locked(&self.state).heard(&events::alone(&part), now);
        self.meta.push(part, Duration::ZERO);
    }

    fn whole(&self, body: &Value) {
        locked(&self.state).heard(body, self.meta.clock().now());
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
        let message = asked.get("message")?.clone();
        Some(self.message(events::MESSAGING, text(asked, "/from"), message))
    }

    fn sent(&self) -> Value {
        let shown = |sent: &Sent| json!({ "to": sent.to, "text": sent.text, "mid": sent.mid, "tag": sent.tag });
        locked(&self.state).sent.iter().map(shown).collect()
    }
}
