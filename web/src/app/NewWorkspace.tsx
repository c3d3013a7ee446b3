import { useNavigate } from '@tanstack/react-router'
import { CreateWorkspaceDocument } from '../gql/lib'
import { useT } from '../i18n/i18n'
import { useAction } from '../lib/useAction'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { TextField } from '../ui/Field'
import { Actions, Form, valueOf } from '../ui/Form'
import { useToast } from '../ui/Toast'

/** Makes a workspace and goes there. */
export default function NewWorkspace({ onClose }: { onClose: () => void }) {
  const t = useT('common')
  const toast = useToast()
  const navigate = useNavigate()
  const { run, busy, problems } = useAction(CreateWorkspaceDocument)

  async function submit(values: FormData) {
    const made = (await run({ name: valueOf(values, 'name') }))?.createWorkspace
    if (!made) return
    onClose()
    toast(t('workspaceMade', { name: made.name }))
    await navigate({ to: '/w/$workspaceId/start', params: { workspaceId: made.id } })
  }

  return (
    <Dialog title={t('newWorkspace')} onClose={onClose}>
      <Form onSubmit={(values) => void submit(values)} problems={problems}>
        <TextField
          name="name"
          label={t('workspaceName')}
          required
          maxLength={100}
          autoComplete="off"
        />
        <Actions>
          <Button type="submit" variant="primary" busy={busy}>
            {t('create')}
          </Button>
          <Button onClick={onClose}>{t('cancel')}</Button>
        </Actions>
      </Form>
    </Dialog>
  )
}
