//! Everything the server exposes, on one page.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::routing::{any, get, post};

use payamgir_wire::limits::REPLY_BYTES;

use crate::assets;
use crate::auth::{Gate, members_only};
use crate::channels::{self, Channels};
use crate::compress;
use crate::deposits;
use crate::desk_api::{self, Api};
use crate::editions::{self, Editions};
use crate::flood;
use crate::headers;
use crate::mailbox;
use crate::pages::{self, Language};
use crate::presence;
use crate::receipts;
use crate::returning::{self, tickets, visit};
use crate::sealed;
use crate::uploads;
use crate::web::{self, Spoken, Web};

/// The source's address. Where an edition is published, what is in it comes first.
pub(crate) fn public(web: Arc<Web>, channels: Arc<Channels>, editions: Arc<Editions>) -> Router {
    let policy = headers::policy();
    let pages = web.intake.settings.site.languages.iter().map(|lang| spoken(&web, lang));
    let pages = pages.fold(Router::new(), Router::merge);
    Router::new()
        .route("/", get(web::any_language))
        .route("/offline.html", get(assets::any_offline))
        .route("/carry", get(assets::any_carry))
        .route("/words/{list}", get(assets::words))
        .route(&pages::script::address(), get(assets::script))
        .route("/answers", post(tickets::fetch))
        .route("/answers/remove", post(tickets::remove))
        .route("/upload", any(uploads::http::begin))
        .route("/upload/{id}", any(uploads::http::go_on))
        .route("/challenge", get(sealed::http::challenge))
        .route("/key", get(sealed::http::key))
        .route("/checkpoint", get(receipts::http::checkpoint))
        .route("/log", get(receipts::http::log))
        .route("/receipt", post(receipts::http::prove))
        .route("/receipts", post(receipts::http::give))
        .route("/sealed", post(sealed::http::hand_in))
        .route("/robots.txt", get(web::robots))
        .fallback(web::not_found)
        .merge(pages)
        .method_not_allowed_fallback(web::wrong_method)
        .layer(from_fn(flood::connection::one_by_one))
        .layer(from_fn(compress::pages))
        .layer(map_response(move |response| {
            let policy = policy.clone();
            async move { headers::secure(response, policy) }
        }))
        .with_state(web)
        .merge(channels::router(channels))
        .layer(from_fn_with_state(editions, editions::public::published))
}

/// The pages of one language.
fn spoken(web: &Arc<Web>, lang: &'static Language) -> Router<Arc<Web>> {
    let form = || get(web::form).post(web::submit);
    Router::new()
        .route(&format!("/{}", lang.code), form())
        .route(&format!("/{}/", lang.code), form())
        .route(&format!("/{}/answers", lang.code), get(visit::door).post(visit::enter))
        .route(
            &format!("/{}/carry", lang.code),
            get(sealed::http::form).post(sealed::http::carried),
        )
        .route(
            &format!("/{}/receipt", lang.code),
            get(receipts::http::form).post(receipts::http::check),
        )
        .route(&format!("/{}/sealing", lang.code), get(assets::sealing))
        .route(&format!("/{}/offline.html", lang.code), get(assets::offline))
        .layer(DefaultBodyLimit::max(visit::FORM_BYTES))
        .with_state(Spoken { web: web.clone(), lang })
}

/// The desk's address.
pub(crate) fn private(api: Arc<Api>, gate: Arc<Gate>) -> Router {
    let desk = Router::new()
        .route("/desk/1/checkpoint", get(desk_api::checkpoint))
        .route("/desk/1/published", get(receipts::http::published))
        .route("/desk/1/log", get(desk_api::log))
        .route("/desk/1/add", post(desk_api::add))
        .route("/desk/1/send", post(desk_api::send))
        .route("/desk/1/answer", post(returning::deposit))
        .route("/desk/1/passes", post(flood::sign))
        .route("/desk/1/keep", post(desk_api::keep))
        .route("/desk/1/edition", get(editions::http::now).post(editions::http::publish))
        .route("/desk/1/edition/missing", post(editions::http::missing))
        .route("/desk/1/edition/post", post(editions::post::post))
        .route("/desk/1/edition/files", post(editions::http::files))
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
