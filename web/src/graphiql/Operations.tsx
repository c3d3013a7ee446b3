import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react'

/**
 * The operations, one of which is open. Stands for GraphiQL's row of tabs, which nests buttons in tabs, where
 * screen readers do not find them, and has no room for these on a phone.
 */
export function Operations() {
  const { changeTab } = useGraphiQLActions()
  const { tabs, activeTabIndex } = useGraphiQL(pick('tabs', 'activeTabIndex'))
  return (
    <select
      aria-label="Operations"
      className="operations"
      value={activeTabIndex}
      onChange={(event) => changeTab(Number(event.target.value))}
    >
      {tabs.map(({ id, title }, index) => (
        <option key={id} value={index}>
          {title}
        </option>
      ))}
    </select>
  )
}
