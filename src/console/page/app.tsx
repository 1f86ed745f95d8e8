// Signed out: the sign-in form. Signed in: the workbench, which is loaded only then because Monaco is large.
import { lazy, Suspense } from 'react'
import { loadState } from './account.ts'
import { forgetInvitation, invitationFollowed } from './invitation.ts'
import { startAnewSignedOut } from './session-end.ts'
import { SignIn } from './sign-in.tsx'
import { useAnswer } from './use-answer.ts'

const Workbench = lazy(async () => ({ default: (await import('./workbench.tsx')).Workbench }))

/** `ended`: the visitor was signed in a moment ago. */
export function App({ ended }: { ended: boolean }) {
  const { answer, reload } = useAnswer(loadState)

  if (answer.state === 'loading') return <Waiting />
  if (answer.state === 'failed') return <Unreachable message={answer.message} onRetry={reload} />
  const { user, signupOpen, firstAccount } = answer.value
  if (!user)
    return (
      <SignIn
        signupOpen={signupOpen}
        firstAccount={firstAccount ?? false}
        ended={ended}
        invitation={invitationFollowed()}
        onSignedIn={() => {
          forgetInvitation()
          return reload()
        }}
      />
    )
  return (
    <Suspense fallback={<Waiting />}>
      <Workbench user={user} onUnauthenticated={leaveIfSignedOut} />
    </Suspense>
  )
}

/** A hub that does not answer has not ended the session; whoever asked it shows that it does not answer. */
async function leaveIfSignedOut(): Promise<void> {
  const state = await loadState().catch(() => null)
  if (state?.signedIn === false) startAnewSignedOut()
}

function Waiting() {
  return <div className="waiting" role="status" aria-label="Loading" />
}

function Unreachable({ message, onRetry }: { message: string; onRetry: () => Promise<void> }) {
  return (
    <main className="gate">
      <section className="gate-card">
        <h1>The hub does not answer</h1>
        <p className="notice error">{message}</p>
        <button type="button" className="button primary wide" onClick={onRetry}>
          Try again
        </button>
      </section>
    </main>
  )
}
