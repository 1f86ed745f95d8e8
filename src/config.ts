// The environment becomes one validated Config; nothing else reads process.env.
import { resolve } from 'node:path'
import { z } from 'zod'
import {
  callRates,
  collector,
  database,
  keys,
  list,
  origin,
  proxies,
  subscriptions,
  substitutes,
  uploads,
  webhookRate,
} from './config-values.ts'
import { JunctorError } from './errors.ts'
import { type Secret, secret } from './secret.ts'

/** An AES-256 key; the first of a list encrypts, all of them decrypt. */
export interface EncryptionKey {
  readonly id: string
  /** 32 bytes, base64. */
  readonly key: Secret
}

/** Calls to `from` (an origin, or `*` for every other) go to `to`, for staging and tests. */
export interface OriginSubstitute {
  readonly from: string
  readonly to: string
}

/** Samplers by the names of OpenTelemetry's OTEL_TRACES_SAMPLER. */
const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const

export interface TracingSettings {
  /** Where spans are posted. */
  readonly endpoint: string
  readonly serviceName: string
  readonly sampler: (typeof samplers)[number]
  /** Of `traceidratio`: the part of all traces that is kept, 0 to 1. */
  readonly samplerRatio: number
}

export interface Config {
  readonly host: string
  readonly port: number
  /** Absolute. Embedded store, keys, compiled artifacts, data of hosted webapps. */
  readonly dataFolder: string
  /** Null: the embedded PostgreSQL in the data folder. */
  readonly databaseUrl: Secret | null
  readonly natsUrl: Secret | null
  /** Absolute folders that are searched for packages, besides the bundled ones. */
  readonly connectorFolders: readonly string[]
  /** Without a trailing slash. */
  readonly publicUrl: string
  /** Null: a key file in the data folder, made on first start. */
  readonly keys: readonly EncryptionKey[] | null
  readonly signup: 'first' | 'open' | 'closed'
  /** Origins (scheme://host:port) that may resolve to private or loopback addresses. */
  readonly allowPrivate: readonly string[]
  readonly origins: readonly OriginSubstitute[]
  /** Calls a second that one connection and one connector may make; 0 is no limit. */
  readonly callRates: { readonly connection: number; readonly connector: number }
  /** Megabytes of one uploaded file, and of all of a request; their number; megabytes of all requests at once. */
  readonly uploadLimits: {
    readonly fileMegabytes: number
    readonly requestMegabytes: number
    readonly files: number
    readonly heldMegabytes: number
  }
  /** Requests a second at one webhook's URL, and how many come at once before that counts; 0 is no limit. */
  readonly webhookRate: { readonly perSecond: number; readonly burst: number }
  /** Live subscriptions of one WebSocket, and event streams that one person has open at once, on each instance. */
  readonly subscriptions: { readonly perSocket: number; readonly streamsPerPerson: number }
  /** How long a hub that died or hangs keeps the feeds that it worked on at that moment from the others. */
  readonly leaseSeconds: number
  /** Addresses and networks (CIDR) whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[]
  readonly logLevel: string
  /** Null: no spans are made. */
  readonly tracing: TracingSettings | null
  readonly production: boolean
}

