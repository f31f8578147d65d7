//! What each page does when it is asked for.

pub(crate) mod attach;
pub(crate) mod deeds;
pub(crate) mod door;
pub(crate) mod files;
pub(crate) mod panes;
pub(crate) mod publish;
pub(crate) mod redact;
pub(crate) mod sheets;

use std::sync::Arc;

use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use maud::Markup;
use payamgir_desk::office::Office;
use payamgir_desk::store::StoreError;
use payamgir_text::lang::Lang;

use crate::door::{Stands, Ui};
use crate::pages::frame;
use crate::place::Place;
use crate::say::Say;

/// An open desk and how it speaks.
pub(crate) struct Room {
    pub(crate) ui: Arc<Ui>,
    pub(crate) office: Arc<Office>,
    pub(crate) say: Say,
}

/// Why a page cannot be shown.
pub(crate) enum Fault {
    /// Of another language than there is.
    NoPage,
    /// The desk is locked: where its door is.
    Locked(String),
    /// There is no such thing.
    NotHere(Box<Room>),
    /// The store could not be read.
    Store(Box<Room>, StoreError),
}

impl Room {
    /// The open desk; an editor asked for it.
    pub(crate) fn enter(ui: Arc<Ui>, lang: &str) -> Result<Self, Fault> {
        let lang: Lang = lang.parse().map_err(|_| Fault::NoPage)?;
        match ui.stands() {
            Stands::Open(office) => {
                ui.touch();
                let say = Say { lang, offset: ui.settings.offset };
                Ok(Self { ui, office, say })
            }
            _ => Err(Fault::Locked(format!("/{}/lock", lang.code()))),
        }
    }

    /// The same; who finds the desk locked comes back to that place.
    pub(crate) fn enter_at(ui: Arc<Ui>, lang: &str, place: &Place) -> Result<Self, Fault> {
        Self::enter(ui, lang).map_err(|fault| match (fault, lang.parse::<Lang>()) {
            (Fault::Locked(_), Ok(lang)) => {
                Fault::Locked(door::at_the_door(&place.href(lang), lang))
            }
            (fault, _) => fault,
        })
    }

    pub(crate) fn again(&self) -> Box<Self> {
        Box::new(Self { ui: self.ui.clone(), office: self.office.clone(), say: self.say })
    }

    /// Makes something of the store on a thread where that may take its time.
    pub(crate) async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Office) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Fault> {
        let office = self.office.clone();
        let looked = tokio::task::spawn_blocking(move || look(&office)).await;
        looked.unwrap_or(Err(StoreError::Form)).map_err(|error| Fault::Store(self.again(), error))
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        match self {
            Self::NoPage => StatusCode::NOT_FOUND.into_response(),
            Self::Locked(door) => see_other(&door),
            Self::NotHere(room) => {
                (StatusCode::NOT_FOUND, page(&frame::not_here(&room))).into_response()
            }
            Self::Store(room, error) => {
                let page = page(&frame::broken(&room, &error));
                (StatusCode::INTERNAL_SERVER_ERROR, page).into_response()
            }
        }
    }
}

pub(crate) fn page(markup: &Markup) -> Html<String> {
    Html(markup.0.clone())
}

/// There, by GET.
pub(crate) fn see_other(to: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, to.to_owned())]).into_response()
}

/// A place on these pages that a form came from; nothing leads elsewhere.
pub(crate) fn back(to: &str, lang: Lang) -> String {
    let own = to.starts_with(&format!("/{}/", lang.code()));
    let plain =
        to.bytes().all(|b| b.is_ascii_graphic()) && !to.contains("//") && !to.contains('\\');
    if own && plain { to.to_owned() } else { format!("/{}/", lang.code()) }
}
