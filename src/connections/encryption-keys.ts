// Where the encryption keys come from: the configuration, or a file in the data folder that the first start makes.
import { hkdfSync, randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { EncryptionKey } from '../config.ts'
import { JunctorError } from '../errors.ts'
import { type Secret, secret } from '../secret.ts'
import type { Logger } from '../telemetry/index.ts'

export interface KeyOptions {
  /** From the configuration; null: the key file. */
  readonly keys: readonly EncryptionKey[] | null
  /** Absolute. */
  readonly dataFolder: string
  readonly logger: Logger
}

/** The keys to work with, the encrypting one first. Throws CONFIG_INVALID for a key file that cannot be trusted. */
export async function loadKeys(options: KeyOptions): Promise<readonly EncryptionKey[]> {
  if (options.keys) return options.keys
  const path = join(options.dataFolder, 'keys')
  const mode = (await modeOf(path)) ?? (await makeKeyFile(path, options))
  if ((mode & 0o077) !== 0)
    throw new JunctorError(
      'CONFIG_INVALID',
      `The key file ${path} can be read by other accounts of this machine. Run "chmod 600 ${path}", and replace the key if somebody may have read it.`,
    )
  return parseKeyFile(path, await readFile(path, 'utf8'))
}

/**
 * A secret for one purpose (HKDF with SHA-256, RFC 5869), such as signing cookies. It comes from the last key, the
 * oldest: a new key in front signs nobody out, and instances with and without it agree while one rolls it out.
 */
export function deriveSecret(keys: readonly EncryptionKey[], purpose: string): Secret {
  const oldest = keys.at(-1)
  if (!oldest) throw noKeys()
  const derived = hkdfSync('sha256', Buffer.from(oldest.key.reveal(), 'base64'), '', `junctor/${purpose}`, 32)
  return secret(Buffer.from(derived).toString('base64url'))
}

export function noKeys(): JunctorError {
  return new JunctorError(
    'CONFIG_INVALID',
    'There is no encryption key: JUNCTOR_KEYS must name at least one.',
  )
}

async function modeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mode
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** Makes the file whole or not at all; of two hubs that start together, both use what the first one made. */
async function makeKeyFile(path: string, { dataFolder, logger }: KeyOptions): Promise<number> {
  await mkdir(dataFolder, { recursive: true, mode: 0o700 })
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`k${randomBytes(4).toString('hex')}:${randomBytes(32).toString('base64')}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  try {
    await link(draft, path)
    logger.info({ path }, 'made an encryption key; keep a copy of it apart from the backups of the database')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    await unlink(draft)
  }
  return (await stat(path)).mode
}

function parseKeyFile(path: string, text: string): readonly EncryptionKey[] {
  const lines = text.split('\n').filter(line => line.trim() !== '')
  if (lines.length === 0) throw damaged(path)
  return lines.map(line => {
    const [id = '', key = ''] = line.trim().split(/:(.*)/s)
    if (!/^[\w-]{1,32}$/.test(id) || Buffer.from(key, 'base64').length !== 32) throw damaged(path)
    return { id, key: secret(key) }
  })
}

function damaged(path: string): JunctorError {
  return new JunctorError(
    'CONFIG_INVALID',
    `The key file ${path} is damaged: each line must be id:base64 with 32 bytes behind the id. Restore it from your copy; without it the stored credentials cannot be opened.`,
  )
}
