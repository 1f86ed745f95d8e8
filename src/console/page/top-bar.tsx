// Above the workbench: the product, the account, and the way out.
import { useState } from 'react'
import type { ConsoleState } from '../console-state.ts'
import { messageOf } from './hub-error.ts'
import { Wordmark } from './wordmark.tsx'

export interface TopBarProps {
  readonly user: NonNullable<ConsoleState['user']>
  readonly onSignOut: () => Promise<void>
}

export function TopBar({ user, onSignOut }: TopBarProps) {
  const [message, setMessage] = useState('')
  const leave = () => onSignOut().catch((error: unknown) => setMessage(messageOf(error)))
  return (
    <header className="top-bar">
      <Wordmark />
      {message !== '' && (
        <p className="notice error" role="alert">
          {message}
        </p>
      )}
      <span className="top-bar-account" title={user.name}>
        {user.email}
        {user.admin && <span className="pill">admin</span>}
      </span>
      <button type="button" className="button quiet" onClick={leave}>
        Sign out
      </button>
    </header>
  )
}
