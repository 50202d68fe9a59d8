CREATE TABLE "idempotency_key" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "idempotency_key_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"tenant_id" integer DEFAULT 1 NOT NULL,
	"endpoint" text NOT NULL,
	"key" text NOT NULL,
	"fingerprint" text NOT NULL,
	"answer" jsonb,
	"running_until" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_key_key" UNIQUE("tenant_id","endpoint","key"),
	CONSTRAINT "idempotency_key_key_check" CHECK (octet_length("idempotency_key"."key") between 1 and 255)
);
--> statement-breakpoint
CREATE TABLE "dataset" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "dataset_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"tenant_id" integer DEFAULT 1 NOT NULL,
	"source_type" text DEFAULT 'huggingface' NOT NULL,
	"repo_id" text NOT NULL,
	"revision" text NOT NULL,
	"requested_revision" text NOT NULL,
	"format_type" text NOT NULL,
	"requested_format" text NOT NULL,
	"format_version" text,
	"format_reason" text,
	"card" jsonb NOT NULL,
	"access" jsonb NOT NULL,
	"import_usage" jsonb NOT NULL,
	"dataset_metadata" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "dataset_source_key" UNIQUE("tenant_id","source_type","repo_id","revision","format_type"),
	CONSTRAINT "dataset_source_type_check" CHECK ("dataset"."source_type" in ('huggingface')),
	CONSTRAINT "dataset_revision_check" CHECK ("dataset"."revision" ~ '^[0-9a-f]{40}$'),
	CONSTRAINT "dataset_repo_id_check" CHECK (octet_length("dataset"."repo_id") between 3 and 193),
	CONSTRAINT "dataset_requested_revision_check" CHECK (octet_length("dataset"."requested_revision") between 1 and 1024),
	CONSTRAINT "dataset_format_type_check" CHECK ("dataset"."format_type" in ('lerobot', 'rosbag', 'hdf5', 'parquet', 'custom')),
	CONSTRAINT "dataset_requested_format_check" CHECK ("dataset"."requested_format" in ('auto', 'lerobot', 'rosbag', 'hdf5', 'parquet', 'custom'))
);
--> statement-breakpoint
CREATE TABLE "job" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "job_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"tenant_id" integer DEFAULT 1 NOT NULL,
	"dataset_id" integer NOT NULL,
	"job_type" text NOT NULL,
	"job_version" integer NOT NULL,
	"params" jsonb NOT NULL,
	"params_hash" text NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"state_detail" text DEFAULT 'queued' NOT NULL,
	"progress" smallint DEFAULT 0 NOT NULL,
	"message" text,
	"attempt" integer DEFAULT 0 NOT NULL,
	"tries" smallint DEFAULT 0 NOT NULL,
	"crashes" smallint DEFAULT 0 NOT NULL,
	"run_after" timestamp with time zone DEFAULT now() NOT NULL,
	"last_sent_at" timestamp with time zone DEFAULT now() NOT NULL,
	"lease_token" uuid,
	"lease_until" timestamp with time zone,
	"heartbeat_at" timestamp with time zone,
	"result" jsonb,
	"result_summary" jsonb,
	"artifacts" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"error_code" text,
	"error" jsonb,
	"usage" jsonb DEFAULT '{"requests": 0, "bytes": 0, "compute_ms": 0}'::jsonb NOT NULL,
	"edition" integer DEFAULT 0 NOT NULL,
	"started_at" timestamp with time zone,
	"completed_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "job_type_check" CHECK ("job"."job_type" ~ '^[a-z][a-z0-9_]{0,63}$'),
	CONSTRAINT "job_params_hash_check" CHECK ("job"."params_hash" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "job_state_check" CHECK (("job"."status" = 'pending' and "job"."state_detail" in ('queued', 'retry_wait'))
         or ("job"."status" = 'running' and "job"."state_detail" in ('running', 'cancelling'))
         or ("job"."status" = 'completed' and "job"."state_detail" = 'completed')
         or ("job"."status" = 'failed' and "job"."state_detail" in ('failed', 'cancelled', 'dead'))),
	CONSTRAINT "job_progress_check" CHECK ("job"."progress" between 0 and 100),
	CONSTRAINT "job_full_progress_check" CHECK (("job"."progress" = 100) = ("job"."status" = 'completed')),
	CONSTRAINT "job_counts_check" CHECK ("job"."attempt" >= 0 and "job"."tries" between 0 and 8),
	CONSTRAINT "job_crashes_check" CHECK ("job"."crashes" between 0 and 3),
	CONSTRAINT "job_started_check" CHECK ("job"."status" <> 'running' or "job"."started_at" is not null),
	CONSTRAINT "job_lease_check" CHECK (("job"."lease_token" is not null) = ("job"."status" = 'running') and ("job"."lease_until" is not null) = ("job"."status" = 'running')),
	CONSTRAINT "job_completed_check" CHECK (("job"."completed_at" is not null) = ("job"."status" in ('completed', 'failed'))),
	CONSTRAINT "job_result_check" CHECK (("job"."result" is not null) = ("job"."status" = 'completed')),
	CONSTRAINT "job_error_check" CHECK (("job"."error_code" is not null) = ("job"."status" = 'failed') and ("job"."error" is not null) = ("job"."status" = 'failed')),
	CONSTRAINT "job_message_size_check" CHECK (octet_length("job"."message") <= 1024),
	CONSTRAINT "job_summary_size_check" CHECK (octet_length("job"."result_summary"::text) <= 65536),
	CONSTRAINT "job_result_size_check" CHECK (octet_length("job"."result"::text) <= 8388608),
	CONSTRAINT "job_error_size_check" CHECK (octet_length("job"."error" ->> 'detail') <= 4096)
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "outbox_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"tenant_id" integer DEFAULT 1 NOT NULL,
	"kind" text NOT NULL,
	"body" jsonb NOT NULL,
	"not_before" timestamp with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "outbox_kind_check" CHECK ("outbox"."kind" in ('job', 'delete_objects')),
	CONSTRAINT "outbox_body_size_check" CHECK (octet_length("outbox"."body"::text) <= 1024)
);
--> statement-breakpoint
CREATE TABLE "sweep" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"armed_until" timestamp with time zone NOT NULL,
	"turn" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "sweep_single_check" CHECK ("sweep"."id" = 1)
);
--> statement-breakpoint
ALTER TABLE "job" ADD CONSTRAINT "job_dataset_id_dataset_id_fk" FOREIGN KEY ("dataset_id") REFERENCES "public"."dataset"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "idempotency_key_created_idx" ON "idempotency_key" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "dataset_tenant_idx" ON "dataset" USING btree ("tenant_id","id");--> statement-breakpoint
CREATE INDEX "dataset_repo_idx" ON "dataset" USING btree ("repo_id","id");--> statement-breakpoint
CREATE INDEX "dataset_revision_idx" ON "dataset" USING btree ("revision");--> statement-breakpoint
CREATE INDEX "dataset_requested_revision_idx" ON "dataset" USING btree ("requested_revision","id");--> statement-breakpoint
CREATE UNIQUE INDEX "job_active_key" ON "job" USING btree ("dataset_id","job_type","params_hash","job_version") WHERE "job"."status" in ('pending', 'running');--> statement-breakpoint
CREATE INDEX "job_dataset_idx" ON "job" USING btree ("dataset_id","job_type","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "job_dataset_page_idx" ON "job" USING btree ("dataset_id","id");--> statement-breakpoint
CREATE INDEX "job_tenant_idx" ON "job" USING btree ("tenant_id","id");--> statement-breakpoint
CREATE INDEX "job_failed_idx" ON "job" USING btree ("dataset_id") WHERE "job"."status" = 'failed';--> statement-breakpoint
CREATE INDEX "job_lease_idx" ON "job" USING btree ("status","lease_until") WHERE "job"."status" = 'running';--> statement-breakpoint
CREATE INDEX "job_pending_idx" ON "job" USING btree ("run_after") WHERE "job"."status" = 'pending';--> statement-breakpoint
CREATE INDEX "outbox_unsent_idx" ON "outbox" USING btree ("id") WHERE "outbox"."sent_at" is null;