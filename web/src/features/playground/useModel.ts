import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useWorkspace } from '../../lib/session'
import type { Conversation } from './conversation'

const SETTLED_MS = 300

/**
 * Keeps the model and the address together: what the address names is where the page begins, and what is
 * typed goes there. Gives the model as it is once nobody types any more.
 */
export function useModel(conversation: Conversation, model: string, preset: string): string {
  const { model: named } = useSearch({ from: '/app/w/$workspaceId/playground' })
  const { id: workspaceId } = useWorkspace()
  const navigate = useNavigate()
  const [settled, settle] = useState(named ?? model)

  useEffect(() => {
    const begin = named ?? (conversation.read().settings.model || preset)
    if (begin) conversation.set({ model: begin })
    // Only where it begins: the address follows from then on.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [conversation])

  useEffect(() => {
    const timer = setTimeout(() => settle(model.trim()), SETTLED_MS)
    return () => clearTimeout(timer)
  }, [model])

  useEffect(() => {
    if (!settled || settled === named) return
    void navigate({
      to: '/w/$workspaceId/playground',
      params: { workspaceId },
      search: { model: settled },
      replace: true,
      resetScroll: false,
    })
    // Not where the address changes: that is what it does.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [settled])

  return settled
}
