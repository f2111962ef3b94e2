-- Where a store's webhook points while the first address is out of reach: a standby's base, or nothing.

ALTER TABLE stores ADD COLUMN standby_url TEXT;
