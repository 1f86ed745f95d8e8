// A definition → everything its subgraph will hold, named. What comes after only writes it down.
import type { ConnectorDefinition } from '../../definition/index.ts'
import { settleDefaults } from './defaults.ts'
import { type FilterPlan, planFilters } from './filter-plan.ts'
import type { Findings } from './findings.ts'
import { allocateNames, lowerCamel, upperCamel } from './names.ts'
import { hasEvents, type OperationPlan, planOperations } from './operation-plan.ts'
import { breakRequiredCycles } from './required-cycles.ts'
import { originOf, type TypePlan } from './shape.ts'
import { createShapeReader } from './shape-reader.ts'

export interface ConnectorPlan {
  readonly operations: readonly OperationPlan[]
  readonly types: readonly TypePlan[]
  /** The final name of a type. */
  nameOf(type: TypePlan): string
  /** The final name of the event type of an operation that has events. */
  eventNameOf(plan: OperationPlan): string
  readonly filters: FilterPlan
  /** The final name of the input type that chooses by values of this type. */
  filterNameOf(type: TypePlan): string
}

export function planConnector(definition: ConnectorDefinition, findings: Findings): ConnectorPlan {
  const reader = createShapeReader(definition, findings)
  const operations = planOperations(definition, nameFields(definition, findings), reader, findings)
  const types = reader.types()
  breakRequiredCycles(types, findings)
  settleDefaults(types, operations, findings)
  const filters = planFilters(operations)
  const names = nameTypes(definition.name, types, operations, filters, findings)
  const nameOf = (key: string): string => names.get(key) ?? key
  return {
    operations,
    types,
    nameOf: type => nameOf(type.key),
    eventNameOf: plan => nameOf(eventKey(plan)),
    filters,
    filterNameOf: type => nameOf(filterKey(type)),
  }
}

function nameFields(definition: ConnectorDefinition, findings: Findings): ReadonlyMap<string, string> {
  const wanted = definition.operations.map(({ id, pointer }) => {
    const name = lowerCamel(id)
    return { key: id, name: `${definition.name}_${name}`, exact: name === id, pointer }
  })
  const names = allocateNames(wanted)
  for (const { key, name, pointer } of wanted) {
    const given = names.get(key)
    if (given === name) continue
    findings.add({
      severity: 'WARNING',
      code: 'NAME_DUPLICATE',
      message: `The operation ${key} is called ${given} in GraphQL, because another operation is called ${name}.`,
      operation: key,
      pointer,
    })
  }
  return names
}

function nameTypes(
  connector: string,
  types: readonly TypePlan[],
  operations: readonly OperationPlan[],
  filters: FilterPlan,
  findings: Findings,
): ReadonlyMap<string, string> {
  const wanted = [
    ...types.map(({ key, wantedName, origin }) => ({ key, name: `${connector}_${wantedName}`, origin })),
    ...operations.filter(hasEvents).map(plan => ({
      key: eventKey(plan),
      name: `${connector}_${upperCamel(plan.operation.id)}Event`,
      origin: originOf(plan.operation),
    })),
    ...filters.types.map(type => ({
      key: filterKey(type),
      name: `${connector}_${type.wantedName}Where`,
      origin: type.origin,
    })),
  ]
  const names = allocateNames(wanted)
  for (const { key, name, origin } of wanted) {
    // Nobody knows a filter's name by heart.
    if (key.startsWith(filterPrefix)) continue
    const given = names.get(key)
    if (given === name) continue
    findings.add({
      severity: 'WARNING',
      code: 'NAME_DUPLICATE',
      message: `The type of ${key} is called ${given} in GraphQL, because another type is called ${name}.`,
      ...origin,
    })
  }
  return names
}

/** Sorts behind every other key: what the API has keeps its names. */
const filterPrefix = '~where '

function filterKey(type: TypePlan): string {
  return `${filterPrefix}${type.key}`
}

/** Sorts before every type's key: an event type's name is promised, and wins a contest. */
function eventKey(plan: OperationPlan): string {
  return `event ${plan.operation.id}`
}
