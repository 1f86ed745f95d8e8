// Which named schemas extend which: by allOf, or because a discriminator's mapping says so. A base with a discriminator
// stands for any of its extensions (OpenAPI 3.0.3, "Discriminator Object"; a property's name in Swagger 2.0).
import { child, elements, isObject, keysOf, members, type Node, text } from './node.ts'
import { referenceAt, referenceSteps } from './reading.ts'

export interface Extensions {
  /** The named schema that the reference is to, if it is to one. */
  nameOf(reference: string): string | undefined
  /** The schema that a mere other name for one stands for; any other name is itself. */
  meantBy(name: string): string
  /** True for a base that stands for its extensions, unless it lists them as a choice. */
  isBase(name: string): boolean
  /** Whatever extends the base, the direct ones first, then what extends those. Mere other names are left out. */
  of(base: string): readonly string[]
}

/** Looks at named schemas, the members of what `container` leads to. */
export function createExtensions(home: Node, container: readonly string[]): Extensions {
  let found: ReadonlyMap<string, readonly string[]> | undefined

  const nameOf = (reference: string): string | undefined => {
    const steps = referenceSteps(reference) ?? []
    const isNamed =
      steps.length === container.length + 1 && container.every((key, index) => steps[index] === key)
    return isNamed ? steps.at(-1) : undefined
  }
  const extendedBy = (node: Node): readonly string[] =>
    elements(child(node, 'allOf')).flatMap(part => nameOf(referenceAt(part) ?? '') ?? [])

  /** Direct extensions of every schema, by its name. */
  const direct = (): ReadonlyMap<string, readonly string[]> => {
    if (found !== undefined) return found
    const byBase = new Map<string, string[]>()
    const extend = (base: string, name: string) => {
      const names = byBase.get(base)
      if (names === undefined) byBase.set(base, [name])
      else names.push(name)
    }
    for (const [name, node] of members(home)) {
      for (const base of extendedBy(node)) extend(base, name)
      for (const [, target] of members(child(child(node, 'discriminator'), 'mapping'))) {
        // A mapping gives a reference, or the bare name.
        const mapped = nameOf(text(target) ?? '') ?? text(target) ?? ''
        if (isObject(child(home, mapped))) extend(name, mapped)
      }
    }
    found = byBase
    return found
  }

  return {
    nameOf,
    meantBy(name) {
      const seen = new Set<string>()
      let current = name
      while (!seen.has(current)) {
        seen.add(current)
        const only = aliasOf(child(home, current))
        const target = only === undefined ? undefined : nameOf(referenceAt(only) ?? '')
        if (target === undefined) return current
        current = target
      }
      return name
    },
    isBase(name) {
      const node = child(home, name)
      const { value } = child(node, 'discriminator')
      const isChoice = ['oneOf', 'anyOf'].some(key => elements(child(node, key)).length > 0)
      return (typeof value === 'string' || isObject(child(node, 'discriminator'))) && !isChoice
    },
    of(base) {
      const reached = new Set([base])
      for (const name of reached) for (const extension of direct().get(name) ?? []) reached.add(extension)
      reached.delete(base)
      return [...reached].filter(name => aliasOf(child(home, name)) === undefined)
    },
  }
}

/** Keys that make a schema more than a label on what it joins. */
export const structuralKeys: ReadonlySet<string> = new Set([
  'properties',
  'required',
  'additionalProperties',
  'patternProperties',
  'items',
  'enum',
  'const',
  'oneOf',
  'anyOf',
])

/** `allOf: [{$ref}]` with labels beside it is how OpenAPI 3.0 puts labels on a reference. */
export function aliasOf(node: Node): Node | undefined {
  const [only, ...others] = elements(child(node, 'allOf'))
  if (only === undefined || others.length > 0 || referenceAt(only) === undefined) return undefined
  return keysOf(node).some(key => structuralKeys.has(key)) ? undefined : only
}
