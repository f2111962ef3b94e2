-- AUTOINCREMENT: a number is never given twice, not even after its row was pruned.
-- The first sale: stores, people, goods, carts, orders, payments, a ledger, and the two queues.

CREATE TABLE stores (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    timezone TEXT NOT NULL,
    language TEXT NOT NULL CHECK (language IN ('id', 'en')),
    hook TEXT NOT NULL UNIQUE,
    secrets BLOB NOT NULL,
    secrets_key TEXT NOT NULL,
    pakasir_slug TEXT,
    pakasir_version TEXT NOT NULL CHECK (pakasir_version IN ('v1', 'v2')),
    pakasir_sandbox INTEGER NOT NULL,
    invoice_minutes INTEGER NOT NULL CHECK (invoice_minutes BETWEEN 1 AND 1440),
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE store_people (
    store_id INTEGER NOT NULL REFERENCES stores (id) ON DELETE CASCADE,
    user_id INTEGER NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('admin', 'owner')),
    PRIMARY KEY (store_id, user_id, role)
) STRICT;

CREATE TABLE customers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    store_id INTEGER NOT NULL REFERENCES stores (id),
    user_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL CHECK (language IN ('id', 'en')),
    balance INTEGER NOT NULL DEFAULT 0 CHECK (balance >= 0),
    shown_category INTEGER,
    unreachable_since INTEGER,
    created_at INTEGER NOT NULL,
    UNIQUE (store_id, user_id)
) STRICT;

CREATE TABLE categories (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    store_id INTEGER NOT NULL REFERENCES stores (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    emoji TEXT NOT NULL,
    position INTEGER NOT NULL,
    active INTEGER NOT NULL,
    UNIQUE (store_id, slug)
) STRICT;

CREATE TABLE products (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    store_id INTEGER NOT NULL REFERENCES stores (id),
    category_id INTEGER REFERENCES categories (id),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    price INTEGER NOT NULL CHECK (price >= 0),
    description TEXT NOT NULL,
    active INTEGER NOT NULL,
    low_stock INTEGER,
    sold INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    UNIQUE (store_id, code)
) STRICT;

CREATE TABLE product_terms (
    store_id INTEGER NOT NULL REFERENCES stores (id),
    product_id INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    language TEXT NOT NULL CHECK (language IN ('id', 'en')),
    body TEXT NOT NULL,
    PRIMARY KEY (store_id, product_id, language)
) STRICT;

CREATE TABLE orders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    store_id INTEGER NOT NULL REFERENCES stores (id),
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    code TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN
        ('invoicing', 'open', 'paid', 'delivered', 'expired', 'cancelled', 'failed', 'credited')),
    amount INTEGER NOT NULL CHECK (amount >= 0),
    origin INTEGER NOT NULL,
    message_id INTEGER,
    message_kind TEXT CHECK (message_kind IN ('photo', 'text')),
    parts INTEGER NOT NULL DEFAULT 0,
    parts_sent INTEGER NOT NULL DEFAULT 0,
    placed_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    paid_at INTEGER,
    closed_at INTEGER,
    UNIQUE (store_id, code),
    UNIQUE (store_id, customer_id, origin)
) STRICT;
CREATE INDEX orders_of_customer ON orders (store_id, customer_id, id);
CREATE INDEX orders_unpaid ON orders (expires_at) WHERE state IN ('invoicing', 'open');

CREATE TABLE order_lines (
    store_id INTEGER NOT NULL REFERENCES stores (id),
    order_id INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    product_id INTEGER NOT NULL REFERENCES products (id),
    name TEXT NOT NULL,
    price INTEGER NOT NULL CHECK (price >= 0),
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (store_id, order_id, product_id)
) STRICT;

CREATE TABLE units (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    store_id INTEGER NOT NULL REFERENCES stores (id),
    product_id INTEGER NOT NULL REFERENCES products (id),
    state TEXT NOT NULL CHECK (state IN ('available', 'reserved', 'delivered', 'voided')),
    order_id INTEGER REFERENCES orders (id),
    content BLOB NOT NULL,
    content_key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    added_at INTEGER NOT NULL,
    CHECK ((state IN ('reserved', 'delivered')) = (order_id IS NOT NULL)),
    UNIQUE (store_id, product_id, fingerprint)
) STRICT;
CREATE INDEX units_available ON units (store_id, product_id, id) WHERE state = 'available';
CREATE INDEX units_of_order ON units (store_id, order_id) WHERE order_id IS NOT NULL;

