import { useT } from '../i18n/i18n'
import { Dialog } from '../ui/Dialog'
import { PAGES } from './pages'
import styles from './Shortcuts.module.css'

/** The keys that do something. */
export default function Shortcuts({ onClose }: { onClose: () => void }) {
  const t = useT('common')
  const rows: [keys: string[], meaning: string][] = [
    [['Ctrl K'], t('shortcutCommands')],
    ...PAGES.map(({ key, hotkey }): [string[], string] => [
      hotkey.split(' '),
      t('goTo', { page: t(key) }),
    ]),
    [['/'], t('shortcutSearch')],
    [['J', 'K'], t('shortcutRows')],
    [['Enter', 'Esc'], t('shortcutOpen')],
    [['Ctrl Enter'], t('shortcutSend')],
    [['?'], t('shortcutHelp')],
  ]
  return (
    <Dialog title={t('shortcuts')} onClose={onClose}>
      <dl className={styles.list}>
        {rows.map(([keys, meaning]) => (
          <div key={meaning} className={styles.row}>
            <dt>{meaning}</dt>
            <dd className={styles.keys}>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
