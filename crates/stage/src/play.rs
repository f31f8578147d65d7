//! A page that plays the four messengers, for the demo: what is written there comes to the server as
//! if somebody had written it in the messenger, and what the server answers is shown beside it.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use multer::Multipart;
use serde_json::{Value, json};

use crate::instagram::Instagram;
use crate::signal::Signal;
use crate::site::Site;
use crate::telegram::Telegram;
use crate::whatsapp::{Person, WhatsApp};

/// Most bytes of what is written in one go.
const MOST: usize = 24 << 20;
const PERSON: i64 = 900_000_101;
const UUID: &str = "6f1a2b3c-4d5e-4000-8000-000000000001";
const NUMBER: &str = "15555550100";
const IGSID: &str = "1234567890123456";
const STYLE: &str = "body{margin:0;font:16px/1.6 system-ui,sans-serif;background:#eef1f3;color:#14212a}\
h1{font-size:1.2rem;margin:1rem}main.said{display:block;padding:0}.said h1{position:absolute;clip-path:inset(50%)}\
p.say{margin:0 1rem 1rem;max-width:60em}\
main{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:1rem;padding:0 1rem 1rem}\
section{background:#fff;border:1px solid #b4c4cf;border-radius:.5rem;display:flex;flex-direction:column;overflow:hidden}\
h2{margin:0;padding:.5rem .75rem;font-size:1rem;color:#fff;background:#17405c}\
iframe{border:0;inline-size:100%;block-size:22rem;background:#fff}\
form{display:grid;gap:.5rem;padding:.75rem;border-block-start:1px solid #b4c4cf}\
textarea,input,button{font:inherit;inline-size:100%;box-sizing:border-box}\
button{background:#17405c;color:#fff;border:0;padding:.4rem;border-radius:.25rem;cursor:pointer}\
ol{list-style:none;margin:0;padding:.75rem;display:grid;gap:.5rem}\
li{max-inline-size:85%;padding:.4rem .7rem;border-radius:.7rem;background:#e1e9ee;white-space:pre-wrap;overflow-wrap:anywhere;justify-self:end}\
li.theirs{background:#17405c;color:#fff;justify-self:start}";

/// The four platforms that are played.
#[derive(Clone)]
pub struct Stages {
    /// Telegram.
    pub telegram: Telegram,
    /// Signal.
    pub signal: Signal,
    /// WhatsApp.
    pub whatsapp: WhatsApp,
    /// Instagram.
    pub instagram: Instagram,
}

/// One thing said: whether by the desk, and what.
type Line = (bool, String);

struct Played {
    stages: Stages,
    /// What was said on each, in order; and how much of what the server sent is in it.
    said: Mutex<[(Vec<Line>, usize); 4]>,
}

const NAMES: [(&str, &str); 4] = [
    ("telegram", "Telegram · تلگرام"),
    ("signal", "Signal · سیگنال"),
    ("whatsapp", "WhatsApp · واتس‌اپ"),
    ("instagram", "Instagram · اینستاگرام"),
];

/// Serves the page on a free port of this machine.
pub fn serve(stages: Stages) -> Site {
    let played = Arc::new(Played { stages, said: Mutex::default() });
    let router = Router::new()
        .route("/", get(page))
        .route("/{messenger}", get(history))
        .route("/{messenger}/say", post(say))
        .with_state(played);
    Site::serve(router)
}

async fn page() -> Html<String> {
    let panes: String = NAMES.iter().map(|(word, name)| pane(word, name)).collect();
    Html(format!(
        "<!doctype html><html lang=fa dir=rtl><meta charset=utf-8>\
         <meta name=viewport content=\"width=device-width\"><title>Messengers</title>\
         <style>{STYLE}</style><header><h1>چهار پیام‌رسان، بازی‌شده روی همین رایانه · Four messengers, played on this machine</h1>\
         <p class=say>آنچه اینجا بنویسید به سرور می‌رسد، گویی کسی در آن پیام‌رسان نوشته است. پاسخ‌های میز هم اینجا دیده می‌شود.\
         <br><span lang=en dir=ltr>What you write comes to the server as if somebody had written it in that messenger. The desk's answers show here.</span></p></header>\
         <main>{panes}</main></html>"
    ))
}

fn pane(word: &str, name: &str) -> String {
    format!(
        "<section aria-label=\"{name}\"><h2>{name}</h2><iframe src=\"/{word}\" title=\"{name}\"></iframe>\
         <form method=post action=\"/{word}/say\" enctype=multipart/form-data>\
         <label>متن · Text<textarea name=text dir=auto rows=2></textarea></label>\
         <label>عکس یا صدا · Photo or voice<input type=file name=file accept=\"image/*,audio/*,video/*\"></label>\
         <button>فرستادن · Send</button></form></section>"
    )
}

async fn history(State(played): State<Arc<Played>>, Path(word): Path<String>) -> Response {
    let Some(at) = NAMES.iter().position(|(name, _)| *name == word) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let lines: String = played.lines(at).into_iter().map(shown).collect();
    let html = format!(
        "<!doctype html><html lang=fa dir=rtl><meta charset=utf-8>\
         <script>setTimeout(()=>location.reload(),2000)</script>\
         <title>{name}</title><style>{STYLE}</style><main class=said><h1>{name}</h1><ol>{lines}</ol></main></html>",
        name = NAMES[at].1
    );
    ([(header::CACHE_CONTROL, "no-store")], Html(html)).into_response()
}

