-- Written by hand: drizzle-kit has no words for partitions. The table as it was becomes the first of them, with its rows
-- where they are; its name, as that of every other, says in seconds since 1970 from when and until when.
ALTER TABLE "feed_event" DROP CONSTRAINT "feed_event_once";--> statement-breakpoint
ALTER TABLE "feed_event" DROP CONSTRAINT "feed_event_feed_id_sequence_pk";--> statement-breakpoint
ALTER TABLE "feed_event" DROP CONSTRAINT "feed_event_feed_id_feed_id_fk";--> statement-breakpoint
ALTER INDEX "feed_event_received" RENAME TO "feed_event_before_received";--> statement-breakpoint
ALTER TABLE "feed_event" RENAME TO "feed_event_before";--> statement-breakpoint
CREATE TABLE "feed_event" (
	"feed_id" uuid NOT NULL,
	"sequence" bigint NOT NULL,
	"key" text NOT NULL,
	"time" timestamp with time zone NOT NULL,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL,
	"data" text NOT NULL,
	"body" "bytea",
	"content_type" text,
	CONSTRAINT "feed_event_feed_id_sequence_received_at_pk" PRIMARY KEY("feed_id","sequence","received_at")
) PARTITION BY RANGE ("received_at");--> statement-breakpoint
ALTER TABLE "feed_event" ADD CONSTRAINT "feed_event_feed_id_feed_id_fk" FOREIGN KEY ("feed_id") REFERENCES "public"."feed"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "feed_event_key" ON "feed_event" USING btree ("feed_id","key");--> statement-breakpoint
CREATE INDEX "feed_event_received" ON "feed_event" USING btree ("received_at");--> statement-breakpoint
DO $$
DECLARE
	until bigint := ceil(extract(epoch FROM now())) + 7 * 24 * 3600;
BEGIN
	EXECUTE format('ALTER TABLE "feed_event_before" RENAME TO %I', 'feed_event_0_' || until);
	EXECUTE format('ALTER TABLE "feed_event" ATTACH PARTITION %I FOR VALUES FROM (MINVALUE) TO (to_timestamp(%s))', 'feed_event_0_' || until, until);
END $$;--> statement-breakpoint
CREATE TABLE "feed_event_default" PARTITION OF "feed_event" DEFAULT;
