// What the API did to each call, as it tells at the end.
import { z } from 'zod'
import { done } from './faults.ts'
import type { Ledger } from './judge.ts'

const ledgerText = z.array(z.tuple([z.string(), z.array(done)]))

export async function readLedger(url: string): Promise<Ledger> {
  return new Map(ledgerText.parse(await (await fetch(`${url}/ledger`)).json()))
}
