-- Run once, when a cluster is first made. Objects made here end up owned by the application's role.
CREATE TABLE orders (
    id          uuid        PRIMARY KEY,
    customer    text        NOT NULL CHECK (customer <> ''),
    item        text        NOT NULL CHECK (item <> ''),
    quantity    integer     NOT NULL CHECK (quantity > 0),
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX orders_customer_page ON orders (customer, created_at DESC, id DESC);
