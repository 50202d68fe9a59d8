CREATE TABLE "budget" (
	"tenant_id" integer NOT NULL,
	"period" text NOT NULL,
	"starts_on" date NOT NULL,
	"reserved_micros" bigint DEFAULT 0 NOT NULL,
	"spent_micros" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "budget_tenant_id_period_starts_on_pk" PRIMARY KEY("tenant_id","period","starts_on"),
	CONSTRAINT "budget_period_check" CHECK ("budget"."period" in ('day', 'month')),
	CONSTRAINT "budget_amounts_check" CHECK ("budget"."reserved_micros" >= 0 and "budget"."spent_micros" >= 0)
);
--> statement-breakpoint
CREATE TABLE "halt" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"since" timestamp with time zone DEFAULT now() NOT NULL,
	"reason" text NOT NULL,
	CONSTRAINT "halt_single_check" CHECK ("halt"."id" = 1),
	CONSTRAINT "halt_reason_check" CHECK (octet_length("halt"."reason") between 1 and 500)
);
--> statement-breakpoint
ALTER TABLE "dataset" ADD COLUMN "listing" jsonb;--> statement-breakpoint
ALTER TABLE "job" ADD COLUMN "size_class" text DEFAULT 'light' NOT NULL;--> statement-breakpoint
ALTER TABLE "job" ADD COLUMN "estimate" jsonb;--> statement-breakpoint
ALTER TABLE "job" ADD COLUMN "reserved_micros" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "job" ADD COLUMN "spent_micros" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "job" ADD COLUMN "reserved_on" date;--> statement-breakpoint
ALTER TABLE "job" ADD COLUMN "cached_from" integer;--> statement-breakpoint
ALTER TABLE "job" ADD COLUMN "partial" jsonb;--> statement-breakpoint
ALTER TABLE "shard" ADD COLUMN "size_class" text DEFAULT 'light' NOT NULL;--> statement-breakpoint
CREATE INDEX "job_result_idx" ON "job" USING btree ("job_type","params_hash","job_version","dataset_id") WHERE "job"."status" = 'completed';--> statement-breakpoint
CREATE INDEX "job_dead_idx" ON "job" USING btree ("id") WHERE "job"."state_detail" = 'dead';--> statement-breakpoint
ALTER TABLE "job" ADD CONSTRAINT "job_size_class_check" CHECK ("job"."size_class" in ('light', 'medium', 'heavy'));--> statement-breakpoint
ALTER TABLE "job" ADD CONSTRAINT "job_reserved_check" CHECK ("job"."reserved_micros" >= 0 and "job"."spent_micros" >= 0
         and ("job"."reserved_micros" = 0 or ("job"."reserved_on" is not null and "job"."status" in ('pending', 'running'))));--> statement-breakpoint
ALTER TABLE "job" ADD CONSTRAINT "job_cached_check" CHECK ("job"."cached_from" is null or "job"."status" = 'completed');--> statement-breakpoint
ALTER TABLE "job" ADD CONSTRAINT "job_partial_check" CHECK ("job"."partial" is null or "job"."status" = 'completed');--> statement-breakpoint
ALTER TABLE "shard" ADD CONSTRAINT "shard_size_class_check" CHECK ("shard"."size_class" in ('light', 'medium', 'heavy'));