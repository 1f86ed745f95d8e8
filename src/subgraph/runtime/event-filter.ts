// `where` on a trigger: conditions, compiled once, on what an event carries, as its selection would show it.
import {
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNullableType,
  isObjectType,
  isScalarType,
} from 'graphql'
import { JunctorError } from '../../errors.ts'
import { isJsonObject } from '../../json.ts'
import { fitValue } from './fit-value.ts'
import { memberOf, type WireNames } from './member-resolver.ts'

/** Conditions of one filter, with those of its parts. */
const mostConditions = 200

type Test = (value: unknown) => boolean

/** A filter as graphql-js coerced it, for data of the type. Throws LIMIT_EXCEEDED for too many conditions. */
export function compileFilter(where: unknown, type: GraphQLOutputType, wireName: WireNames): Test {
  let conditions = 0

  function counted(test: Test): Test {
    conditions++
    if (conditions > mostConditions)
      throw new JunctorError(
        'LIMIT_EXCEEDED',
        `This filter has more than ${mostConditions} conditions: make it smaller.`,
      )
    return test
  }

  function ofObject(filter: unknown, of: GraphQLOutputType): Test {
    const object = getNullableType(of)
    if (!isObjectType(object)) throw new Error(`There is nothing to choose by in ${String(of)}.`)
    const listed = (each: unknown) => (Array.isArray(each) ? each.map(one => ofObject(one, of)) : [])
    const part = (name: string, condition: unknown): Test => {
      if (name === 'and') return all(listed(condition))
      if (name === 'or') return some(listed(condition))
      return name === 'not' ? none(ofObject(condition, of)) : ofMember(object, name, condition)
    }
    return counted(all(entriesOf(filter).map(([name, condition]) => part(name, condition))))
  }

  function ofMember(object: GraphQLObjectType, name: string, condition: unknown): Test {
    const member = object.getFields()[name]
    if (!member) throw new Error(`${object.name} has no member ${name}.`)
    const wire = wireName(object.name, name) ?? name
    const inner = getNullableType(member.type)
    const test = isScalarType(inner) ? ofScalar(condition, inner.name) : ofObject(condition, inner)
    return value => test(fitValue(memberOf(value, wire), member.type))
  }

  function ofScalar(filter: unknown, scalar: string): Test {
    const comparable = scalar === 'DateTime' ? instantOf : scalar === 'BigInt' ? wholeOf : same
    return all(entriesOf(filter).map(([name, operand]) => counted(comparison(name, operand, comparable))))
  }

  const test = ofObject(where, type)
  return data => test(fitValue(data, type))
}

/** A value in the form that is compared. */
type Comparable = (value: unknown) => unknown

const same: Comparable = value => value

/** One instant has many texts; text that is no date is compared as it is. */
const instantOf: Comparable = value => {
  const instant = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(instant) ? value : instant
}

const wholeOf: Comparable = value => (typeof value === 'number' ? BigInt(value) : value)

/** What is not there is equal to null alone, and neither less nor more than anything. */
function comparison(name: string, operand: unknown, comparable: Comparable): Test {
  const wanted = comparable(operand)
  switch (name) {
    case 'eq':
      return value => comparable(value) === wanted
    case 'ne':
      return value => comparable(value) !== wanted
    case 'in': {
      const among = new Set(Array.isArray(operand) ? operand.map(comparable) : [])
      return value => among.has(comparable(value))
    }
    case 'lt':
      return value => ordered(comparable(value), wanted, (a, b) => a < b)
    case 'gt':
      return value => ordered(comparable(value), wanted, (a, b) => a > b)
    case 'contains':
      return value => typeof value === 'string' && typeof operand === 'string' && value.includes(operand)
    case 'startsWith':
      return value => typeof value === 'string' && typeof operand === 'string' && value.startsWith(operand)
    default:
      throw new Error(`There is no condition ${name}.`)
  }
}

type Ordered = string | number | bigint

function ordered(value: unknown, wanted: unknown, holds: (a: Ordered, b: Ordered) => boolean): boolean {
  return isOrdered(value) && isOrdered(wanted) && typeof value === typeof wanted && holds(value, wanted)
}

function isOrdered(value: unknown): value is Ordered {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
}

function all(tests: readonly Test[]): Test {
  return value => tests.every(test => test(value))
}

function some(tests: readonly Test[]): Test {
  return value => tests.some(test => test(value))
}

function none(test: Test): Test {
  return value => !test(value)
}

/** A condition that is null was left out: only the operand of `eq` and `ne` may be. */
function entriesOf(filter: unknown): readonly (readonly [string, unknown])[] {
  if (!isJsonObject(filter)) return []
  return Object.entries(filter).filter(
    ([name, condition]) => condition !== null || name === 'eq' || name === 'ne',
  )
}
