import { readFileSync } from 'node:fs'
import { buildSchema, parse, validate, visit, type GraphQLSchema } from 'graphql'
import { expect, test } from 'vitest'
import { examplesFor } from './examples'

const schema = buildSchema(readFileSync('../graphql_schema/schema.graphql', 'utf8'))
const examples = examplesFor('workspace-1')

test.each(examples.map(({ query }) => [query.split('\n')[0], query]))('%s', (_, query) => {
  expect(validate(schema, parse(query))).toEqual([])
})

test('every variable has a value, and no value is without a variable', () => {
  for (const { query, variables } of examples) {
    const given = Object.keys(JSON.parse(variables ?? '{}') as object)

    expect(given.toSorted()).toEqual(variablesOf(query))
  }
})

test('everything that the schema offers at its root is shown', () => {
  const shown = new Set(examples.flatMap(({ query }) => fieldsOf(query)))

  expect(rootFields(schema).filter((field) => !shown.has(field))).toEqual([])
  expect(workspaceFields(schema).filter((field) => !shown.has(field))).toEqual([])
})

function variablesOf(query: string): string[] {
  const names = new Set<string>()
  visit(parse(query), { VariableDefinition: ({ variable }) => void names.add(variable.name.value) })
  return [...names].toSorted()
}

function fieldsOf(query: string): string[] {
  const names: string[] = []
  visit(parse(query), { Field: ({ name }) => void names.push(name.value) })
  return names
}

function rootFields(of: GraphQLSchema): string[] {
  const roots = [of.getQueryType(), of.getMutationType(), of.getSubscriptionType()]
  return roots.flatMap((type) => Object.keys(type?.getFields() ?? {}))
}

function workspaceFields(of: GraphQLSchema): string[] {
  const type = of.getType('Workspace')
  return type && 'getFields' in type ? Object.keys(type.getFields()) : []
}