const environment = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65535).default(4000),
  JUNCTOR_DATA: z.string().min(1).default('.junctor'),
  DATABASE_URL: database.optional(),
  NATS_URL: z
    .string()
    .refine(URL.canParse, 'must be a URL such as nats://127.0.0.1:4222')
    .transform(secret)
    .optional(),
  JUNCTOR_CONNECTORS: list(':').default([]),
  JUNCTOR_PUBLIC_URL: z
    .string()
    .refine(
      text => /^https?:\/\//.test(text) && URL.canParse(text),
      'must be a URL that begins with http:// or https://',
    )
    .transform(text => text.replace(/\/+$/, ''))
    .optional(),
  JUNCTOR_KEYS: keys.optional(),
  JUNCTOR_SIGNUP: z.enum(['first', 'open', 'closed']).default('first'),
  JUNCTOR_ALLOW_PRIVATE: list(',').pipe(z.array(origin)).default([]),
  JUNCTOR_ORIGINS: substitutes.default([]),
  JUNCTOR_CALL_RATES: callRates.default({ connection: 100, connector: 500 }),
  JUNCTOR_UPLOADS: uploads.prefault('25,50,10,200'),
  JUNCTOR_WEBHOOK_RATE: webhookRate.default({ perSecond: 500, burst: 5_000 }),
  JUNCTOR_SUBSCRIPTIONS: subscriptions.default({ perSocket: 1_000, streamsPerPerson: 100 }),
  JUNCTOR_LEASE_SECONDS: z.coerce.number().int().min(1).max(3_600).default(60),
  JUNCTOR_TRUST_PROXY: proxies.default([]),
  JUNCTOR_LOG: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector.optional(),
  OTEL_SERVICE_NAME: z.string().default('junctor'),
  OTEL_TRACES_SAMPLER: z.enum(samplers).default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  NODE_ENV: z.string().default('development'),
})

/** Reads the environment. Throws CONFIG_INVALID with one sentence for each wrong variable. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const set = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = environment.safeParse(set)
  if (!parsed.success) throw invalid(parsed.error.issues)
  const values = parsed.data
  const production = values.NODE_ENV === 'production'
  if (production && !values.JUNCTOR_KEYS)
    throw new JunctorError(
      'CONFIG_INVALID',
      'JUNCTOR_KEYS must be set when NODE_ENV is production: a list of id:base64, 32 bytes behind each id, kept safe outside the data folder.',
    )
  return {
    host: values.HOST,
    port: values.PORT,
    dataFolder: resolve(values.JUNCTOR_DATA),
    databaseUrl: values.DATABASE_URL ?? null,
    natsUrl: values.NATS_URL ?? null,
    connectorFolders: values.JUNCTOR_CONNECTORS.map(folder => resolve(folder)),
    publicUrl: values.JUNCTOR_PUBLIC_URL ?? `http://localhost:${values.PORT}`,
    keys: values.JUNCTOR_KEYS ?? null,
    signup: values.JUNCTOR_SIGNUP,
    allowPrivate: values.JUNCTOR_ALLOW_PRIVATE,
    origins: values.JUNCTOR_ORIGINS,
    callRates: values.JUNCTOR_CALL_RATES,
    uploadLimits: values.JUNCTOR_UPLOADS,
    webhookRate: values.JUNCTOR_WEBHOOK_RATE,
    subscriptions: values.JUNCTOR_SUBSCRIPTIONS,
    leaseSeconds: values.JUNCTOR_LEASE_SECONDS,
    trustedProxies: values.JUNCTOR_TRUST_PROXY,
    logLevel: values.JUNCTOR_LOG,
    tracing: tracingOf(values),
    production,
  }
}

/** Each signal has a path below the common endpoint; its own endpoint is taken as it stands (OTLP exporter specification). */
function tracingOf(values: z.infer<typeof environment>): TracingSettings | null {
  const common = values.OTEL_EXPORTER_OTLP_ENDPOINT
  const endpoint =
    values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (common && `${common.replace(/\/+$/, '')}/v1/traces`)
  if (endpoint === undefined) return null
  return {
    endpoint,
    serviceName: values.OTEL_SERVICE_NAME,
    sampler: values.OTEL_TRACES_SAMPLER,
    samplerRatio: values.OTEL_TRACES_SAMPLER_ARG,
  }
}

function invalid(issues: readonly z.core.$ZodIssue[]): JunctorError {
  const sentences = issues.map(issue => `${String(issue.path[0])} ${lowerFirst(issue.message)}.`)
  return new JunctorError('CONFIG_INVALID', [...new Set(sentences)].join(' '))
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
