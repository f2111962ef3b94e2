-- What a day brought, once it is over: added up once, and again when one of its orders changes after all.

CREATE TABLE day_totals (
    store_id BIGINT NOT NULL REFERENCES stores (id),
    day_from BIGINT NOT NULL,
    day_until BIGINT NOT NULL,
    placed BIGINT NOT NULL,
    paid BIGINT NOT NULL,
    expired BIGINT NOT NULL,
    revenue BIGINT NOT NULL,
    refunded BIGINT NOT NULL,
    PRIMARY KEY (store_id, day_from, day_until)
);

CREATE TABLE day_products (
    store_id BIGINT NOT NULL REFERENCES stores (id),
    day_from BIGINT NOT NULL,
    day_until BIGINT NOT NULL,
    product_id BIGINT NOT NULL REFERENCES products (id),
    quantity BIGINT NOT NULL,
    revenue BIGINT NOT NULL,
    PRIMARY KEY (store_id, day_from, day_until, product_id)
);

CREATE INDEX orders_placed ON orders (store_id, placed_at) WHERE purpose = 'goods';
CREATE INDEX orders_paid ON orders (store_id, paid_at) WHERE paid_at IS NOT NULL;
CREATE INDEX orders_expired ON orders (store_id, closed_at) WHERE state = 'expired';
