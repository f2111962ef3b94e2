//! The cluster's own notes of who took what and who ended it, made by triggers the service knows nothing of.
//!
//! Each replica comes as a role of its own, so that the engine itself says who wrote. A note is part
//! of the transaction it tells of: what rolls back was never noted.

use bot_auto_order::primitives::Timestamp;
use sqlx::{Connection as _, Executor as _, FromRow, PgConnection};

/// Notes on rows of the queues and on the leases of every singleton job; a replica's own row is none,
/// nor is the one that `/readyz` touches.
const MAKE: &str = "
CREATE TABLE chaos_rows (n BIGSERIAL PRIMARY KEY, at TIMESTAMPTZ DEFAULT clock_timestamp(),
    who TEXT DEFAULT session_user, queue TEXT, id BIGINT, fence_before BIGINT, fence BIGINT,
    state TEXT, leased BOOLEAN);
CREATE TABLE chaos_leases (n BIGSERIAL PRIMARY KEY, at TIMESTAMPTZ DEFAULT clock_timestamp(),
    who TEXT DEFAULT session_user, name TEXT, holder TEXT, fence_before BIGINT, fence BIGINT,
    until_before BIGINT);
CREATE FUNCTION chaos_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO chaos_rows (queue, id, fence_before, fence, state, leased)
    VALUES (TG_TABLE_NAME, NEW.id, OLD.fence, NEW.fence, NEW.state, NEW.leased_until > 0);
    RETURN NULL; END $$;
CREATE FUNCTION chaos_new_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO chaos_rows (queue, id, fence_before, fence, state, leased)
    VALUES (TG_TABLE_NAME, NEW.id, NULL, NEW.fence, NEW.state, false);
    RETURN NULL; END $$;
CREATE FUNCTION chaos_lease() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO chaos_leases (name, holder, fence_before, fence, until_before)
    VALUES (NEW.name, NEW.holder, OLD.fence, NEW.fence, OLD.held_until);
    RETURN NULL; END $$;
CREATE TRIGGER chaos_new_fact AFTER INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION chaos_new_row();
CREATE TRIGGER chaos_new_parcel AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION chaos_new_row();
CREATE TRIGGER chaos_inbox AFTER UPDATE ON inbox FOR EACH ROW
    WHEN ((OLD.fence, OLD.state, OLD.leased_until) IS DISTINCT FROM (NEW.fence, NEW.state, NEW.leased_until))
    EXECUTE FUNCTION chaos_row();
CREATE TRIGGER chaos_outbox AFTER UPDATE ON outbox FOR EACH ROW
    WHEN ((OLD.fence, OLD.state, OLD.leased_until) IS DISTINCT FROM (NEW.fence, NEW.state, NEW.leased_until))
    EXECUTE FUNCTION chaos_row();
CREATE TRIGGER chaos_leases AFTER UPDATE ON leases FOR EACH ROW
    WHEN (NEW.holder <> 'replica' AND NEW.name <> 'readyz') EXECUTE FUNCTION chaos_lease();
";

const ROWS: &str = "SELECT CAST(EXTRACT(EPOCH FROM at) * 1000 AS BIGINT) AS at, \
    CAST(EXTRACT(EPOCH FROM pg_xact_commit_timestamp(xmin)) * 1000 AS BIGINT) AS seen, who, queue, id, \
    fence_before, fence, state, leased FROM chaos_rows ORDER BY queue, id, n";
const LANES: &str = "SELECT id, lane FROM inbox ORDER BY lane, seq, id";
const LEASES: &str = "SELECT CAST(EXTRACT(EPOCH FROM at) * 1000 AS BIGINT) AS at, who, name, holder, \
    fence_before, fence, until_before FROM chaos_leases ORDER BY name, n";

/// A change of a fact or a parcel.
#[derive(Debug, Clone, FromRow)]
pub struct RowNote {
    at: i64,
    seen: i64,
    /// The replica's role.
    pub who: String,
    /// `inbox` or `outbox`.
    pub queue: String,
    pub id: i64,
    /// None when it is new.
    fence_before: Option<i64>,
    pub fence: i64,
    pub state: String,
    /// Whether somebody holds it now.
    pub leased: bool,
}

impl RowNote {
    pub const fn at(&self) -> Timestamp {
        Timestamp(self.at)
    }

    /// When everybody could see it.
    pub const fn seen(&self) -> Timestamp {
        Timestamp(self.seen)
    }

    /// It came in.
    pub const fn is_new(&self) -> bool {
        self.fence_before.is_none()
    }

    /// Somebody took it.
    pub fn is_claim(&self) -> bool {
        self.fence_before.is_some_and(|before| self.fence > before)
    }

    pub fn is_end(&self) -> bool {
        self.state != "pending"
    }
}

/// A fact's place among those of its person.
#[derive(Debug, Clone, FromRow)]
pub struct Place {
    pub id: i64,
    pub lane: String,
}

/// Everything noted.
pub struct Notes {
    /// One row after another, its changes in order.
    pub rows: Vec<RowNote>,
    /// One job after another, its changes in order.
    pub leases: Vec<LeaseNote>,
    /// Facts, lane by lane, in order.
    pub places: Vec<Place>,
}

/// A change of a singleton job's lease.
#[derive(Debug, Clone, FromRow)]
pub struct LeaseNote {
    at: i64,
    pub who: String,
    pub name: String,
    pub holder: String,
    pub fence_before: i64,
    pub fence: i64,
    until_before: i64,
}

impl LeaseNote {
    pub const fn at(&self) -> Timestamp {
        Timestamp(self.at)
    }

    /// Until when the one before held it.
    pub const fn until_before(&self) -> Timestamp {
        Timestamp(self.until_before)
    }
}

/// Begins to note in the database at `url`, whose tables are there.
pub async fn begin(url: &str) {
    let mut owner = PgConnection::connect(url).await.expect("the cluster answers");
    owner.execute(MAKE).await.expect("the cluster obeys");
    owner.close().await.expect("the connection ends");
}

/// Reads what was noted.
pub async fn read(url: &str) -> Notes {
    let mut owner = PgConnection::connect(url).await.expect("the cluster answers");
    let rows = sqlx::query_as(ROWS).fetch_all(&mut owner).await.expect("the notes are read");
    let leases = sqlx::query_as(LEASES).fetch_all(&mut owner).await.expect("the notes are read");
    let places = sqlx::query_as(LANES).fetch_all(&mut owner).await.expect("the facts are read");
    owner.close().await.expect("the connection ends");
    Notes { rows, leases, places }
}
