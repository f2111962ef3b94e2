-- The seller's side: what an admin may change, each change kept, and what he is told.

-- Changes that wait to be sealed into the chain of `audit`: whoever sells must not wait for its end.
CREATE TABLE audit_waiting (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    store_id INTEGER NOT NULL REFERENCES stores (id),
    at INTEGER NOT NULL,
    actor INTEGER,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    before TEXT,
    after TEXT,
    note TEXT
) STRICT;
CREATE INDEX audit_waiting_of_store ON audit_waiting (store_id, id);

-- What an admin set, every version of it; the newest counts, and one without a body is the default.
CREATE TABLE settings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    store_id INTEGER NOT NULL REFERENCES stores (id),
    name TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    body TEXT,
    set_by INTEGER,
    set_at INTEGER NOT NULL,
    UNIQUE (store_id, name, version)
) STRICT;

-- The message by which an admin follows an order: it is changed as the order goes on.
CREATE TABLE order_notices (
    store_id INTEGER NOT NULL REFERENCES stores (id),
    order_id INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    user_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    PRIMARY KEY (store_id, order_id, user_id)
) STRICT;

-- Units that came in together, so that they can go together.
CREATE TABLE unit_batches (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    store_id INTEGER NOT NULL REFERENCES stores (id),
    product_id INTEGER NOT NULL REFERENCES products (id),
    added_by INTEGER NOT NULL,
    lines INTEGER NOT NULL DEFAULT 0,
    added INTEGER NOT NULL DEFAULT 0,
    bad INTEGER NOT NULL DEFAULT 0,
    undone_at INTEGER,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX unit_batches_of_product ON unit_batches (store_id, product_id, id);
ALTER TABLE units ADD COLUMN batch_id INTEGER REFERENCES unit_batches (id);
CREATE INDEX units_of_batch ON units (store_id, batch_id) WHERE batch_id IS NOT NULL;

ALTER TABLE products ADD COLUMN picture TEXT;
ALTER TABLE products ADD COLUMN deleted_at INTEGER;
-- When the admins were told that little is left; empty again after a restock.
ALTER TABLE products ADD COLUMN low_told_at INTEGER;
ALTER TABLE stores ADD COLUMN low_stock INTEGER NOT NULL DEFAULT 3 CHECK (low_stock BETWEEN 0 AND 1000000);

-- An order that an admin called paid, with his reason; and how much of an order went back to its buyer.
ALTER TABLE orders ADD COLUMN by_hand TEXT;
ALTER TABLE orders ADD COLUMN refunded INTEGER NOT NULL DEFAULT 0 CHECK (refunded >= 0);
