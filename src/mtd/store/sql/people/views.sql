-- name: views.add
-- A view that somebody keeps.
INSERT INTO saved_view (tenant_id, id, account_id, shared, page, name, query)
VALUES (:tenant, :id, :account, :shared, :page, :name, :query);

-- name: views.listing
-- The views of a page that somebody keeps, and those that others share.
SELECT id::text, account_id::text AS account, shared, name, query FROM saved_view
WHERE tenant_id = :tenant AND page = :page AND (account_id = :account OR shared)
ORDER BY shared, name, id LIMIT :limit;

-- name: views.drop
-- Its owner does not keep it any more.
DELETE FROM saved_view WHERE tenant_id = :tenant AND id = :id AND account_id = :account
RETURNING name;
