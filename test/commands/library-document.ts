// A small OpenAPI document and the changes that its next version may bring.
export interface Version {
  /** Removes GET /books/{isbn}. */
  readonly withoutGetBook?: boolean
  /** Adds the required parameter `branch` to findBooks. */
  readonly requiredBranch?: boolean
  /** Adds the optional parameter `language` to findBooks. */
  readonly optionalLanguage?: boolean
  /** Gives Book the property `pages`. */
  readonly pages?: boolean
  /** Describes Book's `title` and makes a number of it. */
  readonly describedNumericTitle?: boolean
  /** Adds an operation that answers a file. */
  readonly cover?: boolean
}

export function libraryDocument(version: Version = {}): string {
  const string = { type: 'string' }
  const query = (name: string, required: boolean) => ({ name, in: 'query', required, schema: string })
  const book = { $ref: '#/components/schemas/Book' }
  const answer = (schema: object) => ({
    200: { description: 'Found', content: { 'application/json': { schema } } },
  })
  const findBooks = {
    operationId: 'findBooks',
    parameters: [
      query('subject', true),
      ...(version.requiredBranch ? [query('branch', true)] : []),
      ...(version.optionalLanguage ? [query('language', false)] : []),
    ],
    responses: answer({ type: 'array', items: book }),
  }
  const getBook = {
    operationId: 'getBook',
    parameters: [{ name: 'isbn', in: 'path', required: true, schema: string }],
    responses: answer(book),
  }
  const getCover = {
    operationId: 'getCover',
    responses: {
      200: {
        description: 'Found',
        content: { 'image/png': { schema: { type: 'string', format: 'binary' } } },
      },
    },
  }
  return JSON.stringify({
    openapi: '3.0.3',
    info: { title: 'Library', version: '1' },
    servers: [{ url: 'https://library.example' }],
    paths: {
      '/books': { get: findBooks },
      ...(version.withoutGetBook ? {} : { '/books/{isbn}': { get: getBook } }),
      ...(version.cover ? { '/cover': { get: getCover } } : {}),
    },
    components: {
      schemas: {
        Book: {
          type: 'object',
          properties: {
            isbn: string,
            title: version.describedNumericTitle ? { type: 'number', description: 'Its number.' } : string,
            ...(version.pages ? { pages: { type: 'integer', format: 'int32' } } : {}),
          },
        },
      },
    },
  })
}
