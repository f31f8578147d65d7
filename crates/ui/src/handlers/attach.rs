//! A voice or a picture to go with a reply: cleaned of what it says of its maker, then kept.

use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header;
use axum::response::Response;
use payamgir_desk::office::{NotDone, NotKept, Office};
use payamgir_desk::work::Act;
use payamgir_media::{Class, Refusal};
use zeroize::Zeroizing;

use super::deeds::not_done;
use super::{Fault, Room, back, see_other};
use crate::door::{Toast, Ui};

/// Most bytes of a form with a file: the server takes some more, sealed and padded.
pub(crate) const FORM_BYTES: usize = 15 << 20;
const CLEAN_TIME: Duration = Duration::from_secs(60);

/// What was filled in.
#[derive(Default)]
struct Filled {
    on: Option<u64>,
    back: String,
    once: String,
    text: String,
    bytes: Zeroizing<Vec<u8>>,
}

/// Why nothing was attached.
enum NotAttached {
    /// No file was chosen, or one too large.
    None,
    /// It is neither sound nor a picture.
    Kind,
    /// It could not be cleaned.
    Clean(Refusal),
    Kept(NotKept),
    Done(NotDone),
}

/// `POST /fa/attach`
pub(crate) async fn attach(
    State(ui): State<Arc<Ui>>,
    Path(lang): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let boundary = multer::parse_boundary(kind.unwrap_or_default()).unwrap_or_default();
    let filled = read(request.into_body(), boundary).await.unwrap_or_default();
    let to = back(&filled.back, room.say.lang);
    let once = filled.once.clone();
    if !room.ui.begins(&once) {
        return Ok(see_other(&to));
    }
    let (office, ui) = (room.office.clone(), room.ui.clone());
    let done = tokio::task::spawn_blocking(move || perform(&office, &ui, &filled)).await;
    match done.unwrap_or(Err(NotAttached::None)) {
        Ok(()) => room.ui.hush(),
        Err(why) => {
            room.ui.undone(&once);
            room.ui.say(told(&why));
        }
    }
    Ok(see_other(&to))
}

async fn read(body: Body, boundary: String) -> multer::Result<Filled> {
    let mut form = multer::Multipart::new(body.into_data_stream(), boundary);
    let mut filled = Filled::default();
    while let Some(field) = form.next_field().await? {
        match field.name().unwrap_or_default() {
            "id" => filled.on = field.text().await?.parse().ok(),
            "back" => filled.back = field.text().await?,
            "once" => filled.once = field.text().await?,
            "text" => filled.text = field.text().await?.replace("\r\n", "\n").trim().to_owned(),
            "file" => filled.bytes = Zeroizing::new(field.bytes().await?.to_vec()),
            _ => {}
        }
    }
    Ok(filled)
}

fn perform(office: &Office, ui: &Ui, filled: &Filled) -> Result<(), NotAttached> {
    let on = filled.on.filter(|_| !filled.bytes.is_empty()).ok_or(NotAttached::None)?;
    let (media_type, bytes) = cleaned(ui, &filled.bytes)?;
    let file = office.keep_file(&media_type, &bytes).map_err(NotAttached::Kept)?;
    let (reply, text) = (office.id(), filled.text.clone());
    let draft = Act::Draft { reply, on, text, file: Some(file) };
    office.act(draft).map_err(NotAttached::Done)
}

/// Without what it says of who made it, where and with what: it leaves the desk.
fn cleaned(ui: &Ui, bytes: &[u8]) -> Result<(String, Zeroizing<Vec<u8>>), NotAttached> {
    let class =
        payamgir_media::sniff(&bytes[..bytes.len().min(payamgir_media::HEAD_BYTES)]).class();
    if !matches!(class, Class::Image | Class::Audio) {
        return Err(NotAttached::Kind);
    }
    let _turn = ui.turn();
    let mut clean = Zeroizing::new(vec![]);
    let workshop = &ui.settings.workshop;
    let most = FORM_BYTES as u64;
    let cleaned = workshop.clean(&mut Cursor::new(bytes), &mut *clean, most, CLEAN_TIME);
    let cleaned = cleaned.map_err(NotAttached::Clean)?;
    Ok((cleaned.kind.media_type().to_owned(), clean))
}

fn told(why: &NotAttached) -> Toast {
    let (fa, en) = match why {
        NotAttached::None => (
            "پرونده‌ای نیامد، یا بزرگ‌تر از ۱۵ مگابایت است.".to_owned(),
            "No file came, or it is larger than 15 MB.".to_owned(),
        ),
        NotAttached::Kind => (
            "تنها صدا یا عکس می‌توان فرستاد.".to_owned(),
            "Only sound or a picture can be sent.".to_owned(),
        ),
        NotAttached::Clean(why) => (
            format!("نسخه‌ای پاک از آن ساخته نشد: {}", why.words(payamgir_text::lang::Lang::Fa)),
            format!("No clean copy could be made: {}", why.words(payamgir_text::lang::Lang::En)),
        ),
        NotAttached::Kept(NotKept::Said(said)) => (said.fa.clone(), said.en.clone()),
        NotAttached::Kept(_) => (
            "سرور پرونده را نگرفت؛ دوباره بکوشید.".to_owned(),
            "The server did not take the file; try again.".to_owned(),
        ),
        NotAttached::Done(why) => return not_done(why),
    };
    Toast { fa, en, undo: vec![], failed: true, at: 0, id: 0 }
}
