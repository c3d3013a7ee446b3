from app.providers.google.dialect import GoogleDialect as GoogleDialect
