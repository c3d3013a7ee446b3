import { useEffect, useRef, useState } from 'react'
import type { LogFilter } from '../../gql/logs'
import { download } from '../../lib/csv'
import { useWorkspace } from '../../lib/session'
import {
  createExportClient,
  exportRows,
  fileName,
  FORMATS,
  type ExportFormat,
  type Progress,
} from './exporting'

export type ExportState =
  | { kind: 'idle' }
  | ({ kind: 'running' } & Progress)
  | { kind: 'failed'; format: ExportFormat; rows: number }

const IDLE = { kind: 'idle' } as const

/** Exports the rows of a filter to a file; one export at a time. */
export function useExport(onDone: (rows: number) => void) {
  const workspaceId = useWorkspace().id
  const [state, setState] = useState<ExportState>(IDLE)
  const running = useRef<AbortController | null>(null)
  useEffect(() => () => running.current?.abort(), [])

  async function start(format: ExportFormat, filter: LogFilter) {
    const abort = new AbortController()
    running.current?.abort()
    running.current = abort
    setState({ kind: 'running', rows: 0, total: null })
    const exported = await exportRows({
      client: createExportClient(),
      workspaceId,
      filter,
      format,
      signal: abort.signal,
      onProgress: (progress) => setState({ kind: 'running', ...progress }),
    })
    if (!exported) return
    if (exported.error) {
      setState({ kind: 'failed', format, rows: exported.rows })
      return
    }
    download(fileName(format, new Date()), FORMATS[format].type, exported.parts)
    setState(IDLE)
    onDone(exported.rows)
  }

  function stop() {
    running.current?.abort()
    setState(IDLE)
  }

  return { state, start, stop }
}
