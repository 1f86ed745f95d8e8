// Operations that cannot be called as their documents say, because the documents contradict themselves or HTTP. Each line
// can be checked by looking at the operation; one that is not needed any more fails the suite.

export interface Exception {
  readonly connector: string
  readonly operation: string
  readonly reason: string
}

function because(reason: string, connector: string, operations: readonly string[]): readonly Exception[] {
  return operations.map(operation => ({ connector, operation, reason }))
}

const spacedHeader = 'The required header "Account Id" has a space in its name, which no header can have.'
const colonHeader = 'The header "Content-Type:" has a colon in its name, which no header can have.'

export const exceptions: readonly Exception[] = [
  ...because(spacedHeader, 'powerbirobots', ['Playlist-enable', 'Playlist-disable', 'Playlist-execute']),
  ...because(spacedHeader, 'robotsforpowerbi', ['Playlist-enable', 'Playlist-disable', 'Playlist-execute']),
  ...because(colonHeader, 'txtsync', ['SendBulkSMS']),
  ...because(colonHeader, 'reversinglabsintelligence', [
    'Get-historic-multi-av-scan-records-query-hash_type-hash_value-bulk',
    'Post-advanced-search-query',
    'Post-api-databrowser-malware_presence-bulk_query-post_format',
    'Post-api-databrowser-rldata-bulk_query-post_format',
    'Post-api-rescan-v1-bulk_query-post_format',
    'Post-api-sample-file-upload',
    'Post-api-sample-metadata-upload',
    'Post-url-analyze',
    'Post-url-threat-intelligence',
  ]),
  ...because(
    'StartDate and EndDate are of format date-time and have a pattern that is a date picture, not a regular expression: nothing is both.',
    'dqondemand',
    ['UsageGet', 'UsageGetV2'],
  ),
  ...because(
    "The required expirationDateTime is of format date-time, and its enum lists only a designer's expression, which is no time.",
    'microsoftgraphsecurity',
    ['CreateSubscriptions'],
  ),
  ...because('No value that the enum of algorithm_key lists matches its pattern.', 'hrflow', [
    'TextTaggingPost',
  ]),
  ...because(
    'synchronized is of format date-time with a pattern that no such time matches, and statuses is a list of lists, for which a query has no form.',
    'reviztoireland',
    ['Post__v5_issue_filter_filter_issues'],
  ),
  ...because('The default of the required provider, "pa", is not of its format, byte.', 'ubiqodbyskiply', [
    'GetGroupsList',
  ]),
]
