import { useNavigate, useSearch } from '@tanstack/react-router'
import { useRef } from 'react'
import { useT } from '../../i18n/i18n'
import { useHotkeys } from '../../lib/useHotkeys'
import { Menu } from '../../ui/Menu'
import { Icon } from '../../ui/icons'
import { Page, Panel } from '../../ui/Page'
import { Switch } from '../../ui/Switch'
import { useToast } from '../../ui/Toast'
import type { ExportFormat } from './exporting'
import { useLabels } from './labels'
import styles from './Logs.module.css'
import { ExportStatus } from './parts/ExportStatus'
import { Filters } from './parts/Filters'
import { LiveStatus } from './parts/LiveStatus'
import { LogDrawer } from './parts/LogDrawer'
import { LogList } from './parts/LogList'
import { Pager } from './parts/Pager'
import type { LogRow } from './rows'
import type { LogsFilter, LogsSearch } from './search'
import { useExport } from './useExport'
import { useLiveTail } from './useLiveTail'
import { useLogPage } from './useLogPage'
import { useRowKeys } from './useRowKeys'

const NO_ROWS: readonly LogRow[] = []

export default function LogsPage() {
  const t = useT('logs')
  const toast = useToast()
  const labels = useLabels()
  const navigate = useNavigate({ from: '/w/$workspaceId/logs' })
  const search = useSearch({ from: '/app/w/$workspaceId/logs' })
  const page = useLogPage(search)
  const tail = useLiveTail(page, search.live === true, search.after === undefined)
  const rows = tail.rows ?? NO_ROWS
  const { open, openAt, close } = useRowKeys(rows, search.id)
  const { state, start, stop } = useExport((count) => toast(t('exported', { count })))
  const searchBox = useRef<HTMLInputElement>(null)
  useHotkeys({ '/': () => searchBox.current?.focus() })

  function go(change: Partial<LogsSearch>, replace = false) {
    void navigate({
      search: (before) => ({ ...before, ...change }),
      replace,
      resetScroll: false,
    })
  }

  function changeFilter(change: LogsFilter) {
    // Each letter of a search is no place to go back to.
    go({ ...change, after: undefined, id: undefined }, 'q' in change && search.q !== undefined)
  }

  function showNew() {
    tail.show()
    if (search.after) go({ after: undefined, id: undefined })
    window.scrollTo({ top: 0 })
  }

  function place(id: string): string {
    const at = rows.findIndex((row) => row.id === id)
    const row = rows[at]
    if (!row) return ''
    const status = labels.outcome(row.statusCode)
    return t('requestAt', { number: at + 1, total: rows.length, status, model: row.model || '–' })
  }

  return (
    <Page
      title={t('title')}
      actions={
        <>
          <span className={styles.live} data-away={tail.isAway || undefined}>
            <Switch
              label={t(tail.isAway ? 'reconnecting' : 'live')}
              checked={search.live === true}
              onChange={(on) => go({ live: on || undefined }, true)}
            />
          </span>
          <ExportMenu onChoose={(format) => void start(format, page.filter)} />
        </>
      }
    >
      <Filters
        search={searchBox}
        filter={search}
        isReady={page.rows !== undefined}
        onChange={changeFilter}
      />
      <ExportStatus
        state={state}
        onStop={stop}
        onRetry={(format) => void start(format, page.filter)}
      />
      <div className={styles.list}>
        <LiveStatus tail={tail} onShow={showNew} />
        <Panel flush>
          <LogList
            page={page}
            rows={tail.rows}
            search={search}
            onFilter={changeFilter}
            onOpen={open}
          />
        </Panel>
      </div>
      <Pager nextCursor={page.nextCursor} />
      {search.id && (
        <LogDrawer
          id={search.id}
          place={place(search.id)}
          onStep={{ next: openAt(1), previous: openAt(-1) }}
          onClose={close}
        />
      )}
    </Page>
  )
}

function ExportMenu({ onChoose }: { onChoose: (format: ExportFormat) => void }) {
  const t = useT('logs')
  return (
    <Menu
      label={t('exportLabel')}
      align="end"
      className={styles.menu}
      items={[
        { key: 'csv', label: t('exportCsv'), onSelect: () => onChoose('csv') },
        { key: 'jsonl', label: t('exportJsonl'), onSelect: () => onChoose('jsonl') },
      ]}
    >
      <Icon name="download" />
      {t('exportLabel')}
    </Menu>
  )
}
