// What urql needs of its GraphQL package but for the parser: codegen has parsed every document already.
export {
  GraphQLError,
  Kind,
  print,
} from '../../node_modules/@0no-co/graphql.web/dist/graphql.web.mjs'

export function parse(): never {
  throw new Error('Documents come from src/gql, parsed.')
}
