//! The calls.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::HeaderMap;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::state::TOKEN_HOLDS;
use super::{ACCOUNT, Core};
use crate::meta::{Reply, bearer, control, dressed, faulty, instead, locked, record};

type Words = Query<HashMap<String, String>>;

/// How long an answer waits for its echo to be taken.
const ECHO: Duration = Duration::from_secs(5);

pub(crate) fn router(core: Arc<Core>) -> Router {
    let meta = core.meta.clone();
    Router::new()
        .route("/{version}/{account}/messages", post(messages))
        .route("/{version}/{account}", get(me))
        .route("/refresh_access_token", get(refresh))
        .route("/{version}/refresh_access_token", get(refresh))
        .route("/ig_messaging_cdn/", get(download))
        .merge(control::<Core>())
        .layer(from_fn_with_state(meta, record))
        .layer(DefaultBodyLimit::disable())
        .with_state(core)
}

impl Core {
    fn check(&self, version: &str, account: &str, headers: &HeaderMap) -> Result<(), Reply> {
        self.meta.refuse_version(version)?;
        locked(&self.state).check_token(bearer(headers), self.meta.clock().now())?;
        if account == "me" || account == ACCOUNT {
            return Ok(());
        }
        let more = json!({ "type": "IGApiException", "error_subcode": 33 });
        Err(Reply::detailed(400, 100, "Unsupported request: no such object", &more))
    }
}

async fn messages(
    State(core): State<Arc<Core>>,
    Path((version, account)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let fault = core.meta.faults().take("messages");
    if let Some(answer) = instead(fault.as_ref()) {
        return answer;
    }
    let work = || {
        core.check(&version, &account, &headers)?;
        core.accept(serde_json::from_slice(&body).unwrap_or(Value::Null))
    };
    let (reply, mid) = work().unwrap_or_else(|refusal| (refusal, None));
    if let Some(mid) = mid.filter(|_| core.echo_first()) {
        taken(&core, &format!("{mid} echo")).await;
    }
    dressed(fault, reply).await
}

/// Waits until the webhook has taken the echo.
async fn taken(core: &Core, echo: &str) {
    let begun = Instant::now();
    while !core.meta.told(echo) && begun.elapsed() < ECHO {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn me(
    State(core): State<Arc<Core>>,
    Path((version, account)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let work = || {
        core.check(&version, &account, &headers)?;
        let told = json!({ "user_id": ACCOUNT, "username": "stage_desk", "id": ACCOUNT });
        Ok(Reply::json(200, &told))
    };
    faulty(core.meta.faults(), "me", work).await
}

async fn refresh(State(core): State<Arc<Core>>, Query(query): Words) -> Response {
    let word = |key: &str| query.get(key).map_or("", String::as_str);
    let work = || {
        if word("grant_type") != "ig_refresh_token" {
            return Err(Reply::error(400, 100, "Invalid parameter grant_type"));
        }
        let now = core.meta.clock().now();
        let token = locked(&core.state).refresh(word("access_token"), now)?;
        let told =
            json!({ "access_token": token, "token_type": "bearer", "expires_in": TOKEN_HOLDS });
        Ok(Reply::json(200, &told))
    };
    faulty(core.meta.faults(), "refresh", work).await
}

async fn download(State(core): State<Arc<Core>>, Query(query): Words) -> Response {
    let word = |key: &str| query.get(key).map_or("", String::as_str);
    let work = || core.download(word("asset_id"), word("signature"));
    faulty(core.meta.faults(), "download", work).await
}
