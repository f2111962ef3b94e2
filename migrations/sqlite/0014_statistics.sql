-- What a day brought, once it is over: added up once, and again when one of its orders changes after all.

CREATE TABLE day_totals (
    store_id INTEGER NOT NULL REFERENCES stores (id),
    day_from INTEGER NOT NULL,
    day_until INTEGER NOT NULL,
    placed INTEGER NOT NULL,
    paid INTEGER NOT NULL,
    expired INTEGER NOT NULL,
    revenue INTEGER NOT NULL,
    refunded INTEGER NOT NULL,
    PRIMARY KEY (store_id, day_from, day_until)
) STRICT;

CREATE TABLE day_products (
    store_id INTEGER NOT NULL REFERENCES stores (id),
    day_from INTEGER NOT NULL,
    day_until INTEGER NOT NULL,
    product_id INTEGER NOT NULL REFERENCES products (id),
    quantity INTEGER NOT NULL,
    revenue INTEGER NOT NULL,
    PRIMARY KEY (store_id, day_from, day_until, product_id)
) STRICT;

CREATE INDEX orders_placed ON orders (store_id, placed_at) WHERE purpose = 'goods';
CREATE INDEX orders_paid ON orders (store_id, paid_at) WHERE paid_at IS NOT NULL;
CREATE INDEX orders_expired ON orders (store_id, closed_at) WHERE state = 'expired';
