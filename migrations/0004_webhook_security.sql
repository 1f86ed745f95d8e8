ALTER TABLE "feed" ADD COLUMN "registered_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "feed" ADD COLUMN "registration_expires_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "feed" ADD COLUMN "renew_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "feed" ADD COLUMN "webhook_secret" text;--> statement-breakpoint
ALTER TABLE "feed" ADD COLUMN "once" boolean DEFAULT false NOT NULL;