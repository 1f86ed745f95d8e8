// The address that a hook makes for notifications with `createNotificationUri` (connector-format §5.2, §10.1): the
// callback URL of the webhook that its call registers, or a path below it.
import { JunctorError } from '../../errors.ts'
import type { Invocation } from '../invocation.ts'

/** Throws OPERATION_UNSUPPORTED for a call that registers no webhook, ARGUMENT_INVALID for what leads elsewhere. */
export function notificationUrl(
  { definition, operation, callback }: Pick<Invocation, 'definition' | 'operation' | 'callback'>,
  relative: string,
): string {
  if (!callback)
    throw new JunctorError(
      'OPERATION_UNSUPPORTED',
      `${operation.id} of ${definition.title} registers no webhook in this call, so the hub takes no notifications for it; let hooks.ts ask for an address in webhook triggers and webhook actions only.`,
    )
  const own = callback.reveal()
  if (/^\/?$/.test(relative)) return own
  const root = new URL(`${own}/`)
  const path = relative.startsWith('/') ? `.${relative}` : relative
  const url = URL.canParse(path, root) ? new URL(path, root) : null
  // Dots may be encoded, and an absolute URL leads anywhere.
  if (!url?.href.startsWith(root.href))
    throw new JunctorError(
      'ARGUMENT_INVALID',
      `The hook of ${operation.id} of ${definition.title} asks for an address away from the webhook's own; let it give a path such as /notified?id=1.`,
    )
  url.hash = ''
  return url.pathname === root.pathname ? `${own}${url.search}` : url.href
}
