import { JunctorError } from '../errors.ts'

/** The host of a definition that says none: the connection must say where the API is. */
const placeholderHost = 'connector.invalid'

export function hasHost(baseUrl: string): boolean {
  return new URL(baseUrl).hostname !== placeholderHost
}

/** A base URL without its trailing slashes. Throws BAD_INPUT. */
export function acceptBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new JunctorError('BAD_INPUT', 'baseUrl must be a URL that begins with http:// or https://.')
  if (url.username !== '' || url.password !== '')
    throw new JunctorError(
      'BAD_INPUT',
      'baseUrl must not contain a user name or password. Give them as parameters instead.',
    )
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(text))
    throw new JunctorError('BAD_INPUT', 'baseUrl must end with its path, without a query or fragment.')
  return url.href.replace(/\/+$/, '')
}
