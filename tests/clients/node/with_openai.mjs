// OpenAI's own client.
import OpenAI from 'openai'
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod'
import { z } from 'zod'
import { ASK_CITY, ASK_WEATHER, at, City, HELLO, once, run, WEATHER } from './scenarios.mjs'

const completions = once(
  ({ url, key }) => new OpenAI({ baseURL: url, apiKey: key, maxRetries: 0 }).chat.completions,
)
const said = (text) => [{ role: 'user', content: text }]
const asked = (target, text, rest = {}) => ({ model: target.model, messages: said(text), ...rest })
const weather = zodFunction({
  name: 'get_weather',
  description: 'The weather in a city',
  parameters: z.object({ city: z.string() }),
})
const runnable = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather in a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    parse: JSON.parse,
    function: ({ city }) => `${WEATHER} in ${city}`,
  },
}

async function gathered(stream) {
  const told = { text: '', finish: [], usages: [], pieces: 0 }
  for await (const chunk of stream) {
    if (chunk.usage) told.usages.push(chunk.usage.total_tokens)
    for (const choice of chunk.choices) {
      told.text += choice.delta.content ?? ''
      told.pieces += choice.delta.content ? 1 : 0
      if (choice.finish_reason) told.finish.push(choice.finish_reason)
    }
  }
  return told
}

run({
  async plain(target) {
    const answer = await completions(target).create(asked(target, HELLO))
    const [choice] = answer.choices
    return {
      text: choice.message.content,
      finish: choice.finish_reason,
      usage: answer.usage.total_tokens,
    }
  },
  async raw(target) {
    const { data, response } = await completions(target).create(asked(target, HELLO)).withResponse()
    const id = response.headers.get('x-request-id')
    const provider = response.headers.get('x-perpetuo-provider')
    return { names_provider: provider === target.provider, has_id: data._request_id === id }
  },
  async stream(target) {
    const rest = { stream: true, stream_options: { include_usage: true } }
    return gathered(await completions(target).create(asked(target, HELLO, rest)))
  },
  async stream_helper(target) {
    const runner = completions(target).stream(asked(target, HELLO))
    const pieces = []
    runner.on('content', (piece) => pieces.push(piece))
    return { text: await runner.finalContent(), pieces: pieces.filter(Boolean).length }
  },
  async choices(target) {
    const answer = await completions(target).create(asked(target, HELLO, { n: 2 }))
    return { texts: answer.choices.filter((choice) => choice.message.content).length }
  },
  async tools(target) {
    const runner = completions(target).runTools(asked(target, ASK_WEATHER, { tools: [runnable] }))
    const text = await runner.finalContent()
    return { roles: runner.messages.map(({ role }) => role).join(), text }
  },
  async tools_streamed(target) {
    const rest = { tools: [runnable], stream: true }
    const runner = completions(target).runTools(asked(target, ASK_WEATHER, rest))
    const text = await runner.finalContent()
    return { roles: runner.messages.map(({ role }) => role).join(), text }
  },
  async tools_in_parallel(target) {
    const odd = at(target, 'parallel')
    const rest = { tools: [runnable], stream: true }
    const runner = completions(odd).runTools(asked(odd, ASK_WEATHER, rest))
    const text = await runner.finalContent()
    return { roles: runner.messages.map(({ role }) => role).join(), text }
  },
  async tools_parsed(target) {
    const answer = await completions(target).parse(asked(target, ASK_WEATHER, { tools: [weather] }))
    return {
      arguments: answer.choices[0].message.tool_calls.map((call) => call.function.parsed_arguments),
    }
  },
  async structured(target) {
    const rest = { response_format: zodResponseFormat(City, 'city') }
    return (await completions(target).parse(asked(target, ASK_CITY, rest))).choices[0].message
      .parsed
  },
  async structured_streamed(target) {
    const rest = { response_format: zodResponseFormat(City, 'city') }
    const final = await completions(target)
      .stream(asked(target, ASK_CITY, rest))
      .finalChatCompletion()
    return final.choices[0].message.parsed
  },
  wrong_key: (target) => completions({ ...target, key: 'pk_wrong' }).create(asked(target, HELLO)),
  unknown_model: (target) =>
    completions(target).create({ model: 'no-such-model', messages: said(HELLO) }),
  async limited(target) {
    const odd = at(target, 'limited')
    return completions(odd).create(asked(odd, HELLO))
  },
  async cut(target) {
    const odd = at(target, 'cut')
    return gathered(await completions(odd).create(asked(odd, HELLO, { stream: true })))
  },
  async cut_in_helper(target) {
    const odd = at(target, 'cut')
    return completions(odd).stream(asked(odd, HELLO)).finalContent()
  },
  async abort(target) {
    const odd = at(target, 'slow')
    const stream = await completions(odd).create(asked(odd, HELLO, { stream: true }))
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break
    return { left: true }
  },
  async abort_helper(target) {
    const odd = at(target, 'slow')
    const runner = completions(odd).stream(asked(odd, HELLO))
    runner.on('content', () => runner.abort())
    return runner.finalContent()
  },
  async abort_plain(target) {
    const odd = at(target, 'silent')
    return completions(odd).create(asked(odd, HELLO), { timeout: 1_000 })
  },
})
