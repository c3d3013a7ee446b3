// The scenarios of Vercel's AI SDK, whichever of its providers makes the models.
import {
  generateObject,
  generateText,
  isStepCount,
  Output,
  streamObject,
  streamText,
  tool,
} from 'ai'
import { z } from 'zod'
import { ASK_CITY, ASK_WEATHER, at, City, HELLO, WEATHER } from './scenarios.mjs'

globalThis.AI_SDK_LOG_WARNINGS = false

const tools = {
  get_weather: tool({
    description: 'The weather in a city',
    inputSchema: z.object({ city: z.string() }),
    execute: ({ city }) => `${WEATHER} in ${city}`,
  }),
}

/** The scenarios for models that `modelOf` makes of a target. */
export function scenariosOf(modelOf) {
  const asked = (target, prompt, rest = {}) => ({
    model: modelOf(target),
    prompt,
    maxRetries: 0,
    ...rest,
  })
  const streamed = (target, prompt, rest = {}) =>
    told(streamText(asked(target, prompt, { onError: () => {}, ...rest })))

  return {
    async plain(target) {
      const answer = await generateText(asked(target, HELLO))
      return {
        text: answer.text,
        finish: answer.finishReason,
        usage: answer.usage.totalTokens,
      }
    },
    stream: (target) => streamed(target, HELLO),
    async reasoning(target) {
      const answer = await generateText(asked(at(target, 'pensive'), HELLO))
      return { reasoning: answer.reasoningText ?? '' }
    },
    async tools(target) {
      const answer = await generateText(
        asked(target, ASK_WEATHER, { tools, stopWhen: isStepCount(3) }),
      )
      return {
        arguments: answer.steps.flatMap((step) => step.toolCalls.map((call) => call.input)),
        text: answer.text,
      }
    },
    tools_streamed: (target) => streamed(target, ASK_WEATHER, { tools, stopWhen: isStepCount(3) }),
    tools_in_parallel: (target) =>
      streamed(at(target, 'parallel'), ASK_WEATHER, { tools, stopWhen: isStepCount(3) }),
    async tools_forced(target) {
      const toolChoice = { type: 'tool', toolName: 'get_weather' }
      const answer = await generateText(asked(target, ASK_WEATHER, { tools, toolChoice }))
      return { arguments: answer.toolCalls.map((call) => call.input) }
    },
    async structured(target) {
      const output = Output.object({ schema: City })
      return (await generateText(asked(target, ASK_CITY, { output }))).output
    },
    async structured_as_object(target) {
      return (await generateObject(asked(target, ASK_CITY, { schema: City }))).object
    },
    async structured_streamed(target) {
      const answer = streamObject(asked(target, ASK_CITY, { schema: City, onError: () => {} }))
      let last
      for await (const state of answer.partialObjectStream) last = state
      return last
    },
    async structured_with_tools(target) {
      const output = Output.object({ schema: City })
      const rest = { output, tools, stopWhen: isStepCount(3) }
      return (await generateText(asked(target, ASK_CITY, rest))).output
    },
    wrong_key: (target) => generateText(asked({ ...target, key: 'pk_wrong' }, HELLO)),
    unknown_model: (target) => generateText(asked({ ...target, model: 'no-such-model' }, HELLO)),
    limited: (target) => generateText(asked(at(target, 'limited'), HELLO)),
    cut: (target) => streamed(at(target, 'cut'), HELLO),
    async abort(target) {
      const leaving = new AbortController()
      const abortSignal = leaving.signal
      const answer = streamText(
        asked(at(target, 'slow'), HELLO, { abortSignal, onError: () => {} }),
      )
      let last
      for await (const part of answer.fullStream) {
        if (part.type === 'text-delta') leaving.abort()
        last = part.type
      }
      return { last }
    },
    abort_plain: (target) =>
      generateText(asked(at(target, 'silent'), HELLO, { abortSignal: AbortSignal.timeout(1_000) })),
  }
}

async function told(answer) {
  const parts = []
  for await (const part of answer.fullStream) parts.push(part)
  const failure = parts.find((part) => part.type === 'error')
  if (failure) throw toError(failure.error)
  const of = (type) => parts.filter((part) => part.type === type)
  return {
    text: await answer.text,
    pieces: of('text-delta').length,
    arguments: of('tool-call').map((part) => part.input),
    usage: of('finish')[0].totalUsage.totalTokens,
  }
}

// An error event is passed on as it was sent.
const toError = (error) =>
  error instanceof Error ? error : Object.assign(new Error(), { name: 'ErrorPart' }, error)
