ALTER TABLE "feed_event" ADD COLUMN "body" "bytea";--> statement-breakpoint
ALTER TABLE "feed_event" ADD COLUMN "content_type" text;