fn shown((theirs, text): Line) -> String {
    let class = if theirs { " class=theirs" } else { "" };
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    format!("<li dir=auto{class}>{text}</li>")
}

async fn say(
    State(played): State<Arc<Played>>,
    Path(word): Path<String>,
    request: Request,
) -> Response {
    let Some(at) = NAMES.iter().position(|(name, _)| *name == word) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let Ok(boundary) = multer::parse_boundary(kind.unwrap_or_default()) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    if let Some((text, file)) = read(request.into_body(), boundary).await {
        let words =
            if file.is_some() { format!("{text} 📎").trim().to_owned() } else { text.clone() };
        played.lines(at);
        played.said()[at].0.push((false, words));
        played.stages.inject(at, &text, file);
    }
    Redirect::to("/").into_response()
}

type Attached = (String, Vec<u8>);

/// The text and the file of a form; `None` where there is neither.
async fn read(body: Body, boundary: String) -> Option<(String, Option<Attached>)> {
    let body = to_bytes(body, MOST).await.ok()?;
    let mut form = Multipart::new(Body::from(body).into_data_stream(), boundary);
    let (mut text, mut file) = (String::new(), None);
    while let Ok(Some(field)) = form.next_field().await {
        let kind = field.content_type().map(|kind| kind.essence_str().to_owned());
        match field.name() {
            Some("text") => text = field.text().await.ok()?.trim().to_owned(),
            _ => {
                let bytes = field.bytes().await.ok()?.to_vec();
                file = (!bytes.is_empty()).then(|| (kind.unwrap_or_default(), bytes));
            }
        }
    }
    (!text.is_empty() || file.is_some()).then_some((text, file))
}

impl Played {
    fn said(&self) -> std::sync::MutexGuard<'_, [(Vec<Line>, usize); 4]> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was said, with what the server sent since it was looked last.
    fn lines(&self, at: usize) -> Vec<Line> {
        let sent = self.stages.sent(at);
        let mut said = self.said();
        let (lines, seen) = &mut said[at];
        lines.extend(sent.iter().skip(*seen).map(|text| (true, text.clone())));
        *seen = sent.len();
        lines.clone()
    }
}

impl Stages {
    /// What the server sent to the person who is played, in words.
    fn sent(&self, at: usize) -> Vec<String> {
        let media = |text: String, file: bool| if file { format!("{text} 📎") } else { text };
        match at {
            0 => {
                self.telegram.sent().into_iter().map(|s| media(s.text, s.bytes.is_some())).collect()
            }
            1 => self
                .signal
                .sent()
                .into_iter()
                .map(|s| media(s.text, !s.attachments.is_empty()))
                .collect(),
            2 => {
                self.whatsapp.sent().into_iter().map(|s| media(s.text, s.bytes.is_some())).collect()
            }
            _ => self.instagram.sent().into_iter().map(|s| s.text).collect(),
        }
    }

    fn inject(&self, at: usize, text: &str, file: Option<Attached>) {
        match at {
            0 => drop(self.telegram.inject_from(PERSON, self.for_telegram(text, file))),
            1 => drop(self.signal.inject_from(UUID, self.for_signal(text, file))),
            2 => {
                let person = Person::by_number(NUMBER, "Demo");
                self.whatsapp.inject_from(&person, self.for_whatsapp(text, file));
            }
            _ => drop(self.instagram.inject_from(IGSID, self.for_instagram(text, file))),
        }
    }

    fn for_telegram(&self, text: &str, file: Option<Attached>) -> Value {
        let Some((kind, bytes)) = file else { return json!({ "text": text }) };
        let mut object = self.telegram.file(&self.telegram.put_file(bytes));
        object["mime_type"] = kind.as_str().into();
        let (key, value) = match kind.split('/').next() {
            Some("image") => ("photo", json!([object])),
            Some("audio") => ("voice", object),
            Some("video") => ("video", object),
            _ => ("document", object),
        };
        json!({ key: value, "caption": text })
    }

    fn for_signal(&self, text: &str, file: Option<Attached>) -> Value {
        let files = file.map(|(kind, bytes)| self.signal.attach(&bytes, &kind, None));
        json!({ "message": text, "attachments": files.into_iter().collect::<Vec<_>>() })
    }

    fn for_whatsapp(&self, text: &str, file: Option<Attached>) -> Value {
        let Some((kind, bytes)) = file else {
            return json!({ "type": "text", "text": { "body": text } });
        };
        let mut media = self.whatsapp.put_media(&bytes, &kind);
        media["caption"] = text.into();
        let key = shown_as(&kind, "document");
        json!({ "type": key, key: media })
    }

    fn for_instagram(&self, text: &str, file: Option<Attached>) -> Value {
        let Some((kind, bytes)) = file else { return json!({ "text": text }) };
        let url = self.instagram.put_media(&bytes, &kind);
        let word = shown_as(&kind, "file");
        let mut message = json!({ "attachments": [{ "type": word, "payload": { "url": url } }] });
        if !text.is_empty() {
            message["text"] = text.into();
        }
        message
    }
}

/// The first word of a media type that messengers show, or another word.
fn shown_as<'k>(kind: &'k str, other: &'k str) -> &'k str {
    let word = kind.split('/').next().unwrap_or_default();
    if ["image", "audio", "video"].contains(&word) { word } else { other }
}
