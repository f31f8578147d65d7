//! The source's pages over HTTP.

use std::sync::{Arc, PoisonError, RwLock};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use payamgir_dropbox::{Codename, List};
use payamgir_text::lang::Lang;
use payamgir_wire::Hash;
use payamgir_wire::hex::Hex;
use tokio_util::task::TaskTracker;

use crate::compress::accepts;
use crate::intake::Intake;
use crate::journal::Event;
use crate::pages::{self, Form, Language, Problem, Site, Thanks};
use crate::submission::Outcome;

/// What the source's routes share.
pub(crate) struct Web {
    pub intake: Arc<Intake>,
    /// Submissions being taken: they outlive their connections.
    pub tasks: TaskTracker,
    made: RwLock<Arc<MadeFor>>,
}

/// What is made once, as long as the desk's key is the same.
struct MadeFor {
    epoch: Hash,
    /// Whether the desk has given out passes.
    passes: bool,
    languages: Vec<Made>,
}

/// The source's pages in one language.
#[derive(Clone)]
pub(crate) struct Spoken {
    pub web: Arc<Web>,
    pub lang: &'static Language,
}

impl Spoken {
    /// What the pages say of the assembly.
    pub(crate) fn site(&self) -> &Site {
        self.web.site()
    }
}

/// What is made once for a language.
struct Made {
    lang: &'static Language,
    form: Form,
    thanks: Thanks,
}

impl Web {
    pub(crate) fn new(intake: Arc<Intake>, tasks: TaskTracker) -> Self {
        let epoch = Hex(intake.desk.now().recipient.id());
        let passes = intake.flood.has_given();
        let made = RwLock::new(Arc::new(MadeFor::new(&intake.settings.site, epoch, passes)));
        Self { intake, tasks, made }
    }

    pub(crate) fn negotiated(&self, headers: &HeaderMap) -> &'static Language {
        let accepts = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Language::negotiate(&self.site().languages, accepts)
    }

    pub(crate) fn site(&self) -> &Site {
        &self.intake.settings.site
    }

    fn made(&self) -> Arc<MadeFor> {
        let epoch = Hex(self.intake.desk.now().recipient.id());
        let made = self.made.read().unwrap_or_else(PoisonError::into_inner).clone();
        let passes = self.intake.flood.has_given();
        if (made.epoch, made.passes) == (epoch, passes) {
            return made;
        }
        let made = Arc::new(MadeFor::new(self.site(), epoch, passes));
        *self.made.write().unwrap_or_else(PoisonError::into_inner) = made.clone();
        made
    }

    fn form(&self, lang: &Language, headers: &HeaderMap) -> Response {
        let list = match lang.near {
            Lang::Fa => List::Persian,
            Lang::En => List::English,
        };
        let codename = Codename::draw(list, |bytes| (self.intake.world.random)(bytes));
        let gzip = accepts(headers, "gzip");
        encoded(StatusCode::OK, self.made().of(lang).form.page(&codename, gzip), gzip)
    }

    async fn submit(self: Arc<Self>, lang: &'static Language, request: Request) -> Response {
        let (head, body) = request.into_parts();
        let content_type = head.headers.get(header::CONTENT_TYPE).cloned();
        let gzip = accepts(&head.headers, "gzip");
        let web = self.clone();
        // A task of its own: what has arrived is kept even when the connection is gone.
        let outcome = self.tasks.spawn(async move {
            let content_type = content_type.as_ref().and_then(|value| value.to_str().ok());
            web.intake.receive(lang, content_type, body).await
        });
        match outcome.await {
            Ok(outcome) => self.answer(lang, outcome, gzip),
            Err(_) => {
                (self.intake.journal)(Event::TaskFailed);
                self.problem(lang, Problem::Internal)
            }
        }
    }

    fn answer(&self, lang: &Language, outcome: Outcome, gzip: bool) -> Response {
        match outcome {
            Outcome::Received(arrival) => {
                let status = arrival.problem.map_or(StatusCode::OK, status);
                let made = self.made();
                match made.of(lang).thanks.page(&arrival, gzip) {
                    Some(page) => encoded(status, page, gzip),
                    None => {
                        let site = (self.site(), self.intake.flood.has_given());
                        html(status, pages::received(site, lang, &arrival).into_string())
                    }
                }
            }
            Outcome::Refused(problem, kept) => {
                let why = (problem, self.intake.flood.has_given());
                let page = pages::refused(self.site(), lang, why, &kept);
                html(status(problem), page.into_string())
            }
        }
    }

    fn problem(&self, lang: &Language, problem: Problem) -> Response {
        html(status(problem), pages::message(self.site(), lang, problem).into_string())
    }
}

