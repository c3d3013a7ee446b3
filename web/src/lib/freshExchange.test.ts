import { cacheExchange, Client, fetchExchange } from '@urql/core'
import { expect, test } from 'vitest'
import { ReorderKeysDocument, RoutePreviewDocument } from '../gql/providers'
import { freshExchange } from './freshExchange'

const ROUTE = { workspaceId: 'w', model: 'gpt-5' }
const ORDER = { workspaceId: 'w', ids: ['k'] }

/** A client whose requests are answered by hand, in any order. */
function createClient() {
  const asked: { operation: string; answer: (data: unknown) => void }[] = []
  const client = new Client({
    url: 'http://gateway.test/graphql',
    preferGetMethod: false,
    exchanges: [cacheExchange, freshExchange, fetchExchange],
    fetch: (_, init) =>
      new Promise((resolve) => {
        const { operationName } = JSON.parse(String(init?.body)) as { operationName: string }
        const answer = (data: unknown) => resolve(Response.json({ data }))
        asked.push({ operation: operationName, answer })
      }),
  })

  /** How to answer the oldest request, as soon as there is one. */
  async function take(operation: string): Promise<(data: unknown) => void> {
    await expect.poll(() => asked[0]?.operation).toBe(operation)
    return asked.shift()!.answer
  }

  return { client, asked, take }
}

const routeBy = (reason: string) => ({
  workspace: {
    __typename: 'Workspace',
    id: 'w',
    routePreview: [{ __typename: 'RouteStep', reason }],
  },
})
const ordered = { reorderProviderKeys: [{ __typename: 'ProviderKey', id: 'k', priority: 0 }] }

test('what was on its way while a mutation ended is asked for again', async () => {
  const { client, take } = createClient()
  const shown: unknown[] = []
  const { unsubscribe } = client
    .query(RoutePreviewDocument, ROUTE)
    .subscribe(({ data, stale }) => shown.push([data?.workspace?.routePreview[0]?.reason, stale]))
  const before = await take('RoutePreview')
  const order = client.mutation(ReorderKeysDocument, ORDER).toPromise()

  ;(await take('ReorderKeys'))(ordered)
  await order
  before(routeBy('MAPPED'))
  ;(await take('RoutePreview'))(routeBy('DEFAULT_MODEL'))

  await expect
    .poll(() => shown)
    .toEqual([
      ['MAPPED', true],
      ['DEFAULT_MODEL', false],
    ])
  unsubscribe()
})

test('what is asked for afterwards is asked for once', async () => {
  const { client, take, asked } = createClient()
  const order = client.mutation(ReorderKeysDocument, ORDER).toPromise()
  ;(await take('ReorderKeys'))(ordered)
  await order

  const route = client.query(RoutePreviewDocument, ROUTE).toPromise()
  ;(await take('RoutePreview'))(routeBy('MAPPED'))

  expect((await route).data?.workspace?.routePreview[0]?.reason).toBe('MAPPED')
  expect(asked).toEqual([])
})
