// Of tens, hundreds and so on; each has a half that is easy to read as well.
const STEPS = [1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10]

/**
 * Where the lines of a chart's scale are, the top one first: the next round number from `highest` on, its half,
 * and 0. Amounts that are whole have no halves.
 */
export function scaleOf(highest: number, isWhole: boolean): number[] {
  const unit = 10 ** Math.floor(Math.log10(highest > 0 ? highest : 1))
  const fits = (value: number) => !isWhole || Number.isInteger(value)
  const tops = STEPS.map((step) => step * unit).filter(fits)
  const top = tops.find((value) => value >= highest) ?? highest
  return [top, top / 2, 0].filter(fits)
}
