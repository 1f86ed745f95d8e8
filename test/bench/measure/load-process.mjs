// npm's autocannon with options from standard input, since an expected answer may be longer than an argument can be.
import { json } from 'node:stream/consumers'
import autocannon from 'autocannon'

process.stdout.write(JSON.stringify(await autocannon(await json(process.stdin))))
