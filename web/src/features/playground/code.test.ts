import { expect, test } from 'vitest'
import { codeOf } from './code'
import { DEFAULTS, isAssured, requestOf, type Settings } from './request'

const baseUrl = 'https://ai.example.com'
const settings: Settings = {
  ...DEFAULTS,
  model: ' gpt-4o ',
  system: ' Be brief. ',
  temperature: '0',
  maxTokens: '50',
  assured: true,
}
const request = requestOf(settings, [{ role: 'user', content: `It's "me"\n` }])

test('a request has what was set, and nothing else', () => {
  expect(request).toEqual({
    model: 'gpt-4o',
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: `It's "me"\n` },
    ],
    temperature: 0,
    max_tokens: 50,
    stream: true,
  })
  expect(requestOf({ ...DEFAULTS, model: 'm', topP: ' ', stream: false }, [])).toEqual({
    model: 'm',
    messages: [],
  })
  expect(isAssured(settings)).toBe(true)
  expect(isAssured({ ...settings, stream: false })).toBe(false)
})

test('the code says the same in three languages', () => {
  const [curl, python, javascript] = codeOf(request, { baseUrl, apiKey: null, assured: true })

  expect(curl?.code).toBe(`curl --no-buffer https://ai.example.com/v1/chat/completions \\
  -H "Authorization: Bearer $PERPETUO_API_KEY" \\
  -H "Content-Type: application/json" \\
  -H "X-Perpetuo-Assured: true" \\
  -d '{
  "model": "gpt-4o",
  "messages": [
    {
      "role": "system",
      "content": "Be brief."
    },
    {
      "role": "user",
      "content": "It'\\''s \\"me\\"\\n"
    }
  ],
  "temperature": 0,
  "max_tokens": 50,
  "stream": true
}'`)
  expect(python?.code).toBe(`import os

from openai import OpenAI

client = OpenAI(
    base_url="https://ai.example.com/v1",
    api_key=os.environ["PERPETUO_API_KEY"],
)
stream = client.chat.completions.create(
    model="gpt-4o",
    messages=[
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "It's \\"me\\"\\n"},
    ],
    temperature=0,
    max_tokens=50,
    stream=True,
    extra_headers={"X-Perpetuo-Assured": "true"},
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)`)
  expect(javascript?.code).toBe(`import OpenAI from "openai";

const client = new OpenAI({
  baseURL: "https://ai.example.com/v1",
  apiKey: process.env.PERPETUO_API_KEY,
});
const stream = await client.chat.completions.create({
  model: "gpt-4o",
  messages: [
    { role: "system", content: "Be brief." },
    { role: "user", content: "It's \\"me\\"\\n" },
  ],
  temperature: 0,
  max_tokens: 50,
  stream: true,
}, {
  headers: { "X-Perpetuo-Assured": "true" },
});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");
}`)
})

test('a key at hand is filled in, and a plain answer is printed', () => {
  const plain = requestOf({ ...DEFAULTS, model: 'm', stream: false }, [])

  for (const { code } of codeOf(plain, { baseUrl, apiKey: 'pk_1', assured: false })) {
    expect(code).toContain('pk_1')
    expect(code).not.toContain('PERPETUO_API_KEY')
  }
})
