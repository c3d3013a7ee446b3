export type Snippet = { id: 'curl' | 'python' | 'javascript'; label: string; code: string }

const UNKNOWN_KEY = '$PERPETUO_API_KEY'

/**
 * How to call the route, ready to paste. Without a key the snippets read it from PERPETUO_API_KEY.
 * `baseUrl` is the server's own word: a page may know it by another address than programs do.
 */
export function snippets(given: {
  baseUrl: string
  model: string
  apiKey: string | null
  prompt?: string
}): Snippet[] {
  const { model, apiKey, prompt = 'Say hello' } = given
  const baseUrl = `${given.baseUrl}/v1`
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: prompt }] })
  const messages = `[{ role: "user", content: ${JSON.stringify(prompt)} }]`
  return [
    {
      id: 'curl',
      label: 'curl',
      code: `curl ${baseUrl}/chat/completions \\
  -H "Authorization: Bearer ${apiKey ?? UNKNOWN_KEY}" \\
  -H "Content-Type: application/json" \\
  -d '${body.replaceAll("'", "'\\''")}'`,
    },
    {
      id: 'python',
      label: 'Python',
      code: `${apiKey ? '' : 'import os\n'}from openai import OpenAI

client = OpenAI(
    base_url="${baseUrl}",
    api_key=${apiKey ? `"${apiKey}"` : 'os.environ["PERPETUO_API_KEY"]'},
)
answer = client.chat.completions.create(
    model=${JSON.stringify(model)},
    messages=[{"role": "user", "content": ${JSON.stringify(prompt)}}],
)
print(answer.choices[0].message.content)`,
    },
    {
      id: 'javascript',
      label: 'JavaScript',
      code: `import OpenAI from "openai";

const client = new OpenAI({
  baseURL: "${baseUrl}",
  apiKey: ${apiKey ? `"${apiKey}"` : 'process.env.PERPETUO_API_KEY'},
});
const answer = await client.chat.completions.create({
  model: ${JSON.stringify(model)},
  messages: ${messages},
});
console.log(answer.choices[0].message.content);`,
    },
  ]
}
