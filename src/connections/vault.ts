// The vault: AES-256-GCM (NIST SP 800-38D) with the key's id in the ciphertext, bound to the place where it is stored.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { EncryptionKey } from '../config.ts'
import { JunctorError } from '../errors.ts'
import { type Secret, secret } from '../secret.ts'
import { noKeys } from './encryption-keys.ts'

/** Where a sealed value is stored. It opens nowhere else: not in another row, column or tenant. */
export interface SealContext {
  readonly table: string
  readonly row: string
  readonly column: string
  /** The organization. */
  readonly tenant: string
}

export interface Vault {
  /** `v1.<key id>.<iv>.<tag>.<ciphertext>`, the last three in base64url. */
  seal(plain: Secret | string, context: SealContext): string
  /** Throws SEAL_BROKEN: changed, moved, or sealed with a key that is not configured. */
  open(sealed: string, context: SealContext): Secret
  /** What everything starts with that the current key sealed: the rest waits for rotation. */
  readonly currentPrefix: string
}

const version = 'v1'
const ivBytes = 12
const tagBytes = 16

/** The first key seals, all of them open. Throws CONFIG_INVALID for no key, a wrong length or an id used twice. */
export function createVault(keys: readonly EncryptionKey[]): Vault {
  const byId = new Map<string, Buffer>()
  for (const { id, key } of keys) {
    const bytes = Buffer.from(key.reveal(), 'base64')
    if (bytes.length !== 32)
      throw new JunctorError('CONFIG_INVALID', `The encryption key ${id} must have 32 bytes, as base64.`)
    if (byId.has(id))
      throw new JunctorError('CONFIG_INVALID', `Two encryption keys have the id ${id}; give each its own.`)
    byId.set(id, bytes)
  }
  const current = keys[0]
  if (!current) throw noKeys()
  const currentId = current.id
  const currentKey = Buffer.from(current.key.reveal(), 'base64')
  const currentPrefix = `${version}.${currentId}.`

  return {
    currentPrefix,
    seal(plain, context) {
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv('aes-256-gcm', currentKey, iv, { authTagLength: tagBytes })
      cipher.setAAD(additionalData(currentId, context))
      const text = typeof plain === 'string' ? plain : plain.reveal()
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return currentPrefix + [iv, cipher.getAuthTag(), body].map(part => part.toString('base64url')).join('.')
    },
    open(sealed, context) {
      const parts = sealed.split('.')
      const [form, id = '', iv, tag, body] = [parts[0], parts[1], ...parts.slice(2).map(decode)]
      if (parts.length !== 5 || form !== version || !iv || !tag || !body) throw broken(context)
      const key = byId.get(id)
      if (!key)
        throw new JunctorError(
          'SEAL_BROKEN',
          `A stored secret was sealed with the key ${JSON.stringify(id.slice(0, 32))}, which is not configured. Add that key to JUNCTOR_KEYS again.`,
        )
      if (iv.length !== ivBytes || tag.length !== tagBytes) throw broken(context)
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes })
        decipher.setAAD(additionalData(id, context))
        decipher.setAuthTag(tag)
        return secret(Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8'))
      } catch (cause) {
        throw broken(context, cause)
      }
    },
  }
}

/** Unambiguous for any content of its members, and never equal for two keys. */
function additionalData(keyId: string, { table, row, column, tenant }: SealContext): Buffer {
  return Buffer.from(JSON.stringify([version, keyId, table, row, column, tenant]))
}

/** Only the one canonical spelling: base64url has several for bytes that do not fill the last character. */
function decode(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined
}

function broken({ table, column }: SealContext, cause?: unknown): JunctorError {
  return new JunctorError(
    'SEAL_BROKEN',
    `A stored secret (${table}.${column}) cannot be opened: it was changed, moved or damaged. Enter the credential again.`,
    { cause },
  )
}
