// Loaded before a process: its clock is off by so much from its first moment on. What it measures is as long as ever.
const offMs = Number(process.env['CLOCK_OFF_MS'] ?? 0)
const right = Date
const now = (): number => right.now() + offMs

globalThis.Date = new Proxy(right, {
  apply: () => new right(now()).toString(),
  construct: (target, given, by) =>
    Reflect.construct(target, given.length === 0 ? [now()] : given, by) as Date,
  get: (target, name, by) => (name === 'now' ? now : (Reflect.get(target, name, by) as unknown)),
})
Object.defineProperty(performance, 'timeOrigin', { value: performance.timeOrigin + offMs })
