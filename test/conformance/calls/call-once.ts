// One call: arguments drawn, the request they ask for worked out, the document run, and both sides of it looked at.
import type { ConnectorDefinition } from '../../../src/definition/index.ts'
import type { Invoker } from '../../../src/invocation/index.ts'
import type { Artifact, CompiledOperation } from '../../../src/subgraph/index.ts'
import { checkAnswer, layOutAnswer } from './answers.ts'
import { callersOwn } from './callers-own.ts'
import { checkRequest } from './check-request.ts'
import { knownConnection } from './connection-values.ts'
import type { DeclaredOperation } from './declared-operation.ts'
import { drawArguments } from './draw-arguments.ts'
import { type Extent, type FoundFault, found } from './faults.ts'
import { serve } from './graph.ts'
import { graphqlCall } from './graphql-call.ts'
import type { PackageText } from './package-text.ts'
import {
  hostTemplates,
  isSideCalling,
  namesInPolicies,
  policiesOf,
  rewritesBody,
  sideAnswer,
} from './policies-as-written.ts'
import { createJudge } from './schema-check.ts'
import { isScripted } from './scripted.ts'
import { seeded } from './seeded.ts'
import type { StandIn } from './upstream.ts'
import { wantedCall } from './wanted-call.ts'

export interface Means {
  readonly standIn: StandIn
  readonly invoker: Invoker
}

interface Compiled {
  readonly definition: ConnectorDefinition
  readonly artifact: Artifact
}

/** Calls an operation of the connector and tells what was wrong; nothing where all was right. */
export function createCaller(name: string, text: PackageText, compiled: Compiled, means: Means) {
  const { document, properties } = text
  const { artifact, definition } = compiled
  const judge = createJudge(document)
  const templates = hostTemplates(properties)
  // Where there are several ways to connect, the first and the last have their turn.
  const connections = {
    all: knownConnection(definition, templates, definition.authentications[0]),
    required: knownConnection(definition, templates, definition.authentications.at(-1)),
  }
  let connection = connections.all
  const served = serve(name, { ...compiled, diagnostics: [] }, () => connection.open, means.invoker)

  return async (
    operation: CompiledOperation,
    as: DeclaredOperation,
    extent: Extent,
  ): Promise<FoundFault[]> => {
    connection = connections[extent]
    const { secrets } = connection
    const policies = policiesOf(properties, as.id)
    const chance = seeded(`${name}/${as.id}/${extent}`)
    const asked = callersOwn(as, document, properties)
    const drawn = drawArguments({ document, chance, extent, plainNames: namesInPolicies(policies) }, asked)
    const answer = layOutAnswer(document, as, seeded(`${name}/${as.id}/answer`))
    const side = { status: 200, contentType: 'application/json', body: JSON.stringify(sideAnswer(policies)) }
    const answers = isSideCalling(policies) ? [side, answer.laidOut] : [answer.laidOut]
    means.standIn.prepare(answers)
    const made = graphqlCall(served.slice.schema, artifact, operation, as, drawn)
    const outcome = await served.run(made.text, made.variables)

    const notOffered = made.notOffered.map(detail => ({ kind: 'not offered', detail }))
    const faults: FoundFault[] = [...found('call', notOffered)]
    const requests = means.standIn.received()
    const received = requests.at(-1)
    if (!received) {
      const reason = outcome.errors.map(({ code, message }) => `${code} ${message}`).join('; ')
      return [...faults, { check: 'call', kind: `refused: ${outcome.errors[0]?.code}`, detail: reason }]
    }
    if (isScripted(text, as.id))
      faults.push({ check: 'call', kind: 'a script was passed over', detail: as.id })
    if (requests.length !== answers.length)
      faults.push({ check: 'call', kind: 'asked more or less often', detail: String(requests.length) })
    const isRewritten = rewritesBody(policies, 'request')
    faults.push(
      ...checkRequest(
        received,
        { operation: as, wanted: wantedCall(text, connection, as, drawn), secrets, isRewritten },
        judge,
      ),
    )
    if (!rewritesBody(policies, 'response'))
      faults.push(...found('answer', checkAnswer(outcome, operation, made.selection, answer)))
    return faults
  }
}
