// What an operation sends: parameters of path item and operation merged, and the body among or beside them.
import { quoted } from './findings.ts'
import type { ParameterDefinition } from './model.ts'
import { child, elements, isObject, type Node, text, words } from './node.ts'
import { type ParameterContext, readParameter } from './parameter.ts'
import { follow } from './reading.ts'
import { type Request, readBody } from './request-body.ts'

/** Reads the request of the operation at `node`, whose path item is `item` and whose template is `path`. */
export function readRequest(context: ParameterContext, path: string, item: Node, node: Node): Request {
  const shared = declaredAt(context, item)
  const own = declaredAt(context, node)
  const read = (declared: readonly Node[]) =>
    declared.filter(each => !isBody(each)).flatMap(parameter => readParameter(context, parameter))
  // An operation's parameter replaces the path item's of the same name and place.
  const merged = lastOfEach([...read(shared), ...warnOfTwins(context, node, read(own))])
  const parameters = inTemplate(context, path, merged, node)
  const form = parameters.filter(parameter => parameter.in === 'form')
  const body = bodyAmong(context, [...shared, ...own])
  const content = readBody(context, node, body, form)
  const kept = parameters.filter(each => each.in !== 'form' || content.parameters.includes(each))
  const added = content.parameters.filter(each => !kept.includes(each))
  return { ...content, parameters: [...kept, ...added] }
}

/** The parameters of an operation or a path item. What is no parameter is told and left out. */
function declaredAt({ reading, operation }: ParameterContext, home: Node): readonly Node[] {
  const list = child(home, 'parameters')
  const invalid = (message: string, { pointer }: Node) =>
    reading.findings.warning('PARAMETER_INVALID', message, { pointer, operation })
  if (list.value !== undefined && !Array.isArray(list.value))
    invalid('The parameters are no list and were left out.', list)
  return elements(list).flatMap(entry => {
    const parameter = follow(reading, entry)
    if (isObject(parameter)) return [parameter]
    // What leads nowhere is told already.
    if (parameter.value !== undefined) invalid('A parameter that is no object was left out.', entry)
    return []
  })
}

function isBody(parameter: Node): boolean {
  return words(child(parameter, 'in'))?.toLowerCase() === 'body'
}

/** A request has one body: the last that is declared, as an operation's own replaces the path item's. */
function bodyAmong({ reading, operation }: ParameterContext, declared: readonly Node[]): Node | undefined {
  const bodies = declared.filter(isBody)
  const last = bodies.at(-1)
  for (const body of bodies) {
    if (body === last || text(child(body, 'name')) === (last && text(child(last, 'name')))) continue
    reading.findings.warning('PARAMETER_INVALID', 'A body that another one replaces was left out.', {
      pointer: body.pointer,
      operation,
    })
  }
  return last
}

function lastOfEach(parameters: readonly ParameterDefinition[]): readonly ParameterDefinition[] {
  return [...new Map(parameters.map(each => [`${each.in} ${each.name}`, each])).values()]
}

function warnOfTwins(
  { reading, operation }: ParameterContext,
  node: Node,
  parameters: readonly ParameterDefinition[],
): readonly ParameterDefinition[] {
  const distinct = lastOfEach(parameters)
  if (distinct.length < parameters.length) {
    reading.findings.warning('PARAMETER_INVALID', 'A parameter is declared twice; the last one counts.', {
      pointer: node.pointer,
      operation,
    })
  }
  return distinct
}

/** Path parameters are the tokens of the template: missing ones are added, superfluous ones left out. */
function inTemplate(
  { reading, operation }: ParameterContext,
  path: string,
  parameters: readonly ParameterDefinition[],
  node: Node,
): readonly ParameterDefinition[] {
  const tokens = new Set([...path.matchAll(/\{([^{}]+)\}/g)].map(match => match[1] ?? ''))
  const place = { pointer: node.pointer, operation }
  const invalid = (message: string) => reading.findings.warning('PARAMETER_INVALID', message, place)
  const missing = new Set(tokens)
  for (const { in: location, name } of parameters) if (location === 'path') missing.delete(name)
  const kept = parameters.flatMap(parameter => {
    if (parameter.in !== 'path' || tokens.has(parameter.name)) return [parameter]
    const token = [...missing].find(each => each.trim().toLowerCase() === parameter.name.trim().toLowerCase())
    if (token === undefined) {
      invalid(`The path has no {${parameter.name.slice(0, 80)}}; the parameter was left out.`)
      return []
    }
    missing.delete(token)
    invalid(`The parameter ${quoted(parameter.name)} is {${token.slice(0, 80)}} in the path.`)
    return [{ ...parameter, name: token }]
  })
  const added = [...missing].map((name): ParameterDefinition => {
    invalid(`The path's {${name.slice(0, 80)}} is not declared; it is taken as a required string.`)
    return {
      name,
      in: 'path',
      schema: { type: 'string' },
      required: true,
      encoding: 'single',
      collectionFormat: 'csv',
    }
  })
  return [...kept, ...added]
}
