// What all who are measured send for one event, and how clients ask for it.

export const document =
  'subscription { webhook_onRequest(name: "bench") { id cursor time data { method body } } }'

/** One id for all: then the bare server may send everybody the same bytes. */
export const subscriptionId = 'b5a1c0de-0000-4000-8000-000000000001'

/** The body of a webhook, of some 400 bytes. `sent` is when, in milliseconds. */
export const bodyOf = (n: number, sent: number) => ({
  n,
  sent,
  order: {
    id: `order-${n}`,
    customer: { id: 'c-1815', name: 'Ada Lovelace', email: 'ada@example.com' },
    lines: [
      { sku: 'engine-1', quantity: 2, price: '1999.00' },
      { sku: 'punch-card', quantity: 10_000, price: '0.02' },
    ],
    note: 'Leave it with the porter; he knows what to do with parcels of this kind and size.',
    total: '4198.00',
    currency: 'GBP',
  },
})

export const eventOf = (n: number, body: unknown) => ({
  id: `event-${n}`,
  cursor: 'AVxTpQzHdEQzm2t0kQo2sAAAAAAAAAAAAB_2Xk3x',
  time: new Date().toISOString(),
  data: { method: 'POST', body },
})
