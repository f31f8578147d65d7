//! What a desk asks its server for beside the log: invitations and deposits.

use std::io::Read;

use payamgir_wire::hex::Hash;
use payamgir_wire::limits::{ANSWER_BYTES, DEPOSIT_BYTES};
use payamgir_wire::release::RELEASE_BYTES;
use payamgir_wire::sync::read_additions;

use crate::client::{Client, Failure, network, refusal};

/// Most members' deposits at once, and most answers.
const MANY_BYTES: u64 = 64 * (DEPOSIT_BYTES as u64 + 8);
const INVITATION_BYTES: u64 = 256;

/// What a server serves, beside the release that is known.
pub enum Shows {
    /// That one.
    Same,
    /// Nothing.
    Nothing,
    /// Another: its bytes.
    Other(Vec<u8>),
}

impl Client {
    /// The open invitation of that number: its id and the inviter's message. Unsigned.
    pub fn invitation(&self, number: u32) -> Result<([u8; 16], Vec<u8>), Failure> {
        let bytes = self.small(&format!("/join/1/{number}"), INVITATION_BYTES, false)?;
        let (id, exchange) = bytes.split_first_chunk().ok_or(Failure::Status(200))?;
        Ok((*id, exchange.to_vec()))
    }

    /// Leaves an answer to it. Unsigned. [`Failure::NotFound`] where it is open no more.
    pub fn answer(&self, number: u32, answer: &[u8]) -> Result<(), Failure> {
        done(self.post(&format!("/join/1/{number}"), answer, false)?)
    }

    /// Answers to the desk's invitations.
    pub fn answers(&self) -> Result<Vec<Vec<u8>>, Failure> {
        let bytes = self.small("/desk/1/answers", MANY_BYTES, true)?;
        let mut all = list(&bytes)?;
        all.retain(|answer| answer.len() <= ANSWER_BYTES);
        Ok(all)
    }

