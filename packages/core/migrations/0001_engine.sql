CREATE TABLE "shard" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "shard_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"tenant_id" integer DEFAULT 1 NOT NULL,
	"job_id" integer NOT NULL,
	"stage" smallint NOT NULL,
	"ordinal" integer NOT NULL,
	"weight" bigint NOT NULL,
	"input" jsonb NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"tries" smallint DEFAULT 0 NOT NULL,
	"crashes" smallint DEFAULT 0 NOT NULL,
	"run_after" timestamp with time zone DEFAULT now() NOT NULL,
	"last_sent_at" timestamp with time zone DEFAULT now() NOT NULL,
	"waits_for_room" boolean DEFAULT false NOT NULL,
	"lease_token" uuid,
	"lease_until" timestamp with time zone,
	"heartbeat_at" timestamp with time zone,
	"partial" jsonb,
	"usage" jsonb DEFAULT '{"requests": 0, "bytes": 0, "compute_ms": 0}'::jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "shard_place_key" UNIQUE("job_id","stage","ordinal"),
	CONSTRAINT "shard_status_check" CHECK ("shard"."status" in ('pending', 'running', 'completed')),
	CONSTRAINT "shard_place_check" CHECK ("shard"."stage" > 0 and "shard"."ordinal" >= 0 and "shard"."weight" > 0),
	CONSTRAINT "shard_counts_check" CHECK ("shard"."tries" between 0 and 8 and "shard"."crashes" between 0 and 3),
	CONSTRAINT "shard_lease_check" CHECK (("shard"."lease_token" is not null) = ("shard"."status" = 'running') and ("shard"."lease_until" is not null) = ("shard"."status" = 'running')),
	CONSTRAINT "shard_partial_check" CHECK (("shard"."partial" is not null) = ("shard"."status" = 'completed')),
	CONSTRAINT "shard_input_size_check" CHECK (octet_length("shard"."input"::text) <= 65536),
	CONSTRAINT "shard_partial_size_check" CHECK (octet_length("shard"."partial"::text) <= 1048576)
);
--> statement-breakpoint
ALTER TABLE "job" DROP CONSTRAINT "job_lease_check";--> statement-breakpoint
ALTER TABLE "job" ADD COLUMN "opened_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "job" ADD COLUMN "stage" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "job" ADD COLUMN "open_shards" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "job" ADD COLUMN "done_weight" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "job" ADD COLUMN "total_weight" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "job" ADD COLUMN "waits_for_room" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "shard" ADD CONSTRAINT "shard_job_id_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."job"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "shard_open_idx" ON "shard" USING btree ("last_sent_at") WHERE "shard"."status" in ('pending', 'running');--> statement-breakpoint
CREATE INDEX "shard_waiting_idx" ON "shard" USING btree ("run_after") WHERE "shard"."waits_for_room";--> statement-breakpoint
CREATE INDEX "job_waiting_idx" ON "job" USING btree ("run_after") WHERE "job"."waits_for_room";--> statement-breakpoint
ALTER TABLE "job" ADD CONSTRAINT "job_waits_check" CHECK (not "job"."waits_for_room" or "job"."status" in ('pending', 'running'));--> statement-breakpoint
ALTER TABLE "job" ADD CONSTRAINT "job_shards_check" CHECK ("job"."open_shards" >= 0 and ("job"."open_shards" = 0 or "job"."status" in ('running', 'failed'))
         and ("job"."open_shards" = 0 or "job"."lease_token" is null));--> statement-breakpoint
ALTER TABLE "job" ADD CONSTRAINT "job_weight_check" CHECK ("job"."done_weight" between 0 and "job"."total_weight");--> statement-breakpoint
ALTER TABLE "job" ADD CONSTRAINT "job_lease_check" CHECK (("job"."lease_token" is null) = ("job"."lease_until" is null)
         and ("job"."lease_token" is null or "job"."status" = 'running')
         and ("job"."lease_token" is not null or "job"."status" <> 'running' or "job"."stage" > 0)
         and ("job"."lease_token" is not null or "job"."state_detail" <> 'cancelling'));