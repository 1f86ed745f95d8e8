// One connection parameter as a form field. Titles and descriptions come from the package and are shown as text.
import { useId } from 'react'
import type { ConnectionParameter } from './documents.ts'
import { fieldName, kindOf } from './read-parameters.ts'

export function ParameterField({ parameter }: { parameter: ConnectionParameter }) {
  const id = useId()
  const title = parameter.title ?? parameter.name
  if (kindOf(parameter) === 'boolean')
    return (
      <label className="field check">
        <input type="checkbox" name={fieldName(parameter)} defaultChecked={parameter.default === true} />
        <span className="field-label">{title}</span>
        <Hint parameter={parameter} />
      </label>
    )
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {title}
        {!parameter.required && <span className="optional"> optional</span>}
      </label>
      <Input id={id} parameter={parameter} />
      <Hint parameter={parameter} />
    </div>
  )
}

function Input({ id, parameter }: { id: string; parameter: ConnectionParameter }) {
  const shared = {
    id,
    name: fieldName(parameter),
    required: parameter.required,
    defaultValue: initial(parameter),
    spellCheck: false,
  }
  switch (kindOf(parameter)) {
    case 'choice':
      return (
        <select {...shared}>
          {(!parameter.required || shared.defaultValue === '') && <option value="" />}
          {parameter.options?.map(option => (
            <option key={JSON.stringify(option.value)} value={JSON.stringify(option.value)}>
              {option.title}
            </option>
          ))}
        </select>
      )
    case 'number':
      return <input {...shared} type="number" step="any" autoComplete="off" />
    case 'json':
      return <textarea {...shared} rows={3} placeholder="JSON" />
    case 'secret':
      // `new-password` keeps the browser from filling in the password of the hub itself.
      return <input {...shared} type="password" autoComplete="new-password" />
    default:
      return <input {...shared} type="text" autoComplete="off" />
  }
}

function initial(parameter: ConnectionParameter): string {
  const value = parameter.default
  if (value === null || value === undefined || parameter.secret) return ''
  if (kindOf(parameter) === 'choice' || typeof value === 'object') return JSON.stringify(value)
  return String(value)
}

function Hint({ parameter: { description, title } }: { parameter: ConnectionParameter }) {
  if (!description || description === title) return null
  return <span className="field-hint">{description}</span>
}
