// Leads to the provider's consent page in a new tab. The address comes from a connector's declaration,
// so whatever is not a web address (javascript: above all) is shown as a fault instead of a link.

export function ConsentLink({ url }: { url: string }) {
  const target = URL.canParse(url) ? new URL(url) : null
  if (!target || !['https:', 'http:'].includes(target.protocol))
    return <p className="notice error">The hub gave an address for the consent that is not a web address.</p>
  return (
    <p className="notice">
      Consent is given at {target.host}.{' '}
      <a className="link" href={target.href} target="_blank" rel="noopener noreferrer">
        Continue there
      </a>{' '}
      and come back to this page.
    </p>
  )
}
