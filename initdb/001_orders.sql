-- Run once, when a cluster is first made. Objects made here end up owned by the application's role.

-- Collation C: customers are names to look up, not text to sort for people, and an index that depends on no locale
-- survives an upgrade of the operating system.
CREATE TABLE orders (
    id              uuid        PRIMARY KEY,
    customer        text        COLLATE "C" NOT NULL CHECK (customer <> ''),
    item            text        NOT NULL CHECK (item <> ''),
    quantity        integer     NOT NULL CHECK (quantity > 0),
    created_at      timestamptz NOT NULL DEFAULT now(),
    idempotency_key text
);

CREATE INDEX orders_customer_page ON orders (customer, created_at DESC, id DESC);

-- Partial: an order without a key costs nothing here.
CREATE UNIQUE INDEX orders_idempotency ON orders (customer, idempotency_key) WHERE idempotency_key IS NOT NULL;
