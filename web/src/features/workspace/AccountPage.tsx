import { useState } from 'react'
import { LogoutEverywhereDocument } from '../../gql/workspace'
import { useT } from '../../i18n/i18n'
import { expectEndOfSession } from '../../lib/leaving'
import { useAction } from '../../lib/useAction'
import { useShortcutsSwitch } from '../../lib/useHotkeys'
import { Button } from '../../ui/Button'
import { Confirm } from '../../ui/Confirm'
import { Page, Panel } from '../../ui/Page'
import { Switch } from '../../ui/Switch'
import { PasswordForm } from './parts/PasswordForm'
import { ProfileForm } from './parts/ProfileForm'

export default function AccountPage() {
  const t = useT('workspace')
  const [shortcuts, setShortcuts] = useShortcutsSwitch()
  return (
    <Page title={t('accountTitle')} width="reading">
      <Panel title={t('profile')}>
        <ProfileForm />
      </Panel>
      <Panel title={t('password')} lead={t('passwordLead')}>
        <PasswordForm />
      </Panel>
      <Panel title={t('behaviour')}>
        <Switch
          label={t('shortcutsLabel')}
          hint={t('shortcutsHint')}
          checked={shortcuts}
          onChange={setShortcuts}
        />
      </Panel>
      <Panel title={t('sessions')} lead={t('sessionsLead')}>
        <LogOutEverywhere />
      </Panel>
    </Page>
  )
}

function LogOutEverywhere() {
  const t = useT('workspace')
  const [asking, ask] = useState(false)
  const { run, busy } = useAction(LogoutEverywhereDocument)

  async function logOut() {
    expectEndOfSession()
    // A fresh page: nothing of the session stays in memory.
    if (await run({})) location.assign('/login')
    else expectEndOfSession(false)
  }

  return (
    <>
      <Button icon="logout" onClick={() => ask(true)}>
        {t('logOutEverywhere')}
      </Button>
      {asking && (
        <Confirm
          title={t('logOutEverywhereAsk')}
          lead={t('sessionsLead')}
          action={t('logOutEverywhere')}
          busy={busy}
          onConfirm={() => void logOut()}
          onClose={() => ask(false)}
        />
      )}
    </>
  )
}
