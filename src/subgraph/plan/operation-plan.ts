// An operation → the root field it becomes: its kind, arguments and result.
import type { ConnectorDefinition, Json, OperationDefinition, Schema } from '../../definition/index.ts'
