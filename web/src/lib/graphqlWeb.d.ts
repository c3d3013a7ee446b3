declare module '*/graphql.web.mjs' {
  export * from '@0no-co/graphql.web'
}
