//! SQLite: one writer, a few readers, never on an async thread.
//!
//! Every write is one `BEGIN IMMEDIATE … COMMIT`. WAL with `synchronous=NORMAL`: a commit survives `kill -9` of this
//! process; only a power cut could lose the last ones, which a demo cloud may.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::task::spawn_blocking;

use crate::error::Refusal;

const READERS: usize = 4;

/// The database; clones share it.
#[derive(Clone)]
pub struct Db {
    writer: Arc<Mutex<Connection>>,
    readers: Arc<Pool>,
}

struct Pool {
    free: Mutex<Vec<Connection>>,
    returned: Condvar,
    size: usize,
}

impl Db {
    /// Opens (and creates) the database file.
    pub fn open(path: &Path) -> rusqlite::Result<Self> {
        let writer = connect(path)?;
        writer.pragma_update(None, "journal_mode", "WAL")?;
        writer.pragma_update(None, "synchronous", "NORMAL")?;
        let readers = (0..READERS).map(|_| connect(path)).collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(Self::new(writer, readers))
    }

    /// A database that ends with the process.
    pub fn in_memory() -> rusqlite::Result<Self> {
        let writer = Connection::open_in_memory()?;
        prepare(&writer)?;
        Ok(Self::new(writer, Vec::new()))
    }

    fn new(writer: Connection, readers: Vec<Connection>) -> Self {
        let size = readers.len();
        let pool = Pool { free: Mutex::new(readers), returned: Condvar::new(), size };
        Self { writer: Arc::new(Mutex::new(writer)), readers: Arc::new(pool) }
    }

    /// Reads, off the async threads.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        E: Into<Refusal> + Send + 'static,
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    {
        let db = self.clone();
        spawn_blocking(move || db.read_now(work)).await.map_err(Refusal::internal)?.map_err(Into::into)
    }

    /// Writes in one transaction, off the async threads; rolled back when `work` gives an error.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        E: Into<Refusal> + From<rusqlite::Error> + Send + 'static,
        F: FnOnce(&Transaction) -> Result<T, E> + Send + 'static,
    {
        let db = self.clone();
        spawn_blocking(move || db.write_now(work)).await.map_err(Refusal::internal)?.map_err(Into::into)
    }

    /// Reads on this thread (start-up, blocking tasks).
    pub fn read_now<T, E>(&self, work: impl FnOnce(&Connection) -> Result<T, E>) -> Result<T, E> {
        if self.readers.size == 0 {
            return work(&lock(&self.writer));
        }
        let mut free = lock(&self.readers.free);
        let connection = loop {
            match free.pop() {
                Some(connection) => break connection,
                None => free = self.readers.returned.wait(free).unwrap_or_else(PoisonError::into_inner),
            }
        };
        drop(free);
        // Returned to the pool also when `work` panics: a lost reader would make all later ones wait for ever.
        let loan = Loan { pool: &self.readers, connection: Some(connection) };
        work(loan.connection.as_ref().expect("taken only on drop"))
    }

    /// Writes in one transaction on this thread (start-up, blocking tasks).
    pub fn write_now<T, E>(&self, work: impl FnOnce(&Transaction) -> Result<T, E>) -> Result<T, E>
    where
        E: From<rusqlite::Error>,
    {
        let mut writer = lock(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = work(&transaction)?;
        transaction.commit()?;
        Ok(value)
    }
}

struct Loan<'a> {
    pool: &'a Pool,
    connection: Option<Connection>,
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        lock(&self.pool.free).extend(self.connection.take());
        self.pool.returned.notify_one();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic in a transaction rolled it back; the connection itself is sound.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    prepare(&connection)?;
    Ok(connection)
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(30))?;
    connection.set_prepared_statement_cache_capacity(128);
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "case_sensitive_like", true)
}
