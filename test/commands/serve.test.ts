// `serve`, where it does not come to serving.
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCommand } from '../harness/command.ts'

test.runIf(process.getuid?.() === 0)(
  'root does not put keys into a user’s data folder, wherever the database is',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'junctor-serve-'))
    await chown(folder, 12345, 12345)
    const { code, errors } = await runCommand(['serve'], {
      NODE_ENV: 'development',
      JUNCTOR_DATA: folder,
      DATABASE_URL: 'postgres://127.0.0.1:1/nothing-listens-there',
    })
    expect(code).toBe(1)
    expect(errors).toMatch(/^The data folder .* belongs to the user with id 12345.*\.\n$/)
    await rm(folder, { recursive: true })
  },
)
