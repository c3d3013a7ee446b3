from app.providers.cohere.dialect import CohereDialect as CohereDialect
