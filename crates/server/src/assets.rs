//! What pages fetch or are taken along: the script, its words, and the page that works without a network.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use payamgir_dropbox::List;

use crate::compress::accepts;
use crate::pages::{self, Carried, Language, script};
use crate::sealed::{offline_page, present_key};
use crate::web::{Spoken, Web, html};

/// A text of some kind.
fn text(kind: &'static str, text: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, kind)], text.into()).into_response()
}

/// The script. It is not kept by browsers: nothing of a visit is.
pub(crate) async fn script(headers: HeaderMap) -> Response {
    const KIND: &str = "text/javascript; charset=utf-8";
    if accepts(&headers, "br") {
        let fields = [(header::CONTENT_TYPE, KIND), (header::CONTENT_ENCODING, "br")];
        return (fields, script::COMPRESSED).into_response();
    }
    text(KIND, script::SCRIPT)
}

/// `GET /words/<list>`: the words of codenames, a line each.
pub(crate) async fn words(Path(list): Path<String>) -> Response {
    let list = match &*list {
        "fa.txt" => List::Persian,
        "en.txt" => List::English,
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    text("text/plain; charset=utf-8", list.all().join("\n"))
}

/// `GET /<language>/sealing`: what the script is told.
pub(crate) async fn sealing(State(spoken): State<Spoken>) -> Response {
    let key = present_key(&spoken.web.intake.desk);
    let site = (spoken.site(), spoken.web.intake.flood.has_given());
    let page = pages::sealing(site, spoken.lang, &key).into_string();
    text("text/html; charset=utf-8", page)
}

/// `GET /<language>/offline.html`: the page that is carried.
pub(crate) async fn offline(State(spoken): State<Spoken>) -> Response {
    carried(&spoken.web, spoken.lang)
}

/// `GET /offline.html`: the same in the language the browser asks for.
pub(crate) async fn any_offline(State(web): State<Arc<Web>>, headers: HeaderMap) -> Response {
    carried(&web, web.negotiated(&headers))
}

fn carried(web: &Web, lang: &Language) -> Response {
    let page = offline_page(web.site(), lang, &web.intake.desk);
    let mut response = html(StatusCode::OK, page);
    let policy = HeaderValue::try_from(pages::offline_policy()).expect("it is ASCII");
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// `GET /carry`: the courier's form in the language the browser asks for.
pub(crate) async fn any_carry(State(web): State<Arc<Web>>, headers: HeaderMap) -> Response {
    let site = (web.site(), web.intake.flood.has_given());
    let page = pages::carry(site, web.negotiated(&headers), &Carried::default());
    html(StatusCode::OK, page.into_string())
}