-- Which data keys the units of a store are sealed under, so that a start without one is refused.
CREATE TABLE sealing_keys (
    store_id INTEGER NOT NULL REFERENCES stores (id) ON DELETE CASCADE,
    key_id TEXT NOT NULL,
    PRIMARY KEY (store_id, key_id)
) STRICT;

CREATE TABLE cards (
    store_id INTEGER NOT NULL REFERENCES stores (id),
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    product_id INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (store_id, customer_id)
) STRICT;

CREATE TABLE cart_lines (
    store_id INTEGER NOT NULL REFERENCES stores (id),
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    product_id INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    price_seen INTEGER NOT NULL CHECK (price_seen >= 0),
    PRIMARY KEY (store_id, customer_id, product_id)
) STRICT;

CREATE TABLE payments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    store_id INTEGER NOT NULL REFERENCES stores (id),
    order_id INTEGER NOT NULL REFERENCES orders (id),
    reference TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    state TEXT NOT NULL CHECK (state IN ('creating', 'pending', 'completed', 'canceled', 'failed')),
    outcome TEXT CHECK (outcome IN ('paid', 'late', 'credited', 'duplicate', 'under', 'over', 'held')),
    received INTEGER,
    txn_id TEXT,
    total INTEGER,
    fee INTEGER,
    qr_string TEXT,
    page_url TEXT,
    checks INTEGER NOT NULL DEFAULT 0,
    next_check_at INTEGER,
    last_check_at INTEGER,
    created_at INTEGER NOT NULL,
    completed_at INTEGER,
    UNIQUE (store_id, reference)
) STRICT;
CREATE INDEX payments_of_order ON payments (store_id, order_id);
CREATE INDEX payments_to_check ON payments (next_check_at) WHERE next_check_at IS NOT NULL;

CREATE TABLE ledger (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    store_id INTEGER NOT NULL REFERENCES stores (id),
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    kind TEXT NOT NULL CHECK (kind IN ('payment_credit')),
    amount INTEGER NOT NULL,
    payment_id INTEGER REFERENCES payments (id),
    at INTEGER NOT NULL,
    UNIQUE (store_id, kind, payment_id)
) STRICT;
CREATE INDEX ledger_of_customer ON ledger (store_id, customer_id, id);

CREATE TABLE inbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    store_id INTEGER NOT NULL REFERENCES stores (id),
    source TEXT NOT NULL CHECK (source IN ('telegram', 'pakasir', 'fact')),
    key TEXT NOT NULL,
    lane TEXT NOT NULL,
    seq INTEGER NOT NULL,
    body BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'done', 'dead')),
    attempts INTEGER NOT NULL DEFAULT 0,
    fence INTEGER NOT NULL DEFAULT 0,
    leased_until INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    reason TEXT,
    received_at INTEGER NOT NULL,
    done_at INTEGER,
    UNIQUE (store_id, source, key)
) STRICT;
CREATE INDEX inbox_open ON inbox (store_id, lane, seq, id) WHERE state = 'pending';
CREATE INDEX inbox_done ON inbox (done_at) WHERE state = 'done';

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    store_id INTEGER NOT NULL REFERENCES stores (id),
    queue TEXT NOT NULL CHECK (queue IN ('reply', 'bulk', 'gateway')),
    lane TEXT NOT NULL,
    collapse TEXT,
    payload TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'dead', 'parked', 'dropped')),
    attempts INTEGER NOT NULL DEFAULT 0,
    fence INTEGER NOT NULL DEFAULT 0,
    leased_until INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    reason TEXT,
    created_at INTEGER NOT NULL,
    done_at INTEGER
) STRICT;
CREATE INDEX outbox_open ON outbox (store_id, queue, lane, id) WHERE state = 'pending';
CREATE INDEX outbox_parked ON outbox (store_id, lane) WHERE state = 'parked';
CREATE INDEX outbox_done ON outbox (done_at) WHERE state IN ('sent', 'dropped');

CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    fence INTEGER NOT NULL,
    held_until INTEGER NOT NULL
) STRICT;
