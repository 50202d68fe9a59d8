CREATE TABLE "spending" (
	"tenant_id" integer NOT NULL,
	"day" date NOT NULL,
	"slot" smallint NOT NULL,
	"reserved_micros" bigint NOT NULL,
	"spent_micros" bigint NOT NULL,
	CONSTRAINT "spending_day_tenant_id_slot_pk" PRIMARY KEY("day","tenant_id","slot")
);--> statement-breakpoint
INSERT INTO "spending" SELECT tenant_id, starts_on, 0, reserved_micros, spent_micros FROM "budget" WHERE tenant_id <> 0 AND period = 'day';--> statement-breakpoint
DROP TABLE "budget";--> statement-breakpoint
-- For the release before, which reads it until all functions are of this one.
CREATE VIEW "budget" AS
	SELECT owner.tenant_id, owner.period, owner.starts_on, sum(reserved_micros)::bigint AS reserved_micros, sum(spent_micros)::bigint AS spent_micros
	FROM "spending" AS s CROSS JOIN LATERAL (VALUES (0, 'day', s.day), (s.tenant_id, 'day', s.day),
		(s.tenant_id, 'month', date_trunc('month', s.day)::date)) AS owner(tenant_id, period, starts_on)
	GROUP BY 1, 2, 3;--> statement-breakpoint
-- In one order for everybody, after the rows of the jobs. Sessions of one slot are few enough to wait for one another.
CREATE OR REPLACE FUNCTION "budget_add"(tenants integer[], days date[], reserved bigint[], spent bigint[]) RETURNS void LANGUAGE sql AS $$
	INSERT INTO "spending" AS s (tenant_id, day, slot, reserved_micros, spent_micros)
	SELECT u.tenant, coalesce(u.day, (now() AT TIME ZONE 'utc')::date), pg_backend_pid() % 32, sum(u.reserved)::bigint, sum(u.spent)::bigint
	FROM unnest(tenants, days, reserved, spent) AS u(tenant, day, reserved, spent)
	GROUP BY 1, 2
	HAVING sum(u.reserved) <> 0 OR sum(u.spent) <> 0
	ORDER BY 2, 1
	ON CONFLICT (day, tenant_id, slot) DO UPDATE SET
		reserved_micros = s.reserved_micros + excluded.reserved_micros, spent_micros = s.spent_micros + excluded.spent_micros
$$;
