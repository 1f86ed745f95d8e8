// The product's mark and name.
import mark from './junctor.svg'

export function Wordmark() {
  return (
    <span className="wordmark">
      <img src={mark} alt="" width="24" height="24" />
      Junctor
    </span>
  )
}
