DROP INDEX "feed_organization";--> statement-breakpoint
ALTER TABLE "feed" ADD COLUMN "recent_polls" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
CREATE INDEX "feed_turns" ON "feed" USING btree ("organization_id",coalesce("connection_id", '00000000-0000-0000-0000-000000000000'::uuid),"next_due_at");