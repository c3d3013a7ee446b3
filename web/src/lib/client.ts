import {
  Client,
  cacheExchange,
  fetchExchange,
  mapExchange,
  subscriptionExchange,
  type SubscriptionForwarder,
} from '@urql/core'
import type { Client as SocketClient } from 'graphql-ws'
import { isSignedOut } from './errors'
import { freshExchange } from './freshExchange'
import { socketEvents } from './socket'

const SESSION_ENDED = 4401
const PING_EVERY_MS = 15_000
const PONG_WITHIN_MS = 5_000
const FETCH_AGAIN_MS = 5_000

/** Sent with every request: no foreign page can set it, so that the cookie is known to come from ours. */
export const CSRF_HEADERS = { 'X-Perpetuo-CSRF': '1' }

/** The GraphQL client. `onSignedOut` is called when the server says that the session is missing or ended. */
export function createClient(onSignedOut: () => void): Client {
  return new Client({
    url: '/graphql',
    preferGetMethod: false,
    fetchOptions: { headers: CSRF_HEADERS, credentials: 'same-origin' },
    exchanges: [
      mapExchange({
        onError(error, operation) {
          // Whoever only asks whether there is a session wants to hear that there is none.
          if (isSignedOut(error) && !operation.context['asksForSession']) onSignedOut()
        },
      }),
      cacheExchange,
      freshExchange,
      fetchExchange,
      subscriptionExchange({ forwardSubscription: createForwarder(onSignedOut) }),
    ],
  })
}

/** Opens the socket with the first subscription, and fetches the code for it then. */
function createForwarder(onSignedOut: () => void): SubscriptionForwarder {
  let socket: Promise<SocketClient> | undefined
  const open = () => (socket ??= openSocket(onSignedOut))
  return (request) => ({
    subscribe(sink) {
      let stop: (() => void) | undefined
      let isOver = false
      void open().then((client) => {
        if (isOver) return
        stop = client.subscribe(
          { ...request, query: request.query ?? '' },
          {
            next: (result) => sink.next(result as Parameters<typeof sink.next>[0]),
            error: (error) => sink.error(error),
            complete: () => sink.complete(),
          },
        )
      })
      return {
        unsubscribe() {
          isOver = true
          stop?.()
        },
      }
    },
  })
}

async function openSocket(onSignedOut: () => void): Promise<SocketClient> {
  const { createClient: createSocket } = await fetchCode()
  let silence: ReturnType<typeof setTimeout> | undefined
  const socket = createSocket({
    url: `${location.origin.replace(/^http/, 'ws')}/graphql`,
    retryAttempts: Infinity,
    shouldRetry: () => true,
    // A connection that the network has dropped does not say so by itself.
    keepAlive: PING_EVERY_MS,
    on: {
      connected: socketEvents.opened,
      ping(isReceived) {
        if (!isReceived) silence = setTimeout(() => socket.terminate(), PONG_WITHIN_MS)
      },
      pong(isReceived) {
        if (isReceived) clearTimeout(silence)
      },
      closed(event) {
        clearTimeout(silence)
        socketEvents.closed()
        if (event instanceof CloseEvent && event.code === SESSION_ENDED) onSignedOut()
      },
    },
  })
  return socket
}

/** The socket's code. Where it cannot be had, it is asked for again, as the socket itself would be. */
async function fetchCode() {
  for (;;) {
    try {
      return await import('graphql-ws')
    } catch {
      await new Promise((resolve) => setTimeout(resolve, FETCH_AGAIN_MS))
    }
  }
}
