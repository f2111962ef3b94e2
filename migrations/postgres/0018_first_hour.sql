-- The first hour: a link that makes its first reader the admin, and a rehearsal with play money before a store opens.

CREATE TABLE invitations (
    store_id BIGINT PRIMARY KEY REFERENCES stores (id) ON DELETE CASCADE,
    -- A keyed hash: whoever reads the table cannot open the link.
    code BYTEA NOT NULL,
    -- Whether it may add somebody to a store that has an admin already.
    another BOOLEAN NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE rehearsals (
    store_id BIGINT PRIMARY KEY REFERENCES stores (id) ON DELETE CASCADE,
    -- The product that was made for it, if one was.
    product_id BIGINT REFERENCES products (id) ON DELETE SET NULL,
    begun_at BIGINT NOT NULL
);
