ALTER TABLE "job" DROP CONSTRAINT "job_partial_check";--> statement-breakpoint
ALTER TABLE "job" ADD COLUMN "due_micros" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "job" ADD COLUMN "read_bytes" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "job" ADD CONSTRAINT "job_due_check" CHECK ("job"."due_micros" >= 0 and ("job"."due_micros" = 0 or "job"."status" in ('pending', 'running')));--> statement-breakpoint
ALTER TABLE "job" ADD CONSTRAINT "job_partial_check" CHECK ("job"."partial" is null or "job"."status" <> 'failed');--> statement-breakpoint
-- Whatever ends a job settles it: what its steps have cost is spent, and nothing is reserved any more. Who forgives sets due_micros to 0.
CREATE FUNCTION "job_settle"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.spent_micros := OLD.spent_micros + NEW.due_micros;
	NEW.due_micros := 0;
	NEW.reserved_micros := 0;
	RETURN NEW;
END $$;--> statement-breakpoint
CREATE TRIGGER "job_settle" BEFORE UPDATE ON "job" FOR EACH ROW
	WHEN (OLD.status IN ('pending', 'running') AND NEW.status IN ('completed', 'failed')) EXECUTE FUNCTION "job_settle"();--> statement-breakpoint
-- Adds to the budgets of the days and their months, tenant by tenant and of all (tenant 0). In one order for everybody, after the rows of the jobs.
CREATE FUNCTION "budget_add"(tenants integer[], days date[], reserved bigint[], spent bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	share record;
BEGIN
	FOR share IN
		SELECT owner.tenant_id, owner.period, owner.starts_on, sum(given.reserved)::bigint AS reserved, sum(given.spent)::bigint AS spent
		FROM (SELECT u.tenant, coalesce(u.day, (now() AT TIME ZONE 'utc')::date) AS day, u.reserved, u.spent
			FROM unnest(tenants, days, reserved, spent) AS u(tenant, day, reserved, spent)) AS given
		CROSS JOIN LATERAL (VALUES (0, 'day', given.day), (given.tenant, 'day', given.day),
			(given.tenant, 'month', date_trunc('month', given.day)::date)) AS owner(tenant_id, period, starts_on)
		GROUP BY 1, 2, 3
		HAVING sum(given.reserved) <> 0 OR sum(given.spent) <> 0
		ORDER BY 2, 1, 3
	LOOP
		UPDATE "budget" AS b SET reserved_micros = b.reserved_micros + share.reserved, spent_micros = b.spent_micros + share.spent
			WHERE b.tenant_id = share.tenant_id AND b.period = share.period AND b.starts_on = share.starts_on;
		IF NOT FOUND THEN
			INSERT INTO "budget" AS b (tenant_id, period, starts_on, reserved_micros, spent_micros)
				VALUES (share.tenant_id, share.period, share.starts_on, share.reserved, share.spent)
				ON CONFLICT (tenant_id, period, starts_on) DO UPDATE SET
					reserved_micros = b.reserved_micros + excluded.reserved_micros, spent_micros = b.spent_micros + excluded.spent_micros;
		END IF;
	END LOOP;
END $$;--> statement-breakpoint
CREATE FUNCTION "job_insert_budget"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM budget_add(array_agg(tenant_id), array_agg(reserved_on), array_agg(reserved_micros), array_agg(spent_micros))
		FROM come WHERE reserved_micros <> 0 OR spent_micros <> 0 HAVING count(*) > 0;
	RETURN NULL;
END $$;--> statement-breakpoint
-- What was spent stays with the day it was reserved on, also when the job is opened again on another.
CREATE FUNCTION "job_update_budget"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM budget_add(array_agg(moved.tenant_id), array_agg(moved.day), array_agg(moved.reserved), array_agg(moved.spent))
		FROM come JOIN gone USING (id)
		CROSS JOIN LATERAL (VALUES (gone.tenant_id, gone.reserved_on, -gone.reserved_micros, 0::bigint),
			(come.tenant_id, come.reserved_on, come.reserved_micros, come.spent_micros - gone.spent_micros)) AS moved(tenant_id, day, reserved, spent)
		WHERE (come.reserved_micros, come.spent_micros, come.reserved_on, come.tenant_id)
			IS DISTINCT FROM (gone.reserved_micros, gone.spent_micros, gone.reserved_on, gone.tenant_id)
		HAVING count(*) > 0;
	RETURN NULL;
END $$;--> statement-breakpoint
-- A deleted job has cost what its steps did.
CREATE FUNCTION "job_delete_budget"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM budget_add(array_agg(tenant_id), array_agg(reserved_on), array_agg(-reserved_micros), array_agg(due_micros))
		FROM gone WHERE reserved_micros <> 0 OR due_micros <> 0 HAVING count(*) > 0;
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "job_insert_budget" AFTER INSERT ON "job" REFERENCING NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION "job_insert_budget"();--> statement-breakpoint
CREATE TRIGGER "job_update_budget" AFTER UPDATE ON "job" REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION "job_update_budget"();--> statement-breakpoint
CREATE TRIGGER "job_delete_budget" AFTER DELETE ON "job" REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION "job_delete_budget"();
