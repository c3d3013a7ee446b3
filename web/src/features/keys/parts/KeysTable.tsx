import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useT } from '../../../i18n/i18n'
import { useFormat } from '../../../lib/format'
import { useWorkspace } from '../../../lib/session'
import { Badge, type Tone } from '../../../ui/Badge'
import { Icon } from '../../../ui/icons'
import { Menu, type MenuItem } from '../../../ui/Menu'
import { phoneLine, Table, type Column } from '../../../ui/Table'
import { endsSoon, isPlaygroundKey, stateOf, type ApiKey, type KeyState } from '../apiKey'
import styles from '../Keys.module.css'

type KeysTableProps = {
  keys: readonly ApiKey[]
  onRevoke: (key: ApiKey) => void
  onDelete: (key: ApiKey) => void
}

const TONES = { active: 'ok', revoked: 'bad', expired: 'warn' } as const satisfies Record<
  KeyState,
  Tone
>

/** Every key, newest first; those that no longer open anything are dimmed. */
export function KeysTable(props: KeysTableProps) {
  const t = useT('keys')
  const [now] = useState(() => Date.now())
  return (
    <Table
      caption={t('caption')}
      columns={useColumns(props, now)}
      rows={props.keys}
      rowKey={({ id }) => id}
      isMuted={(key) => stateOf(key, now) !== 'active'}
    />
  )
}

function useColumns({ onRevoke, onDelete }: KeysTableProps, now: number): Column<ApiKey>[] {
  const t = useT('keys')
  const format = useFormat()
  const { id: workspaceId } = useWorkspace()
  return [
    { key: 'name', header: t('name'), cell: (key) => <KeyName apiKey={key} /> },
    { key: 'status', header: t('status'), cell: (key) => <KeyStatus apiKey={key} now={now} /> },
    {
      key: 'used',
      header: t('lastUsed'),
      from: 'tablet',
      cell: ({ lastUsedAt }) =>
        lastUsedAt ? <Moment at={lastUsedAt} shown={format.ago(lastUsedAt)} /> : t('never'),
    },
    {
      key: 'requests',
      header: t('requests'),
      align: 'end',
      from: 'tablet',
      cell: ({ id, name, usage: { requests } }) =>
        requests ? (
          <Link
            to="/w/$workspaceId/logs"
            params={{ workspaceId }}
            search={{ key: id }}
            title={t('showLogs', { name })}
            className={styles.quietLink}
          >
            {format.number(requests)}
          </Link>
        ) : (
          format.number(0)
        ),
    },
    {
      key: 'cost',
      header: t('cost'),
      align: 'end',
      from: 'tablet',
      cell: ({ usage }) => (usage.requests ? format.money(usage.costUsd) : format.money(0)),
    },
    {
      key: 'created',
      header: t('created'),
      from: 'desktop',
      cell: ({ createdAt }) => <Moment at={createdAt} shown={format.localDate(createdAt)} />,
    },
    {
      key: 'actions',
      header: <span className="visually-hidden">{t('actions')}</span>,
      align: 'end',
      cell: (key) => (
        <KeyMenu
          apiKey={key}
          isEnded={stateOf(key, now) !== 'active'}
          onRevoke={onRevoke}
          onDelete={onDelete}
        />
      ),
    },
  ]
}

function KeyName({ apiKey }: { apiKey: ApiKey }) {
  const t = useT('keys')
  const format = useFormat()
  return (
    <div className={styles.name}>
      <span className={styles.title}>
        {apiKey.name}
        {isPlaygroundKey(apiKey) && <Badge tone="accent">{t('playgroundKey')}</Badge>}
      </span>
      <code className={styles.prefix}>{apiKey.prefix}…</code>
      <span className={phoneLine}>
        {apiKey.lastUsedAt ? t('used', { time: format.ago(apiKey.lastUsedAt) }) : t('neverUsed')}
      </span>
    </div>
  )
}

function KeyStatus({ apiKey, now }: { apiKey: ApiKey; now: number }) {
  const t = useT('keys')
  const format = useFormat()
  const { revokedAt, expiresAt } = apiKey
  const state = stateOf(apiKey, now)
  const names = { active: t('active'), revoked: t('revoked'), expired: t('expired') }
  return (
    <div className={styles.status}>
      <Badge tone={TONES[state]} dot>
        {names[state]}
      </Badge>
      {state === 'revoked' && revokedAt && <Moment at={revokedAt} shown={format.ago(revokedAt)} />}
      {state !== 'revoked' && expiresAt && (
        <Moment
          at={expiresAt}
          shown={
            state === 'expired'
              ? format.ago(expiresAt)
              : endsSoon(expiresAt, now)
                ? t('ends', { when: format.ago(expiresAt) })
                : t('endsOn', { date: format.date(expiresAt) })
          }
        />
      )}
    </div>
  )
}

function KeyMenu({
  apiKey,
  isEnded,
  onRevoke,
  onDelete,
}: Omit<KeysTableProps, 'keys'> & { apiKey: ApiKey; isEnded: boolean }) {
  const t = useT('keys')
  const navigate = useNavigate()
  const { id: workspaceId } = useWorkspace()
  const { id, name } = apiKey
  const items: MenuItem[] = [
    {
      key: 'logs',
      label: t('logs'),
      icon: 'logs',
      onSelect: () =>
        void navigate({ to: '/w/$workspaceId/logs', params: { workspaceId }, search: { key: id } }),
    },
    ...(isEnded
      ? []
      : [
          {
            key: 'revoke',
            label: t('revokeMenu'),
            icon: 'close' as const,
            onSelect: () => onRevoke(apiKey),
          },
        ]),
    { key: 'delete', label: t('deleteMenu'), icon: 'trash', onSelect: () => onDelete(apiKey) },
  ]
  return (
    <Menu label={t('actionsFor', { name })} items={items} align="end">
      <Icon name="more" size={20} />
    </Menu>
  )
}

function Moment({ at, shown }: { at: string; shown: string }) {
  const format = useFormat()
  return (
    <time dateTime={at} title={format.moment(at)} className={styles.moment}>
      {shown}
    </time>
  )
}
