//! Statements as constants, one text for both engines, and the macros that run them.

/// A statement: the text each engine prepares.
#[derive(Debug, Clone, Copy)]
pub struct Sql {
    /// The text for SQLite.
    pub sqlite: &'static str,
    /// The text for PostgreSQL.
    pub postgres: &'static str,
}

/// A named statement, as listed by [`statements!`](crate::statements) for the tests.
#[derive(Debug, Clone, Copy)]
pub struct Statement {
    /// The constant's name.
    pub name: &'static str,
    /// The statement.
    pub sql: Sql,
}

/// Makes a [`Sql`] from one text, from pieces where `sqlite "…"` and `postgres "…"` belong to one engine,
/// or from a whole text for each.
#[macro_export]
macro_rules! sql {
    ($text:literal) => {
        $crate::db::Sql { sqlite: $text, postgres: $text }
    };
    ($before:literal, sqlite $lite:literal, postgres $post:literal $(, $after:literal)?) => {
        $crate::db::Sql {
            sqlite: concat!($before, $lite $(, $after)?),
            postgres: concat!($before, $post $(, $after)?),
        }
    };
    (
        $before:literal, sqlite $lite:literal, $middle:literal, postgres $post:literal, $after:literal
    ) => {
        $crate::db::Sql {
            sqlite: concat!($before, $lite, $middle, $after),
            postgres: concat!($before, $middle, $post, $after),
        }
    };
    (sqlite $lite:expr, postgres $post:expr) => {
        $crate::db::Sql { sqlite: $lite, postgres: $post }
    };
    ($before:literal, postgres $post:literal $(, $after:literal)?) => {
        $crate::db::Sql {
            sqlite: concat!($before $(, $after)?),
            postgres: concat!($before, $post $(, $after)?),
        }
    };
}

/// Names a module's statements and lists them as `STATEMENTS`, so that a test can prepare each one.
#[macro_export]
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = ($($sql:tt)+);)+) => {
        $($(#[$doc])* const $name: $crate::db::Sql = $crate::sql!($($sql)+);)+

        /// Every statement of this module.
        pub const STATEMENTS: &[$crate::db::Statement] = &[
            $($crate::db::Statement { name: stringify!($name), sql: $name }),+
        ];
    };
}

/// Runs a statement in a [`Tx`](crate::db::Tx) and returns the number of rows it changed.
#[macro_export]
macro_rules! execute {
    ($tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {{
        let sql: $crate::db::Sql = $sql;
        match &mut *$tx {
            $crate::db::Tx::Sqlite(tx) => {
                let query = sqlx::query::<sqlx::Sqlite>(sql.sqlite)$(.bind($value))*;
                query.execute(&mut **tx).await.map(|done| done.rows_affected())
            }
            $crate::db::Tx::Postgres(line) => {
                let query = sqlx::query::<sqlx::Postgres>(sql.postgres)$(.bind($value))*;
                let answer = $crate::db::within(query.execute(line.ask())).await;
                line.heard(answer).map(|done| done.rows_affected())
            }
        }
        .map_err($crate::db::DbError::from)
    }};
}

/// The body shared by the `fetch_*!` macros: `$tx, Row, SQL, values…`.
#[macro_export]
macro_rules! fetch {
    ($method:ident, $tx:expr, $row:ty, $sql:expr $(, $value:expr)* $(,)?) => {{
        let sql: $crate::db::Sql = $sql;
        match &mut *$tx {
            $crate::db::Tx::Sqlite(tx) => {
                let query = sqlx::query_as::<sqlx::Sqlite, $row>(sql.sqlite)$(.bind($value))*;
                query.$method(&mut **tx).await
            }
            $crate::db::Tx::Postgres(line) => {
                let query = sqlx::query_as::<sqlx::Postgres, $row>(sql.postgres)$(.bind($value))*;
                let answer = $crate::db::within(query.$method(line.ask())).await;
                line.heard(answer)
            }
        }
        .map_err($crate::db::DbError::from)
    }};
}

/// Fetches exactly one row: `fetch_one!(tx, Row, SQL, values…)`.
#[macro_export]
macro_rules! fetch_one {
    ($($arguments:tt)+) => { $crate::fetch!(fetch_one, $($arguments)+) };
}

/// Fetches a row or none: `fetch_optional!(tx, Row, SQL, values…)`.
#[macro_export]
macro_rules! fetch_optional {
    ($($arguments:tt)+) => { $crate::fetch!(fetch_optional, $($arguments)+) };
}

/// Fetches all rows; the statement itself must bound them: `fetch_all!(tx, Row, SQL, values…)`.
#[macro_export]
macro_rules! fetch_all {
    ($($arguments:tt)+) => { $crate::fetch!(fetch_all, $($arguments)+) };
}
