import { useState } from 'react'
import type { Snippet } from '../lib/snippets'
import styles from './CodeSnippet.module.css'
import { CopyButton } from './CopyButton'
import { Tabs } from './Tabs'

/** A text to copy, such as code or a key. */
export function CodeSnippet({
  label,
  code,
  wrap = false,
}: {
  label: string
  code: string
  wrap?: boolean
}) {
  return (
    <div className={styles.snippet} data-wrap={wrap || undefined}>
      {/* Long lines are scrolled by keyboard too. */}
      <pre
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        aria-label={label}
        role="region"
        className={styles.code}
      >
        <code>{code}</code>
      </pre>
      <div className={styles.copy}>
        <CopyButton text={code} />
      </div>
    </div>
  )
}

/** The same call in several languages, one tab each. */
export function CodeTabs({ label, snippets }: { label: string; snippets: readonly Snippet[] }) {
  const [shown, show] = useState<Snippet['id']>('curl')
  const snippet = snippets.find(({ id }) => id === shown) ?? snippets[0]
  return (
    <Tabs label={label} tabs={snippets} value={shown} onChange={show}>
      {snippet && <CodeSnippet label={snippet.label} code={snippet.code} />}
    </Tabs>
  )
}
