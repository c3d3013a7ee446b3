import { screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { renderPage } from '../../testing/render'
import { Route } from './parts/Route'
import type { Step } from './route'

function step(label: string, model: string | null, reason: string): Step {
  return { providerKey: { id: label, label, provider: 'OPENAI' }, model, reason }
}

test('the way of a model is said in one line, with the names that differ', async () => {
  const steps = [
    step('OpenAI', 'gpt-5', 'native'),
    step('Anthropic', 'claude-opus', 'fallback model'),
    step('Google', null, 'disabled'),
  ]
  await renderPage(<Route model="gpt-5" steps={steps} />, { areas: ['providers'] })

  expect(screen.getAllByRole('status')[0]?.textContent).toBe(
    'gpt-5 → OpenAI → Anthropic as claude-opus',
  )
  expect(screen.getAllByRole('listitem').map((item) => item.textContent)).toEqual([
    '1OpenAIThis model is its own.',
    '2AnthropicIt does not know the model, so its fallback model stands in.',
    '–GoogleSwitched off.',
  ])
})

test('reasons that are not known are left in the words of the server', async () => {
  const steps = [
    step('A', null, 'the request is pinned to openai'),
    step('B', null, 'its moon is in Capricorn'),
  ]
  await renderPage(<Route model="openai/gpt-5" steps={steps} />, { areas: ['providers'] })

  expect(screen.getAllByRole('status')[0]?.textContent).toBe('openai/gpt-5 → nobody')
  expect(screen.getAllByRole('listitem').map((item) => item.textContent)).toEqual([
    '–AThe request is for openai alone.',
    '–Bits moon is in Capricorn',
  ])
})
