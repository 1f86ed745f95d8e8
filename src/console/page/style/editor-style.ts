// The editor's own style sheets, one by one: the bundle `graphiql/style.css` carries 260 KB of a text font
// where the system's does. Fira Code stays, because Monaco measures its carets by it.
import '@graphiql/react/font/fira-code.css'
import '@graphiql/react/style.css'
import '@graphiql/plugin-doc-explorer/style.css'
import '@graphiql/plugin-history/style.css'
import 'graphiql/graphiql.css'
