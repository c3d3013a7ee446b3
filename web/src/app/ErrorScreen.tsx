import type { ErrorComponentProps } from '@tanstack/react-router'
import { useT } from '../i18n/i18n'
import { Button, LinkButton } from '../ui/Button'
import { Notice } from '../ui/Notice'
import { Page } from '../ui/Page'
import { Door } from './Door'

/** What a page shows that failed; the frame around it stays. */
export function ErrorScreen({ error }: ErrorComponentProps) {
  const t = useT('common')
  // Without the gateway neither session nor code can be fetched.
  const isOffline = error instanceof Error && /fetch|import|network|preload/i.test(error.message)
  const reload = <Button onClick={() => location.reload()}>{t('reload')}</Button>
  return (
    <Page title={t('errorTitle')} width="reading">
      <Notice tone="bad" action={reload}>
        {isOffline ? t('errorNetwork') : t('errorPage')}
      </Notice>
    </Page>
  )
}

/** The same where there is no frame around it, for the session could not be fetched. */
export function FirstErrorScreen(props: ErrorComponentProps) {
  return (
    <Door>
      <ErrorScreen {...props} />
    </Door>
  )
}

/** What an address shows that leads nowhere. */
export function NotFound({ text }: { text?: string }) {
  const t = useT('common')
  return (
    <Page title={t('notFoundTitle')} lead={text ?? t('notFoundText')} width="reading">
      <p>
        <LinkButton to="/">{t('backHome')}</LinkButton>
      </p>
    </Page>
  )
}

/** The same outside any frame. */
export function LostPage() {
  return (
    <Door>
      <NotFound />
    </Door>
  )
}
