//! Publishing at the window: items, editions, what all editions share, and what is seen of them before.

pub(crate) mod bulletin;
pub(crate) mod edition;
pub(crate) mod filling;
pub(crate) mod item;
pub(crate) mod media;
pub(crate) mod preview;
pub(crate) mod reading;
pub(crate) mod tell;
pub(crate) mod typed;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use payamgir_desk::office::publishing::NotPrepared;
use payamgir_desk::work::{Act, Id, Ignored};
use payamgir_text::{Lang, jalali};
use payamgir_wire::edition::Flaw;

use super::{Fault, Room, page as html, see_other};
use crate::door::{Toast, Ui};
use crate::handlers::deeds::Fields;
use crate::pages::publish as pages;

/// Words in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) fa: String,
    pub(crate) en: String,
}

impl Said {
    pub(crate) fn new(fa: impl Into<String>, en: impl Into<String>) -> Self {
        Self { fa: fa.into(), en: en.into() }
    }
}

/// `GET /fa/publish`
pub(crate) async fn overview(
    State(ui): State<Arc<Ui>>,
    Path(lang): Path<String>,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    // Who looks here waits for another editor.
    room.office.hurry();
    Ok(html(&pages::overview(&room)).into_response())
}

/// `POST /fa/item/…/aside`, `/fa/edition/…/aside`: puts it aside, or brings it back.
pub(crate) async fn aside(
    State(ui): State<Arc<Ui>>,
    Path((lang, id)): Path<(String, String)>,
    body: String,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let Ok(written) = Id::parse(&id) else { return Err(Fault::NotHere(room.again())) };
    let off = Fields::read(&body).get("off") == "yes";
    let wrong = match pages::is_out(&room, &written) && !off {
        true => Some(Said::new(
            "این منتشر شده است: پس گرفته می‌شود، نه کنار گذاشته.",
            "This is published: it can be withdrawn, not put aside.",
        )),
        false => bulletin::write(&room, Act::Drop { written, off }).await.map(|wrong| wrong.said),
    };
    if let Some(Said { fa, en }) = wrong {
        room.ui.say(Toast { fa, en, undo: vec![], failed: true, at: 0, id: 0 });
    }
    Ok(see_other(&format!("/{}/publish", room.say.lang.code())))
}

/// Today as an editor types it, in the calendar of the window's language.
pub(crate) fn today(room: &Room) -> String {
    let days = jalali::days(room.office.now(), room.say.offset);
    let date = match room.say.lang {
        Lang::Fa => jalali::jalali(days),
        Lang::En => jalali::gregorian(days),
    };
    format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
}

/// A line as it is kept, without what cannot be seen and would turn it around.
pub(crate) fn line(fields: &Fields, name: &str) -> String {
    payamgir_bulletin::letters::tidy(&fields.words(name))
}

/// Why something cannot be published as it is.
pub(crate) fn flaw(flaw: Flaw) -> Said {
    let (fa, en) = match flaw {
        Flaw::Title => {
            ("عنوان یک خط است، از یک تا ۳۰۰ نویسه.", "A title is one line of 1 to 300 characters.")
        }
        Flaw::Slug => (
            "نشانی تنها حروف کوچک لاتین، رقم و خط تیره دارد.",
            "An address has only small Latin letters, digits and hyphens.",
        ),
        Flaw::SameSlug => (
            "دو چیز یک نشانی دارند، یا نشانی را سایت برای خود نگه داشته است (index، whole، cover).",
            "Two things have the same address, or the site keeps it for itself (index, whole, cover).",
        ),
        Flaw::Language => (
            "زبان کدی دو یا سه‌حرفی است: fa، en، ckb …",
            "A language is a code of two or three letters: fa, en, ckb …",
        ),
        Flaw::Body => (
            "متن خالی است یا بیش از ۲۰٬۰۰۰ نویسه.",
            "There are no words, or more than 20,000 characters.",
        ),
        Flaw::Line => (
            "یکی از خانه‌ها بیش از یک خط یا ۳۰۰ نویسه است، یا خالی مانده.",
            "One of the fields is longer than one line or 300 characters, or was left empty.",
        ),
        Flaw::TooMany => (
            "شماره دست‌کم یک نوشته و یک عنوان می‌خواهد و بیش از ۴۰۰ نوشته ندارد؛ نوشته بیش از ۱۲ نقل برجسته، ۱۲ تصحیح و ۴۰ عکس و صدا ندارد.",
            "An edition needs at least one item and one name, and has at most 400 items; an item has at most 12 pull quotes, 12 corrections, and 40 pictures and sounds.",
        ),
        Flaw::Day => (
            "روزی که نوشته‌اید در تقویم نیست. نمونه: ۱۴۰۵-۰۹ یا 2026-11-30",
            "There is no such day. Examples: 1405-09 or 2026-11-30",
        ),
        Flaw::Pull => {
            ("نقل برجسته باید عین جمله‌ای از متن باشد.", "A pull quote must be words of the text.")
        }
        Flaw::Alt => (
            "هر تصویر شرحی می‌خواهد، برای کسی که آن را نمی‌بیند.",
            "Each picture needs words for those who do not see it.",
        ),
    };
    Said::new(fa, en)
}

