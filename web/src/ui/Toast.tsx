import { createContext, use, useCallback, useMemo, useState, type ReactNode } from 'react'
import { useT } from '../i18n/i18n'
import { IconButton } from './Button'
import { Icon } from './icons'
import styles from './Toast.module.css'

type Toast = { id: number; tone: 'ok' | 'bad'; text: string }
type Show = (text: string, tone?: Toast['tone']) => void

const SHOWN_MS = 5000
const Context = createContext<Show>(() => {})

/** Shows a short message at the edge of the window; bad ones stay until they are dismissed. */
export function useToast(): Show {
  return use(Context)
}

/** Holds the messages of the tree below. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const t = useT('common')
  const [toasts, setToasts] = useState<readonly Toast[]>([])
  const remove = useCallback(
    (id: number) => setToasts((shown) => shown.filter((toast) => toast.id !== id)),
    [],
  )
  const show = useCallback<Show>(
    (text, tone = 'ok') => {
      const id = performance.now()
      setToasts((shown) => [...shown.slice(-2), { id, tone, text }])
      if (tone === 'ok') setTimeout(() => remove(id), SHOWN_MS)
    },
    [remove],
  )
  const list = useMemo(
    () =>
      toasts.map(({ id, tone, text }) => (
        <li key={id} className={styles.toast} data-tone={tone}>
          <Icon name={tone === 'ok' ? 'check' : 'alert'} />
          <span className={styles.text}>{text}</span>
          <IconButton icon="close" size="small" label={t('dismiss')} onClick={() => remove(id)} />
        </li>
      )),
    [toasts, remove, t],
  )
  return (
    <Context value={show}>
      {children}
      <div role="status">
        <ul className={styles.list}>{list}</ul>
      </div>
    </Context>
  )
}
