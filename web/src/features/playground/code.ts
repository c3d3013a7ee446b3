import type { Snippet } from '../../lib/snippets'
import type { ChatRequest } from './request'

const UNKNOWN_KEY = '$PERPETUO_API_KEY'

/** The conversation as a program. Without a key it reads it from PERPETUO_API_KEY. */
export function codeOf(
  request: ChatRequest,
  given: { baseUrl: string; apiKey: string | null; assured: boolean },
): Snippet[] {
  const { apiKey, assured } = given
  const baseUrl = `${given.baseUrl}/v1`
  return [
    { id: 'curl', label: 'curl', code: curl(request, baseUrl, apiKey, assured) },
    { id: 'python', label: 'Python', code: python(request, baseUrl, apiKey, assured) },
    { id: 'javascript', label: 'JavaScript', code: javascript(request, baseUrl, apiKey, assured) },
  ]
}

function curl(request: ChatRequest, baseUrl: string, apiKey: string | null, assured: boolean) {
  const body = JSON.stringify(request, null, 2).replaceAll("'", "'\\''")
  return [
    `curl ${request.stream ? '--no-buffer ' : ''}${baseUrl}/chat/completions`,
    `  -H "Authorization: Bearer ${apiKey ?? UNKNOWN_KEY}"`,
    `  -H "Content-Type: application/json"`,
    ...(assured ? [`  -H "X-Perpetuo-Assured: true"`] : []),
    `  -d '${body}'`,
  ].join(' \\\n')
}

function python(request: ChatRequest, baseUrl: string, apiKey: string | null, assured: boolean) {
  const key = apiKey ? JSON.stringify(apiKey) : 'os.environ["PERPETUO_API_KEY"]'
  const parameters = entries(request, pythonLiteral).map(([name, value]) => `    ${name}=${value},`)
  if (assured) parameters.push('    extra_headers={"X-Perpetuo-Assured": "true"},')
  const call = `client.chat.completions.create(\n${parameters.join('\n')}\n)`
  const use = request.stream
    ? `stream = ${call}
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)`
    : `answer = ${call}
print(answer.choices[0].message.content)`
  return `${apiKey ? '' : 'import os\n\n'}from openai import OpenAI

client = OpenAI(
    base_url="${baseUrl}",
    api_key=${key},
)
${use}`
}

function javascript(
  request: ChatRequest,
  baseUrl: string,
  apiKey: string | null,
  assured: boolean,
) {
  const key = apiKey ? JSON.stringify(apiKey) : 'process.env.PERPETUO_API_KEY'
  const parameters = entries(request, scriptLiteral).map(([name, value]) => `  ${name}: ${value},`)
  const headers = assured ? ', {\n  headers: { "X-Perpetuo-Assured": "true" },\n}' : ''
  const call = `await client.chat.completions.create({\n${parameters.join('\n')}\n}${headers});`
  const use = request.stream
    ? `const stream = ${call}
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");
}`
    : `const answer = ${call}
console.log(answer.choices[0].message.content);`
  return `import OpenAI from "openai";

const client = new OpenAI({
  baseURL: "${baseUrl}",
  apiKey: ${key},
});
${use}`
}

type Write = (value: ChatRequest[keyof ChatRequest]) => string

function entries(request: ChatRequest, write: Write): [string, string][] {
  return Object.entries(request).map(([name, value]) => [name, write(value)])
}

// JSON's texts and numbers are Python's and JavaScript's too.

const pythonLiteral: Write = (value) => {
  if (value === true) return 'True'
  return Array.isArray(value)
    ? list(value, '    ', (role, content) => `{"role": ${role}, "content": ${content}}`)
    : JSON.stringify(value)
}

const scriptLiteral: Write = (value) =>
  Array.isArray(value)
    ? list(value, '  ', (role, content) => `{ role: ${role}, content: ${content} }`)
    : JSON.stringify(value)

function list(
  messages: ChatRequest['messages'],
  indent: string,
  write: (role: string, content: string) => string,
): string {
  const lines = messages.map(
    ({ role, content }) =>
      `${indent}${indent}${write(JSON.stringify(role), JSON.stringify(content))},`,
  )
  return `[\n${lines.join('\n')}\n${indent}]`
}
