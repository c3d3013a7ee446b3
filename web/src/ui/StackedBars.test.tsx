import { fireEvent, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { renderPage } from '../testing/render'
import { StackedBars } from './StackedBars'

async function renderChart() {
  const series = [
    { key: 'a', name: 'A', values: [1, 2, 3] },
    { key: 'b', name: 'B', values: [10, 20, 30] },
  ]
  const page = await renderPage(
    <StackedBars caption="Bars" labels={['Mon', 'Tue', 'Wed']} series={series} format={String} />,
  )
  const plot = screen.getByRole('img')
  plot.getBoundingClientRect = () => new DOMRect(0, 0, 300, 100)
  const legend = () => [...page.container.querySelectorAll('li')].map((item) => item.textContent)
  return { plot, legend }
}

const WHOLE = ['Whole period · 66', 'A6', 'B60']
const TUESDAY = ['Tue · 22', 'A2', 'B20']

test('the legend says the sums, or what the bar below the pointer has', async () => {
  const { plot, legend } = await renderChart()
  expect(legend()).toEqual(WHOLE)

  fireEvent.pointerMove(plot, { clientX: 150, pointerType: 'mouse' })
  expect(legend()).toEqual(TUESDAY)

  fireEvent.pointerLeave(plot, { pointerType: 'mouse' })
  expect(legend()).toEqual(WHOLE)
})

test('what a finger has chosen stays until it is touched again', async () => {
  const { plot, legend } = await renderChart()

  fireEvent.pointerDown(plot, { clientX: 150, pointerType: 'touch' })
  fireEvent.pointerLeave(plot, { pointerType: 'touch' })
  expect(legend()).toEqual(TUESDAY)

  fireEvent.pointerDown(plot, { clientX: 150, pointerType: 'touch' })
  expect(legend()).toEqual(WHOLE)
})
