//! Connections to PostgreSQL on which every wait ends on our side, however silent the other one is.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::pool::{PoolConnection, PoolConnectionMetadata};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection as _, Executor as _, PgConnection, PgPool, Postgres};
use tokio_util::task::TaskTracker;

use super::DbError;
use crate::primitives::Clock;

const CONNECTIONS: u32 = 16;
/// How long to wait for a connection: the doors promise their 503 within 5 s.
const ACQUIRE: Duration = Duration::from_secs(3);
/// How long one statement or commit may take; the engine's own limits come first, so that only
/// silence lasts so long.
const ANSWER: Duration = Duration::from_secs(5);
/// How soon a connection that could not be had is tried again.
const AGAIN: Duration = Duration::from_millis(50);
/// How long a connection may take to say that it is still there.
const SIGN_OF_LIFE: Duration = Duration::from_secs(1);
/// The engine's limits. A transaction of ours never waits for anybody, so one that is idle for
/// seconds belongs to a process that is frozen or unreachable, and must not keep its locks.
const LIMITS: [(&str, &str); 3] = [
    ("statement_timeout", "4s"),
    ("lock_timeout", "3s"),
    ("idle_in_transaction_session_timeout", "3s"),
];
/// PostgreSQL's classes of errors after which the connection is as good as before: data, rules,
/// rollbacks, names, locks; and a statement that was cancelled for its time.
const HARMLESS: [&str; 7] = ["21", "22", "23", "40", "42", "55", "57014"];

/// The connections of one process. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    pool: PgPool,
    /// Connections on their way back into the pool.
    homeward: TaskTracker,
    silence: Silence,
}

/// When a connection was last found silent: what was idle then is thrown away untested.
#[derive(Debug, Clone, Default)]
struct Silence(Arc<Mutex<Option<Instant>>>);

impl Silence {
    fn heard(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn since(&self, instant: Instant) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|last| last >= instant)
    }
}

impl Lines {
    pub(super) async fn open(options: PgConnectOptions) -> Result<Self, DbError> {
        let silence = Silence::default();
        let test = silence.clone();
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(ACQUIRE)
            // The pool's own test would wait for as long as there is silence.
            .test_before_acquire(false)
            .before_acquire(move |line, state| Box::pin(is_there(line, state, test.clone())))
            .connect_with(options.options(LIMITS))
            .await?;
        Ok(Self { pool, homeward: TaskTracker::new(), silence })
    }

    /// Begins a transaction; tries again for [`ACQUIRE`] while no connection can be had, or the one
    /// that was had turns out to be dead: nothing was asked yet.
    pub(super) async fn begin(&self, statement: &'static str) -> Result<Line, DbError> {
        let tried = Instant::now();
        loop {
            let left = ACQUIRE.saturating_sub(tried.elapsed());
            let begun = tokio::time::timeout(left, self.begin_once(statement)).await;
            match begun {
                Ok(Ok(line)) => return Ok(line),
                Ok(Err(error)) if tried.elapsed() + AGAIN >= ACQUIRE => {
                    return Err(DbError::Unreachable(error));
                }
                Ok(Err(error)) => tracing::debug!(%error, "no connection yet"),
                Err(_) => return Err(DbError::Unreachable(sqlx::Error::PoolTimedOut)),
            }
            Clock::system().sleep(AGAIN).await;
        }
    }

    /// What a commit means is the server's, the database's or the role's setting: with one of them
    /// off, a server that falls over forgets what was answered 200.
    pub(super) async fn assert_durable(&self) -> Result<(), DbError> {
        let asked = sqlx::query_scalar("SHOW synchronous_commit").fetch_one(&self.pool);
        let setting: String = within(asked).await?;
        if setting == "off" {
            return Err(DbError::Forgetful);
        }
        Ok(())
    }

    async fn begin_once(&self, statement: &'static str) -> sqlx::Result<Line> {
        let connection = Some(self.pool.acquire().await?);
        let mut line = Line { connection, lines: self.clone(), state: State::Sound };
        let begun = within(line.ask().execute(statement)).await;
        line.heard(begun)?;
        Ok(line)
    }

