//! Everything the server exposes, on one page.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn_with_state, map_response};
use axum::routing::{get, post};

use payamgir_wire::limits::REPLY_BYTES;

use crate::auth::{Gate, members_only};
use crate::channels::{self, Channels};
use crate::deposits;
use crate::desk_api::{self, Api};
use crate::headers;
use crate::mailbox;
use crate::presence;
use crate::web::{self, Web};

/// The source's address.
pub(crate) fn public(web: Arc<Web>, channels: Arc<Channels>) -> Router {
    let policy = headers::policy();
    Router::new()
        .route("/", get(web::any_language))
        .route("/fa", get(web::form_fa).post(web::submit_fa))
        .route("/en", get(web::form_en).post(web::submit_en))
        .route("/fa/", get(web::form_fa).post(web::submit_fa))
        .route("/en/", get(web::form_en).post(web::submit_en))
        .route("/robots.txt", get(web::robots))
        .fallback(web::not_found)
        .method_not_allowed_fallback(web::wrong_method)
        .layer(map_response(move |response| {
            let policy = policy.clone();
            async move { headers::secure(response, policy) }
        }))
        .with_state(web)
        .merge(channels::router(channels))
}

/// The desk's address.
pub(crate) fn private(api: Arc<Api>, gate: Arc<Gate>) -> Router {
    let desk = Router::new()
        .route("/desk/1/checkpoint", get(desk_api::checkpoint))
        .route("/desk/1/log", get(desk_api::log))
        .route("/desk/1/add", post(desk_api::add))
        .route("/desk/1/send", post(desk_api::send))
        .route("/desk/1/keep", post(desk_api::keep))
        .route("/desk/1/answers", get(mailbox::answers))
        .route("/desk/1/welcome", get(mailbox::welcome))
        .route("/desk/1/deposit", get(deposits::get).post(deposits::put))
        .route("/desk/1/presence", get(presence::get).post(presence::put))
        .route("/desk/1/blob/{hash}", get(desk_api::blob))
        .route("/desk/1/tile/{*path}", get(desk_api::tile))
        .layer(DefaultBodyLimit::max(REPLY_BYTES))
        .layer(from_fn_with_state(gate, members_only));
    Router::new()
        .merge(desk)
        .route("/join/1/{number}", get(mailbox::invitation).post(mailbox::answer))
        .route("/healthz", get(desk_api::healthy))
        .route("/readyz", get(desk_api::ready))
        .route("/status", get(desk_api::status))
        .with_state(api)
}
