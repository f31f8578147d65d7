//! The floor's storage: plain rows of the sealed size, by the log's pragmas and group commit.

use std::path::Path;
use std::thread;

use rusqlite::{Connection, TransactionBehavior, params};
use tokio::sync::{mpsc, oneshot};

use crate::Failure;

/// Bytes a short text seals to.
pub const ROW_BYTES: usize = payamgir_seal::padding::SMALLEST as usize;
/// As the log has them.
const BATCH: usize = 512;
const QUEUE: usize = 1024;

/// A row to be, and where to say that it is durable.
struct Row {
    body: Vec<u8>,
    answer: oneshot::Sender<bool>,
}

/// A table with one writer.
pub struct Store {
    rows: mpsc::Sender<Row>,
}

impl Store {
    /// Makes the table and starts its writer.
    pub fn open(folder: &Path) -> Result<Self, Failure> {
        let connection = connect(folder)?;
        let (rows, queue) = mpsc::channel(QUEUE);
        thread::Builder::new().name("floor".into()).spawn(|| write(connection, queue))?;
        Ok(Self { rows })
    }

    /// Stores a row; whether it is durable.
    pub async fn insert(&self, mut body: Vec<u8>) -> bool {
        body.resize(ROW_BYTES, 0);
        let (answer, answered) = oneshot::channel();
        self.rows.send(Row { body, answer }).await.is_ok() && answered.await.unwrap_or(false)
    }
}

/// The pragmas of `crates/log/src/schema.rs`.
fn connect(folder: &Path) -> Result<Connection, Failure> {
    let connection = Connection::open(folder.join("floor.db"))?;
    connection.pragma_update(None, "page_size", 16_384)?;
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        return Err("this file system has no WAL".into());
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "wal_autocheckpoint", 500)?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    connection.pragma_update(None, "cache_size", -4096)?;
    connection.execute_batch("CREATE TABLE row (seq INTEGER PRIMARY KEY, body BLOB) STRICT")?;
    Ok(connection)
}

fn write(mut connection: Connection, mut queue: mpsc::Receiver<Row>) {
    let mut batch = Vec::with_capacity(BATCH);
    while queue.blocking_recv_many(&mut batch, BATCH) > 0 {
        let done = commit(&mut connection, &batch).is_ok();
        for row in batch.drain(..) {
            let _ = row.answer.send(done);
        }
    }
}

fn commit(connection: &mut Connection, batch: &[Row]) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for row in batch {
        transaction
            .prepare_cached("INSERT INTO row (body) VALUES (?1)")?
            .execute(params![row.body])?;
    }
    transaction.commit()
}
