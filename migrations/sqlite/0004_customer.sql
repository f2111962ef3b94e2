-- The whole customer: coupons, balances, terms and their proofs, open questions, manners.

ALTER TABLE stores ADD COLUMN terms_days INTEGER NOT NULL DEFAULT 30 CHECK (terms_days BETWEEN 0 AND 36500);
ALTER TABLE stores ADD COLUMN sticker TEXT;

-- What a customer was asked and has not answered, the messages that are his to see, and how he behaves.
ALTER TABLE customers ADD COLUMN question TEXT;
ALTER TABLE customers ADD COLUMN screen_message INTEGER;
ALTER TABLE customers ADD COLUMN keyboard_message INTEGER;
ALTER TABLE customers ADD COLUMN actions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE customers ADD COLUMN actions_since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE customers ADD COLUMN warned_at INTEGER;
ALTER TABLE customers ADD COLUMN blocked_at INTEGER;
ALTER TABLE customers ADD COLUMN told_blocked_at INTEGER;

CREATE TABLE coupons (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    store_id INTEGER NOT NULL REFERENCES stores (id),
    code TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('percent', 'flat')),
    value INTEGER NOT NULL CHECK (value > 0 AND (kind = 'flat' OR value <= 100)),
    max_uses INTEGER CHECK (max_uses > 0),
    per_customer INTEGER CHECK (per_customer > 0),
    valid_from INTEGER,
    valid_until INTEGER,
    active INTEGER NOT NULL,
    used INTEGER NOT NULL DEFAULT 0 CHECK (used >= 0),
    created_at INTEGER NOT NULL,
    UNIQUE (store_id, code)
) STRICT;

-- The coupon a customer typed under his cart; it is used when an order is placed.
CREATE TABLE cart_coupons (
    store_id INTEGER NOT NULL REFERENCES stores (id),
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    coupon_id INTEGER NOT NULL REFERENCES coupons (id) ON DELETE CASCADE,
    PRIMARY KEY (store_id, customer_id)
) STRICT;

-- An order buys goods or fills a balance. Its amount is what is left to pay after the discount; of
-- that, from_balance is taken from the buyer's balance as long as the order stands.
ALTER TABLE orders ADD COLUMN purpose TEXT NOT NULL DEFAULT 'goods' CHECK (purpose IN ('goods', 'deposit'));
ALTER TABLE orders ADD COLUMN coupon_id INTEGER REFERENCES coupons (id);
ALTER TABLE orders ADD COLUMN discount INTEGER NOT NULL DEFAULT 0 CHECK (discount >= 0);
ALTER TABLE orders ADD COLUMN from_balance INTEGER NOT NULL DEFAULT 0 CHECK (from_balance >= 0);
ALTER TABLE orders ADD COLUMN views INTEGER NOT NULL DEFAULT 0;
CREATE INDEX orders_of_coupon ON orders (store_id, coupon_id, customer_id) WHERE coupon_id IS NOT NULL;

-- Each row moves one amount between a customer's balance and one other account, so that it cannot be
-- out of balance: positive to the customer, negative from him.
ALTER TABLE ledger RENAME TO ledger_before;
CREATE TABLE ledger (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    store_id INTEGER NOT NULL REFERENCES stores (id),
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    kind TEXT NOT NULL CHECK (kind IN
        ('deposit', 'payment_credit', 'purchase', 'release', 'refund', 'adjustment')),
    account TEXT NOT NULL CHECK (account IN ('gateway', 'sales', 'seller')),
    amount INTEGER NOT NULL CHECK (amount <> 0),
    balance_after INTEGER NOT NULL CHECK (balance_after >= 0),
    payment_id INTEGER REFERENCES payments (id),
    order_id INTEGER REFERENCES orders (id),
    note TEXT,
    at INTEGER NOT NULL,
    UNIQUE (store_id, kind, payment_id)
) STRICT;
INSERT INTO ledger (id, store_id, customer_id, kind, account, amount, balance_after, payment_id, order_id, at)
    SELECT l.id, l.store_id, l.customer_id, l.kind, 'gateway', l.amount,
        CAST(SUM(l.amount) OVER (PARTITION BY l.store_id, l.customer_id ORDER BY l.id) AS INTEGER),
        l.payment_id, p.order_id, l.at
    FROM ledger_before l LEFT JOIN payments p ON p.id = l.payment_id;
DROP TABLE ledger_before;
CREATE INDEX ledger_of_customer ON ledger (store_id, customer_id, id);
CREATE INDEX ledger_of_order ON ledger (store_id, order_id) WHERE order_id IS NOT NULL;

-- What buyers sent to show that they keep to a product's terms, sealed.
CREATE TABLE proofs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    store_id INTEGER NOT NULL REFERENCES stores (id),
    order_id INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    product_id INTEGER NOT NULL REFERENCES products (id),
    body BLOB NOT NULL,
    body_key TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    UNIQUE (store_id, order_id, product_id)
) STRICT;
CREATE INDEX proofs_by_age ON proofs (store_id, sent_at);

-- What is wrong with a store right now, so that it is told once and its end is told too.
CREATE TABLE alarms (
    store_id INTEGER NOT NULL REFERENCES stores (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    failures INTEGER NOT NULL,
    raised_at INTEGER,
    PRIMARY KEY (store_id, name)
) STRICT;

-- Who changed what, when: only ever added to, each entry sealed to the one before by its hash.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    store_id INTEGER NOT NULL REFERENCES stores (id),
    place INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor INTEGER,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    before TEXT,
    after TEXT,
    note TEXT,
    hash BLOB NOT NULL,
    UNIQUE (store_id, place)
) STRICT;
