// Preloaded into a hub (`node --import`): its wall clock is off by SKEW_MILLISECONDS. Timers and the monotonic clock,
// which do not follow the wall clock on a real machine either, stay as they are.
const skew = Number(process.env.SKEW_MILLISECONDS ?? 0)
const trueNow = Date.now

globalThis.Date = new Proxy(Date, {
  construct: (target, given, newTarget) =>
    Reflect.construct(target, given.length === 0 ? [trueNow() + skew] : given, newTarget),
  get: (target, name, receiver) =>
    name === 'now' ? () => trueNow() + skew : Reflect.get(target, name, receiver),
})
