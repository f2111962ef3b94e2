-- Callbacks are hints that anybody with the address can send by the thousand: what people and our own senders
-- wait for is found without passing them.
DROP INDEX inbox_waiting;
CREATE INDEX inbox_news ON inbox ((id + 0)) WHERE state = 'pending' AND source <> 'pakasir';
CREATE INDEX inbox_hints ON inbox ((id + 0)) WHERE state = 'pending' AND source = 'pakasir';
