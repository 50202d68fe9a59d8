-- Trusted: the owner of the database may create it. Not in the schema files, which know no extensions.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
--> statement-breakpoint
CREATE TABLE "episode" (
	"tenant_id" integer DEFAULT 1 NOT NULL,
	"dataset_id" integer NOT NULL,
	"job_id" integer NOT NULL,
	"episode_index" bigint NOT NULL,
	"place" bigint NOT NULL,
	"length" bigint,
	"duration_s" double precision,
	"tasks" jsonb NOT NULL,
	"searched" text NOT NULL,
	"words" "tsvector" GENERATED ALWAYS AS (to_tsvector('simple', searched)) STORED,
	"data_path" text,
	"rows_from" bigint,
	"rows_to" bigint,
	"videos" jsonb NOT NULL,
	"flags" jsonb NOT NULL,
	"stats" jsonb,
	CONSTRAINT "episode_key" PRIMARY KEY("dataset_id","job_id","episode_index"),
	CONSTRAINT "episode_numbers_check" CHECK ("episode"."episode_index" >= 0 and "episode"."length" >= 0),
	CONSTRAINT "episode_searched_check" CHECK (octet_length("episode"."searched") <= 32768),
	CONSTRAINT "episode_data_path_check" CHECK (octet_length("episode"."data_path") <= 4096),
	CONSTRAINT "episode_videos_check" CHECK (octet_length("episode"."videos"::text) <= 524288),
	CONSTRAINT "episode_stats_check" CHECK (octet_length("episode"."stats"::text) <= 65536)
);
--> statement-breakpoint
CREATE TABLE "feature" (
	"tenant_id" integer DEFAULT 1 NOT NULL,
	"dataset_id" integer NOT NULL,
	"job_id" integer NOT NULL,
	"place" bigint NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"dtype" text,
	"shape" jsonb NOT NULL,
	"names" jsonb,
	"unit" text,
	"searched" text NOT NULL,
	"words" "tsvector" GENERATED ALWAYS AS (to_tsvector('simple', searched)) STORED,
	CONSTRAINT "feature_key" PRIMARY KEY("dataset_id","job_id","place"),
	CONSTRAINT "feature_role_check" CHECK ("feature"."role" in ('camera', 'sensor', 'action', 'other')),
	CONSTRAINT "feature_name_check" CHECK (octet_length("feature"."name") between 0 and 1024),
	CONSTRAINT "feature_searched_check" CHECK (octet_length("feature"."searched") <= 32768),
	CONSTRAINT "feature_names_check" CHECK (octet_length("feature"."names"::text) <= 262144)
);
--> statement-breakpoint
CREATE TABLE "task" (
	"tenant_id" integer DEFAULT 1 NOT NULL,
	"dataset_id" integer NOT NULL,
	"job_id" integer NOT NULL,
	"place" bigint NOT NULL,
	"task_index" bigint,
	"task" text NOT NULL,
	"words" "tsvector" GENERATED ALWAYS AS (to_tsvector('simple', task)) STORED,
	CONSTRAINT "task_key" PRIMARY KEY("dataset_id","job_id","place"),
	CONSTRAINT "task_size_check" CHECK (octet_length("task"."task") <= 32768)
);
--> statement-breakpoint
ALTER TABLE "episode" ADD CONSTRAINT "episode_dataset_id_dataset_id_fk" FOREIGN KEY ("dataset_id") REFERENCES "public"."dataset"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature" ADD CONSTRAINT "feature_dataset_id_dataset_id_fk" FOREIGN KEY ("dataset_id") REFERENCES "public"."dataset"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task" ADD CONSTRAINT "task_dataset_id_dataset_id_fk" FOREIGN KEY ("dataset_id") REFERENCES "public"."dataset"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "episode_length_idx" ON "episode" USING btree ("dataset_id","job_id","length","episode_index");--> statement-breakpoint
CREATE INDEX "episode_words_idx" ON "episode" USING gin ("words");--> statement-breakpoint
CREATE INDEX "episode_trigram_idx" ON "episode" USING gin ("searched" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "feature_words_idx" ON "feature" USING gin ("words");--> statement-breakpoint
CREATE INDEX "feature_trigram_idx" ON "feature" USING gin ("searched" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "task_words_idx" ON "task" USING gin ("words");--> statement-breakpoint
CREATE INDEX "task_trigram_idx" ON "task" USING gin ("task" gin_trgm_ops);