// Runs a client's scenarios against every model, and prints one line of JSON for each.
import { z } from 'zod'

export const HELLO = 'Say hello'
export const ASK_WEATHER = 'What is the weather?'
export const ASK_CITY = 'Name a city'
export const WEATHER = '18 degrees and sunny'
export const City = z.object({
  name: z.string(),
  population: z.int(),
  mayor: z.string().nullable(),
})

const CONCURRENT = 12
const LIMIT_MS = 30_000

/** The same model, asked of the provider key that behaves so. */
export const at = (target, behaviour) => ({
  ...target,
  model: `${target.provider.toLowerCase()}-${behaviour}/${target.model}`,
  key: target.odd_key,
})

/** What `make` gave for a target, made once. */
export const once = (make) => {
  const made = new Map()
  return (target) => {
    const name = `${target.key} ${target.model}`
    if (!made.has(name)) made.set(name, make(target))
    return made.get(name)
  }
}

/** Runs every scenario with every target, several at a time. */
export async function run(scenarios) {
  const url = process.env.GATEWAY_URL
  const targets = JSON.parse(process.env.TARGETS).map((target) => ({ url, ...target }))
  const tasks = Object.entries(scenarios).flatMap(([name, scenario]) =>
    targets.map((target) => ({ name, scenario, target })),
  )
  const workers = Array.from({ length: CONCURRENT }, async () => {
    for (let task = tasks.shift(); task; task = tasks.shift()) {
      const outcome = await outcomeOf(task.scenario, task.target)
      console.log(JSON.stringify({ model: task.target.model, scenario: task.name, ...outcome }))
    }
  })
  await Promise.all(workers)
  process.exit(0)
}

async function outcomeOf(scenario, target) {
  let timer
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('The scenario does not end.')), LIMIT_MS)
  })
  try {
    return { gave: await Promise.race([scenario(target), limit]) }
  } catch (error) {
    return {
      raised: {
        kind: error.name === 'Error' ? error.constructor.name : error.name,
        message: String(error.message ?? error),
        status: error.status ?? error.statusCode ?? null,
        code: error.code ?? null,
      },
    }
  } finally {
    clearTimeout(timer)
  }
}
