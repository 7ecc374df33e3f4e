-- cell_take: Takes cells of handlers' rates for jobs that are due.
-- $1..$4 requests Request[]: handler HandlerName, most int4, every interval, burst int4
-- rows: handler HandlerName, cells int4, wait interval
SELECT handler, cells, wait FROM postroom.take_cells($1, $2, $3, $4);