/// Why an edition cannot be made, proposed or agreed to.
pub(crate) fn not_prepared(room: &Room, why: &NotPrepared) -> Said {
    use payamgir_bulletin::Refused;

    let title = |id: &Id| title(room, id);
    match why {
        NotPrepared::NotAsked => Said::new(
            "میز هنوز از سرور نپرسیده چه منتشر شده است. کمی صبر کنید.",
            "The desk has not asked the server yet what is published. Wait a little.",
        ),
        NotPrepared::NoBulletin => Said::new(
            "نخست نام و زبان‌های نشریه را بنویسید.",
            "First write the bulletin’s name and languages.",
        ),
        NotPrepared::NoSuchThing => Said::new(
            "چیزی از آن هنوز اینجا نیست. پس از همگامی بعدی دوباره بکوشید.",
            "Something of it is not here yet. Try again after the next sync.",
        ),
        NotPrepared::Vanished(id) => Said::new(
            format!(
                "«{}» پیش‌تر منتشر شده و از شماره افتاده است. آن را برگردانید و پس بگیرید؛ بی‌صدا برداشته نمی‌شود.",
                title(id)
            ),
            format!(
                "“{}” was published and is left out now. Bring it back and withdraw it: nothing is taken away in silence.",
                title(id)
            ),
        ),
        NotPrepared::Moved(Some(id)) => Said::new(
            format!(
                "نشانی یا زبان «{}» پس از انتشار عوض شده است. کسانی به آن پیوند داده‌اند؛ همان را برگردانید.",
                title(id)
            ),
            format!(
                "The address or language of “{}” was changed after it was published. People link to it: put back what it was.",
                title(id)
            ),
        ),
        NotPrepared::Moved(None) => Said::new(
            "نشانی شماره، یا یکی از زبان‌های نشریه، پس از انتشار عوض یا برداشته شده است. همان را برگردانید.",
            "The edition’s address was changed after it was published, or one of the bulletin’s languages left out. Put back what it was.",
        ),
        NotPrepared::Silent(id) => Said::new(
            format!(
                "چیزی از «{}» (متن، نام، جا، زمان، راستی‌آزمایی، عکس یا صدا) پس از انتشار عوض شده است. در «تصحیح، پس گرفتن» یک خط تازه بنویسید که چه روز و چه چیز؛ خط‌های پیشین همان بمانند.",
                title(id)
            ),
            format!(
                "Something of “{}” (its text, by-line, place, day, verification, pictures or sound) was changed after it was published. Add a line under “Corrections, withdrawal” that says on which day, and what; leave the earlier lines as they are.",
                title(id)
            ),
        ),
        NotPrepared::Standing(id) => Said::new(
            format!(
                "«{}» ترجمهٔ نوشته‌ای است که پس گرفته می‌شود. نخست ترجمه را پس بگیرید.",
                title(id)
            ),
            format!(
                "“{}” translates an item that is withdrawn. Withdraw the translation first, or with it.",
                title(id)
            ),
        ),
        NotPrepared::NotClear(id, leak) => {
            let of = id.as_ref().map(title);
            let (fa, en) = match &of {
                Some(title) => (format!("در «{title}»"), format!("in “{title}”")),
                None => (
                    "در متن خود شماره یا نشریه".into(),
                    "in the words of the edition or of the bulletin".into(),
                ),
            };
            Said::new(
                format!(
                    "واژه‌ای که در پیام فرستنده پوشانده‌اید {fa} هست: «{}». آن را بردارید.",
                    leak.words
                ),
                format!(
                    "Words that you hid in a source’s text stand {en}: “{}”. Take them out.",
                    leak.words
                ),
            )
        }
        NotPrepared::Refused(Refused::Flaw(own)) => flaw(*own),
        NotPrepared::Refused(Refused::Item(id, own)) => {
            let Said { fa, en } = flaw(*own);
            Said::new(format!("«{}»: {fa}", title(id)), format!("“{}”: {en}", title(id)))
        }
        NotPrepared::Refused(Refused::NoItem(id)) => Said::new(
            format!("«{}» نوشته نشده، یا در شمارهٔ دیگری هم هست.", title(id)),
            format!("“{}” is not written, or stands in another edition too.", title(id)),
        ),
        NotPrepared::Refused(Refused::NoMedium(id)) => Said::new(
            format!(
                "تصویر یا صدای «{}» هنوز روی این رایانه نیست، یا از گونه‌ای است که منتشر نمی‌شود.",
                title(id)
            ),
            format!(
                "A picture or sound of “{}” is not on this machine yet, or is of a kind that is not published.",
                title(id)
            ),
        ),
        NotPrepared::Refused(Refused::Paper(_)) => Said::new(
            "از این نوشته‌ها PDF ساخته نشد. تصویرها را بردارید و دوباره بکوشید.",
            "No PDF could be set of this. Take its pictures out and try again.",
        ),
        NotPrepared::Refused(Refused::Files) => Said::new(
            "پرونده‌های آن با هم نمی‌خوانند: یکی از ۱۵ مگابایت بزرگ‌تر است، یا دو چیز یک نشانی دارند.",
            "Its files do not go together: one is larger than 15 MB, or two things have the same address.",
        ),
        NotPrepared::Refused(Refused::NoPaper) => Said::new(
            "این برنامه PDF نمی‌سازد. یا «برای کاغذ» را بردارید، یا برنامه‌ای با ویژگی pdf به کار برید.",
            "This program sets no PDF. Untick “for paper”, or use a program built with the feature pdf.",
        ),
        NotPrepared::Refused(Refused::Nothing) => {
            Said::new("شماره‌ای نیست.", "There is no edition.")
        }
        NotPrepared::Other => Said::new(
            "میز شما از همین نوشته‌ها پرونده‌های دیگری می‌سازد. شاید نسخهٔ برنامه فرق دارد؛ تأیید نکنید و بپرسید.",
            "Your desk makes other files of the same words. The program’s version may differ; do not approve, and ask.",
        ),
        NotPrepared::Stale => Said::new(
            "پس از آن چیز دیگری منتشر شد. باید دوباره پیشنهاد شود.",
            "Something else was published since. It must be proposed anew.",
        ),
        NotPrepared::Same => Said::new(
            "همین است که منتشر شده؛ چیزی عوض نشده است.",
            "This is what is published; nothing has changed.",
        ),
        NotPrepared::NotDone(_) | NotPrepared::Store(_) => Said::new(
            "انجام نشد. نقش خود و جای دیسک را ببینید.",
            "It was not done. Look at your role and the disk’s room.",
        ),
    }
}

