// The AI SDK with its provider for OpenAI.
import { createOpenAI } from '@ai-sdk/openai'
import { scenariosOf } from './ai_sdk.mjs'
import { run } from './scenarios.mjs'

run(scenariosOf(({ url, key, model }) => createOpenAI({ baseURL: url, apiKey: key }).chat(model)))
