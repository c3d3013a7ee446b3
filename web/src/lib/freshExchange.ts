import { makeOperation, mapExchange, type Exchange, type Operation } from '@urql/core'

/**
 * Asks again for what was on its way while a mutation ended: its answer may be from before, and the cache,
 * which forgets what it has, would keep it. Such an answer counts as stale until the next one is there.
 */
export const freshExchange: Exchange = (input) => {
  let mutations = 0
  // How many mutations had ended when a query was sent.
  const sent = new WeakMap<Operation, number>()
  return mapExchange({
    onOperation(operation) {
      sent.set(operation, mutations)
    },
    onResult(result) {
      const { operation } = result
      if (operation.kind === 'mutation') mutations += 1
      if (operation.kind !== 'query' || sent.get(operation) === mutations) return
      // After this answer: until then, the client takes a second question for the same one.
      queueMicrotask(() =>
        input.client.reexecuteOperation(
          makeOperation('query', operation, {
            ...operation.context,
            requestPolicy: 'network-only',
          }),
        ),
      )
      return { ...result, stale: true }
    },
  })(input)
}