    /// What the inviter told this member; `None` while it is none.
    pub fn welcome(&self) -> Result<Option<Vec<u8>>, Failure> {
        match self.small("/desk/1/welcome", 1024, true) {
            Ok(welcome) => Ok(Some(welcome)),
            Err(Failure::NotFound) => Ok(None),
            Err(Failure::Refused(word)) if word == "unknown-key" => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Has blinded passes signed; `None` where the server does not.
    pub fn passes(&self, points: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        let (status, body) = self.post("/desk/1/passes", points, true)?;
        let mut answer = vec![];
        Read::read_to_end(&mut body.reader(), &mut answer).map_err(network)?;
        match status {
            200 => Ok(Some(answer)),
            400 | 403 => Ok(None),
            401 => Err(Failure::Refused(refusal(&answer[..]))),
            other => Err(Failure::Status(other)),
        }
    }

    /// Keeps a file to go with a reply: its sealed entry and its sealed blob. Gives its record.
    pub fn keep(&self, entry: &[u8], blob: &[u8]) -> Result<u64, Failure> {
        let kept = payamgir_wire::sync::write_kept(entry, blob);
        let (status, body) = self.post("/desk/1/keep", &kept, true)?;
        if status != 200 {
            return Err(Failure::Status(status));
        }
        let mut record = String::new();
        Read::read_to_string(&mut body.reader(), &mut record).map_err(network)?;
        record.parse().map_err(|_| Failure::Status(status))
    }

    /// Hands over a reply to a messenger's source. `false` where the server has too much to send, or
    /// sends nothing.
    pub fn send(&self, reply: &payamgir_wire::send::Send) -> Result<bool, Failure> {
        let (status, _) = self.post("/desk/1/send", &reply.encode(), true)?;
        match status {
            200 => Ok(true),
            404 | 503 => Ok(false),
            other => Err(Failure::Status(other)),
        }
    }

    /// Hands over a reply to a codename. `false` where the server could not keep it just now.
    pub fn answer_codename(
        &self,
        deposit: &payamgir_wire::dropbox::Deposit,
    ) -> Result<bool, Failure> {
        let (status, _) = self.post("/desk/1/answer", &deposit.encode(), true)?;
        match status {
            200 => Ok(true),
            404 | 503 => Ok(false),
            other => Err(Failure::Status(other)),
        }
    }

    /// What the server serves, beside the release that is known.
    pub fn edition(&self, known: Option<&Hash>) -> Result<Shows, Failure> {
        let query = known.map(|known| format!("known={known}")).unwrap_or_default();
        match self.query("/desk/1/edition", &query) {
            Ok(body) => {
                let mut bytes = vec![];
                body.take(RELEASE_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(network)?;
                Ok(Shows::Other(bytes))
            }
            Err(Failure::NotFound) => Ok(Shows::Nothing),
            Err(Failure::Status(204)) => Ok(Shows::Same),
            Err(failure) => Err(failure),
        }
    }

    /// Which files of a release the server has not.
    pub fn missing_files(&self, release: &[u8]) -> Result<Vec<Hash>, Failure> {
        let (status, answer) = self.post("/desk/1/edition/missing", release, true)?;
        if status != 200 {
            return Err(Failure::Status(status));
        }
        let mut lines = String::new();
        let most = RELEASE_BYTES as u64;
        answer.limit(most).reader().read_to_string(&mut lines).map_err(network)?;
        let hashes = lines.lines().map(Hash::parse).collect::<Result<_, _>>();
        hashes.map_err(|_| Failure::Status(status))
    }

    /// Hands over files of a release, each after its length.
    pub fn hand_in_files(&self, files: &[u8]) -> Result<(), Failure> {
        match self.post("/desk/1/edition/files", files, true)? {
            (200, _) => Ok(()),
            (status, _) => Err(Failure::Status(status)),
        }
    }

    /// Has the server post a text that is published. `false` where it is not, no account posts, or none
    /// could take it now.
    pub fn post_text(&self, file: &Hash) -> Result<bool, Failure> {
        match self.post("/desk/1/edition/post", file.to_string().as_bytes(), true)? {
            (200, _) => Ok(true),
            (404 | 503, _) => Ok(false),
            (status, _) => Err(Failure::Status(status)),
        }
    }

    /// Has the server serve a release. `false` where it does not take it as it now stands: another came
    /// first, or who approved it is an editor no more.
    pub fn publish(&self, release: &[u8]) -> Result<bool, Failure> {
        match self.post("/desk/1/edition", release, true)? {
            (200, _) => Ok(true),
            (409, _) => Ok(false),
            (status, _) => Err(Failure::Status(status)),
        }
    }

    /// Leaves this member's sealed word of what it is at, if it has one; gives those of the others.
    pub fn presence(&self, own: Option<&[u8]>) -> Result<Vec<Vec<u8>>, Failure> {
        if let Some(own) = own {
            done(self.post("/desk/1/presence", own, true)?)?;
        }
        list(&self.small("/desk/1/presence", MANY_BYTES, true)?)
    }

    /// The tag of this member's deposit at the server.
    pub fn deposit_tag(&self) -> Result<Option<Vec<u8>>, Failure> {
        match self.small("/desk/1/deposit", 64, true) {
            Ok(tag) => Ok(Some(tag)),
            Err(Failure::NotFound) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Leaves this member's deposit, in place of its last.
    pub fn deposit(&self, deposit: &[u8]) -> Result<(), Failure> {
        done(self.post("/desk/1/deposit", deposit, true)?)
    }

    /// All members' deposits; only the kit is given them.
    pub fn deposits(&self) -> Result<Vec<Vec<u8>>, Failure> {
        list(&self.small("/desk/1/deposit", MANY_BYTES, true)?)
    }
}

fn list(bytes: &[u8]) -> Result<Vec<Vec<u8>>, Failure> {
    let all = read_additions(bytes).ok_or(Failure::Status(200))?;
    Ok(all.into_iter().map(|(_, body)| body.to_vec()).collect())
}

fn done((status, answer): (u16, crate::client::Small)) -> Result<(), Failure> {
    match status {
        200 | 202 => Ok(()),
        401 => Err(Failure::Refused(refusal(answer.reader()))),
        404 => Err(Failure::NotFound),
        other => Err(Failure::Status(other)),
    }
}
