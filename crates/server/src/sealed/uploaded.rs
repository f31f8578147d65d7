//! A piece whose blob was uploaded before it.

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use payamgir_log::{Error, Hash};
use payamgir_wire::hex::Hex;
use payamgir_wire::limits::BODY_BYTES;
use payamgir_wire::piece::{Head, OVERHEAD, read_alone};

use super::{Tally, add, is_ours};
use crate::fields::drain;
use crate::intake::Intake;
use crate::pages::Problem;
use crate::uploads::Id;

/// Which upload, and what it should be.
pub(crate) struct Uploaded {
    id: Id,
    blob: Hash,
}

impl Uploaded {
    /// Reads the two header fields; `None` where neither is there.
    pub(crate) fn read(headers: &HeaderMap) -> Result<Option<Self>, StatusCode> {
        let field = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
        match (field("upload"), field("blob")) {
            (None, None) => Ok(None),
            (Some(address), Some(blob)) => {
                let id = address.rsplit('/').next().and_then(|id| Hex::parse(id).ok());
                let blob = Hex::<32>::parse(blob).ok();
                let both = id.zip(blob).ok_or(StatusCode::BAD_REQUEST)?;
                Ok(Some(Self { id: both.0, blob: Hash(both.1.0) }))
            }
            _ => Err(StatusCode::BAD_REQUEST),
        }
    }
}

impl Intake {
    /// Takes one piece, with the blob that was uploaded.
    pub(crate) async fn uploaded(&self, uploaded: &Uploaded, body: Body) -> Tally {
        let head = match self.one(body).await {
            Ok(head) => head,
            Err(tally) => return tally,
        };
        if !is_ours(&self.desk, &head) {
            return Tally { other: 1, ..Tally::default() };
        }
        match self.adopt(uploaded, head).await {
            Ok(true) => Tally { new: 1, ..Tally::default() },
            Ok(false) => Tally { known: 1, ..Tally::default() },
            Err(problem) => Tally { problem: Some(problem), ..Tally::default() },
        }
    }

    /// The one piece in a body.
    async fn one(&self, body: Body) -> Result<Head, Tally> {
        let (mut body, watch) = self.guarded(body);
        let mut bytes = vec![];
        while let Some(Ok(chunk)) = body.chunk().await {
            watch.parsed();
            bytes.extend_from_slice(&chunk);
            if bytes.len() > BODY_BYTES + OVERHEAD {
                drain(body, &watch).await;
                break;
            }
        }
        match (read_alone(&bytes), watch.problem()) {
            (_, Some(problem)) => Err(Tally { problem: Some(problem), ..Tally::default() }),
            (Ok(mut heads), None) if heads.len() == 1 => Ok(heads.remove(0)),
            _ => Err(Tally { damaged: 1, ..Tally::default() }),
        }
    }

    /// Whether it was not there before. The upload goes once a record names its blob, and not before: a
    /// sender who heard no answer hands the piece in again.
    async fn adopt(&self, uploaded: &Uploaded, head: Head) -> Result<bool, Problem> {
        let found = self.uploads.find(&uploaded.id);
        // One at a time: who hands it in twice at once finds it known.
        let _alone = match &found {
            Ok(upload) => Some(upload.alone().await),
            Err(_) => None,
        };
        if self.is_known(&head, Some(uploaded.blob)).await? {
            self.forget(&uploaded.id).await;
            return Ok(false);
        }
        let upload = found.as_ref().ok().filter(|upload| self.uploads.has(upload));
        let upload = upload.ok_or(Problem::NotFound)?;
        let file = self.uploads.whole(upload).ok_or(Problem::Malformed)?;
        let _turn = self.adopting.acquire().await.map_err(|_| Problem::Internal)?;
        let (log, hash) = (self.log.clone(), uploaded.blob);
        let adopted = tokio::task::spawn_blocking(move || log.adopt(&file, &hash)).await;
        let blob = match adopted.unwrap_or(Err(Error::Closed)) {
            Ok(blob) => blob,
            Err(Error::Corrupt) => {
                // What it is said to be it will never be.
                self.forget(&uploaded.id).await;
                return Err(Problem::Malformed);
            }
            Err(error) => return Err(self.storage_problem(error)),
        };
        let added = add(&self.log, head, vec![blob]).await;
        let added = added.map_err(|error| self.storage_problem(error))?;
        self.forget(&uploaded.id).await;
        Ok(added.new)
    }

    async fn forget(&self, id: &Id) {
        if let Ok(upload) = self.uploads.find(id) {
            let uploads = self.uploads.clone();
            // What cannot be removed now expires.
            let _ = tokio::task::spawn_blocking(move || uploads.remove(&upload)).await;
        }
    }
}
