// The link of an invitation: the page's address with `?invitation=<id>`.

/** The id in the address; null where no such link was followed. */
export function invitationFollowed(): string | null {
  return new URLSearchParams(location.search).get('invitation')
}

/** Takes it out of the address, once it has been used. */
export function forgetInvitation(): void {
  const address = new URL(location.href)
  address.searchParams.delete('invitation')
  history.replaceState(null, '', address)
}
