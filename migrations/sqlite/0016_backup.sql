-- Where a restored database came from, what was handed over and is not yet written down elsewhere, and the drills.

-- A restored database is nobody's to work on until it is released. What of it may be stale is settled first.
CREATE TABLE restores (
    id INTEGER PRIMARY KEY,
    archive TEXT NOT NULL,
    taken_at INTEGER NOT NULL,
    restored_at INTEGER NOT NULL,
    settled_at INTEGER,
    released_at INTEGER,
    choice TEXT
) STRICT;

-- Units that were handed over, until the journal beside the database has them.
CREATE TABLE journal_waiting (
    id INTEGER PRIMARY KEY,
    store_id INTEGER NOT NULL REFERENCES stores (id),
    product_id INTEGER NOT NULL REFERENCES products (id),
    order_id INTEGER NOT NULL REFERENCES orders (id),
    fingerprint BLOB NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE TABLE drills (
    id INTEGER PRIMARY KEY,
    archive TEXT NOT NULL,
    well INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT;