    pub(super) async fn close(&self) {
        self.homeward.close();
        self.homeward.wait().await;
        self.pool.close().await;
    }
}

/// Whether an idle connection can be used, found out in bounded time.
async fn is_there(
    line: &mut PgConnection,
    state: PoolConnectionMetadata,
    silence: Silence,
) -> sqlx::Result<bool> {
    let idle_since = Instant::now().checked_sub(state.idle_for);
    if idle_since.is_some_and(|since| silence.since(since)) {
        return Ok(false);
    }
    let answered = tokio::time::timeout(SIGN_OF_LIFE, line.ping()).await;
    if answered.is_err() {
        silence.heard();
    }
    Ok(matches!(answered, Ok(Ok(()))))
}

/// A transaction on PostgreSQL; dropped without `commit` it rolls back.
///
/// A connection that did not answer, or answered what it cannot recover from, is closed and never
/// given back: what the other side still says would be taken for the answer to something else.
#[derive(Debug)]
pub struct Line {
    /// There until it is given back.
    connection: Option<PoolConnection<Postgres>>,
    lines: Lines,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Everything that was asked was answered.
    Sound,
    /// Something was asked, and nobody heard the answer yet.
    Asked,
    /// It cannot be used any more.
    Broken,
}

impl Line {
    /// The connection, to ask one thing [`within`] its time; [`Line::heard`] must hear the answer.
    pub fn ask(&mut self) -> &mut PgConnection {
        self.state = State::Asked;
        self.connection.as_mut().expect("it is there until the transaction ends")
    }

    /// Hears the answer to what was asked.
    ///
    /// # Errors
    /// The answer's own.
    pub fn heard<T>(&mut self, answer: sqlx::Result<T>) -> sqlx::Result<T> {
        let sound = match &answer {
            Ok(_) | Err(sqlx::Error::RowNotFound) => true,
            Err(sqlx::Error::Database(error)) => {
                let code = error.code().unwrap_or_default();
                HARMLESS.iter().any(|class| code.starts_with(class))
            }
            Err(sqlx::Error::Io(error)) => {
                if error.kind() == std::io::ErrorKind::TimedOut {
                    self.lines.silence.heard();
                }
                false
            }
            Err(_) => false,
        };
        self.state = if sound { State::Sound } else { State::Broken };
        answer
    }

    pub(super) async fn commit(mut self) -> Result<(), DbError> {
        let committed = within(self.ask().execute("COMMIT")).await;
        self.heard(committed)?;
        if let Some(connection) = self.connection.take() {
            self.lines.homeward.spawn(give_back(connection));
        }
        Ok(())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        if self.state == State::Sound {
            self.lines.homeward.spawn(roll_back(connection));
            return;
        }
        if self.state == State::Asked {
            // Whoever waited had less patience than we.
            self.lines.silence.heard();
        }
        // Without a farewell: nobody may be there to hear it.
        drop(connection.detach());
    }
}

async fn roll_back(mut connection: PoolConnection<Postgres>) {
    match tokio::time::timeout(ANSWER, connection.execute("ROLLBACK")).await {
        Ok(Ok(_)) => give_back(connection).await,
        Ok(Err(_)) | Err(_) => drop(connection.detach()),
    }
}

/// Dropping it would do the same, but wait for ever for a sign of life.
async fn give_back(mut connection: PoolConnection<Postgres>) {
    let _ = tokio::time::timeout(SIGN_OF_LIFE, connection.return_to_pool()).await;
}

/// Waits for an answer for as long as one may take.
///
/// # Errors
/// The answer's own, or `TimedOut` when none came.
pub async fn within<T>(answer: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    tokio::time::timeout(ANSWER, answer).await.unwrap_or_else(|_| {
        let silent = std::io::Error::new(std::io::ErrorKind::TimedOut, "the engine did not answer");
        Err(sqlx::Error::Io(silent))
    })
}
