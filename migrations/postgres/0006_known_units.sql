-- Whether a store has a unit already, under whichever product.

CREATE INDEX units_by_fingerprint ON units (store_id, fingerprint);
