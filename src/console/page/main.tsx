// Starts the page.
import './style/base.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { z } from 'zod'
import { App } from './app.tsx'
import { sessionJustEnded } from './session-end.ts'

// zod otherwise tries `new Function`, which the content security policy forbids and the browser would report.
z.config({ jitless: true })

const container = document.getElementById('console')
if (!container) throw new Error('The page has no element with the id "console".')
createRoot(container).render(
  <StrictMode>
    <App ended={sessionJustEnded()} />
  </StrictMode>,
)
