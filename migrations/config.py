"""Where aerich's own command finds the database: the one that the environment names."""

from app.database.connections import orm_config
from app.settings import load

TORTOISE_ORM = orm_config(load(), "aerich.models")
