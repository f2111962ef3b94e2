-- A program of before 0021 that still serves, or serves again, claims by this index, on SQLite by its name: without
-- it that program would take deliveries in and work on none of them.
CREATE INDEX inbox_waiting ON inbox ((id + 0)) WHERE state = 'pending';
