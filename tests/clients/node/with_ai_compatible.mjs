// The AI SDK with its provider for whatever speaks OpenAI's dialect.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { scenariosOf } from './ai_sdk.mjs'
import { run } from './scenarios.mjs'

run(
  scenariosOf(({ url, key, model }) =>
    createOpenAICompatible({
      name: 'perpetuo',
      baseURL: url,
      apiKey: key,
      includeUsage: true,
      supportsStructuredOutputs: true,
    })(model),
  ),
)
