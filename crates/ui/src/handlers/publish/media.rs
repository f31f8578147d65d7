//! Pictures and sounds of an item: cleaned copies, kept in the log. Nothing that a source sent is
//! published as it came.

use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header;
use axum::response::Response;
use payamgir_desk::office::{NotKept, Office, Piece, What, Whole};
use payamgir_desk::work::Id;
use payamgir_media::{Class, Refusal, sniff};
use payamgir_wire::edition::{Item, Medium};
use payamgir_wire::hex::Hex;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::Said;
use super::item::{Form, kept, write};
use crate::door::{Toast, Ui};
use crate::handlers::{Fault, Room, see_other};

/// Most bytes of a form with a file.
pub(crate) const FORM_BYTES: usize = 15 << 20;
/// Most bytes of a copy: what a release may hold, without what sealing adds.
const MOST: u64 = 14 << 20;
const CLEAN_TIME: Duration = Duration::from_secs(120);

/// What was filled in.
#[derive(Default)]
struct Filled {
    /// A source's attachment.
    record: Option<u64>,
    /// Or a file from this machine.
    bytes: Zeroizing<Vec<u8>>,
    alt: String,
}

/// `POST /fa/item/…/media`
pub(crate) async fn add(
    State(ui): State<Arc<Ui>>,
    Path((lang, id)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let boundary = multer::parse_boundary(kind.unwrap_or_default()).unwrap_or_default();
    let filled = read(request.into_body(), boundary).await.unwrap_or_default();
    let form = Id::parse(&id).ok().and_then(|id| kept(&room.office, id));
    let Some(form) = form else { return Err(Fault::NotHere(room.again())) };
    let (office, ui, to) = (room.office.clone(), room.ui.clone(), form.id);
    let done = tokio::task::spawn_blocking(move || perform((&office, &ui), form, &filled)).await;
    match done.unwrap_or_else(|_| Err(none())) {
        Ok(()) => room.ui.hush(),
        Err(Said { fa, en }) => {
            room.ui.say(Toast { fa, en, undo: vec![], failed: true, at: 0, id: 0 });
        }
    }
    Ok(see_other(&format!("/{}/item/{to}#media", room.say.lang.code())))
}

async fn read(body: Body, boundary: String) -> multer::Result<Filled> {
    let mut form = multer::Multipart::new(body.into_data_stream(), boundary);
    let mut filled = Filled::default();
    while let Some(field) = form.next_field().await? {
        match field.name().unwrap_or_default() {
            "record" => filled.record = field.text().await?.parse().ok(),
            "alt" => filled.alt = field.text().await?.trim().to_owned(),
            "file" => filled.bytes = Zeroizing::new(field.bytes().await?.to_vec()),
            _ => {}
        }
    }
    Ok(filled)
}

fn perform((office, ui): (&Office, &Ui), form: Form, filled: &Filled) -> Result<(), Said> {
    let (media_type, bytes) = match filled.record.filter(|_| filled.bytes.is_empty()) {
        Some(record) if is_of(office, &form, record) => of_source(office, ui, record)?,
        _ if !filled.bytes.is_empty() => {
            clean(ui, &mut Cursor::new(&*filled.bytes), &filled.bytes)?
        }
        _ => return Err(none()),
    };
    let (width, height) = measured(&media_type, &bytes);
    let record = office.keep_file(&media_type, &bytes).map_err(not_kept)?;
    let medium = Medium {
        record,
        hash: Hex(Sha256::digest(&*bytes).into()),
        media_type,
        width,
        height,
        alt: payamgir_bulletin::letters::tidy(&filled.alt),
        caption: String::new(),
        credit: String::new(),
        transcript: String::new(),
    };
    let mut item: Item = form.item;
    item.media.push(medium);
    write(office, &Form { item, ..form }).map_err(|wrong| wrong.said)
}

/// Whether a record is an attachment of one of the item's conversations.
fn is_of(office: &Office, form: &Form, record: u64) -> bool {
    form.on.iter().any(|number| attachments(office, *number).iter().any(|(own, _)| *own == record))
}

/// The attachments of a conversation, with their media types.
pub(crate) fn attachments(office: &Office, number: u64) -> Vec<(u64, String)> {
    let Ok(Some(view)) = office.view(number) else { return vec![] };
    let came = view.pieces.iter().filter_map(|piece| match piece {
        Piece::Submission(came) => Some(came),
        _ => None,
    });
    let parts = came.flat_map(|came| &came.parts);
    parts
        .filter_map(|part| match &part.what {
            What::Attachment(attachment) => Some((part.record, attachment.media_type.to_string())),
            _ => None,
        })
        .collect()
}

/// A cleaned copy of what a source sent.
fn of_source(office: &Office, ui: &Ui, record: u64) -> Result<(String, Zeroizing<Vec<u8>>), Said> {
    let blob = office.blob(record).ok().flatten().map(|(_, blob)| blob).ok_or_else(none)?;
    let mut head = vec![0; payamgir_media::HEAD_BYTES.min(blob.size() as usize)];
    let mut blob = blob;
    blob.read_exact_at(0, &mut head).map_err(|_| none())?;
    clean(ui, &mut Whole::new(blob), &head)
}

/// A copy without what it says of who made it, where and with what.
fn clean(
    ui: &Ui,
    from: &mut (impl std::io::Read + Send),
    head: &[u8],
) -> Result<(String, Zeroizing<Vec<u8>>), Said> {
    let class = sniff(&head[..head.len().min(payamgir_media::HEAD_BYTES)]).class();
    if !matches!(class, Class::Image | Class::Audio | Class::Video) {
        return Err(Said::new(
            "تنها عکس، صدا و فیلم منتشر می‌شود.",
            "Only pictures, sound and film are published.",
        ));
    }
    let _turn = ui.turn();
    let mut clean = Zeroizing::new(vec![]);
    let made = ui.settings.workshop.clean(from, &mut *clean, MOST, CLEAN_TIME);
    let made = made.map_err(|why| not_clean(&why))?;
    Ok((made.kind.media_type().to_owned(), clean))
}

/// A picture's width and height, so that a page keeps its room while it comes; else 0.
fn measured(media_type: &str, bytes: &[u8]) -> (u32, u32) {
    if !media_type.starts_with("image/") {
        return (0, 0);
    }
    payamgir_media::size_of_picture(bytes).unwrap_or((0, 0))
}

fn none() -> Said {
    Said::new(
        "پرونده‌ای نیامد، یا هنوز روی این رایانه نیست، یا بزرگ‌تر از ۱۴ مگابایت است.",
        "No file came, or it is not on this machine yet, or it is larger than 14 MB.",
    )
}

fn not_clean(why: &Refusal) -> Said {
    use payamgir_text::lang::Lang::{En, Fa};
    Said::new(
        format!("نسخه‌ای پاک از آن ساخته نشد: {}", why.words(Fa)),
        format!("No clean copy could be made: {}", why.words(En)),
    )
}

fn not_kept(why: NotKept) -> Said {
    match why {
        NotKept::Said(said) => Said::new(said.fa, said.en),
        _ => Said::new(
            "سرور پرونده را نگرفت؛ دوباره بکوشید.",
            "The server did not take the file; try again.",
        ),
    }
}
