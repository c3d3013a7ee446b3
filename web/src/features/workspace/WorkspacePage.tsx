import { Link } from '@tanstack/react-router'
import { RenameWorkspaceDocument } from '../../gql/workspace'
import { useT } from '../../i18n/i18n'
import { useSession, useWorkspace } from '../../lib/session'
import { useAction } from '../../lib/useAction'
import { Badge } from '../../ui/Badge'
import { Button } from '../../ui/Button'
import { CodeSnippet } from '../../ui/CodeSnippet'
import { TextField } from '../../ui/Field'
import { Actions, Form, valueOf } from '../../ui/Form'
import { Page, Panel } from '../../ui/Page'
import { useToast } from '../../ui/Toast'
import styles from './Workspace.module.css'

export default function WorkspacePage() {
  const t = useT('workspace')
  const common = useT('common')
  const toast = useToast()
  const workspace = useWorkspace()
  const { workspaces } = useSession()
  const { run, busy, problems } = useAction(RenameWorkspaceDocument)

  async function rename(values: FormData) {
    const renamed = (await run({ id: workspace.id, name: valueOf(values, 'name') }))
      ?.updateWorkspace
    if (renamed) toast(t('renamed', { name: renamed.name }))
  }

  return (
    <Page title={t('title')} lead={t('lead')} width="reading">
      <Panel title={workspace.name}>
        <Form
          onSubmit={(values) => void rename(values)}
          problems={problems}
          explain={({ code }) => (code === 'VALIDATION' ? t('badName') : undefined)}
        >
          <TextField
            name="name"
            label={t('name')}
            defaultValue={workspace.name}
            required
            maxLength={100}
            autoComplete="off"
          />
          <Actions>
            <Button type="submit" variant="primary" busy={busy}>
              {common('save')}
            </Button>
          </Actions>
        </Form>
        <h3 className={styles.subheading}>{t('id')}</h3>
        <p className={styles.hint}>{t('idHint')}</p>
        <CodeSnippet label={t('id')} code={workspace.id} wrap />
      </Panel>
      <Panel title={t('yours')}>
        <ul className={styles.list}>
          {workspaces.map(({ id, name }) => (
            <li key={id} className={styles.row}>
              <Link
                to="/w/$workspaceId/workspace"
                params={{ workspaceId: id }}
                className={styles.name}
              >
                {name}
              </Link>
              {id === workspace.id && <Badge tone="accent">{t('current')}</Badge>}
            </li>
          ))}
        </ul>
      </Panel>
    </Page>
  )
}
