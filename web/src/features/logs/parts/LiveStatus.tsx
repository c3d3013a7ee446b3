import { useEffect, useEffectEvent, useState } from 'react'
import { useT } from '../../../i18n/i18n'
import { Button } from '../../../ui/Button'
import styles from '../Logs.module.css'
import type { LiveTail } from '../useLiveTail'

const ANNOUNCE_EVERY_MS = 5000

/** How many rows wait, as a button that shows them; and every few seconds, read out, how many came. */
export function LiveStatus({ tail, onShow }: { tail: LiveTail; onShow: () => void }) {
  const t = useT('logs')
  const { waiting, missed, arrived } = tail
  const text = missed ? t('newRowsMany', { amount: waiting }) : t('newRows', { count: waiting })
  return (
    <>
      <Announcer arrived={arrived} />
      {waiting > 0 && (
        <div className={styles.pill}>
          <Button variant="primary" icon="up" onClick={onShow}>
            {text}
          </Button>
        </div>
      )}
    </>
  )
}

function Announcer({ arrived }: { arrived: number }) {
  const t = useT('logs')
  const [said, say] = useState({ upTo: arrived, text: '' })
  const announce = useEffectEvent(() => {
    if (arrived > said.upTo)
      say({ upTo: arrived, text: t('arrived', { count: arrived - said.upTo }) })
  })
  useEffect(() => {
    const timer = setInterval(() => announce(), ANNOUNCE_EVERY_MS)
    return () => clearInterval(timer)
  }, [])
  return (
    <p role="status" className="visually-hidden">
      {said.text}
    </p>
  )
}
