import type english from '../en/figures'
import type { Translation } from '../messages'

const texts: Translation<typeof english> = {
  totals: 'Totais do período',
  requests: 'Requisições',
  tokens: 'Tokens',
  inAndOut: '{input} de entrada, {output} de saída',
  cost: 'Custo',
  noPrice: 'Nenhum preço é conhecido.',
  errorRate: 'Taxa de erro',
  failed: { one: '{count} requisição falhou', other: '{count} requisições falharam' },
  p50DurationMs: 'Latência mediana (p50)',
  p95DurationMs: 'Latência alta (p95)',
  p50Hint: 'Metade das requisições levou no máximo este tempo. Estimado.',
  p95Hint: '95% das requisições levaram no máximo este tempo. Estimado.',
  more: '{share} a mais que nos {days} dias anteriores',
  less: '{share} a menos que nos {days} dias anteriores',
  times: '{times} vezes o dos {days} dias anteriores',
  higher: 'cerca de {share} acima dos {days} dias anteriores',
  lower: 'cerca de {share} abaixo dos {days} dias anteriores',
  pointsMore: '{points} pontos a mais que nos {days} dias anteriores',
  pointsLess: '{points} pontos a menos que nos {days} dias anteriores',
  same: 'Quase o mesmo que nos {days} dias anteriores',
  noneBefore: 'Nada a comparar nos {days} dias anteriores',
  was: '{value} antes',
}

export default texts
