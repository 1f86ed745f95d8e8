// What the hub says is a fault unless it had to say it.
import { expect, test } from 'vitest'
import { host } from '../load/ledger-api.ts'
import { readHubLog } from './hub-log.ts'

const said = (level: number, msg: string) => JSON.stringify({ level, msg })

test('what had to be said is counted', () => {
  const reset = `https://${host} cannot be reached: the connection was closed.`
  const output = [
    '  Junctor is at http://localhost:4000',
    'Debugger attached.',
    said(30, 'Ready.'),
    said(40, reset),
    said(40, reset),
    '',
  ].join('\n')
  expect(readHubLog(output)).toEqual({ explained: new Map([[reset, 2]]), faults: [] })
})

test.each<[string, string]>([
  ['an error', said(50, 'It broke.')],
  ['an error about the API', said(50, `https://${host} cannot be reached.`)],
  ['a warning that nothing explains', said(40, 'The bus lost its connection.')],
  ['a warning about another', said(40, 'https://ledger-example.com cannot be reached.')],
  ['a word of Node', '(node:1) MaxListenersExceededWarning: Possible EventEmitter memory leak detected.'],
  ['a trace of an exception', '    at run (file:///hub.ts:1:1)'],
])('%s is a fault', (_what, line) => {
  expect(readHubLog(`${line}\n`).faults).toEqual([`The hub logged: ${line}`])
})
