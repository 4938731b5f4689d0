-- Which customers live on this cluster. A customer takes orders where the state is 'here'; the other two states are
-- what a move between clusters leaves behind and what the next one, or any request, goes on from.
--   arriving: being copied from the cluster `peer`, which still takes the orders
--   moved:    lives on the cluster `peer`; kept for good, so that no request takes the customer for a new one
CREATE TABLE customers (
    customer    text        COLLATE "C" PRIMARY KEY CHECK (customer <> ''),
    state       text        NOT NULL DEFAULT 'here' CHECK (state IN ('here', 'arriving', 'moved')),
    peer        text,
    since       timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK ((state = 'here') = (peer IS NULL))
);

CREATE INDEX customers_elsewhere ON customers (customer) WHERE state <> 'here';