/// Why something was not kept.
pub(crate) struct NotKept {
    pub(crate) said: Said,
    /// Somebody else wrote it meanwhile: who sees theirs may write over it.
    pub(crate) stale: bool,
}

impl NotKept {
    pub(crate) fn of(why: &payamgir_desk::office::NotDone) -> Self {
        use payamgir_desk::office::NotDone;
        let stale = matches!(why, NotDone::Ignored(Ignored::Stale));
        Self { said: not_written(why), stale }
    }
}

impl From<Said> for NotKept {
    fn from(said: Said) -> Self {
        Self { said, stale: false }
    }
}

/// Why an act of writing was passed over.
pub(crate) fn not_written(why: &payamgir_desk::office::NotDone) -> Said {
    match why {
        payamgir_desk::office::NotDone::Ignored(Ignored::Stale) => Said::new(
            "در این میان کس دیگری آن را نوشت. نوشتهٔ او و نوشتهٔ شما پایین است؛ اگر دوباره نگه دارید نوشتهٔ شما جای نوشتهٔ او را می‌گیرد.",
            "Somebody else wrote it meanwhile. Their words and yours are below; keeping yours again puts them in the place of theirs.",
        ),
        payamgir_desk::office::NotDone::Ignored(Ignored::Malformed) => {
            Said::new("بلندتر از آن است که نگه داشته شود.", "It is too long to be kept.")
        }
        payamgir_desk::office::NotDone::Ignored(_) => {
            Said::new("نقش شما اجازهٔ نوشتن نمی‌دهد.", "Your role does not allow writing.")
        }
        payamgir_desk::office::NotDone::Store(_) => Said::new(
            "نگه داشته نشد؛ جای دیسک را ببینید.",
            "It was not kept; look at the disk’s room.",
        ),
    }
}

/// What an item is called now.
pub(crate) fn title(room: &Room, id: &Id) -> String {
    let work = room.office.work();
    let now = work.publishing().written(id).and_then(|item| item.now());
    match now.map(|now| now.body.title.clone()).filter(|title| !title.is_empty()) {
        Some(title) => title,
        None => room.say.t("بی‌عنوان", "untitled").to_owned(),
    }
}
