// Which operations a package routes through its C# script, by what apiProperties.json lists (connector-format §1.2).
import { listOf, member, own, type PackageText } from './package-text.ts'

/** What is listed counts even where the script itself did not come along; with a script and no list it is all. */
export function isScripted({ properties, hasScript }: PackageText, operation: string): boolean {
  const listed = [
    ...listOf(own(properties, 'scriptOperations')),
    ...listOf(member(properties, 'script').operationIds),
  ].map(name => String(name).toLowerCase())
  return (hasScript && listed.length === 0) || listed.includes(operation.toLowerCase())
}
