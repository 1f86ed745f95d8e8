// Everybody belongs to at least one organization: their personal one, made with their account.
import { randomBytes } from 'node:crypto'
import type { DBTransactionAdapter } from '@better-auth/core/db/adapter'

/** The id of the person's oldest organization; makes a personal one where they have none. */
export async function ensureOrganization(
  adapter: Pick<DBTransactionAdapter, 'create' | 'findMany'>,
  userId: string,
  now: Date,
): Promise<string> {
  const [member] = await adapter.findMany<{ organizationId: string }>({
    model: 'member',
    where: [{ field: 'userId', value: userId }],
    sortBy: { field: 'createdAt', direction: 'asc' },
    limit: 1,
  })
  if (member) return member.organizationId
  const organization = await adapter.create<Record<string, unknown>, { id: string }>({
    model: 'organization',
    data: { name: 'Personal', slug: `personal-${randomBytes(8).toString('hex')}`, createdAt: now },
  })
  await adapter.create({
    model: 'member',
    data: { organizationId: organization.id, userId, role: 'owner', createdAt: now },
  })
  return organization.id
}
