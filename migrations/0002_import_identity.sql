ALTER TABLE "connection" DROP CONSTRAINT "connection_name";--> statement-breakpoint
ALTER TABLE "connection" ADD COLUMN "import_id" uuid;--> statement-breakpoint
ALTER TABLE "connector" ADD COLUMN "id" uuid DEFAULT gen_random_uuid() NOT NULL;--> statement-breakpoint
ALTER TABLE "feed" ADD COLUMN "import_id" uuid;--> statement-breakpoint
CREATE INDEX "connection_import" ON "connection" USING btree ("import_id");--> statement-breakpoint
CREATE INDEX "feed_import" ON "feed" USING btree ("import_id");--> statement-breakpoint
ALTER TABLE "connection" ADD CONSTRAINT "connection_name" UNIQUE NULLS NOT DISTINCT("organization_id","connector","import_id","name");--> statement-breakpoint
ALTER TABLE "connector" ADD CONSTRAINT "connector_id_unique" UNIQUE("id");--> statement-breakpoint
UPDATE "connection" SET "import_id" = "connector"."id" FROM "connector" WHERE "connector"."name" = "connection"."connector" AND "connector"."organization_id" = "connection"."organization_id" AND "connector"."created_at" <= "connection"."created_at";--> statement-breakpoint
UPDATE "feed" SET "import_id" = "connection"."import_id" FROM "connection" WHERE "connection"."id" = "feed"."connection_id";--> statement-breakpoint
UPDATE "feed" SET "import_id" = "connector"."id" FROM "connector" WHERE "feed"."connection_id" IS NULL AND "connector"."name" = "feed"."connector" AND "connector"."organization_id" = "feed"."organization_id" AND "connector"."created_at" <= "feed"."created_at";--> statement-breakpoint
UPDATE "access_grant" SET "resource_id" = "connector"."id"::text FROM "connector" WHERE "resource_kind" = 'CONNECTOR' AND "connector"."name" = "resource_id" AND "connector"."created_at" <= "granted_at";--> statement-breakpoint
DELETE FROM "access_grant" WHERE "resource_kind" = 'CONNECTOR' AND NOT EXISTS (SELECT 1 FROM "connector" WHERE "connector"."id"::text = "resource_id");
