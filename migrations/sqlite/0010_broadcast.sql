-- Messages to many at once. The customers themselves are the queue: a broadcast keeps how far it has come
-- among them, in the order of their rows, and no row for each.

CREATE TABLE broadcasts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    store_id INTEGER NOT NULL REFERENCES stores (id),
    author INTEGER NOT NULL,
    source_chat INTEGER NOT NULL,
    source_message INTEGER NOT NULL,
    segment TEXT NOT NULL CHECK (segment IN ('everyone', 'bought', 'never', 'product', 'idle')),
    product_id INTEGER REFERENCES products (id),
    days INTEGER,
    state TEXT NOT NULL CHECK (state IN ('draft', 'scheduled', 'running', 'paused', 'cancelled', 'done')),
    starts_at INTEGER NOT NULL DEFAULT 0,
    started_at INTEGER,
    ended_at INTEGER,
    reached INTEGER NOT NULL DEFAULT 0,
    last INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL DEFAULT 0,
    sent INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    skipped INTEGER NOT NULL DEFAULT 0,
    progress_message INTEGER,
    told INTEGER NOT NULL DEFAULT 0,
    told_at INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX broadcasts_open ON broadcasts (starts_at) WHERE state IN ('scheduled', 'running');
CREATE INDEX broadcasts_of_store ON broadcasts (store_id, id);
CREATE INDEX customers_of_store ON customers (store_id, id);