impl MadeFor {
    fn new(site: &Site, epoch: Hash, passes: bool) -> Self {
        let make = |lang: &&'static Language| Made::new(site, lang, &epoch, passes);
        let languages = site.languages.iter().map(make).collect();
        Self { epoch, passes, languages }
    }

    fn of(&self, lang: &Language) -> &Made {
        let made = self.languages.iter().find(|made| made.lang.code == lang.code);
        made.expect("each language is made")
    }
}

impl Made {
    fn new(site: &Site, lang: &'static Language, epoch: &Hash, passes: bool) -> Self {
        let form = Form::new(site, lang, epoch, passes);
        Self { lang, form, thanks: Thanks::new(site, lang) }
    }
}

/// `/`: the language the browser asks for.
pub(crate) async fn any_language(State(web): State<Arc<Web>>, headers: HeaderMap) -> Response {
    let mut response = web.form(web.negotiated(&headers), &headers);
    let vary = header::HeaderValue::from_static("accept-language, accept-encoding");
    response.headers_mut().insert(header::VARY, vary);
    response
}

pub(crate) async fn form(State(spoken): State<Spoken>, headers: HeaderMap) -> Response {
    spoken.web.form(spoken.lang, &headers)
}

pub(crate) async fn submit(State(spoken): State<Spoken>, request: Request) -> Response {
    spoken.web.submit(spoken.lang, request).await
}

pub(crate) async fn not_found(State(web): State<Arc<Web>>, headers: HeaderMap) -> Response {
    web.problem(web.negotiated(&headers), Problem::NotFound)
}

pub(crate) async fn wrong_method(State(web): State<Arc<Web>>, headers: HeaderMap) -> Response {
    web.problem(web.negotiated(&headers), Problem::Method)
}

pub(crate) async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /\n"
}

/// A page that is compressed already, or is not to be.
fn encoded(status: StatusCode, page: Vec<u8>, gzip: bool) -> Response {
    let coding = gzip.then_some([(header::CONTENT_ENCODING, "gzip")]);
    match coding {
        Some(coding) => (coding, html(status, page)).into_response(),
        None => html(status, page),
    }
}

pub(crate) fn html(status: StatusCode, page: impl Into<Body>) -> Response {
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page.into()).into_response()
}

pub(crate) fn status(problem: Problem) -> StatusCode {
    match problem {
        Problem::Empty | Problem::DamagedBlock | Problem::OtherDesk => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Problem::TextTooLong | Problem::TooManyFiles | Problem::FileTooLarge | Problem::TooMuch => {
            StatusCode::PAYLOAD_TOO_LARGE
        }
        // Not 408: browsers may send the form again by themselves after it.
        Problem::Malformed | Problem::TooSlow => StatusCode::BAD_REQUEST,
        Problem::WrongType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Problem::Busy
        | Problem::Flooded
        | Problem::TooEarly
        | Problem::Repeated
        | Problem::MisreadPass
        | Problem::WrongPass => StatusCode::SERVICE_UNAVAILABLE,
        Problem::Full => StatusCode::INSUFFICIENT_STORAGE,
        Problem::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        Problem::NotFound => StatusCode::NOT_FOUND,
        Problem::Method => StatusCode::METHOD_NOT_ALLOWED,
    }
}
